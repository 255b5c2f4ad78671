"""Figures by the rules: one journey gives the row of the form, sixty cases give what can be counted by hand."""

from datetime import date
from functools import cache
from typing import Any

import pytest

from api.rules.figures import national
from api.rules.figures.episode import CaseHeld
from api.rules.figures.returns import rows_of
from api.rules.figures.row import FigureRow, blanks_of, content_of
from api.rules.figures.sieve import Sieve
from api.rules.figures.tables import place_of
from schemas.ages import IsChild
from schemas.base import AgencyId, CaseUid
from schemas.care_codes import ConsentDecision
from schemas.codes import Sex
from schemas.document import Document
from schemas.figures_codes import AgeGroup
from schemas.statistics_record import StatisticsRecord
from tests.forms import DOCUMENTS, GONE, document, example
from tests.sixty import DSW

KEY = b"a fictional key of thirty-two b."
S1 = CaseUid(example("case_file_full")["case_uid"])
HEADER = {"kind", "schema_version", "id", "sender", "recipient", "created_at", "stat_id"}


def journey(*, until: str = "2025-12-31", without: tuple[str, ...] = ()) -> list[Document]:
    """Return the documents of the first journey that were written by a day."""
    return [
        one
        for name, one in _examples().items()
        if name not in without and S1 in one.case_uids() and one.created_at.date() <= date.fromisoformat(until)
    ]


@cache
def _examples() -> dict[str, Document]:
    return {path.stem: document(path.stem) for path in sorted(DOCUMENTS.glob("*.json"))}


def rows(held: list[Document], agency: AgencyId = DSW) -> tuple[FigureRow, ...]:
    return rows_of(CaseHeld(S1, agency, "TH", "MM", held, KEY))


def test_a_journey_gives_the_row_that_a_statistician_would_type() -> None:
    """Every field of form 27 as in the example, and nothing is left to fill in (domain 3.15)."""
    (row,) = rows(journey())
    typed = {name: value for name, value in example("statistics_record").items() if name not in HEADER}
    assert {name: value for name, value in content_of(row).items() if name != "stat_id"} == typed
    assert blanks_of(row) == ()


def test_the_filled_in_form_is_a_good_document() -> None:
    (row,) = rows(journey())
    edits = {f"/{name}": value for name, value in content_of(row).items()}
    record = document("statistics_record", edits)
    assert isinstance(record, StatisticsRecord)
    assert FigureRow.model_validate(record) == row


def test_the_order_of_arrival_changes_nothing() -> None:
    assert rows(journey()) == rows(journey()[::-1]) == rows([*journey(), *journey()])


UNTOLD: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "no-assessment": (("family_assessment",), {"family_assessment_negative": None}),
    "no-assignment": (
        ("service_provider_assignment",),
        {"provider_assigned": None, "not_assigned": None, "support_model": None},
    ),
    "no-notice": (("advance_repatriation_notice",), {"notice_days": None, "return_mode": None}),
    "no-full-file": (("case_file_full",), {"file_level_at_return": "basic"}),
    "no-hand-over": (
        ("handover_record", "handover_record_countersigned"),
        {"border_point": None, "original_handed": None, "return_date": date(2025, 8, 19)},
    ),
    "no-file-at-all": (
        ("case_file_basic", "case_file_full"),
        {
            "recruitment_date": None,
            "days_in_shelter": None,
            "identified_by": None,
            "referral_source": None,
            "file_level_at_return": "none",
            "consent": ConsentDecision.NOT_ASKED,
            "home_township": "MMR011002",
            "sex": Sex.FEMALE,
            "age_group_at_recruitment": AgeGroup.UNKNOWN,
        },
    ),
}


@pytest.mark.parametrize(("without", "expected"), UNTOLD.values(), ids=UNTOLD)
def test_what_no_document_says_is_unknown(without: tuple[str, ...], expected: dict[str, object]) -> None:
    (row,) = rows(journey(without=without))
    assert {name: getattr(row, name) for name in expected} == expected


def test_nobody_has_a_row_before_coming_home() -> None:
    assert rows(journey(until="2025-08-01")) == ()


