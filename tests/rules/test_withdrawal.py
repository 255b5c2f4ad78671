"""Whom a withdrawal reaches, what it stops, what may no longer be read, and what a dishonest one can't do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.withdrawal import (
    Reached,
    is_recalled,
    is_withdrawn,
    left_to_tell,
    reached_by,
    to_pass_on,
    to_tell,
    withdrawals_of,
)
from schemas.base import AgencyId
from schemas.case_file import CaseFile
from schemas.consent import ConsentRecord
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import ConsentPurpose, Document
from schemas.guards import Disclosure
from tests.cases import S1, S2
from tests.forms import document, example

SHELTER, DEPARTMENT, PROVIDER = AgencyId("TH-SHELTER-N1"), AgencyId("MM-DSW"), AgencyId("MM-NGO-A")
FULL, TRACING, TO_PROVIDER = "SHARE_FULL_ORIGIN_WELFARE", "FAMILY_TRACING", "SHARE_WITH_NGO_PROVIDER"
W_ID, W2_ID, OTHER_ID = "01JT7RA04Q5R6S7T8V9W0X1Y2Z", "01JT7RA04Q5R6S7T8V9W0X1Y30", "01JS9CD4E5F6G7H8J9K0M1N2P4"
FILE = document("case_file_full")
PACKET = document("service_provider_assignment")
FOCAL = AgencyId("TH-FOCAL")
ANSWER = document("notice_acknowledgement").model_copy(update={"recipient": FOCAL})


def withdrawal(purpose: str = FULL, on: str = "2025-05-02", **over: Any) -> ConsentWithdrawal:
    """Return a withdrawal from the shelter to the department, written on the day it took place."""
    data = {**example("consent_withdrawal"), "recalled": []}
    row = {**data["records"][0], "purpose": purpose, "date": on} | over.pop("row", {})
    row.pop("recipient")
    made = document("consent_withdrawal", {"/records": [row], "/created_at": f"{on}T10:00:00+07:00", "/recalled": []})
    whole = made.model_copy(update=over)
    assert isinstance(whole, ConsentWithdrawal)
    return whole


def file_with(purpose: str, on: str, decision: str = "given", **over: Any) -> Document:
    """Return a newer case file in which a consent was given on a day, or was not."""
    row = {**example("case_file_full")["consents"][0], "purpose": purpose, "date": on, "decision": decision}
    row.pop("recipient")
    consents = [*example("case_file_full")["consents"], row]
    edits = {"/consents": consents, "/id": OTHER_ID, "/created_at": f"{on}T18:00:00+07:00"}
    return document("case_file_full", edits).model_copy(update=over)


def told(*reached: Reached) -> dict[AgencyId, tuple[str, ...]]:
    return {one.recipient: one.documents for one in reached}


def rows(*purposes: str, agency: str | None = None) -> list[ConsentRecord]:
    return [withdrawal(one, row={"recipient_agency": agency} if agency else {}).records[0] for one in purposes]


def test_everyone_who_was_told_something_under_it_is_reached_once() -> None:
    """Twice the same agency is one recipient with both documents; who received something else is left alone."""
    other = document("case_file_full", {"/id": OTHER_ID, "/recipient": PROVIDER})
    sent = [FILE, document("handover_record"), other, document("advance_repatriation_notice")]
    reached = reached_by(rows(FULL), S1, sent, SHELTER)
    assert told(*reached) == {DEPARTMENT: (FILE.id, sent[1].id), PROVIDER: (OTHER_ID,)}
    assert reached_by(rows(FULL), S2, sent, SHELTER) == ()


def test_who_keeps_the_record_of_a_consent_is_reached_too() -> None:
    """Nobody was asked to trace yet, but whoever got the file could; and who gave the file could share anew."""
    assert told(*reached_by(rows(TRACING), S1, [FILE], SHELTER)) == {DEPARTMENT: ()}
    assert told(*reached_by(rows(TRACING), S1, [FILE], DEPARTMENT)) == {SHELTER: ()}
    assert reached_by(rows(TO_PROVIDER), S1, [FILE], SHELTER) == ()
    assert reached_by(rows(FULL), S1, [document("handover_record")], DEPARTMENT) == ()


@pytest.mark.parametrize(
    ("agency", "reached"),
    [
        pytest.param(None, {DEPARTMENT: (FILE.id,), PROVIDER: (OTHER_ID,)}, id="from-everyone"),
        pytest.param(PROVIDER, {DEPARTMENT: (), PROVIDER: (OTHER_ID,)}, id="from-one-and-who-could-tell-it"),
    ],
)
def test_a_consent_may_be_taken_back_from_one_agency(agency: str | None, reached: dict[AgencyId, Any]) -> None:
    other = document("case_file_full", {"/id": OTHER_ID, "/recipient": PROVIDER})
    assert told(*reached_by(rows(FULL, agency=agency), S1, [FILE, other], SHELTER)) == reached


def test_each_learns_only_what_concerns_it() -> None:
    """The provider never learns that there was anything to trace."""
    held = [FILE, file_with(TO_PROVIDER, "2025-05-01", recipient=DEPARTMENT), PACKET]
    reached = reached_by(rows(TRACING, TO_PROVIDER), S1, held, DEPARTMENT)
    purposes = {one.recipient: [row.purpose.value for row in one.records] for one in reached}
    assert purposes == {SHELTER: [TRACING, TO_PROVIDER], PROVIDER: [TO_PROVIDER]}


@given(st.sets(st.sampled_from(ConsentPurpose)))
def test_whoever_relies_on_no_withdrawn_consent_is_not_reached(purposes: set[ConsentPurpose]) -> None:
    assert isinstance(FILE, CaseFile)
    given_to = {row.purpose for row in FILE.consents or () if row.is_given}
    found = reached_by(rows(*sorted(purposes)), S1, [FILE], SHELTER)
    assert bool(found) == bool(purposes & given_to)
    assert bool(told(*found).get(DEPARTMENT)) == (ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE in purposes)


def test_who_knows_already_is_not_told_again() -> None:
    """Whoever was sent it, and whoever sent it; a withdrawal of a later day is told to all again."""
    one = withdrawal()
    assert told(*left_to_tell(one, [FILE], SHELTER)) == {DEPARTMENT: (FILE.id,)}
    assert left_to_tell(one, [FILE, one], SHELTER) == ()
    later = withdrawal(on="2025-06-01", id=W2_ID)
    assert told(*left_to_tell(later, [FILE, one], SHELTER)) == {DEPARTMENT: (FILE.id,)}
    from_one = withdrawal(id=W2_ID, row={"recipient_agency": PROVIDER})
    assert told(*left_to_tell(one, [FILE, from_one], SHELTER)) == {DEPARTMENT: (FILE.id,)}
    theirs = withdrawal(id=W2_ID, sender=DEPARTMENT, recipient=SHELTER)
    assert left_to_tell(one, [FILE, theirs], SHELTER) == ()


def test_whom_an_own_withdrawal_did_not_reach_is_left_to_tell() -> None:
    """Something that protects a life was told to one more agency afterwards; two withdrawals make one line of it."""
    other = document("case_file_full", {"/id": OTHER_ID, "/recipient": PROVIDER})
    both = [withdrawal(), withdrawal(TRACING, id=W2_ID)]
    [left] = to_tell(S1, [FILE, *both, other], SHELTER)
    assert (left.recipient, left.documents) == (PROVIDER, (OTHER_ID,))
    assert [row.purpose.value for row in left.records] == [FULL, TRACING]
    assert to_tell(S1, [FILE, *both], SHELTER) == ()


HELD = [FILE, PACKET, withdrawal(TO_PROVIDER, "2025-09-01")]


def test_what_came_in_is_passed_on_to_those_whom_one_told_oneself() -> None:
    assert told(*to_pass_on(S1, HELD, DEPARTMENT)) == {PROVIDER: (PACKET.id,)}
    assert to_pass_on(S1, HELD, SHELTER) == ()
    assert to_pass_on(S2, HELD, DEPARTMENT) == ()


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            withdrawal(TO_PROVIDER, "2025-09-01", id=W2_ID, sender=DEPARTMENT, recipient=PROVIDER, reply_to=W_ID),
            id="it-was-passed-on",
        ),
        pytest.param(file_with(TO_PROVIDER, "2025-09-02"), id="the-consent-was-given-anew"),
    ],
)
def test_nothing_is_left_to_pass_on(more: Document) -> None:
    assert to_pass_on(S1, [*HELD, more], DEPARTMENT) == ()


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            withdrawal(TO_PROVIDER, "2025-08-01", id=W2_ID, sender=DEPARTMENT, recipient=PROVIDER), id="an-older-one"
        ),
        pytest.param(
            withdrawal(TRACING, "2025-09-01", id=W2_ID, sender=DEPARTMENT, recipient=PROVIDER), id="another-purpose"
        ),
        pytest.param(file_with(TO_PROVIDER, "2025-09-01"), id="given-on-the-same-day"),
        pytest.param(file_with(TO_PROVIDER, "2025-09-02", "refused"), id="asked-again-and-refused"),
        pytest.param(
            file_with(TO_PROVIDER, "2025-09-02", sender=PROVIDER, recipient=DEPARTMENT),
            id="the-provider-says-so-itself",
        ),
        pytest.param(
            file_with(TO_PROVIDER, "2025-09-02", sender=AgencyId("VN-X"), recipient=DEPARTMENT), id="a-stranger-says-so"
        ),
    ],
)
def test_it_stays_left_to_pass_on(more: Document) -> None:
    assert told(*to_pass_on(S1, [*HELD, more], DEPARTMENT)) == {PROVIDER: (PACKET.id,)}


@pytest.mark.parametrize(
    ("sender", "more", "counts"),
    [
        pytest.param(SHELTER, [], True, id="the-shelter"),
        pytest.param(FOCAL, [], False, id="another-of-the-same-country"),
        pytest.param(FOCAL, [ANSWER], True, id="another-to-whom-the-department-wrote"),
        pytest.param(PROVIDER, [], False, id="a-provider-that-was-told-nothing"),
        pytest.param(PROVIDER, [PACKET], True, id="the-provider"),
        pytest.param(AgencyId("VN-DSVP"), [], False, id="a-third-country"),
    ],
)
def test_only_who_has_part_in_a_case_withdraws_in_it(sender: AgencyId, more: list[Document], *, counts: bool) -> None:
    """Anybody who is trusted may send anything; what a stranger sends is kept and stops nothing."""
    held = [FILE, *more, withdrawal(sender=sender)]
    given_on = next(row for row in getattr(FILE, "consents", ()) if row.purpose == FULL)
    assert is_withdrawn(Disclosure(ConsentPurpose(FULL), DEPARTMENT, S1), given_on, held) is counts
    assert is_recalled(FILE, held) is counts


def test_who_told_something_takes_that_back_whatever_its_part() -> None:
    """A file of another shelter, which did not bring the case, is recalled by that shelter, and nothing else is."""
    theirs = FILE.model_copy(update={"id": OTHER_ID, "sender": FOCAL})
    held = [FILE, theirs, withdrawal(sender=FOCAL)]
    assert is_recalled(theirs, held)
    assert not is_recalled(FILE, held)


def test_a_withdrawal_that_overtakes_the_file_counts() -> None:
    """Until a file names the corridor nobody can be told to have no part; afterwards the stranger is one."""
    stranger = withdrawal(id=W2_ID, sender=AgencyId("VN-DSVP"))
    assert withdrawals_of(S1, [withdrawal(), stranger]) == (withdrawal(), stranger)
    assert withdrawals_of(S1, [withdrawal(), stranger, FILE]) == (withdrawal(),)


def test_a_withdrawal_that_was_recorded_by_mistake_is_corrected_by_its_own_sender_only() -> None:
    mistake = withdrawal()
    mended = withdrawal("PHOTO", id=W2_ID, supersedes=W_ID)
    assert is_recalled(FILE, [FILE, mistake])
    assert not is_recalled(FILE, [FILE, mistake, mended])
    assert is_recalled(FILE, [FILE, mistake, mended.model_copy(update={"sender": DEPARTMENT})])


VITAL = {"reason": "x", "decided_by": "A-1", "approved_by": "A-2"}
LATER_FILE = file_with(FULL, "2025-05-10")
BASIC = document("case_file_basic")
NOTICE = document("advance_repatriation_notice")


@pytest.mark.parametrize(
    ("read", "held", "expected"),
    [
        pytest.param(FILE, [], False, id="nothing-was-taken-back"),
        pytest.param(FILE, [withdrawal()], True, id="taken-back"),
        pytest.param(FILE, [withdrawal(), withdrawal(id=W2_ID)], True, id="taken-back-twice"),
        pytest.param(FILE, [withdrawal(TRACING)], False, id="another-purpose"),
        pytest.param(FILE, [withdrawal(case_uid=S2)], False, id="another-case"),
        pytest.param(FILE, [withdrawal(row={"recipient_agency": PROVIDER})], False, id="from-another-agency"),
        pytest.param(FILE, [withdrawal(row={"recipient_agency": DEPARTMENT})], True, id="from-this-agency"),
        pytest.param(FILE, [withdrawal(reply_to=OTHER_ID)], True, id="it-answers-something-unknown"),
        pytest.param(FILE, [withdrawal(), LATER_FILE], False, id="given-anew-what-was-told-before-counts-again"),
        pytest.param(LATER_FILE, [withdrawal()], False, id="told-after-it-was-given-anew"),
        pytest.param(
            FILE,
            [withdrawal(), file_with(FULL, "2025-05-10", sender=DEPARTMENT, recipient=SHELTER)],
            True,
            id="the-recipient-can-not-give-it-to-itself",
        ),
        pytest.param(BASIC, [withdrawal()], False, id="told-under-another-consent"),
        pytest.param(NOTICE, [withdrawal("SHARE_BASIC_ORIGIN_WELFARE", "2025-08-01")], False, id="others-are-on-it"),
        pytest.param(
            FILE.model_copy(update={"vital_interest": VITAL}), [withdrawal()], True, id="a-life-was-at-risk-before"
        ),
        pytest.param(
            FILE.model_copy(update={"vital_interest": VITAL, "sender": AgencyId("TH-FOCAL")}),
            [withdrawal(on="2025-04-19")],
            False,
            id="a-life-was-at-risk-in-spite-of-it",
        ),
        pytest.param(
            FILE.model_copy(update={"sender": FOCAL}),
            [document("notice_acknowledgement"), withdrawal(on="2025-04-19")],
            True,
            id="sent-by-who-did-not-know",
        ),
        pytest.param(withdrawal(), [withdrawal()], False, id="the-withdrawal-itself-is-read"),
    ],
)
def test_what_was_recalled_is_told_from_what_may_be_read(
    read: Document, held: list[Document], *, expected: bool
) -> None:
    assert is_recalled(read, [read, *held]) is expected
    assert is_recalled(read, [*reversed(held), read]) is expected
