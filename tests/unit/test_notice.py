"""A notice announces people: the list agrees with itself, and every version follows the one before."""

import pytest

from schemas.consent import ConsentRecord
from schemas.document import ConsentPurpose
from schemas.notice import AdvanceRepatriationNotice, totals_of
from schemas.notice_ack import NoticeAcknowledgement
from schemas.restricted_annex import RestrictedAnnex
from tests.cases import case_file
from tests.forms import GONE, codes, document, example

NOTICE, ACK, ANNEX = "advance_repatriation_notice", "notice_acknowledgement", "restricted_annex"
CASE = example("case_file_basic")["case_uid"]
OTHER_ID = "01K0ZAB1C2D3E4F5G6H7J8K9M1"
SEED = example(NOTICE)["persons"][1]["tracing_seed"]


def notice(edits: dict[str, object] | None = None) -> AdvanceRepatriationNotice:
    made = document(NOTICE, edits)
    assert isinstance(made, AdvanceRepatriationNotice)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/totals/female": 3}, "/totals", "totals_mismatch", id="totals"),
        pytest.param({"/totals/needs": []}, "/totals", "totals_mismatch", id="totals-of-needs"),
        pytest.param(
            {"/persons/1/tracing_seed": GONE}, "/persons/1/case_uid", "case_or_seed", id="neither-case-nor-seed"
        ),
        pytest.param({"/persons/0/tracing_seed": SEED}, "/persons/0/case_uid", "case_or_seed", id="both-case-and-seed"),
        pytest.param(
            {"/persons/1/file_status": "basic"},
            "/persons/1/file_status",
            "file_status_contradicts",
            id="file-of-no-case",
        ),
        pytest.param({"/persons/1/seq": 1}, "/persons", "duplicate_seq", id="same-number"),
        pytest.param(
            {"/persons/1/case_uid": CASE, "/persons/1/tracing_seed": GONE, "/persons/1/file_status": "basic"},
            "/persons",
            "duplicate_person",
            id="same-case",
        ),
        pytest.param(
            {"/persons/0/travels_with": [9]}, "/persons/0/travels_with", "unknown_companion", id="companion-not-listed"
        ),
        pytest.param(
            {"/persons/0/travels_with": [1]}, "/persons/0/travels_with", "travels_with_self", id="travels-with-herself"
        ),
        pytest.param(
            {"/persons/1/needs_codes": ["hiv_treatment"]}, "/persons/1/needs_codes/0", "unknown_code", id="a-diagnosis"
        ),
        pytest.param({"/persons/1/needs_text": "x"}, "/persons/1", "unknown_field", id="free-text"),
        pytest.param(
            {"/persons/1/interpreter_language": GONE},
            "/persons/1/interpreter_language",
            "interpreter_language",
            id="which-language",
        ),
        pytest.param(
            {"/persons/0/status": "deferred"},
            "/persons/0/deferral_reason",
            "deferral_reason",
            id="deferred-without-reason",
        ),
        pytest.param(
            {"/persons/1/status": "withdrawn"}, "/persons/1/tracing_seed", "seed_not_needed", id="tracing-for-nobody"
        ),
        pytest.param({"/planned_date": "2025-07-24"}, "/planned_date", "planned_in_past", id="in-the-past"),
        pytest.param(
            {"/requesting_confirmation_by": "2025-08-20"},
            "/requesting_confirmation_by",
            "confirmation_too_late",
            id="late-answer",
        ),
        pytest.param({"/notice_version": 2}, "/supersedes", "version_contradicts", id="second-of-nothing"),
        pytest.param({"/supersedes": OTHER_ID}, "/supersedes", "version_contradicts", id="first-of-something"),
        pytest.param({"/case_uid": CASE}, "/case_uid", "case_in_header", id="case-in-the-header"),
        pytest.param({"/recipient": "LA-MLSW"}, "/recipient", "outside_corridor", id="wrong-country"),
        pytest.param({"/planned_time": "25:00"}, "/planned_time", "bad_format", id="no-such-time"),
        pytest.param({"/persons": []}, "/persons", "too_few", id="nobody"),
        pytest.param(
            {"/persons/1/tracing_seed/age_as_of": "2025-09-01"},
            "/persons/1/tracing_seed/age_as_of",
            "future_date",
            id="future-age",
        ),
    ],
)
def test_a_list_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(NOTICE, edits)


@pytest.mark.parametrize(
    ("edits", "row"),
    [
        pytest.param({"/persons/0/age": 14}, 0, id="fourteen-in-her-own-row"),
        pytest.param({"/persons/0/age": 17}, 0, id="nearly-grown-up"),
        pytest.param({"/persons/1/tracing_seed/age_reported": 12}, 1, id="twelve-in-the-seed"),
        pytest.param({}, 1, id="perhaps-seventeen-by-the-seed"),
        pytest.param({"/persons/1/tracing_seed/birth": "2008"}, 1, id="born-so"),
    ],
)
def test_who_may_be_a_child_is_not_announced_as_an_adult(edits: dict[str, object], row: int) -> None:
    """As at the border and on the way home: uncertain is treated as a child."""
    adults = {"/persons/1/is_child": "false", "/totals/children": 0}
    assert (f"/persons/{row}/is_child", "child_contradicts") in codes(NOTICE, {**adults, **edits})
    assert (f"/persons/{row}/is_child", "child_contradicts") not in codes(
        NOTICE, {**adults, **edits, f"/persons/{row}/is_child": "uncertain"}
    )


