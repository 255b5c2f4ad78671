"""Who is held back by law is not announced, and an open nationality is told before the border (domain 4)."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from api.errors import InvalidInput
from api.rules.hindrances import hindrances, open_questions
from api.rules.permit import may_record
from schemas.case_file import CaseFile
from schemas.document import Document, Side
from tests.forms import document, example

NOTICE, FULL, NOW = "advance_repatriation_notice", "case_file_full", datetime(2025, 7, 25, 9, 0, tzinfo=UTC)
HOLD, HELD = "/justice/return_hold", {"hold": "yes", "consented_by_victim": "yes", "review_date": "2025-06-20"}
STATUS, ROW = "/person/nationality_status", "/persons/0/nationality_status"
LATER = {"/id": "01JP0ZK8W3T5N7Q9R1S2V4X6Z1", "/created_at": "2025-07-01T10:00:00+07:00"}
FROM_HOME = {"/sender": "MM-DSW", "/recipient": "TH-SHELTER-N1"}
NOT_HANDED = {"handed": False}
STAYS = {"/persons/0/status": "deferred", "/persons/0/deferral_reason": "legal_hold", "/totals/female": 1}


def _file(*edits: Mapping[str, object], name: str = FULL) -> Document:
    return document(name, {path: value for some in edits for path, value in some.items()})


HELD_FILE = _file({HOLD: HELD})


@pytest.mark.parametrize(
    "earlier",
    [
        pytest.param((HELD_FILE,), id="by-the-one-file"),
        pytest.param((HELD_FILE, document("case_file_basic", LATER)), id="a-later-file-without-the-question"),
        pytest.param((_file(LATER, {HOLD: HELD}), document(FULL)), id="by-the-newer-one-in-any-order"),
        pytest.param((HELD_FILE, HELD_FILE), id="held-twice"),
        pytest.param(
            (HELD_FILE, document("case_file_basic", {**LATER, "/supersedes": HELD_FILE.id})),
            id="a-correction-leaves-the-question-out",
        ),
        pytest.param((HELD_FILE, _file(LATER, FROM_HOME, {HOLD: {"hold": "no"}})), id="the-other-side-says-no"),
    ],
)
def test_who_is_held_back_by_law_is_not_announced(earlier: tuple[Document, ...]) -> None:
    (problem,) = hindrances(document(NOTICE), earlier)
    assert (problem.location, problem.code) == (("persons", 0, "case_uid"), "legal_hold")
    assert problem.source == "004 4.7; domain 4"


@pytest.mark.parametrize(
    ("notice", "earlier"),
    [
        pytest.param({}, (HELD_FILE, _file(LATER, {HOLD: {"hold": "no"}})), id="a-newer-file-ended-it"),
        pytest.param(
            {}, (HELD_FILE, _file(LATER, {HOLD: {"hold": "no"}, "/supersedes": HELD_FILE.id})), id="a-correction-did"
        ),
        pytest.param({}, (_file({HOLD: {"hold": "unknown"}}),), id="nobody-knows-of-one"),
        pytest.param({}, (), id="no-file-is-held"),
        pytest.param(STAYS, (HELD_FILE,), id="the-person-is-put-off"),
        pytest.param({}, (_file({HOLD: HELD, "/case_uid": "01JP0ZK8W3T5N7Q9R1S2V4X6Z9"}),), id="somebody-else-is"),
    ],
)
def test_a_hold_holds_nobody_else_and_ends(notice: Mapping[str, object], earlier: tuple[Document, ...]) -> None:
    assert list(hindrances(document(NOTICE, notice), earlier)) == []


HANDED, SIGNED = "handover_record", "handover_record_countersigned"
RETRACTED = {"/id": "01JP0ZK8W3T5N7Q9R1S2V4X6Z2", "/supersedes": example(HANDED)["id"]}


@pytest.mark.parametrize(
    ("record", "earlier"),
    [
        pytest.param(document(HANDED), (HELD_FILE,), id="by-the-one-file"),
        pytest.param(document(HANDED), (document(FULL), _file(LATER, {HOLD: HELD})), id="found-out-after-the-notice"),
        pytest.param(
            document(HANDED, RETRACTED),
            (HELD_FILE, document(HANDED, {"/persons/0/outcome": "withdrew", "/persons/0/original_file": NOT_HANDED})),
            id="by-a-correction-that-lets-her-cross",
        ),
    ],
)
def test_who_is_held_back_by_law_is_not_handed_over(record: Document, earlier: tuple[Document, ...]) -> None:
    (problem,) = hindrances(record, earlier)
    assert (problem.location, problem.code, problem.source) == (
        ("persons", 0, "case_uid"),
        "legal_hold",
        "004 4.7; domain 4",
    )


@pytest.mark.parametrize(
    ("record", "earlier"),
    [
        pytest.param(document(HANDED), (HELD_FILE, _file(LATER, {HOLD: {"hold": "no"}})), id="the-hold-ended"),
        pytest.param(
            document(HANDED, {"/persons/0/outcome": "withdrew", "/persons/0/original_file": NOT_HANDED}),
            (HELD_FILE,),
            id="she-did-not-cross",
        ),
        pytest.param(document(SIGNED), (HELD_FILE, document(HANDED)), id="the-other-side-signs-what-it-saw"),
        pytest.param(
            document(HANDED, RETRACTED), (document(HANDED), _file(LATER, {HOLD: HELD})), id="she-crossed-already"
        ),
    ],
)
def test_what_happened_at_the_border_may_be_signed_and_corrected(
    record: Document, earlier: tuple[Document, ...]
) -> None:
    """Only who lets her cross is kept from it."""
    assert list(hindrances(record, earlier)) == []


OPEN_FILE = _file({STATUS: "under_verification"})


@pytest.mark.parametrize("status", ["under_verification", "undetermined", "stateless"])
def test_a_notice_does_not_call_confirmed_what_the_newest_file_calls_open(status: str) -> None:
    (problem,) = hindrances(document(NOTICE), (_file({STATUS: status}),))
    assert (problem.location, problem.code) == (("persons", 0, "nationality_status"), "nationality_open")


@pytest.mark.parametrize("status", ["confirmed", "claimed"])
def test_what_was_claimed_at_the_interview_may_be_confirmed_since(status: str) -> None:
    assert list(hindrances(document(NOTICE), (_file({STATUS: status}),))) == []


ACCEPTED = [
    pytest.param(_file(LATER, FROM_HOME, {STATUS: "confirmed"}), id="by-a-file-of-its-own"),
    pytest.param(document("family_tracing_result"), id="by-papers-found-at-home"),
    pytest.param(document("notice_acknowledgement"), id="by-the-answer-to-an-earlier-notice"),
]


@pytest.mark.parametrize("by", ACCEPTED)
def test_whom_the_origin_side_took_for_its_own_is_announced(by: Document) -> None:
    """Neither refused nor to be looked at twice, whatever the file of the shelter says."""
    told = {ROW: "under_verification"}
    assert list(hindrances(document(NOTICE), (by, OPEN_FILE))) == []
    assert list(open_questions(document(NOTICE, told), (OPEN_FILE, by))) == []


@pytest.mark.parametrize(
    "by",
    [
        pytest.param(
            document("family_tracing_result", {"/nationality_evidence_found": ["none_found"]}), id="no-papers"
        ),
        pytest.param(document("needs_assessment"), id="a-document-that-does-not-speak-of-it"),
        pytest.param(_file(FROM_HOME, {STATUS: "undetermined"}), id="a-file-that-leaves-it-open"),
        pytest.param(
            document(
                "notice_acknowledgement",
                {"/persons/0/decision": "deferred", "/persons/0/reasons": ["nationality_not_confirmed"]},
            ),
            id="an-answer-that-puts-her-off",
        ),
    ],
)
def test_an_answer_that_accepts_nobody_leaves_it_open(by: Document) -> None:
    assert [one.code for one in hindrances(document(NOTICE), (by, _file(LATER, {STATUS: "undetermined"})))] == [
        "nationality_open"
    ]


def test_who_is_announced_as_open_leaves_with_a_caution() -> None:
    """The answer to the notice is how the origin side accepts her: without the notice nobody would be asked."""
    file, made = OPEN_FILE, document(NOTICE, {ROW: "under_verification"})
    assert isinstance(file, CaseFile)
    permit = may_record(made, case_files={file.case_uid: file}, earlier=(file,), side=Side.DESTINATION, now=NOW)
    assert [(one.location, one.code) for one in permit.cautions] == [
        (("persons", 0, "nationality_status"), "nationality_open")
    ]


def test_a_notice_of_somebody_held_back_is_refused_at_the_gate() -> None:
    """Each thing with its place, its code and the clause that asks for it."""
    file = _file({HOLD: HELD, STATUS: "undetermined"})
    assert isinstance(file, CaseFile)
    with pytest.raises(InvalidInput) as caught:
        may_record(document(NOTICE), case_files={file.case_uid: file}, earlier=(file,), side=Side.DESTINATION, now=NOW)
    assert [(one.path, one.code, one.source) for one in caught.value.findings] == [
        ("/persons/0/case_uid", "legal_hold", "004 4.7; domain 4"),
        (ROW, "nationality_open", "004 1.4; domain 4"),
    ]


def test_no_other_kind_announces_anybody() -> None:
    made = document("reception_record")
    assert [*hindrances(made, (HELD_FILE,)), *open_questions(made, (HELD_FILE,))] == []


def test_a_person_without_a_case_is_judged_by_no_file() -> None:
    """The second of the example is traced by a seed, and told as under verification."""
    assert "case_uid" not in example(NOTICE)["persons"][1]
    assert list(open_questions(document(NOTICE), (OPEN_FILE,))) == []
