"""A row of the figures tells what happened and never to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import NodeError
from api.rules.pseudonym import stat_id
from schemas.figures_codes import AgeGroup, age_group
from schemas.statistics_record import StatisticsRecord
from tests.forms import GONE, codes, document, example

KIND = "statistics_record"
CASE = example("case_file_full")["case_uid"]
KEY = b"a fictional key of thirty-two b."


def row(edits: dict[str, object] | None = None) -> StatisticsRecord:
    made = document(KIND, edits)
    assert isinstance(made, StatisticsRecord)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/case_uid": CASE}, "/case_uid", "case_in_statistics", id="the-case"),
        pytest.param({"/reply_to": CASE}, "/reply_to", "case_in_statistics", id="an-answer-to-a-document"),
        pytest.param(
            {"/vital_interest": {"reason": "x", "decided_by": "A-1", "approved_by": "A-2"}},
            "/vital_interest",
            "case_in_statistics",
            id="a-story-in-the-header",
        ),
        pytest.param({"/stat_id": CASE}, "/stat_id", "bad_format", id="the-case-as-row"),
        pytest.param({"/name": "x"}, "", "unknown_field", id="a-name"),
        pytest.param({"/special_categories": ["MEDICAL"]}, "", "unknown_field", id="which-need"),
        pytest.param({"/home_township": "Kyaikmaraw"}, "/home_township", "bad_format", id="a-place-in-words"),
        pytest.param({"/consent": "refused"}, "/consent", "statistics_consent", id="refused"),
        pytest.param({"/consent": "not_asked"}, "/consent", "statistics_consent", id="not-asked"),
        pytest.param(
            {"/age_group_at_return": "25-34"}, "/age_group_at_return", "age_group_contradicts", id="another-group"
        ),
        pytest.param(
            {"/age_at_recruitment": GONE}, "/age_group_at_recruitment", "age_group_contradicts", id="group-of-no-age"
        ),
        pytest.param({"/is_child": "true"}, "/is_child", "child_contradicts", id="child-of-24"),
        pytest.param(
            {"/age_at_recruitment": 25, "/age_group_at_recruitment": "25-34"},
            "/age_at_recruitment",
            "wrong_order",
            id="younger-at-return",
        ),
        pytest.param({"/recruitment_date": "2025-09"}, "/recruitment_date", "wrong_order", id="recruited-afterwards"),
        pytest.param({"/year": 2024}, "/year", "other_year", id="another-year"),
        pytest.param(
            {"/destination_country": GONE}, "/destination_country", "destination_contradicts", id="back-from-where"
        ),
        pytest.param(
            {"/victim_type": "INTERNAL"}, "/destination_country", "destination_contradicts", id="never-abroad"
        ),
        pytest.param({"/not_assigned": True}, "/not_assigned", "provider_contradicts", id="assigned-and-not"),
        pytest.param({"/return_date": "2026-01-01", "/year": 2026}, "/return_date", "future_date", id="tomorrow"),
    ],
)
def test_a_row_that_tells_too_much_or_contradicts_itself_is_refused(
    edits: dict[str, object], path: str, code: str
) -> None:
    assert (path, code) in codes(KIND, edits)


def test_a_row_leads_to_no_case() -> None:
    assert row().case_uids() == ()
    assert row().find_corridor() is None
    assert CASE not in row().model_dump_json()


def test_a_row_has_no_free_text() -> None:
    """Nothing of its own can hold a story; the header's only story, an override, is refused above."""
    fields = StatisticsRecord.model_json_schema()["properties"]
    kinds = [kind for field in fields.values() for kind in [field, *field.get("anyOf", [])]]
    assert not {kind.get("maxLength") for kind in kinds} & {600, 1500}


@pytest.mark.parametrize(
    ("recruited", "month"),
    [
        pytest.param("2023-08", "2023-08", id="month"),
        pytest.param("2023-08-14", "2023-08", id="day"),
        pytest.param("2023", "2023", id="year"),
        pytest.param("2022-11/2023-02", None, id="across-years"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_the_national_sheet_asks_for_months(recruited: str | None, month: str | None) -> None:
    """004 2.12 asks for the date, 4.8 for month and year: the case keeps one, the row gives the other."""
    made = row({"/recruitment_date": recruited})
    assert made.recruitment_month == month
    assert made.return_month == "2025-08"


def test_who_came_back_alone_inside_the_country_has_no_country_of_destination() -> None:
    edits = {"/victim_type": "SELF_RETURN_INTERNAL", "/destination_country": GONE}
    assert codes(KIND, edits) == set()


@given(st.integers(0, 120))
def test_every_age_has_one_group_whose_bounds_hold_it(age: int) -> None:
    group = age_group(age).value
    low, _, high = group.rstrip("+").partition("-")
    assert int(low) <= age <= int(high or 120)
    assert age_group(None) is AgeGroup.UNKNOWN


_UIDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)


@given(_UIDS, _UIDS, st.integers(1, 99), st.integers(1, 99), st.integers(2000, 2100))
def test_a_pseudonym_is_the_same_for_the_same_return_and_for_no_other(
    one: str, other: str, first: int, second: int, year: int
) -> None:
    """Another key, case, episode or year is another row."""
    made = stat_id(KEY, one, first, year)
    assert made == stat_id(KEY, one, first, year)
    assert (made == stat_id(KEY, other, second, year)) == ((one, first) == (other, second))
    assert made not in {stat_id(KEY, one, first, year + 1), stat_id(KEY[::-1], one, first, year)}
    assert one not in made
    assert codes(KIND, {"/stat_id": made}) == set()


def test_a_short_key_is_no_key() -> None:
    with pytest.raises(NodeError) as caught:
        stat_id(KEY[:31], CASE, 1, 2025)
    assert caught.value.code == "key_too_short"
