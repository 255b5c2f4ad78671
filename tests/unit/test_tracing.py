"""A family is looked for with every key there is, without harm; what is found is not judged."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.errors import NotPermitted
from api.rules.permit import Ground, Permit, may_record
from schemas.case_file import CaseFile
from schemas.document import Document, Side
from schemas.family_tracing_result import FamilyTracingResult, is_located
from schemas.registry import KINDS
from tests.cases import S1, S2, STEPFATHER, case_file
from tests.forms import GONE, codes, document, example

REQUEST, RESULT = "family_tracing_request", "family_tracing_result"
NOW = datetime(2025, 5, 13, 12, 0, tzinfo=UTC)
TOLD = ("alive_and_safe_only", "return_date")
FILE = case_file(S1, birth="2001~", may_be_told=TOLD)
STRICT = case_file(S1, birth="2001~", restrictions=(STEPFATHER,), may_be_told=("alive_and_safe_only",))
LIMIT = [{"relation": "step_father", "reason": "person_involved"}]
PHOTO = {"type": "photo", "sha256": "0" * 64, "media_type": "image/jpeg", "bytes": 1200}
OTHER_ID = "01K0ZAB1C2D3E4F5G6H7J8K9M1"
STOPPED = {
    "/status": "stopped",
    "/stopped_because": "consent",
    "/found_persons": [],
    "/family_told": [],
    "/told_persons": [],
}
INVENTORY = {
    REQUEST: "tracing_seed purpose consent contact_restrictions what_family_may_be_told deadline_requested "
    "discretion_instructions family_in_destination_country photo id_documents landmarks",
    RESULT: "status attempts found_persons verification_conflicts family_told told_more_than_allowed "
    "family_message_to_victim next_step nationality_evidence_found completed_on",
}


def permit(made: Document, *earlier: Document, side: Side, file: CaseFile | None = FILE) -> Permit:
    files = {file.case_uid: file} if file else {}
    held = [file, *earlier] if file else list(earlier)
    return may_record(made, case_files=files, earlier=held, side=side, now=NOW)


def misfits(made: Any, *earlier: Document) -> set[str]:
    return {problem.code for problem in made.misfits(earlier)}


@pytest.mark.parametrize("name", INVENTORY)
def test_every_question_of_the_form_exists(name: str) -> None:
    assert set(INVENTORY[name].split()) <= set(KINDS[name].model_fields)


def test_a_result_has_no_room_for_a_judgement() -> None:
    """004 1.8(4): tracing and assessment are two documents."""
    words = "suitab result rank risk recommend positive negative willing able"
    fields = " ".join(FamilyTracingResult.model_fields)
    assert not [word for word in words.split() if word in fields]
    assert ("", "unknown_field") in codes(RESULT, {"/suitable": "yes"})


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param(
            {"/tracing_seed/admin3": GONE, "/known_local_persons": GONE, "/landmarks": GONE},
            "/tracing_seed/admin3",
            "not_tracing_ready",
            id="no-place",
        ),
        pytest.param({"/tracing_seed/relatives": []}, "/tracing_seed/relatives", "not_tracing_ready", id="no-relative"),
        pytest.param({"/tracing_seed/names": []}, "/tracing_seed/names", "too_few", id="no-name"),
        pytest.param(
            {"/tracing_seed/names/0/is_primary": True}, "/tracing_seed/names", "two_primary_names", id="two-main-names"
        ),
        pytest.param(
            {
                "/contact_restrictions": [{"relation": "father", "reason": "fear_of_harm"}],
                "/tracing_seed/relatives/0/phone": {"raw": "09 123", "safe_to_call": "yes"},
            },
            "/tracing_seed/relatives/0/phone/safe_to_call",
            "contact_restricted",
            id="a-number-to-dial-of-who-must-not-be-called",
        ),
        pytest.param({"/contact_restrictions": GONE}, "/contact_restrictions", "missing", id="nobody-asked-who-not"),
        pytest.param(
            {"/deadline_requested": "2025-04-20"}, "/deadline_requested", "planned_in_past", id="answer-by-yesterday"
        ),
        pytest.param(
            {"/photo": {**PHOTO, "type": "medical"}}, "/photo/type", "medical_outside_annex", id="a-medical-paper"
        ),
        pytest.param(
            {"/tracing_seed/age_as_of": "2025-06-01"}, "/tracing_seed/age_as_of", "future_date", id="future-age"
        ),
    ],
)
def test_a_request_that_can_not_be_traced_or_harms_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(REQUEST, edits)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({"/tracing_seed/admin3": GONE}, id="two-clues-instead-of-a-township"),
        pytest.param(
            {
                "/tracing_seed/admin3": GONE,
                "/landmarks": GONE,
                "/tracing_seed/relatives": [],
                "/started_with_less_because": "She is seven and knows no more.",
            },
            id="less-with-a-reason",
        ),
        pytest.param(
            {
                "/contact_restrictions": [{"relation": "father", "reason": "fear_of_harm"}],
                "/tracing_seed/relatives/0/phone": {"raw": "09 123"},
            },
            id="a-number-nobody-calls-is-a-key",
        ),
    ],
)
def test_a_request_may_start_with_less(edits: dict[str, object]) -> None:
    assert codes(REQUEST, edits) == set()


@pytest.mark.parametrize(
    ("edits", "file", "expected"),
    [
        pytest.param({}, FILE, set(), id="fits"),
        pytest.param({}, STRICT, {"restriction_dropped", "told_more_than_allowed"}, id="the-file-says-less"),
        pytest.param(
            {"/contact_restrictions": LIMIT, "/what_family_may_be_told": ["alive_and_safe_only"]},
            STRICT,
            set(),
            id="passed-on",
        ),
        pytest.param(
            {"/what_family_may_be_told": ["nature_of_exploitation"]},
            FILE,
            {"told_more_than_allowed"},
            id="what-happened",
        ),
    ],
)
def test_a_request_passes_on_what_the_person_wants(
    edits: dict[str, object], file: CaseFile, expected: set[str]
) -> None:
    assert misfits(document(REQUEST, edits), file) == expected


def test_tracing_needs_the_consent_to_trace_and_a_photo_one_of_its_own() -> None:
    assert permit(document(REQUEST), side=Side.DESTINATION).ground is Ground.CONSENT
    with pytest.raises(NotPermitted) as caught:
        permit(document(REQUEST, {"/photo": PHOTO}), side=Side.DESTINATION)
    assert caught.value.code == "consent_missing"
    with pytest.raises(NotPermitted) as caught:
        permit(document(REQUEST), side=Side.ORIGIN)
    assert caught.value.code == "wrong_side"


def test_without_a_case_file_the_request_carries_the_consent() -> None:
    record = {**example("case_file_basic")["consents"][2]}
    assert record["purpose"] == "FAMILY_TRACING"
    made = document(REQUEST, {"/consent": record})
    assert permit(made, side=Side.DESTINATION, file=None).ground is Ground.CONSENT


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/status": "in_progress"}, "/completed_on", "completed_contradicts", id="done-but-in-progress"),
        pytest.param({"/completed_on": GONE}, "/completed_on", "completed_contradicts", id="located-but-when"),
        pytest.param({**STOPPED, "/stopped_because": None}, "/stopped_because", "status_reason", id="stopped-but-why"),
        pytest.param({"/stopped_because": "safety"}, "/stopped_because", "status_reason", id="reason-but-not-stopped"),
        pytest.param({"/status": "no_access"}, "/no_access_because", "status_reason", id="no-access-but-why"),
        pytest.param({"/attempts": []}, "/attempts", "attempt_missing", id="located-without-an-attempt"),
        pytest.param(
            {"/completed_on": "2025-05-08"}, "/completed_on", "wrong_order", id="done-before-the-last-attempt"
        ),
        pytest.param({"/found_persons": []}, "/found_persons", "located_without_person", id="located-nobody"),
        pytest.param(
            {"/found_persons/0/match": "uncertain", "/found_persons/1/match": "uncertain"},
            "/found_persons",
            "located_without_person",
            id="located-perhaps",
        ),
        pytest.param(
            {"/found_persons/0/verification": []},
            "/found_persons/0/verification",
            "match_not_verified",
            id="exact-without-proof",
        ),
        pytest.param({"/status": "deceased_all"}, "/found_persons", "status_contradicts", id="dead-but-alive"),
        pytest.param({"/status": "not_found"}, "/found_persons", "status_contradicts", id="not-found-but-found"),
        pytest.param({"/told_persons": []}, "/told_persons", "told_to_whom", id="told-to-nobody"),
        pytest.param({"/attempts/0/method": "media"}, "/attempts/0/method", "unknown_code", id="a-search-in-public"),
        pytest.param({"/attempts/0/date": "2025-06-01"}, "/attempts/0/date", "future_date", id="future-attempt"),
        pytest.param(
            {"/family_message_to_victim": {**PHOTO, "type": "medical"}},
            "/family_message_to_victim/type",
            "medical_outside_annex",
            id="a-medical-paper",
        ),
    ],
)
def test_a_result_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(RESULT, edits)


@pytest.mark.parametrize(
    ("edits", "earlier", "expected"),
    [
        pytest.param({}, (FILE, document(REQUEST)), set(), id="fits"),
        pytest.param({"/reply_to": GONE}, (FILE,), set(), id="traced-before-anybody-asked"),
        pytest.param({"/reply_to": GONE}, (), set(), id="nothing-is-known"),
        pytest.param(
            {"/attempts/1/spoke_with": ["step_father"]}, (STRICT,), {"contact_restricted"}, id="spoke-with-who-must-not"
        ),
        pytest.param({"/told_persons": ["step_father"]}, (STRICT,), {"contact_restricted"}, id="told-who-must-not"),
        pytest.param(
            {"/family_told": ["return_date"]}, (STRICT,), {"breach_contradicts"}, id="a-breach-that-is-hidden"
        ),
        pytest.param(
            {"/family_told": ["return_date"], "/told_more_than_allowed": True},
            (STRICT,),
            set(),
            id="a-breach-that-is-named",
        ),
        pytest.param({"/told_more_than_allowed": True}, (FILE,), {"breach_contradicts"}, id="no-breach-but-named"),
        pytest.param({"/case_uid": S2}, (document(REQUEST),), {"other_case"}, id="another-case"),
    ],
)
def test_a_result_names_whom_it_approached_and_what_was_told(
    edits: dict[str, object], earlier: tuple[Document, ...], expected: set[str]
) -> None:
    """Who must not be approached is refused; what was told too much is recorded as a breach."""
    assert misfits(document(RESULT, edits), *earlier) == expected


def test_finding_somebody_in_a_register_is_no_contact() -> None:
    """Scenario S2: mother, stepfather and aunt are found; nobody speaks with the stepfather."""
    found = {"relation": "step_father", "match": "likely", "verification": ["household_list"], "alive": "yes"}
    assert misfits(document(RESULT, {"/found_persons/2": found}), STRICT) == set()


def test_a_result_needs_the_consent_but_that_it_was_stopped_may_always_be_said() -> None:
    request = document(REQUEST)
    assert permit(document(RESULT), request, side=Side.ORIGIN).ground is Ground.CONSENT
    withdrawn = case_file(S1, birth="2001~", may_be_told=TOLD, edits={"/consents/2/decision": "withdrawn"})
    with pytest.raises(NotPermitted) as caught:
        permit(document(RESULT), request, side=Side.ORIGIN, file=withdrawn)
    assert caught.value.code == "consent_missing"
    stopped = permit(document(RESULT, STOPPED), request, side=Side.ORIGIN, file=withdrawn)
    assert stopped.ground is Ground.NOTHING_DISCLOSED


def test_progress_is_reported_and_the_end_supersedes_it() -> None:
    request = document(REQUEST)
    first = document(RESULT, {"/id": OTHER_ID, "/status": "in_progress", "/completed_on": GONE})
    assert permit(first, request, side=Side.ORIGIN).ground is Ground.CONSENT
    with pytest.raises(NotPermitted) as caught:
        permit(document(RESULT), request, first, side=Side.ORIGIN)
    assert caught.value.code == "already_answered"
    last = document(RESULT, {"/supersedes": first.id})
    assert permit(last, request, first, side=Side.ORIGIN).ground is Ground.CONSENT


@pytest.mark.parametrize(
    ("status", "located"),
    [("located", True), ("located_moved", True), ("located_abroad", True), ("in_progress", False)],
)
def test_a_family_is_located_wherever_it_is(status: str, located: bool) -> None:
    edits: dict[str, object] = {"/status": status}
    if not located:
        edits["/completed_on"] = GONE
    result = document(RESULT, edits)
    assert is_located([result], S1) is located
    assert is_located([result], S1, result.id) is located
    assert not is_located([result], S2)
    assert not is_located([document(REQUEST)], S1)
