"""Names, numbers and places come in many scripts; nothing of them is lost or made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.digits import ascii_digits, normalised_number
from schemas.names import PersonName, primary_name
from schemas.places import AdminArea, Place, Settlement
from schemas.relatives import Phone

PCODE = {"code_system": "mm_pcode", "code_system_version": "9.4"}


@pytest.mark.parametrize(
    ("raw", "normalised"),
    [
        pytest.param("၀၉ ၇၉၉-၅၅၅ ၀၁၀", "09799555010", id="myanmar"),
        pytest.param("႐႑႒", "012", id="shan"),
        pytest.param("๐๘๑.๒๓๔", "081234", id="thai"),
        pytest.param("໐໑໒", "012", id="lao"),
        pytest.param("០១២", "012", id="khmer"),
        pytest.param("０９８", "098", id="full-width"),
        pytest.param("12/kamaya(n)123456", "12/KAMAYA(N)123456", id="nrc-keeps-its-slash"),
    ],
)
def test_numbers_are_compared_in_ascii(raw: str, normalised: str) -> None:
    assert normalised_number(raw) == normalised


def test_the_number_as_written_is_kept() -> None:
    """A phone keeps what was told; unknown means no call."""
    phone = Phone(raw="၀၉ ၇၉၉", e164="+959799555010")
    assert phone.raw == "၀၉ ၇၉၉"
    assert phone.safe_to_call == "unknown"


@given(st.text())
def test_reading_digits_twice_changes_nothing(text: str) -> None:
    assert ascii_digits(ascii_digits(text)) == ascii_digits(text)
    assert normalised_number(normalised_number(text)) == normalised_number(text)


@pytest.mark.parametrize("name", ["Aung Aung", "daw hla yin", "U Nyan Tun", "သီတာဝေ", "李梅", "N Hkawn"])
def test_a_name_stays_as_it_is(name: str) -> None:
    """Nothing is title-cased, split or de-duplicated, and one name is enough."""
    assert PersonName(full_text=name).full_text == name


def test_the_main_name_is_the_marked_one_or_the_first() -> None:
    first, marked = PersonName(full_text="Ma Thidar"), PersonName(full_text="Thidar Wai", is_primary=True)
    assert primary_name((first, marked)) == marked
    assert primary_name((first,)) == first


@pytest.mark.parametrize(
    "area",
    [
        pytest.param({**PCODE, "code": "MMR003"}, id="state"),
        pytest.param({**PCODE, "code": "MMR003D002"}, id="district"),
        pytest.param({**PCODE, "code": "MMR003005"}, id="township"),
        pytest.param({**PCODE, "code": "MMR003005702"}, id="sub-township"),
        pytest.param({"code_system": "th_dopa", "code_system_version": "2024", "code": "6306"}, id="thai-district"),
        pytest.param({"code_system": "cn_gbt2260", "code_system_version": "2020", "code": "533102"}, id="ruili"),
        pytest.param(
            {"code_system": "vn_national", "code_system_version": "1", "code": "anything"}, id="no-known-syntax"
        ),
        pytest.param({"name_native": "မွန်ပြည်နယ်"}, id="name-only"),
        pytest.param({"absent": {"code": "asked_unknown"}}, id="asked-but-unknown"),
    ],
)
def test_an_area_has_a_code_of_its_list_or_a_name(area: dict[str, object]) -> None:
    assert AdminArea.model_validate(area)


@pytest.mark.parametrize(
    ("area", "code"),
    [
        pytest.param({}, "area_empty", id="nothing"),
        pytest.param({"code": "MMR003"}, "code_without_list", id="code-without-list"),
        pytest.param({"code": "12", "code_system": "mm_pcode"}, "code_without_list", id="no-version"),
        pytest.param({**PCODE, "code": "12"}, "code_syntax", id="number-of-an-identity-card"),
        pytest.param({**PCODE, "code": "MM-06"}, "code_syntax", id="iso-code-as-p-code"),
        pytest.param(
            {"code_system": "th_dopa", "code_system_version": "1", "code": "630"}, "code_syntax", id="odd-length"
        ),
    ],
)
def test_a_code_that_nobody_could_look_up_is_refused(area: dict[str, object], code: str) -> None:
    for kind in (AdminArea, Settlement):
        with pytest.raises(ValidationError) as caught:
            kind.model_validate(area)
        assert [line["type"] for line in caught.value.errors()] == [code]


def test_a_place_keeps_what_was_told() -> None:
    assert Place(place_as_told="2 hills east of the market").place_as_told == "2 hills east of the market"
