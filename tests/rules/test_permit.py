"""Nothing leaves without a reason: consent of the person, the right side, and a place after the documents before it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from api.errors import InvalidInput, NotPermitted
from api.rules.completeness import Remark, review_case_file
from api.rules.notice import NoticeChanges, changes_from, lead_time
from api.rules.permit import Ground, Permit, may_record
from api.rules.policy import policy_for
from schemas.case_file import CaseFile
from schemas.document import Document, Side
from schemas.notice import AdvanceRepatriationNotice
from tests.forms import GONE, document, edited, example

BASIC, FULL, ANNEX = "case_file_basic", "case_file_full", "restricted_annex"
NOTICE, ACK = "advance_repatriation_notice", "notice_acknowledgement"
NOW = datetime(2025, 4, 20, 9, 0, tzinfo=UTC)
OTHER_ID = "01K0ZAB1C2D3E4F5G6H7J8K9M1"
VITAL = {"reason": "She is in danger tonight.", "decided_by": "N1-017", "approved_by": "N1-002"}


def held(edits: Mapping[str, object] | None = None) -> CaseFile:
    case_file = document(FULL, edits)
    assert isinstance(case_file, CaseFile)
    return case_file


def permit(
    made: Document, *earlier: Document, side: Side | None = Side.DESTINATION, file: CaseFile | None = None, **more: Any
) -> Permit:
    files = {file.case_uid: file} if file else {}
    return may_record(made, case_files=files, earlier=earlier, side=side, now=more.get("now", NOW))


def test_a_basic_file_leaves_with_the_consent_it_carries() -> None:
    assert permit(document(BASIC)).ground is Ground.CONSENT


def test_what_to_look_at_twice_is_told_with_the_permit_and_holds_nothing_back() -> None:
    """One of the department and one of the NGO are enough for a visit (004 3.9)."""
    visit = document("follow_up_report", {"/visitors/2": {"role": "interpreter"}})
    assert [caution.code for caution in permit(visit, side=Side.ORIGIN).cautions] == ["too_many_visitors"]


def test_days_that_contradict_another_document_are_told_with_the_permit() -> None:
    """She left the shelter before she came to it; either day may be the wrong one."""
    left = document(
        "departure_record", {"/departed_at": "2025-08-19T12:30:00+06:30", "/preparatory_visit/on": "2025-08-18"}
    )
    cautions = permit(left, document("reception_record", {"/case_uid": left.case_uid}), side=Side.ORIGIN).cautions
    assert [(caution.location, caution.code) for caution in cautions] == [(("departed_at",), "days_contradict")]


def test_a_case_file_is_answered_with_what_the_review_of_its_draft_showed() -> None:
    edits = {"/home/home_country": "LA", "/completion/interview_dates": ["2025-03-12", "2025-03-20", "2025-04-18"]}
    shown = review_case_file(edited(FULL, edits), NOW.date()).warnings
    told = permit(document(FULL, edits), document(BASIC)).cautions
    assert [Remark.of(caution) for caution in told] == list(shown) != []


def test_a_full_file_corrects_the_basic_one() -> None:
    assert permit(document(FULL), document(BASIC)) == Permit(example(FULL)["id"], Ground.CONSENT, NOW)


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        pytest.param(BASIC, {"/consents/1": GONE}, id="never-asked"),
        pytest.param(BASIC, {"/consents": []}, id="nothing-recorded"),
        pytest.param(BASIC, {"/consents/1/decision": "refused"}, id="refused"),
        pytest.param(BASIC, {"/consents/1/decision": "withdrawn"}, id="withdrawn"),
        pytest.param(BASIC, {"/consents/1/valid_until": "2025-04-01"}, id="ended"),
        pytest.param(BASIC, {"/consents/1/recipient_agency": "MM-OTHER"}, id="for-somebody-else"),
        pytest.param(
            BASIC, {"/consents/1/excluded_fields": ["/home/address_as_told"]}, id="a-field-she-wanted-left-out"
        ),
        pytest.param(BASIC, {"/consents/1/excluded_fields": ["/person/names/0"]}, id="a-row-she-wanted-left-out"),
        pytest.param(FULL, {"/consents/6": GONE}, id="basic-consent-is-not-full-consent"),
        pytest.param(FULL, {"/consents/6": GONE, "/level": "basic"}, id="a-full-file-that-calls-itself-basic"),
        pytest.param(BASIC, {"/wishes": {"return_wish": {"wish": "yes"}}}, id="a-basic-file-with-wishes"),
    ],
)
def test_without_consent_a_disclosure_is_refused(name: str, edits: dict[str, object]) -> None:
    with pytest.raises(NotPermitted) as caught:
        permit(document(name, edits), document(BASIC))
    assert caught.value.code == "consent_missing"
    assert permit(document(name, {**edits, "/vital_interest": VITAL}), document(BASIC)).ground is Ground.VITAL_INTEREST


HINTS = {
    "never-asked": ({"/consents/1": GONE}, "record the consent"),
    "refused": ({"/consents/1/decision": "refused"}, "was not given, or was withdrawn"),
    "ended": ({"/consents/1/valid_until": "2025-04-01"}, "has ended"),
    "left-out": ({"/consents/1/excluded_fields": ["/person/names/0"]}, "asked to leave out"),
}


@pytest.mark.parametrize(("edits", "hint"), HINTS.values(), ids=HINTS)
def test_a_refusal_says_what_to_do(edits: dict[str, object], hint: str) -> None:
    with pytest.raises(NotPermitted) as caught:
        permit(document(BASIC, edits))
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "path", ["/person/photo", "/person/names/9", "/person/names/x", "/no_such_place", "/person/model_dump", "/linked"]
)
def test_leaving_out_what_is_not_there_costs_nothing(path: str) -> None:
    assert permit(document(BASIC, {"/consents/1/excluded_fields": [path]})).ground is Ground.CONSENT


@pytest.mark.parametrize("second", ["N1-017", "n1-017"])
def test_one_person_alone_can_not_decide_about_a_life(second: str) -> None:
    """Rule 4: a reason and a second person; writing one number in two ways makes no second one."""
    made = document(BASIC, {"/consents/1": GONE, "/vital_interest": {**VITAL, "approved_by": second}})
    with pytest.raises(NotPermitted) as caught:
        permit(made)
    assert caught.value.code == "second_person_needed"


def test_the_last_decision_counts() -> None:
    """Withdrawn and given again: append-only, the order of the rows decides."""
    given = example(BASIC)["consents"][1]
    again = document(
        BASIC,
        {
            "/consents/6": {**given, "decision": "withdrawn", "date": "2025-03-12"},
            "/consents/7": {**given, "date": "2025-03-13"},
        },
    )
    assert permit(again).ground is Ground.CONSENT


def test_consent_counts_on_the_day_it_is_written_there() -> None:
    """Early in the morning in Bangkok it is still yesterday in UTC."""
    given = example(BASIC)["consents"][1]
    early = document(
        BASIC, {"/created_at": "2025-03-14T01:00:00+07:00", "/consents/1": {**given, "date": "2025-03-14"}}
    )
    assert permit(early, now=datetime(2025, 3, 13, 18, 0, tzinfo=UTC)).ground is Ground.CONSENT


@pytest.mark.parametrize(
    ("edits", "is_permitted"),
    [
        pytest.param({}, True, id="named"),
        pytest.param({"/consents/8/recipient_agency": "MM-OTHER"}, False, id="another-agency"),
        pytest.param({"/consents/8/decision": "refused"}, False, id="refused"),
    ],
)
def test_restricted_detail_needs_a_consent_that_names_the_recipient(
    edits: dict[str, object], is_permitted: bool
) -> None:
    """Rule 5."""
    if is_permitted:
        assert permit(document(ANNEX), file=held(edits)).ground is Ground.CONSENT
        return
    with pytest.raises(NotPermitted) as caught:
        permit(document(ANNEX), file=held(edits))
    assert caught.value.code == "consent_missing"


def test_restricted_detail_of_a_case_that_is_not_held_stays_here() -> None:
    with pytest.raises(NotPermitted) as caught:
        permit(document(ANNEX))
    assert caught.value.code == "consent_missing"


def test_a_notice_needs_the_consent_of_everyone_on_it() -> None:
    now = datetime(2025, 7, 25, 9, 0, tzinfo=UTC)
    assert permit(document(NOTICE), file=held(), now=now).ground is Ground.CONSENT
    with pytest.raises(NotPermitted) as caught:
        permit(document(NOTICE, {"/persons/1/consent": GONE}), file=held(), now=now)
    assert caught.value.code == "consent_missing"
    with pytest.raises(NotPermitted):
        permit(document(NOTICE), now=now)


@pytest.mark.parametrize(("name", "side"), [(NOTICE, Side.ORIGIN), (ACK, Side.DESTINATION)])
def test_each_side_sends_its_own_kinds(name: str, side: Side) -> None:
    with pytest.raises(NotPermitted) as caught:
        permit(document(name), document(NOTICE), side=side)
    assert caught.value.code == "wrong_side"


@pytest.mark.parametrize(
    "earlier",
    [
        pytest.param([], id="not-held"),
        pytest.param([document(ANNEX, {"/id": example(BASIC)["id"]})], id="another-kind"),
        pytest.param([document(BASIC, {"/sender": "MM-DSW"})], id="somebody-else's"),
        pytest.param([document(BASIC, {"/case_uid": "01JP0ZK8W3T5N7Q9R1S2V4X6Y9"})], id="of-another-case"),
    ],
)
def test_only_an_own_document_of_the_same_kind_is_corrected(earlier: list[Document]) -> None:
    with pytest.raises(NotPermitted) as caught:
        permit(document(FULL), *earlier)
    assert caught.value.code == "supersedes_unknown"


def test_a_document_is_corrected_once_and_then_its_correction_is() -> None:
    """Two corrections of one document would leave two newest ones, and nobody could say which counts."""
    first, second = document(BASIC), document(FULL)
    with pytest.raises(NotPermitted) as caught:
        permit(document(FULL, {"/id": OTHER_ID}), first, second)
    assert caught.value.code == "superseded_already"
    assert second.id in caught.value.hint
    assert permit(document(FULL, {"/id": OTHER_ID, "/supersedes": second.id}), first, second).ground is Ground.CONSENT


def test_an_answer_tells_nothing_new_and_fits_its_notice() -> None:
    assert permit(document(ACK), document(NOTICE), side=None).ground is Ground.NOTHING_DISCLOSED
    with pytest.raises(InvalidInput) as caught:
        permit(document(ACK, {"/notice_version": 2}), document(NOTICE), side=Side.ORIGIN)
    assert [finding.path for finding in caught.value.findings] == ["/notice_version"]


def test_what_does_not_fit_is_told_once_however_many_cases_tell_of_it() -> None:
    """A notice of two persons is held in the case of each."""
    asked = document(NOTICE)
    with pytest.raises(InvalidInput) as caught:
        permit(document(ACK, {"/notice_version": 2, "/persons/1/seq": 7}), asked, asked, side=Side.ORIGIN)
    assert [finding.code for finding in caught.value.findings] == ["other_notice", "unknown_person"]


def test_an_answer_needs_a_question() -> None:
    with pytest.raises(NotPermitted) as caught:
        permit(document(ACK), side=Side.ORIGIN)
    assert caught.value.code == "answers_unknown"


def test_a_notice_is_not_answered_by_something_else() -> None:
    with pytest.raises(NotPermitted) as caught:
        permit(document(BASIC, {"/reply_to": example(NOTICE)["id"]}), document(NOTICE))
    assert caught.value.code == "answers_unknown"


ANSWERS = {
    "form-4": "special_case_acknowledgement",
    "form-6": "escape_family_informed",
    "form-10": ACK,
    "form-11": "family_tracing_result",
    "form-15": "handover_record_countersigned",
}


@pytest.mark.parametrize("name", ANSWERS.values(), ids=ANSWERS)
def test_what_asked_for_no_answer_gets_none(name: str) -> None:
    """A case file asks nothing: by naming it an answer would pass by everything that fits it to its question."""
    made = document(name)
    asked = document(BASIC, {"/id": made.reply_to, "/case_uid": OTHER_ID}).model_copy(
        update={"sender": made.recipient, "recipient": made.sender}
    )
    with pytest.raises(NotPermitted) as caught:
        permit(made, asked, side=None)
    assert caught.value.code == "answers_unknown"


def test_a_result_that_nobody_asked_for_names_nothing() -> None:
    """What a register or a family that called tells is worth as much; it is no answer, and ends no waiting."""
    made = document("family_tracing_result", {"/reply_to": GONE})
    consents = {"/consents/0/purpose": "FAMILY_TRACING", "/consents/0/recipient_agency": made.sender}
    assert permit(made, side=Side.ORIGIN, file=held(consents)).ground is Ground.CONSENT


@pytest.mark.parametrize("name", [ACK, "case_closure"])
def test_nobody_answers_a_document_of_their_own(name: str) -> None:
    """It would be no answer for its recipient, and start none of the clocks over there."""
    own = document(NOTICE if name == ACK else BASIC).model_copy(update={"sender": "MM-DSW", "recipient": "TH-FOCAL"})
    with pytest.raises(NotPermitted) as caught:
        permit(document(name, {"/reply_to": own.id}), own, side=Side.ORIGIN)
    assert caught.value.code == "answers_unknown"


def test_an_answer_goes_to_who_asked() -> None:
    asked = document(NOTICE).model_copy(update={"sender": "TH-FOCAL"})
    with pytest.raises(NotPermitted) as caught:
        permit(document(ACK), asked, side=Side.ORIGIN)
    assert caught.value.code == "answers_unknown"


def test_a_second_answer_corrects_the_first() -> None:
    first, second = document(ACK), document(ACK, {"/id": OTHER_ID})
    with pytest.raises(NotPermitted) as caught:
        permit(second, document(NOTICE), first, side=Side.ORIGIN)
    assert caught.value.code == "already_answered"
    assert first.id in caught.value.hint
    corrected = document(ACK, {"/id": OTHER_ID, "/supersedes": first.id})
    assert permit(corrected, document(NOTICE), first, side=Side.ORIGIN)


def test_what_a_peer_wrote_is_no_correction_and_no_answer_of_ours() -> None:
    """A peer may send what it likes; it can not keep us from correcting and answering."""
    peer = {"/id": OTHER_ID, "/sender": "MM-DSW", "/recipient": "TH-SHELTER-N1"}
    assert permit(document(FULL), document(BASIC), document(FULL, peer)).ground is Ground.CONSENT
    theirs = document(ACK, {"/id": OTHER_ID, "/sender": "MM-OTHER"})
    assert permit(document(ACK), document(NOTICE), theirs, side=Side.ORIGIN)


FIRST = {"/persons/1/status": "withdrawn", "/persons/1/tracing_seed": GONE, "/persons/1/consent": GONE}
ONE = {"/totals": {"male": 0, "female": 1, "other": 0, "children": 0, "special": 0}}
SECOND = {"/id": OTHER_ID, "/supersedes": example(NOTICE)["id"], "/notice_version": 2}


@pytest.mark.parametrize(
    ("edits", "refused"),
    [
        pytest.param({**SECOND, **FIRST, **ONE}, None, id="she-was-on-the-version-before"),
        pytest.param({**FIRST, **ONE}, "consent_missing", id="on-the-first-version-everybody-needs-consent"),
        pytest.param({**SECOND, **FIRST, **ONE, "/persons/1/seq": 7}, "consent_missing", id="nobody-had-this-number"),
        pytest.param(
            {**SECOND, **FIRST, **ONE, "/persons/1/name/full_text": "Aye"}, "consent_missing", id="somebody-else"
        ),
        pytest.param(
            {**SECOND, **FIRST, **ONE, "/persons/1/reception_wish": "direct_home"},
            "consent_missing",
            id="more-than-was-told",
        ),
        pytest.param(
            {**SECOND, **FIRST, **ONE, "/recipient": "MM-OTHER"}, "supersedes_unknown", id="told-to-another-agency"
        ),
        pytest.param(
            {
                **SECOND,
                **FIRST,
                **ONE,
                "/persons/1/case_uid": "01JP0ZK8W3T5N7Q9R1S2V4X6Y9",
                "/persons/1/file_status": "basic",
            },
            "consent_missing",
            id="another-case",
        ),
    ],
)
def test_who_does_not_come_needs_no_consent_only_if_nothing_new_is_told(
    edits: dict[str, object], refused: str | None
) -> None:
    now = datetime(2025, 7, 25, 9, 0, tzinfo=UTC)
    if refused is None:
        assert permit(document(NOTICE, edits), document(NOTICE), file=held(), now=now).ground is Ground.CONSENT
        return
    with pytest.raises(NotPermitted) as caught:
        permit(document(NOTICE, edits), document(NOTICE), file=held(), now=now)
    assert caught.value.code == refused


def test_a_notice_is_sent_once() -> None:
    """The same number and version under another id would leave the receiver with two lists."""
    now = datetime(2025, 7, 25, 9, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput) as caught:
        permit(document(NOTICE, {"/id": OTHER_ID}), document(NOTICE), file=held(), now=now)
    assert [finding.code for finding in caught.value.findings] == ["notice_sent_already"]
    theirs = document(NOTICE, {"/id": OTHER_ID, "/sender": "TH-OTHER"})
    assert permit(document(NOTICE), theirs, file=held(), now=now).ground is Ground.CONSENT


def notice(edits: Mapping[str, object] | None = None) -> AdvanceRepatriationNotice:
    made = document(NOTICE, edits)
    assert isinstance(made, AdvanceRepatriationNotice)
    return made


def test_lead_time_is_counted_and_measured() -> None:
    """S1 was announced 25 days ahead, S4 three over the fast channel; too late is told, not refused."""
    assert (
        lead_time(notice(), policy_for("TH", "MM")).days,
        lead_time(notice(), policy_for("TH", "MM")).lead_below_policy,
    ) == (25, False)
    late = notice({"/planned_date": "2025-08-01", "/requesting_confirmation_by": "2025-07-31"})
    assert lead_time(late, policy_for("TH", "MM")).lead_below_policy
    fast = notice(
        {"/planned_date": "2025-07-28", "/channel": "bilateral_le", "/requesting_confirmation_by": "2025-07-27"}
    )
    assert lead_time(fast, policy_for("CN", "MM")).lead_below_policy is False


def test_a_new_version_says_who_comes_who_does_not_and_what_changed() -> None:
    third = {**example(NOTICE)["persons"][0], "seq": 3, "case_uid": "01JP0ZK8W3T5N7Q9R1S2V4X6Y9"}
    changed = notice(
        {
            "/planned_date": "2025-08-20",
            "/persons/0/reception_wish": "direct_home",
            "/persons/1/status": "withdrawn",
            "/persons/1/tracing_seed": GONE,
            "/persons/2": third,
            "/totals": {"male": 0, "female": 2, "other": 0, "children": 0, "special": 0},
        }
    )
    found = changes_from(notice(), changed)
    assert (found.adds, found.removals, found.journey) == ((3,), (2,), ("planned_date",))
    assert [(person.seq, person.fields) for person in found.changed] == [(1, ("reception_wish",))]
    assert changes_from(notice(), notice()) == NoticeChanges((), (), (), ())


@pytest.mark.parametrize(
    ("edits", "is_permitted"),
    [
        pytest.param({}, False, id="taken-back"),
        pytest.param({"/records/0/recipient_agency": "MM-DSW"}, False, id="from-this-agency"),
        pytest.param({"/records/0/recipient_agency": "MM-NGO-A"}, True, id="from-another-agency"),
        pytest.param({"/records/0/purpose": "PHOTO"}, True, id="for-another-purpose"),
        pytest.param({"/records/0/date": "2025-04-17"}, True, id="given-again-afterwards"),
        pytest.param({"/case_uid": "01JSDQ7A1B2C3D4E5F6G7H8J9K"}, True, id="by-another-person"),
    ],
)
def test_a_consent_that_was_taken_back_since_counts_as_missing(edits: dict[str, object], is_permitted: bool) -> None:
    """The form still says *given*; the withdrawal that came after it wins (domain 2.J rule 3)."""
    made, held_before = document(FULL), [document(BASIC), document("consent_withdrawal", edits)]
    if is_permitted:
        assert permit(made, *held_before).ground is Ground.CONSENT
        return
    with pytest.raises(NotPermitted) as caught:
        permit(made, *held_before)
    assert caught.value.code == "consent_missing"
    assert "dated after the day of the withdrawal" in caught.value.hint
    urgent = document(FULL, {"/vital_interest": VITAL})
    assert permit(urgent, *held_before).ground is Ground.VITAL_INTEREST


def agreed(made: Document, *earlier: Document, side: Side, file: CaseFile) -> list[tuple[str, str]]:
    """Return what a document does not keep, as pairs of place and code."""
    try:
        permit(made, *earlier, side=side, file=file, now=made.created_at)
    except InvalidInput as refused:
        return [(finding.path, finding.code) for finding in refused.findings]
    return []


CLOSURE, DECISION = "case_closure", "return_decision_adult"


@pytest.mark.parametrize(
    ("name", "edits", "side", "expected"),
    [
        pytest.param(CLOSURE, {}, Side.ORIGIN, [], id="closed-as-agreed"),
        pytest.param(
            CLOSURE, {"/revisit_due": "2027-06-07"}, Side.ORIGIN, [("/revisit_due", "revisit_day")], id="another-day"
        ),
        pytest.param(DECISION, {}, Side.DESTINATION, [], id="a-young-adult-was-reviewed"),
        pytest.param(
            DECISION,
            {"/young_adult_risk_reviewed": "not_applicable"},
            Side.DESTINATION,
            [("/young_adult_risk_reviewed", "young_adult_not_reviewed")],
            id="a-young-adult-was-not",
        ),
    ],
)
def test_what_a_corridor_agreed_is_kept(
    name: str, edits: dict[str, object], side: Side, expected: list[tuple[str, str]]
) -> None:
    file = held()
    family = document("family_assessment")
    assert agreed(document(name, edits), file, family, side=side, file=file) == expected


def test_each_corridor_has_its_own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thailand and Myanmar agree on a visit after six months; the default would be twelve."""
    own = replace(policy_for("TH", "MM"), revisit_months=6)
    monkeypatch.setattr("api.rules.policy.POLICIES", {("TH", "MM"): own})
    made = document(CLOSURE, {"/revisit_due": "2027-03-07"})
    assert agreed(made, held(), side=Side.ORIGIN, file=held()) == []
    assert agreed(document(CLOSURE), held(), side=Side.ORIGIN, file=held()) == [("/revisit_due", "revisit_day")]
