"""Metrics are read from the documents of a case, each with its whole; where nothing is known they say so."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.agreements import BUILT_IN, Agreement, Policies
from api.rules.figures.episode import CaseHeld
from api.rules.figures.measures import Measure, Reading, Tally, Unit, for_outside, round_to
from api.rules.figures.metrics import METRICS
from schemas.base import AgencyId, CaseUid
from schemas.corridor_policy import PolicyTerms
from schemas.document import Document
from tests.cases import S5, case_file
from tests.forms import DOCUMENTS, document, example

KEY = b"a fictional key of thirty-two b."
S1 = CaseUid(example("case_file_full")["case_uid"])
IDS = [metric.id for metric in METRICS]


@cache
def _examples() -> dict[str, Document]:
    return {path.stem: document(path.stem) for path in sorted(DOCUMENTS.glob("*.json"))}


def journey(without: Sequence[str] = ()) -> list[Document]:
    return [one for name, one in _examples().items() if name not in without and S1 in one.case_uids()]


def measured(
    held: Sequence[Document],
    year: int = 2025,
    uid: CaseUid = S1,
    today: str = "2027-12-31",
    agreed: Policies = BUILT_IN,
) -> Tally:
    tally = Tally(METRICS)
    case = CaseHeld(uid, AgencyId("MM-DSW"), "TH", "MM", held, KEY, policies=agreed)
    tally.take(Reading(case, year, date.fromisoformat(today)))
    return tally


def known(tally: Tally) -> dict[str, float | None]:
    """Return the values of the metrics of which something is known."""
    return {one.id: one.value for one in tally.measures() if one.denominator}


FIRST_YEAR: Mapping[str, float] = {
    "within_6_months": 1,
    "days_in_shelter": 162,
    "full_file": 1,
    "days_to_basic_file": 4,
    "days_to_full_file": 41,
    "announced_in_time": 1,
    "assessed_before_return": 1,
    "negative": 0,
    "not_assigned": 0,
    "medical_declined": 1,
    "followed_up_on_time": 1,
    "readmitted": 1,
    "trafficked_again": 0,
    "contacts_q1": 0,
    "contacts_q2": 1,
    "contacts_q3": 0,
    "original_handed": 1,
}


def test_the_first_journey_by_hand() -> None:
    """Admitted on 10 March, basic file after 4 days, full file after 41, home after 162, one letter in the summer."""
    assert known(measured(journey())) == FIRST_YEAR


def test_the_years_after_the_return() -> None:
    """Follow-ups after six and twelve months were not made before the closure; the visit a year later was due."""
    assert known(measured(journey(), 2026)) == {"followed_up_on_time": 0}
    assert known(measured(journey(), 2027)) == {"revisited": 0}


def test_what_is_not_yet_due_is_no_failure() -> None:
    assert known(measured(journey(), 2026, today="2026-01-31")) == {}
    assert {one.denominator for one in measured(journey(), 2026).measures() if one.id == "followed_up_on_time"} == {2}


WITHOUT: dict[str, tuple[tuple[str, ...], dict[str, float | None]]] = {
    "a-notice": (("advance_repatriation_notice",), {"announced_in_time": 0}),
    "an-assessment": (("family_assessment",), {"assessed_before_return": 0, "negative": None}),
    "an-assignment": (("service_provider_assignment",), {"not_assigned": None, "followed_up_on_time": None}),
    "a-full-file": (("case_file_full",), {"full_file": 0, "days_to_full_file": None}),
    "a-follow-up": (("follow_up_report", "readmission"), {"followed_up_on_time": 0, "readmitted": 0}),
    "a-reception": (("reception_record",), {"medical_declined": None, "days_in_shelter": 162}),
}


@pytest.mark.parametrize(("without", "expected"), WITHOUT.values(), ids=WITHOUT)
def test_what_is_missing_fails_or_is_not_known(without: tuple[str, ...], expected: dict[str, float | None]) -> None:
    found = known(measured(journey(without)))
    assert {name: found.get(name) for name in expected} == expected


TERMS = {
    "the-months-of-the-return": ("within_6_months", "2025-03-10", PolicyTerms(return_months=3)),
    "the-days-of-a-notice": ("announced_in_time", "2025-07-25", PolicyTerms(lead_days=60)),
    "the-months-of-follow-ups": ("followed_up_on_time", "2025-08-30", PolicyTerms(follow_up_months=(2,))),
}


@pytest.mark.parametrize(("name", "day", "terms"), TERMS.values(), ids=TERMS)
def test_a_later_agreement_changes_no_past_figure(name: str, day: str, terms: PolicyTerms) -> None:
    """The numbers are those of the day on which the clock started, as for deadlines (decision 11)."""
    started = date.fromisoformat(day)
    for since, value in ((started, 0), (date.fromordinal(started.toordinal() + 1), 1)):
        agreement = Agreement("TH", "MM", since, terms, "proposal", "answer", datetime(2025, 1, 1, tzinfo=UTC))
        assert known(measured(journey(), agreed=Policies((agreement,))))[name] == value


def test_who_was_moved_between_shelters_waits_from_the_first_one_on() -> None:
    """The first file is as late as it is for who was there first, and so are all the months (004 1.1)."""
    moved = {"/header/admission_kind": "transfer_in", "/header/first_admission_date": "2025-03-01"}
    files = [document(name, moved) for name in ("case_file_basic", "case_file_full")]
    found = known(measured([*journey(("case_file_basic", "case_file_full")), *files]))
    assert {name: found[name] for name in found if name.startswith("days_")} == {
        "days_in_shelter": 171,
        "days_to_basic_file": 13,
        "days_to_full_file": 50,
    }


def test_what_the_other_side_may_not_tell_is_in_no_metric() -> None:
    """A shelter can't say that it received somebody at home."""
    told = document("reception_record", {"/sender": "TH-SHELTER-N1", "/recipient": "MM-DSW"})
    assert "medical_declined" not in known(measured([*journey(("reception_record",)), told]))


