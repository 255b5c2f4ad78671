"""Two files are compared as wholes: what agrees, what differs, and what a family shares; each with its reason."""

from collections.abc import Mapping
from typing import Any

import pytest

from api.errors import Conflict, HomewardError, InvalidInput
from api.rules.matching.keys import MOST_KEYS, keys_of
from api.rules.matching.merging import check_merge
from api.rules.matching.places import Home, number_form
from api.rules.matching.profile import Profile, ToldName, profile_of
from api.rules.matching.reasons import MatchReason, Verdict
from api.rules.matching.score import SUGGESTED_FROM, FieldMatch, Match, compare
from schemas.codes import Relation, Sex
from schemas.names import NameType
from tests.forms import GONE, document, example

CASE = example("case_file_full")["case_uid"]


def _profile(edits: Mapping[str, object] | None = None, name: str = "case_file_full") -> Profile:
    return profile_of([document(name, edits)], CASE)


def _latin(text: str, kind: str = "legal") -> list[dict[str, Any]]:
    return [{"full_text": text, "script": "Latn", "type": kind}]


def _line(match: Match, field: str) -> FieldMatch:
    return next(line for line in match.fields if line.field == field)


THIDAR = _profile()
SISTER = {
    "/person/names": _latin("Ma Sandar Wai"),
    "/person/birth/edtf": "1999-05",
    "/person/age_reported": 25,
    "/person/id_documents": [],
}


def test_one_person_in_two_files() -> None:
    """Another spelling, the year alone, another way to write the number of the card: still one person."""
    other = _profile(
        {
            "/person/names": _latin("Wai Thita"),
            "/person/birth": {"edtf": "2000"},
            "/person/age_reported": GONE,
            "/person/age_as_of": GONE,
            "/person/age_basis": GONE,
            "/person/id_documents/1/number": "10/KaMaYa(Naing)123456",
            "/family/father/names": _latin("U Nyan Htun"),
        }
    )
    match = compare(THIDAR, other)
    assert match.score > 0.99
    told = {line.field: (line.verdict, set(line.reasons) - {MatchReason.HOUSEHOLD}) for line in match.fields}
    assert told["names"] == (Verdict.AGREE, {MatchReason.OTHER_SCRIPT, MatchReason.OTHER_ORDER})
    assert told["sex"] == (Verdict.AGREE, {MatchReason.SAME})
    assert told["birth"] == (Verdict.AGREE, {MatchReason.SAME_YEAR})
    assert told["place"] == (Verdict.AGREE, {MatchReason.SAME_TOWNSHIP})
    assert told["village"] == (Verdict.AGREE, {MatchReason.SAME_VILLAGE})
    assert told["numbers"] == (Verdict.AGREE, {MatchReason.SAME_NUMBER})
    assert told["father"][0] is Verdict.AGREE


def test_a_name_alone_is_enough_to_look_at() -> None:
    """Where the second file is a tracing request that knows little else."""
    seed = Profile(names=frozenset({ToldName("Thita Wai", NameType.LEGAL)}), sex=Sex.FEMALE)
    assert compare(THIDAR, seed).score >= SUGGESTED_FROM
    common = Profile(names=frozenset({ToldName("Aung Aung", NameType.LEGAL)}), sex=Sex.MALE)
    assert compare(common, common).score < SUGGESTED_FROM


def test_a_sister_is_somebody_else() -> None:
    """Parents, home and phone are the family's: with another name they say little, and the line says why."""
    match = compare(THIDAR, _profile(SISTER))
    assert match.score < SUGGESTED_FROM
    assert _line(match, "names").verdict is Verdict.DIFFER
    assert MatchReason.HOUSEHOLD in _line(match, "father").reasons
    twin = {"/person/names": _latin("Ma Sandar Wai"), "/person/id_documents": []}
    assert compare(THIDAR, _profile(twin)).score < SUGGESTED_FROM


