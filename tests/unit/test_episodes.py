"""A step on the way home is told once in an episode; what was told wrong is corrected, and a re-admission begins anew.

A second arrival, way home, crossing or closure would stand beside the first, and nobody could say which one counts.
"""

from datetime import datetime

import pytest

from schemas.document import Document
from schemas.guards import Follows
from tests.forms import GONE, document

CLOSURE, RECEPTION, DEPARTURE, CROSSING = "case_closure", "reception_record", "departure_record", "handover_record"
ONCE = {
    CLOSURE: "closed_on",
    RECEPTION: "arrived_at",
    DEPARTURE: "departed_at",
    CROSSING: "persons/0/case_uid",
}
NEXT, LATER = {"/id": "01M9ZZZZZZZZZZZZZZZZZZZZZZ"}, "2027-01-20T11:00:00+06:30"
NEW_YEAR = datetime.fromisoformat(LATER)
TAKEN_BACK: dict[str, object] = {"/reason": "TOLD_BY_MISTAKE", "/revisit_due": GONE}
LOST: dict[str, object] = {"/reason": "LOST_CONTACT", "/contact_attempts": 3}
NOBODY_CAME: dict[str, object] = {
    "/persons/0/outcome": "not_arrived",
    "/persons/0/identity_confirmed_by": GONE,
    "/persons/0/condition": GONE,
    "/persons/0/original_file": {"handed": False},
}


def told(document_: Document, *earlier: Document) -> list[tuple[str, str]]:
    """Return where a document tells what was told before, with the id of what stands."""
    assert isinstance(document_, Follows)
    found = (one for one in document_.misfits(earlier) if one.code == "already_told")
    return [("/".join(map(str, one.location)), one.hint) for one in found]


@pytest.mark.parametrize(("name", "place"), ONCE.items())
def test_a_step_is_told_once(name: str, place: str) -> None:
    """The hint names what stands, so that it can be corrected."""
    first, second = document(name), document(name, {**NEXT})
    ((where, hint),) = told(second, first)
    assert where == place
    assert first.id in hint


@pytest.mark.parametrize("name", ONCE)
def test_a_first_a_correction_and_the_very_same_are_told(name: str) -> None:
    first = document(name)
    corrected = document(name, {**NEXT, "/supersedes": first.id})
    assert told(first) == told(first, first) == told(corrected, first) == []


def test_a_crossing_is_signed_once_by_each_side_whatever_it_answers() -> None:
    """Who told it first corrects that to answer the other side; a new version of theirs is answered by a correction."""
    theirs, signature = document(CROSSING), document("handover_record_countersigned")
    again = document("handover_record_countersigned", {**NEXT})
    assert told(signature, theirs) == []
    for before in (signature, signature.model_copy(update={"reply_to": None, "handover_id": "MM-7"})):
        ((where, hint),) = told(again, theirs, before)
        assert where == "persons/0/case_uid"
        assert before.id in hint
        assert told(again.model_copy(update={"supersedes": before.id}), theirs, before) == []


@pytest.mark.parametrize("name", ONCE)
def test_what_was_corrected_counts_as_its_newest_version(name: str) -> None:
    first = document(name)
    corrected = document(name, {**NEXT, "/supersedes": first.id})
    ((_, hint),) = told(document(name, {"/id": "01M9ZZZZZZZZZZZZZZZZZZZZZY"}), corrected, first)
    assert corrected.id in hint


@pytest.mark.parametrize("name", ONCE)
def test_another_agency_and_another_recipient_are_told_by_their_own(name: str) -> None:
    first, second = document(name), document(name, {**NEXT})
    assert told(second, first.model_copy(update={"sender": "MM-NGO-A"})) == []
    assert told(second, first.model_copy(update={"recipient": "MM-NGO-A"})) == []