def test_who_is_taken_in_again_stays_one_return_until_there_is_another() -> None:
    """A re-admission alone marks the row; a second reception is a second return, with another pseudonym (004 3.6)."""
    (row,) = rows(journey(until="2027-01-01"))
    assert row.readmission
    edits = {"/id": "01MSR0AC400000000000000000", "/created_at": "2026-12-20T18:00:00+06:30"}
    again = document(
        "reception_record",
        {**edits, "/arrived_at": "2026-12-20T16:00:00+06:30", "/victim_type": "SELF_RETURN_XB", "/handover_ref": GONE},
    )
    first, second = rows([*journey(until="2027-01-01"), again])
    assert (first.readmission, second.readmission, second.year) == (False, True, 2026)
    assert first.stat_id == row.stat_id != second.stat_id


@pytest.mark.parametrize("sender", ["LA-SHELTER-1", "TH-SHELTER-N1"], ids=["a-third-country", "the-other-side"])
def test_only_who_may_tell_of_a_return_makes_one(sender: str) -> None:
    """As in the watch of deadlines: a reception is the origin side's to tell, and nobody else's."""
    told = document("reception_record", {"/sender": sender})
    assert rows([*journey(until="2025-08-01"), told]) == ()


def test_who_did_not_cross_after_all_is_no_return() -> None:
    """The newest record of the hand-over counts."""
    outcome = {"/persons/0/outcome": "withdrew", "/persons/0/original_file": {"handed": False}}
    untold = {f"/persons/0/{name}": GONE for name in ("identity_confirmed_by", "condition")}
    late = document("handover_record_countersigned", {**outcome, **untold, "/discrepancies": []})
    without = ("handover_record_countersigned", "reception_record")
    assert rows([*journey(until="2025-08-19", without=without), late]) == ()


def taken_back(**over: str) -> Document:
    rows = [{"purpose": "ANON_STATISTICS", "decision": "withdrawn", "date": "2025-05-02"}]
    edits = {"id": "01JV0000000000000000000000", "records": rows, **over}
    return document("consent_withdrawal", {f"/{name}": value for name, value in edits.items()})


CONSENTS: dict[str, tuple[list[Document], ConsentDecision]] = {
    "taken-back": ([taken_back()], ConsentDecision.WITHDRAWN),
    "taken-back-and-passed-on": ([taken_back(reply_to="01JV0000000000000000000009")], ConsentDecision.WITHDRAWN),
    "taken-back-by-a-third-country": ([taken_back(sender="LA-SHELTER-1")], ConsentDecision.GIVEN),
    "as-given": ([], ConsentDecision.GIVEN),
}


@pytest.mark.parametrize(("more", "decision"), CONSENTS.values(), ids=CONSENTS)
def test_only_who_agreed_is_a_row(more: list[Document], decision: ConsentDecision) -> None:
    """What stops a disclosure takes the person out of the rows, and nothing else does (decision 15)."""
    (row,) = rows([*journey(), *more])
    assert (row.consent, row.may_be_a_row) == (decision, decision is ConsentDecision.GIVEN)


ENDS = {"2025-08-18": ConsentDecision.WITHDRAWN, "2025-08-19": ConsentDecision.GIVEN}


@pytest.mark.parametrize(("day", "decision"), ENDS.items(), ids=["the-day-before", "the-day-of-the-return"])
def test_a_consent_lasts_to_the_return(day: str, decision: ConsentDecision) -> None:
    """That it ends afterwards takes nobody out of a year that is over."""
    records = example("case_file_full")["consents"]
    ends = [{**one, "valid_until": day} if one["purpose"] == "ANON_STATISTICS" else one for one in records]
    (row,) = rows([*journey(without=("case_file_full",)), document("case_file_full", {"/consents": ends})])
    assert row.consent is decision


AGES: dict[str, tuple[str, object, object, IsChild]] = {
    "a-day": ("1995-01-15", 30, "25-34", IsChild.FALSE),
    "a-year": ("2007", 17, "16-17", IsChild.TRUE),
    "about-a-year": ("1995~", None, "25-34", IsChild.FALSE),
    "about-eighteen": ("2007~", None, "unk", IsChild.UNCERTAIN),
}