def test_an_alias_that_differs_says_nothing() -> None:
    """One that agrees does."""
    known = Profile(names=frozenset({ToldName("Thidar Wai", NameType.LEGAL), ToldName("Mi Cho", NameType.ALIAS)}))
    other, same = (Profile(names=frozenset({ToldName(text, NameType.ALIAS)})) for text in ("Lay Lay", "Cho Mi"))
    assert _line(compare(known, other), "names").verdict is Verdict.UNKNOWN
    line = _line(compare(known, same), "names")
    assert (line.verdict, set(line.reasons)) == (Verdict.AGREE, {MatchReason.OTHER_ORDER, MatchReason.ALIAS})


def test_a_name_that_a_trafficker_gave_is_no_name_against() -> None:
    """Known at the second shelter by a Thai name only: parents, home and year of birth find her."""
    second = _profile({"/person/names": [{"full_text": "มะลิ", "type": "name_used_in_exploitation"}]})
    match = compare(THIDAR, second)
    assert match.score > 0.9
    assert _line(match, "names").reasons == (MatchReason.USED_IN_EXPLOITATION,)
    both = _profile({"/person/names/2": {"full_text": "Mali", "type": "name_used_in_exploitation"}})
    line = _line(compare(both, second), "names")
    assert line.verdict is Verdict.AGREE
    assert set(line.reasons) == {MatchReason.OTHER_SCRIPT, MatchReason.USED_IN_EXPLOITATION}
    legal = _line(compare(THIDAR, _profile()), "names")
    assert line.weight < legal.weight


BIRTHS = {
    "more than two years apart": ({"edtf": "1995/1996"}, Verdict.DIFFER, MatchReason.YEARS_APART),
    "two years apart": ({"edtf": "1998-09"}, Verdict.CLOSE, MatchReason.YEARS_APART),
    "a year apart": ({"edtf": "1999-03"}, Verdict.CLOSE, MatchReason.YEAR_APART),
    "ten years wide": ({"edtf": "1995/2005"}, Verdict.UNKNOWN, MatchReason.INTERVAL_WIDE),
    "the year": ({"edtf": "2000"}, Verdict.AGREE, MatchReason.SAME_YEAR),
    "three years": ({"edtf": "1999/2001"}, Verdict.CLOSE, MatchReason.OVERLAPPING),
}
NO_AGE = {f"/person/{name}": GONE for name in ("age_reported", "age_as_of", "age_basis")}


@pytest.mark.parametrize(("birth", "verdict", "reason"), BIRTHS.values(), ids=BIRTHS)
def test_births_are_compared_as_intervals(birth: Mapping[str, str], verdict: Verdict, reason: MatchReason) -> None:
    """What cannot be one birth excludes, what nobody knows is neutral."""
    match = compare(
        _profile({**NO_AGE, "/person/birth": {"edtf": "2000"}}), _profile({**NO_AGE, "/person/birth": birth})
    )
    line = _line(match, "birth")
    assert (line.verdict, line.reasons[0]) == (verdict, reason)
    assert (match.score == 0) == match.is_excluded == (verdict is Verdict.DIFFER)
    assert (line.weight == 0) == (verdict is Verdict.UNKNOWN)


def test_a_day_weighs_more_than_a_year_but_new_year_stands_for_the_year() -> None:
    days = [_profile({**NO_AGE, "/person/birth": {"edtf": day}}) for day in ("2000-05-17", "2000-01-01")]
    assert [_line(compare(one, one), "birth").reasons for one in days] == [
        (MatchReason.SAME_DAY,),
        (MatchReason.SAME_YEAR,),
    ]


def test_another_sex_speaks_strongly_against() -> None:
    """An unknown one does not."""
    man, unknown = (_profile({"/person/sex": sex, "/person/id_documents": []}) for sex in (1, 0))
    assert compare(THIDAR, man).score < compare(THIDAR, unknown).score
    assert _line(compare(THIDAR, man), "sex").weight < -5
    assert _line(compare(THIDAR, unknown), "sex").verdict is Verdict.UNKNOWN


