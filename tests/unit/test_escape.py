"""Scenario S5: somebody left. The family hears of it soon, except the father, who must not; nobody is hunted."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.errors import InvalidInput, NotPermitted
from api.rules.masks import Reader, masked
from api.rules.need_to_know import LookPurpose
from api.rules.permit import Ground, Permit, may_record
from schemas.base import CaseUid
from schemas.case_file import CaseFile
from schemas.document import CaseState, Document, Role, Side
from schemas.facts import Level
from schemas.registry import KINDS
from tests.cases import FATHER, S1, S5, case_file
from tests.forms import GONE, codes, document

NOTICE, INFORMED, UPDATE = "escape_notice", "escape_family_informed", "escape_update"
NOW = datetime(2025, 4, 11, 12, 0, tzinfo=UTC)
FILE = case_file(S5, birth="2007/2008", restrictions=(FATHER,))
VITAL = {"reason": "He may be on his way to the recruiter.", "decided_by": "N1-017", "approved_by": "N1-002"}
FREE = {"/family_informing": {"allowed": "yes", "may_be_told": ["alive_and_safe_only"], "contact_restrictions": []}}
NOBODY = {"/family_informing": {"allowed": "no", "contact_restrictions": [{"relation": "father", "reason": "other"}]}}
NOT_INFORMED = {
    "/informed_at": GONE,
    "/whom": [],
    "/reaction": GONE,
    "/not_informed_reason": "must_not_be_informed",
}
INVENTORY = {
    NOTICE: "escape_discovered_at last_seen_at circumstances alone with_case_uids believed_destination believed_safety "
    "is_child special_case medical_urgency reported_to_police family_consent family_informing documents_left_behind "
    "belongings_left_behind status excluded_from_timeliness_metric",
    INFORMED: "informed_at by_role whom reaction not_informed_reason",
    UPDATE: "located_at located_on condition status",
}


def permit(made: Document, *earlier: Document, side: Side, file: CaseFile | None = FILE) -> Permit:
    files = {CaseUid(S5): file} if file else {}
    held = [file, *earlier] if file else list(earlier)
    return may_record(made, case_files=files, earlier=held, side=side, now=NOW)


def misfits(made: Any, *earlier: Document) -> set[str]:
    return {problem.code for problem in made.misfits(earlier)}


@pytest.mark.parametrize("name", INVENTORY)
def test_every_question_of_the_form_exists(name: str) -> None:
    assert set(INVENTORY[name].split()) <= set(KINDS[name].model_fields)


@pytest.mark.parametrize("name", INVENTORY)
def test_no_escape_is_told_to_the_police_by_default(name: str) -> None:
    """For welfare, not for enforcement: a liaison sees flags and codes, and nothing that finds anybody."""
    assert Role.LE not in KINDS[name].facts.writers
    made = document(name)
    seen = masked(made, Reader(frozenset({Role.LE}), made.recipient, LookPurpose.CASE_WORK))
    assert seen.level in {None, Level.L1}
    assert not seen.is_read


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param(
            {"/escape_discovered_at": "2025-03-03T17:00:00+07:00"},
            "/escape_discovered_at",
            "future_date",
            id="told-before-it-was-discovered",
        ),
        pytest.param(
            {"/last_seen_at": "2025-03-02T22:00:00+07:00"}, "/last_seen_at", "wrong_order", id="seen-after-the-escape"
        ),
        pytest.param(
            {"/alone": "yes", "/with_case_uids": [S1]}, "/with_case_uids", "alone_contradicts", id="alone-with-others"
        ),
        pytest.param({"/with_case_uids": [S5]}, "/with_case_uids", "with_self", id="with-himself"),
        pytest.param(
            {"/reported_to_police": {"reported": "yes"}},
            "/reported_to_police/reason",
            "report_reason",
            id="police-without-reason",
        ),
        pytest.param(
            {"/reported_to_police": {"reported": "yes", "reason": "immigration_offence"}},
            "/reported_to_police/reason",
            "unknown_code",
            id="police-to-enforce",
        ),
        pytest.param(
            {"/reported_to_police": {"reported": "no", "reason": "danger_to_life"}},
            "/reported_to_police/reason",
            "report_reason",
            id="reason-without-report",
        ),
        pytest.param(
            {"/family_consent": "refused"}, "/family_informing/allowed", "consent_contradicts", id="consent-refused"
        ),
        pytest.param(
            {"/family_consent": "not_asked"}, "/family_informing/allowed", "consent_contradicts", id="never-asked"
        ),
        pytest.param(
            {"/family_informing/may_inform": []},
            "/family_informing/may_inform",
            "limited_to_whom",
            id="limited-to-nobody",
        ),
        pytest.param(
            {"/family_informing/allowed": "yes"}, "/family_informing/may_inform", "limited_to_whom", id="yes-but-a-list"
        ),
        pytest.param(
            {"/family_informing/allowed": "no", "/family_informing/may_inform": []},
            "/family_informing/may_be_told",
            "told_to_nobody",
            id="no-but-something-is-told",
        ),
        pytest.param(
            {"/family_informing/may_inform": ["aunt", "father"]},
            "/family_informing/may_inform",
            "contact_restricted",
            id="the-father-who-must-not-be-told",
        ),
        pytest.param(
            {"/excluded_from_timeliness_metric": False},
            "/excluded_from_timeliness_metric",
            "unknown_code",
            id="counts-as-late",
        ),
        pytest.param({"/diagnosis": "x"}, "", "unknown_field", id="no-room-for-a-diagnosis"),
    ],
)
def test_a_notice_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(NOTICE, edits)


def test_the_origin_side_is_told_with_the_consent_of_admission() -> None:
    made = document(NOTICE)
    assert permit(made, side=Side.DESTINATION).ground is Ground.CONSENT
    with pytest.raises(NotPermitted) as caught:
        permit(made, side=Side.ORIGIN)
    assert caught.value.code == "wrong_side"


@pytest.mark.parametrize(
    ("row", "edits"),
    [
        pytest.param(3, {}, id="to-inform-the-family"),
        pytest.param(1, {}, id="to-share"),
        pytest.param(1, NOBODY, id="to-share-when-no-family-is-informed"),
    ],
)
def test_without_consent_only_a_vital_interest_sends_it(row: int, edits: dict[str, object]) -> None:
    file = case_file(S5, birth="2007/2008", restrictions=(FATHER,), edits={f"/consents/{row}/decision": "refused"})
    with pytest.raises(NotPermitted) as caught:
        permit(document(NOTICE, edits), side=Side.DESTINATION, file=file)
    assert caught.value.code == "consent_missing"
    urgent = document(NOTICE, {**edits, "/vital_interest": VITAL})
    assert permit(urgent, side=Side.DESTINATION, file=file).ground is Ground.VITAL_INTEREST


def test_a_vital_interest_informs_the_family_without_its_consent() -> None:
    assert codes(NOTICE, {"/family_consent": "not_asked", "/vital_interest": VITAL}) == set()


def test_who_may_not_be_informed_needs_no_consent_to_inform() -> None:
    file = case_file(S5, birth="2007/2008", restrictions=(FATHER,), edits={"/consents/3/decision": "refused"})
    made = document(NOTICE, {**NOBODY, "/family_consent": "refused"})
    assert permit(made, side=Side.DESTINATION, file=file).ground is Ground.CONSENT


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, set(), id="fits"),
        pytest.param(FREE, {"restriction_dropped"}, id="the-father-is-left-out"),
        pytest.param(
            {
                "/family_informing": {
                    "allowed": "limited",
                    "may_inform": ["father"],
                    "contact_restrictions": [],
                }
            },
            {"restriction_dropped", "contact_restricted"},
            id="the-father-is-the-one-to-inform",
        ),
        pytest.param(
            {"/family_informing/may_be_told": ["alive_and_safe_only", "location"]},
            {"told_more_than_allowed"},
            id="more-than-he-allowed",
        ),
    ],
)
def test_a_notice_passes_on_what_the_case_file_restricts(edits: dict[str, object], expected: set[str]) -> None:
    assert misfits(document(NOTICE, edits), FILE) == expected


def test_a_correction_is_not_held_to_the_limits_of_the_notice_it_corrects() -> None:
    first = document(NOTICE, {"/family_informing/contact_restrictions/1": {"relation": "uncle", "reason": "other"}})
    second = document(NOTICE, {"/id": document(INFORMED).id, "/supersedes": first.id})
    assert misfits(second, FILE, first) == set()


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param(
            {"/informed_at": GONE}, "/not_informed_reason", "informed_or_reason", id="neither-when-nor-why-not"
        ),
        pytest.param(
            {"/not_informed_reason": "no_access"}, "/not_informed_reason", "informed_or_reason", id="both-of-it"
        ),
        pytest.param({"/whom": []}, "/whom", "required_blank", id="whom"),
        pytest.param({"/reaction": GONE}, "/reaction", "required_blank", id="how-they-took-it"),
        pytest.param({**NOT_INFORMED, "/whom": ["aunt"]}, "/whom", "told_to_nobody", id="not-informed-but-somebody"),
        pytest.param(
            {"/informed_at": "2025-03-06T15:00:00+06:30"}, "/informed_at", "future_date", id="informed-tomorrow"
        ),
        pytest.param({"/reply_to": GONE}, "/reply_to", "missing", id="answers-nothing"),
    ],
)
def test_an_answer_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(INFORMED, edits)


@pytest.mark.parametrize(
    ("edits", "notice", "expected"),
    [
        pytest.param({}, {}, set(), id="the-aunt"),
        pytest.param(NOT_INFORMED, NOBODY, set(), id="nobody-and-nobody-may"),
        pytest.param({"/whom": ["father"]}, {}, {"contact_restricted"}, id="the-father-who-must-not-be-told"),
        pytest.param({"/whom": ["father"]}, FREE, {"contact_restricted"}, id="the-father-by-the-case-file-alone"),
        pytest.param({"/whom": ["mother"]}, {}, {"contact_restricted"}, id="not-among-the-listed"),
        pytest.param({"/whom": ["mother"]}, FREE, set(), id="the-mother-where-all-may-be"),
        pytest.param({}, NOBODY, {"family_not_to_be_informed"}, id="nobody-may-be"),
        pytest.param(
            {"/informed_at": "2025-03-02T10:00:00+07:00"}, {}, {"wrong_order"}, id="informed-before-the-escape"
        ),
        pytest.param({"/told": ["location"]}, {}, {"told_more_than_allowed"}, id="told-where"),
        pytest.param({"/case_uid": S1}, {}, {"other_case"}, id="other-case"),
    ],
)
def test_only_who_may_be_told_is_told(edits: dict[str, object], notice: dict[str, object], expected: set[str]) -> None:
    """``father_contact_attempt: reject``."""
    assert misfits(document(INFORMED, edits), FILE, document(NOTICE, notice)) == expected


def test_the_contact_with_the_father_is_not_recorded() -> None:
    made = document(INFORMED, {"/whom": ["father"]})
    with pytest.raises(InvalidInput) as caught:
        permit(made, document(NOTICE), side=Side.ORIGIN)
    assert next((finding.path, finding.code) for finding in caught.value.findings) == ("/whom", "contact_restricted")
    assert "father" not in "".join(finding.hint for finding in caught.value.findings)


def test_informing_needs_consent_and_not_informing_needs_none() -> None:
    assert permit(document(INFORMED), document(NOTICE), side=Side.ORIGIN).ground is Ground.CONSENT
    silent = permit(document(INFORMED, NOT_INFORMED), document(NOTICE), side=Side.ORIGIN)
    assert silent.ground is Ground.NOTHING_DISCLOSED


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/located_on": GONE}, "/located_on", "required_blank", id="found-on-which-day"),
        pytest.param({"/condition": GONE}, "/condition", "required_blank", id="found-how"),
        pytest.param({"/condition": "in_danger"}, "/condition", "condition_contradicts", id="safe-in-danger"),
        pytest.param({"/located_on": "2025-04-12"}, "/located_on", "future_date", id="found-tomorrow"),
    ],
)
def test_an_update_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(UPDATE, edits)


def test_an_update_belongs_to_a_notice_of_its_case() -> None:
    notice, update = document(NOTICE), document(UPDATE)
    assert misfits(update, notice) == set()
    assert misfits(update) == {"escape_unknown"}
    assert misfits(document(UPDATE, {"/case_uid": S1}), notice) == {"escape_unknown"}
    assert misfits(document(UPDATE, {"/located_on": "2025-03-01"}), notice) == {"wrong_order"}
    assert permit(update, notice, side=Side.ORIGIN).ground is Ground.CONSENT


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        ("open", False),
        ("located_safe", False),
        ("returned_to_shelter", True),
        ("home", True),
        ("closed", False),
    ],
)
def test_an_escape_is_a_side_state_that_being_back_ends(status: str, ends: bool) -> None:
    notice, update = document(NOTICE), document(UPDATE, {"/status": status})
    assert notice.moves(CaseUid(S5)) is CaseState.ESCAPED
    assert notice.moves(CaseUid(S1)) is None
    assert document(NOTICE, {"/status": "returned_to_shelter"}).moves(CaseUid(S5)) is None
    assert update.ends(CaseUid(S5)) == (frozenset({CaseState.ESCAPED}) if ends else frozenset())
    assert update.ends(CaseUid(S1)) == frozenset()