@pytest.mark.parametrize("name", ONCE)
def test_of_somebody_else_and_in_a_new_episode_it_is_told_anew(name: str) -> None:
    first = document(name)
    second = document(name, {**NEXT, "/created_at": LATER})
    other = document(name, {"/persons/0/case_uid" if name == CROSSING else "/case_uid": "01JSDQ7A1B2C3D4E5F6G7H8J9K"})
    assert told(second, other) == []
    assert told(second, first, document("readmission")) == []
    since = first.model_copy(update={"created_at": document("readmission", {"/created_at": LATER}).created_at})
    assert len(told(second, since, document("readmission"))) == 1


def test_a_correction_since_the_readmission_is_of_the_episode_before() -> None:
    first = document(CLOSURE)
    corrected = document(CLOSURE, {**NEXT, "/supersedes": first.id, "/created_at": LATER})
    second = document(CLOSURE, {"/id": "01M9ZZZZZZZZZZZZZZZZZZZZZY", "/created_at": LATER})
    assert told(second, first, document("readmission"), corrected) == []


@pytest.mark.parametrize("name", [CLOSURE, RECEPTION, DEPARTURE])
def test_what_replies_to_something_is_told_once_all_the_same(name: str) -> None:
    """Only the kind that was asked for is an answer; whatever else stands in `reply_to` makes none of it."""
    file, first = document("case_file_full"), document(name)
    again = document(name, {**NEXT, "/reply_to": file.id})
    assert len(told(again, file, first)) == 1


@pytest.mark.parametrize("name", [RECEPTION, DEPARTURE, CROSSING])
def test_taking_in_again_is_spoken_of_where_the_case_is_closed_and_only_there(name: str) -> None:
    first, second, closed = document(name), document(name, {**NEXT}), document(CLOSURE)
    ((_, open_), (_, shut)) = (*told(second, first), *told(second, first, closed))
    assert ["form 22" in hint for hint in (open_, shut)] == [False, True]


def test_after_a_closure_was_taken_back_the_case_is_closed_anew() -> None:
    first = document(CLOSURE)
    back = document(CLOSURE, {**NEXT, "/supersedes": first.id, **TAKEN_BACK})
    assert told(document(CLOSURE, {"/id": "01M9ZZZZZZZZZZZZZZZZZZZZZY"}), first, back) == []


def test_a_taken_back_closure_tells_no_second_one_beside_a_new_one() -> None:
    """What told no step of the way home and is corrected into one tells it as a first version does."""
    first, since = document(CLOSURE), document(CLOSURE, {"/id": "01M9ZZZZZZZZZZZZZZZZZZZZZY"})
    back = document(CLOSURE, {**NEXT, "/supersedes": first.id, **TAKEN_BACK})
    again = document(CLOSURE, {"/id": "01M9ZZZZZZZZZZZZZZZZZZZZZX", "/supersedes": back.id})
    ((_, hint),) = told(again, first, back, since)
    assert since.id in hint
    assert told(again, first, back) == []
    assert told(document(CLOSURE, {**NEXT, "/supersedes": back.id, **TAKEN_BACK}), first, back, since) == []
    assert told(again, first, back, document("readmission"), since.model_copy(update={"created_at": NEW_YEAR})) == []


def test_who_did_not_cross_may_cross_another_day() -> None:
    nobody = document(CROSSING, NOBODY_CAME)
    assert told(document(CROSSING, {**NEXT}), nobody) == []
    assert told(document(CROSSING, {**NEXT, **NOBODY_CAME}), document(CROSSING)) == []


def test_a_countersignature_is_no_second_crossing_and_stands_for_its_sender() -> None:
    first, second = document(CROSSING), document("handover_record_countersigned")
    assert told(second, first) == []
    ends: dict[str, object] = {"/sender": second.sender, "/recipient": second.recipient}
    signed = {"/to_officer": {**second.model_dump(mode="json")["to_officer"]}}
    assert len(told(document(CROSSING, {**NEXT, **ends, **signed}), first, second)) == 1


def test_who_was_lost_may_be_found_and_the_case_closed_after_all() -> None:
    """What led beside the way home is no end of it."""
    assert told(document(CLOSURE, {**NEXT}), document(CLOSURE, LOST)) == []
    assert len(told(document(CLOSURE, {**NEXT, **LOST}), document(CLOSURE))) == 1
