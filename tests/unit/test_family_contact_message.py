"""Letters and calls: unread by default, safe before dialling, and never to somebody who must not be approached."""

import pytest

from schemas.family_contact_message import FamilyContactMessage
from tests.forms import GONE, codes, document, example

KIND = "family_contact_message"
SAFE = {"safe_to_call": "yes", "consented": "yes", "minutes": 12}
CALL = {
    "/form": "phone_call",
    "/carrier": "electronic",
    "/visit_ref": GONE,
    "/content": GONE,
    "/phone": SAFE,
}
FATHER = [{"person_or_role": "her father", "reason": "person_involved"}]


def message(edits: dict[str, object] | None = None) -> FamilyContactMessage:
    made = document(KIND, edits)
    assert isinstance(made, FamilyContactMessage)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({"/visit_ref": GONE}, "/visit_ref", "visit_contradicts", id="which-visit"),
        pytest.param({"/carrier": "postal"}, "/visit_ref", "visit_contradicts", id="visit-by-post"),
        pytest.param({"/read_by_staff": True}, "/screening_reason", "screening_reason", id="read-why"),
        pytest.param(
            {"/screening_reason": "security"}, "/screening_reason", "screening_reason", id="a-reason-for-not-reading"
        ),
        pytest.param({"/outcome": "delivered"}, "/delivered_on", "delivery_contradicts", id="delivered-when"),
        pytest.param({"/delivered_on": "2025-06-12"}, "/delivered_on", "delivery_contradicts", id="pending-on-a-day"),
        pytest.param(
            {"/outcome": "delivered", "/delivered_on": "2025-06-11"}, "/delivered_on", "wrong_order", id="too-early"
        ),
        pytest.param({"/content": GONE}, "/content", "content_contradicts", id="a-scan-of-nothing"),
        pytest.param({"/form": "letter_original"}, "/content", "content_contradicts", id="an-original-is-paper"),
        pytest.param({"/content/type": "medical"}, "/content/type", "not_a_letter", id="no-letter"),
        pytest.param({"/content/sha256": GONE}, "/content/type", "not_a_letter", id="no-digest"),
        pytest.param({"/form": "audio"}, "/content/media_type", "media_contradicts", id="a-picture-of-a-voice"),
        pytest.param(
            {"/content/media_type": "audio/ogg"}, "/content/media_type", "media_contradicts", id="a-voice-on-paper"
        ),
        pytest.param({**CALL, "/phone": None}, "/phone", "phone_contradicts", id="a-call-without-safety"),
        pytest.param({"/phone": SAFE}, "/phone", "phone_contradicts", id="a-letter-that-rings"),
        pytest.param(
            {**CALL, "/phone": {**SAFE, "safe_to_call": "unknown"}},
            "/phone/safe_to_call",
            "unsafe_to_call",
            id="unknown-is-no-call",
        ),
        pytest.param(
            {**CALL, "/phone": {**SAFE, "consented": "no"}},
            "/phone/consented",
            "call_without_consent",
            id="against-her-will",
        ),
        pytest.param({"/address": "x"}, "", "unknown_field", id="an-address-in-clear"),
        pytest.param({"/written_on": "2025-06-13"}, "/written_on", "future_date", id="tomorrow"),
    ],
)
def test_a_contact_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


def test_staff_do_not_read_letters() -> None:
    assert message({"/read_by_staff": GONE}).read_by_staff is False
    assert message({"/read_by_staff": True, "/screening_reason": "asked_to_read_aloud"}).read_by_staff


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param(CALL, id="call"),
        pytest.param({"/form": "letter_original", "/content": GONE}, id="paper"),
        pytest.param({"/form": "audio", "/content/media_type": "audio/ogg", "/content/type": "other"}, id="voice"),
        pytest.param({"/outcome": "delivered", "/delivered_on": "2025-06-12"}, id="delivered"),
    ],
)
def test_every_form_of_contact_has_its_own_shape(edits: dict[str, object]) -> None:
    assert codes(KIND, edits) == set()


@pytest.mark.parametrize(
    ("of_file", "of_message", "expected"),
    [
        pytest.param({}, {}, [], id="nobody-is-restricted"),
        pytest.param({"/family/contact_restrictions": FATHER}, {}, [], id="the-mother-may-know"),
        pytest.param(
            {"/family/contact_restrictions": FATHER},
            {"/relation": "father"},
            ["contact_restricted"],
            id="the-father-must-not-be-told",
        ),
        pytest.param(
            {"/family/contact_restrictions": FATHER},
            {"/relation": "father", "/direction": "from_family"},
            [],
            id="what-he-sends-is-kept",
        ),
        pytest.param({"/family/wish_contact": "no"}, {}, ["contact_unwanted"], id="she-does-not-want-to-write"),
    ],
)
def test_nobody_is_approached_whom_the_person_does_not_want(
    of_file: dict[str, object], of_message: dict[str, object], expected: list[str]
) -> None:
    """A refusal, not a note (004 3.1)."""
    earlier = [document("case_file_full", of_file)]
    assert [problem.code for problem in message(of_message).misfits(earlier)] == expected
    assert example(KIND)["case_uid"] == earlier[0].case_uid