SAME_REGION = (Verdict.CLOSE, MatchReason.SAME_REGION)
HOMES = {
    "a state that is named so": (
        {"admin1": {"name_latin": "Mon State"}, "admin3": {"name_latin": "Mudon"}},
        *SAME_REGION,
    ),
    "only another script": ({"admin1": {"name_native": "မွန်"}, "admin3": {"name_native": "မုဒုံ"}}, *SAME_REGION),
    "only a code of another list": (
        {
            "admin1": {"code_system": "other", "code_system_version": "1", "code": "15"},
            "admin3": {"name_latin": "Mudon"},
        },
        Verdict.UNKNOWN,
        MatchReason.NOT_TOLD,
    ),
    "the name of the township": ({"admin3": {"name_latin": "Kyaik Ma Raw"}}, Verdict.AGREE, MatchReason.SAME_TOWNSHIP),
    "another township of the region": (
        {"admin3": {"code_system": "mm_pcode", "code_system_version": "9.4", "code": "MMR011001"}},
        Verdict.CLOSE,
        MatchReason.SAME_REGION,
    ),
    "another region": (
        {
            "admin1": {"name_latin": "Shan"},
            "admin3": {"code_system": "mm_pcode", "code_system_version": "9.4", "code": "MMR016003"},
        },
        Verdict.DIFFER,
        MatchReason.OTHER_REGION,
    ),
}


@pytest.mark.parametrize(("home", "verdict", "reason"), HOMES.values(), ids=HOMES)
def test_homes(home: Mapping[str, object], verdict: Verdict, reason: MatchReason) -> None:
    """By code or by name, in any script."""
    line = _line(compare(THIDAR, _profile({f"/home/{name}": value for name, value in home.items()})), "place")
    assert (line.verdict, line.reasons[0]) == (verdict, reason)


def test_other_countries_and_other_villages_speak_against() -> None:
    """Only where both files say so in a way that can be compared."""
    here, there = Profile(home=Home("MM", villages=frozenset({"kaw-tan"}))), Profile(home=Home("LA"))
    far = Profile(home=Home(villages=frozenset({"mu-ton"})))
    assert _line(compare(here, there), "place").reasons == (MatchReason.OTHER_COUNTRY,)
    assert _line(compare(here, there), "village").verdict is Verdict.UNKNOWN
    assert _line(compare(here, far), "village").reasons == (MatchReason.OTHER_VILLAGE,)


def test_a_request_without_a_birth_has_an_age() -> None:
    aged = profile_of([document("family_tracing_request", {"/tracing_seed/birth": GONE})], CASE)
    assert aged.birth is not None
    ages = ("birth", "age_reported", "age_as_of", "age_basis")
    blank = document("family_tracing_request", {f"/tracing_seed/{name}": GONE for name in ages})
    assert profile_of([blank], CASE).birth is None


def test_a_village_that_is_described_is_close() -> None:
    told = {
        "/home/village": GONE,
        "/home/village_tract_ward": GONE,
        "/home/absent": {},
        "/home/landmarks": "bridge of Kaw Than",
    }
    told |= {"/home/absent": {"village": "asked_unknown", "village_tract_ward": "asked_unknown"}}
    line = _line(compare(THIDAR, _profile(told)), "village")
    assert (line.verdict, line.reasons[0]) == (Verdict.CLOSE, MatchReason.WORDS_SHARED)


NUMBERS = {
    "Myanmar digits and letters": ("၁၀/ကမရ(နိုင်)၁၂၃၄၅၆", "10/KaMaYa(N)123456"),
    "spaces and hyphens": ("1 1037 02071-81-1", "1103702071811"),
    "leading nought": ("09/MaKaNa(N)123456", "9/MAKANA(Naing) 123456"),
}