def test_the_family_of_who_escaped() -> None:
    """Discovered on 2 March at 21:40, informed on 5 March at 15:00 in Myanmar: 65 hours and 50 minutes."""
    file = case_file(S5, birth="2004", on="2025-01-15")
    held = [file, *(one for one in _examples().values() if S5 in one.case_uids())]
    found = known(measured(held, uid=S5))
    assert (found["family_informed"], found["hours_to_inform"]) == (1, 65.83)
    untold = [one for one in held if one.kind != "escape_family_informed"]
    assert known(measured(untold, uid=S5))["family_informed"] == 0
    assert "family_informed" not in known(measured(held, 2026, uid=S5))


def test_an_escape_is_left_out_of_timely_returns() -> None:
    """And nothing else is (004 1.10)."""
    escape = document("escape_notice", {"/case_uid": S1, "/id": "01JNCB7D9F1H3K5M7P9R2T4V6Y"})
    found = known(measured([*journey(), escape]))
    assert "within_6_months" not in found
    assert found["days_in_shelter"] == 162


def test_who_did_not_agree_is_in_no_metric() -> None:
    """Domain 2.J rule 6: the return counts in the totals only."""
    consents = [{**one, "decision": "refused"} for one in example("case_file_full")["consents"]]
    refused = [one for one in consents if one["purpose"] == "ANON_STATISTICS"]
    others = [one for one in example("case_file_full")["consents"] if one["purpose"] != "ANON_STATISTICS"]
    file = document("case_file_full", {"/consents": [*others, *refused]})
    assert known(measured([*journey(("case_file_full",)), file])) == {}


@pytest.mark.parametrize(("sender", "is_counted"), [("TH-SHELTER-N1", False), ("LA-SHELTER-1", True)])
def test_who_took_it_back_is_in_no_metric(sender: str, is_counted: bool) -> None:
    """A withdrawal of a third country stops nothing here either (decision 15)."""
    rows = [{"purpose": "ANON_STATISTICS", "decision": "withdrawn", "date": "2025-05-02"}]
    edits = {"/sender": sender, "/id": "01JV0000000000000000000000", "/records": rows}
    found = known(measured([*journey(), document("consent_withdrawal", edits)]))
    assert found == (FIRST_YEAR if is_counted else {})


def test_nothing_known_is_null_and_not_nought() -> None:
    """A ratio without its whole is no figure (004 4.9)."""
    for one in Tally(METRICS).measures():
        assert (one.value, one.numerator, one.denominator) == (None, None, 0)
    assert len(set(IDS)) == len(IDS)


def _share(part: int, whole: int) -> Measure:
    return Measure("any", "Any", Unit.SHARE, part / whole if whole else None, part if whole else None, whole)


SHARES: dict[str, tuple[tuple[int, int], tuple[float | None, float | None, int | None]]] = {
    "few-in-all": ((1, 4), (None, None, None)),
    "few-with-yes": ((2, 40), (None, None, None)),
    "few-with-no": ((38, 40), (None, None, None)),
    "nobody": ((0, 43), (0.0, 0, 45)),
    "everybody": ((43, 43), (1.0, 45, 45)),
    "many": ((21, 43), (0.44, 20, 45)),
    "none-known": ((0, 0), (None, None, 0)),
}


@pytest.mark.parametrize(("told", "left"), SHARES.values(), ids=SHARES)
def test_what_leaves_is_neither_small_nor_exact(
    told: tuple[int, int], left: tuple[float | None, float | None, int | None]
) -> None:
    (found,) = for_outside([_share(*told)], 5)
    assert (found.value, found.numerator, found.denominator) == left


@given(st.integers(0, 10_000), st.integers(2, 50))
def test_a_round_number_is_the_nearest_multiple(count: int, k: int) -> None:
    found = round_to(count, k)
    assert found % k == 0
    assert 2 * abs(found - count) <= k