@pytest.mark.parametrize(("birth", "age", "group", "child"), AGES.values(), ids=AGES)
def test_an_age_is_as_exact_as_it_is_known(birth: str, age: object, group: object, child: IsChild) -> None:
    """Of two neighbouring years the lower one stands; a group may be known where the age is not."""
    told = {f"/person/{name}": GONE for name in ("age_reported", "age_as_of", "age_basis")}
    given_by = {"given_by": "child_assent_and_guardian", "guardian_capacity": "shelter_director", "child_assent": "yes"}
    consents = [{**one, **given_by} for one in example("case_file_basic")["consents"]]
    file = document("case_file_basic", {**told, "/person/birth": {"edtf": birth}, "/consents": consents})
    others = journey(without=("case_file_basic", "case_file_full"))
    (row,) = rows([*others, file])
    assert (row.age_at_return, row.age_group_at_return, row.is_child) == (age, group, child)


BODIES = {"MM-DSW": "DSW", "MM-ATU-MUSE": "ATU", "MM-NGO-A": "NGO"}


@pytest.mark.parametrize(("agency", "body"), BODIES.items(), ids=BODIES)
def test_who_reports_is_told_by_the_agency(agency: str, body: str) -> None:
    (row,) = rows(journey(), AgencyId(agency))
    assert row.reporting_body == body


def _row(**over: Any) -> FigureRow:
    (row,) = rows(journey())
    return row.model_copy(update=over)


TOLD_TWICE: dict[str, tuple[list[tuple[str, FigureRow]], int]] = {
    "two-bodies-one-return": ([("MM-DSW", _row()), ("MM-ATU", _row())], 1),
    "sisters-told-by-one-body": ([("MM-DSW", _row()), ("MM-DSW", _row())], 0),
    "sisters-told-by-both": ([("MM-DSW", _row()), ("MM-DSW", _row()), ("MM-ATU", _row()), ("MM-ATU", _row())], 2),
    "one-more-told-by-the-other": ([("MM-DSW", _row()), ("MM-ATU", _row()), ("MM-ATU", _row())], 1),
    "another-day": ([("MM-DSW", _row()), ("MM-ATU", _row(return_date=date(2025, 8, 20)))], 0),
    "another-age": ([("MM-DSW", _row()), ("MM-ATU", _row(age_at_return=25))], 0),
    "too-little-known": ([("MM-DSW", _row(home_township=None)), ("MM-ATU", _row(home_township=None))], 0),
}


@pytest.mark.parametrize(("told", "dropped"), TOLD_TWICE.values(), ids=TOLD_TWICE)
def test_a_return_is_counted_once(told: list[tuple[str, FigureRow]], dropped: int) -> None:
    """ATU and DSW tell the same returns; one agency never tells one twice (004 4.8). The order does not matter."""
    for order in (told, told[::-1]):
        sieve = Sieve()
        kept = [row for by, row in order if sieve.keeps(row, by)]
        assert (sieve.dropped, len(kept)) == (dropped, len(told) - dropped)


def test_what_a_person_filled_in_fills_what_is_unknown_and_no_more() -> None:
    """A nought and a no are answers."""
    typed = _row(identified_at=None, notice_days=25, original_handed=True, age_group_at_return=AgeGroup.AGE_18_24)
    known = _row(notice_days=0, original_handed=False, border_point=None, sex=Sex.NOT_KNOWN)
    filled = known.filled_from(typed)
    assert (filled.notice_days, filled.original_handed) == (0, False)
    assert (filled.border_point, filled.sex) == ("MAESOT_MYAWADDY", Sex.FEMALE)


def test_a_row_that_may_not_be_one_is_told_without_its_place() -> None:
    refused = _row(consent=ConsentDecision.REFUSED)
    assert place_of(refused).label == "unknown"
    assert [column.key for column in national.COLUMNS if column.tell(refused)] != []
    assert list(national.sheet_of([refused])) == []


def test_the_blanks_of_a_form_are_named() -> None:
    (row,) = rows(journey(without=("service_provider_assignment", "family_assessment")))
    assert blanks_of(row) == ("not_assigned", "family_assessment_negative")