@pytest.mark.parametrize(("one", "other"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_are_compared_however_they_are_written(one: str, other: str) -> None:
    assert number_form(one) == number_form(other)
    assert number_form(one) != number_form("10/KaMaYa(N)654321")


def test_the_profile_is_gathered_from_every_kind_that_names_somebody() -> None:
    """What its sender corrected is left out; the newest word on the rest wins."""
    seed = document("family_tracing_request", {"/tracing_seed/names/2": {"full_text": "Mali", "type": "alias"}})
    found = document(
        "family_tracing_result",
        {"/found_persons/0/names": _latin("U Ba Nyan"), "/found_persons/0/relation": "uncle"},
    )
    profile = profile_of([document("case_file_full"), seed, found], CASE)
    assert {name.text for name in profile.names} >= {"Thidar Wai", "Mali"}
    assert {name.text for name in profile.kin[Relation.UNCLE]} == {"U Ba Nyan"}
    assert {name.text for name in profile.kin[Relation.BROTHER]} == {"Min Aung", "Ko Latt"}
    first = document("case_file_basic", {"/person/names": _latin("Wrong Name")})
    mended = document("case_file_full", {"/supersedes": first.id, "/id": "01JPAB3M4N5P6Q7R8S9T0V1W2Z"})
    assert "Wrong Name" not in {name.text for name in profile_of([first, mended], CASE).names}


def test_a_notice_names_the_persons_of_its_cases() -> None:
    notice = document("advance_repatriation_notice")
    uids = [uid for uid in notice.case_uids() if uid]
    assert all(profile_of([notice], uid).names for uid in uids)
    assert not profile_of([notice], "01JP0ZK8W3T5N7Q9R1S2V4X6ZZ").names


def test_keys_are_shared_by_files_of_one_person() -> None:
    """And hardly by others; parents never stand for the person."""
    ours = keys_of(THIDAR)
    again = keys_of(_profile({"/person/names": _latin("Ma Wai Thita")}))
    stranger = keys_of(Profile(names=frozenset({ToldName("Nyan Tun", NameType.LEGAL)})))
    assert len(ours & again) > 10
    assert not ours & stranger
    assert any(key.startswith("place:") for key in ours)
    assert len(keys_of(Profile(numbers=frozenset(map(str, range(1000)))))) == MOST_KEYS


def test_nothing_of_a_person_is_printed_by_accident() -> None:
    for shown in (repr(THIDAR), str(THIDAR), repr(ToldName("Thidar Wai", NameType.LEGAL)), repr(THIDAR.home)):
        assert "Thidar" not in shown
        assert "Kyaikmaraw" not in shown


@pytest.mark.parametrize("edits", [{}, SISTER, {"/person/sex": 1}], ids=["same", "sister", "other sex"])
def test_it_is_the_same_both_ways(edits: Mapping[str, object]) -> None:
    other = _profile(edits)
    assert compare(THIDAR, other) == compare(other, THIDAR)


def test_nobody_known_is_nobody_found() -> None:
    """Two empty files are not one person's."""
    match = compare(Profile(), Profile())
    assert match.score < 0.01
    assert {line.verdict for line in match.fields} == {Verdict.UNKNOWN}


A, B, C = (f"01JP0ZK8W3T5N7Q9R1S2V4X6Y{letter}" for letter in "ABC")
BAD_MERGES: dict[str, tuple[str, str | None, str | None, bool, type[HomewardError], str]] = {
    "into itself": (A, None, None, False, InvalidInput, "merge_into_itself"),
    "twice": (B, C, None, False, Conflict, "already_merged"),
    "a chain": (B, None, C, False, Conflict, "merge_into_root"),
    "a circle": (B, None, A, True, Conflict, "merge_into_root"),
    "a root": (B, None, None, True, Conflict, "merged_cases_here"),
}


@pytest.mark.parametrize(("into", "merged", "root", "is_root", "error", "code"), BAD_MERGES.values(), ids=BAD_MERGES)
def test_merges_that_would_be_a_chain_or_a_circle(
    into: str, merged: str | None, root: str | None, is_root: bool, error: type[HomewardError], code: str
) -> None:
    with pytest.raises(error) as refused:
        check_merge(A, into, merged_into=merged, root_of_into=root, is_root=is_root)
    assert refused.value.code == code