def test_who_is_known_to_be_grown_up_is_announced_as_an_adult() -> None:
    adult = {"/persons/1/is_child": "false", "/totals/children": 0}
    assert not codes(NOTICE, {**adult, "/persons/1/tracing_seed/age_reported": 24})
    assert not codes(NOTICE, {"/persons/0/age": GONE})


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, ["child_contradicts"], id="called-an-adult"),
        pytest.param({"/persons/0/is_child": "true", "/totals/children": 2}, [], id="called-a-child"),
        pytest.param(
            {"/persons/0/status": "deferred", "/persons/0/deferral_reason": "other", "/totals/female": 1},
            [],
            id="stays-behind",
        ),
    ],
)
def test_the_held_file_knows_of_a_child(edits: dict[str, object], expected: list[str]) -> None:
    """Born in 2012, and the row that tells no age calls her an adult: told once, however often the file is held."""
    file = case_file(CASE, birth="2012")
    told = [*notice({"/persons/0/age": GONE, **edits}).misfits([file, file])]
    assert [problem.code for problem in told] == expected
    assert {problem.location for problem in told} <= {("persons", 0, "is_child")}


def test_who_does_not_come_is_not_counted() -> None:
    """Withdrawn, deferred and escaped persons stay on the list and out of the totals."""
    made = notice(
        {
            "/persons/1/status": "withdrawn",
            "/persons/1/tracing_seed": GONE,
            "/totals": {"male": 0, "female": 1, "other": 0, "children": 0, "special": 0},
        }
    )
    assert totals_of(made.persons) == made.totals
    assert [d.case_uid for d in made.disclosures()] == [CASE, None]


def test_each_person_is_a_disclosure_and_the_one_without_a_case_carries_the_consent() -> None:
    with_case, without = notice().disclosures()
    assert (with_case.case_uid, with_case.carried) == (CASE, None)
    assert without.case_uid is None
    assert [type(record) for record in without.carried or ()] == [ConsentRecord]
    assert {with_case.purpose, without.purpose} == {ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, [], id="follows"),
        pytest.param({"/notice_id": "N1-2025-08"}, ["other_notice"], id="other-number"),
        pytest.param({"/notice_version": 3}, ["version_gap"], id="gap"),
    ],
)
def test_a_version_follows_the_one_before(edits: dict[str, object], expected: list[str]) -> None:
    first = notice()
    second = notice({"/id": OTHER_ID, "/supersedes": first.id, "/notice_version": 2, **edits})
    assert [problem.code for problem in second.misfits([first, second])] == expected


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/persons/1/seq": 1}, "/persons", "duplicate_seq", id="answered-twice"),
        pytest.param({"/persons/1/reasons": []}, "/persons/1/reasons", "deferral_reason", id="deferred-without-reason"),
        pytest.param(
            {"/persons/0/reasons": ["no_capacity"]}, "/persons/0/reasons", "deferral_reason", id="accepted-with-reason"
        ),
        pytest.param({"/capacity": 0}, "/capacity", "over_capacity", id="no-places"),
        pytest.param(
            {"/received_at": "2025-08-01T09:00:00+06:30"}, "/received_at", "future_date", id="answered-before-received"
        ),
        pytest.param({"/reply_to": GONE}, "/reply_to", "missing", id="answers-nothing"),
        pytest.param({"/case_uid": CASE}, "/case_uid", "case_in_header", id="case-in-the-header"),
        pytest.param({"/received_at": "2025-07-25T09:00:00"}, "/received_at", "no_offset", id="time-without-offset"),
    ],
)
def test_an_answer_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(ACK, edits)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, [], id="fits"),
        pytest.param({"/notice_version": 2}, ["other_notice"], id="another-version"),
        pytest.param({"/persons/1/seq": 7}, ["unknown_person"], id="somebody-else"),
        pytest.param({"/reply_to": OTHER_ID, "/notice_version": 2}, [], id="the-notice-is-not-here"),
    ],
)
def test_an_answer_fits_its_notice(edits: dict[str, object], expected: list[str]) -> None:
    ack = document(ACK, edits)
    assert isinstance(ack, NoticeAcknowledgement)
    assert [problem.code for problem in ack.misfits([notice()])] == expected
    assert ack.case_uids() == (CASE,)


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param(
            {"/release/approved_by": "N1-017"}, "/release/approved_by", "second_person_needed", id="one-person"
        ),
        pytest.param(
            {"/release/approved_by": "n1-017"}, "/release/approved_by", "second_person_needed", id="written-small"
        ),
        pytest.param({"/health": GONE, "/medicines": GONE}, "", "annex_empty", id="nothing-in-it"),
        pytest.param({"/medicines/0/since": "2026-01-01"}, "/medicines/0/since", "future_date", id="in-the-future"),
    ],
)
def test_an_annex_needs_content_and_two_people(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(ANNEX, edits)


def test_an_annex_asks_for_the_consent_of_what_it_holds() -> None:
    """Perpetrators need a consent of their own; the recipient is always named."""
    annex = document(ANNEX, {"/perpetrators": [{"role": "smuggler"}]})
    assert isinstance(annex, RestrictedAnnex)
    assert [(d.purpose, d.must_name_recipient) for d in annex.disclosures()] == [
        (ConsentPurpose.SHARE_HEALTH_RESTRICTED, True),
        (ConsentPurpose.SHARE_WITH_LAW_ENFORCEMENT, True),
    ]
