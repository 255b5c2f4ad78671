"""Letters and calls between a person and the family (004 1.2). Staff do not read them, unless there is a reason.

A number is called only if it is known to be safe, and nobody is approached whom the person does not want approached.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.aftercare_codes import Carrier, ContactForm, ContactOutcome, Direction, ScreeningReason
from schemas.attachments import Attachment
from schemas.background_codes import WishContact
from schemas.base import CaseUidField, DocumentIdField, Language, Part, YesNoUnknown
from schemas.care_codes import AttachmentType
from schemas.case_file import CaseFile
from schemas.codes import Relation
from schemas.contact_limits import contact_problems, limits_of
from schemas.dates import Day
from schemas.document import Document, KindFacts, Role, Side
from schemas.earlier import find_newest
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse

_WITH_CONTENT = frozenset({ContactForm.LETTER_SCAN, ContactForm.AUDIO})


class PhoneCall(Part):
    """What has to be known before a number is dialled, and how long the call was."""

    safe_to_call: Annotated[YesNoUnknown, fact(Level.L2, "Safe to call", "Unknown means: no call.", need=Need.BASIC)]
    consented: Annotated[YesNoUnknown, fact(Level.L2, "The person agreed", need=Need.BASIC)]
    minutes: Annotated[Annotated[int, Field(ge=0, le=600)] | None, fact(Level.L2, "Minutes")] = None

    @model_validator(mode="after")
    def _is_safe_and_agreed(self) -> Self:
        if self.safe_to_call is not YesNoUnknown.YES:
            refuse(
                [Problem(("safe_to_call",), "unsafe_to_call", "a number is called only if that is known to be safe")]
            )
        if self.consented is not YesNoUnknown.YES:
            refuse([Problem(("consented",), "call_without_consent", "a call needs the person's own yes")])
        return self


class FamilyContactMessage(Document):
    """One letter, recording or call."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=24,
        title="Family contact",
        source="004 1.2",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.SW, Role.WO, Role.NG}),
        row=Row.LETTERS,
        scope="contact",
    )

    kind: Literal["family_contact_message"] = "family_contact_message"
    case_uid: CaseUidField
    direction: Annotated[Direction, fact(Level.L2, "From whom to whom", need=Need.BASIC)]
    form: Annotated[ContactForm, fact(Level.L2, "What it is", need=Need.BASIC)]
    language: Annotated[Language, fact(Level.L2, "Language", "ISO 639-3.", need=Need.BASIC)]
    written_on: Annotated[Day, fact(Level.L2, "Written or called on", need=Need.BASIC)]
    carrier: Annotated[Carrier, fact(Level.L2, "How it gets there", need=Need.BASIC)]
    visit_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Visit", "Of case workers who carry it.")] = None
    read_by_staff: Annotated[bool, fact(Level.L2, "Was read by staff", "No, unless there is a reason.")] = False
    screening_reason: Annotated[ScreeningReason | None, fact(Level.L2, "Read because")] = None
    content: Annotated[Attachment | None, fact(Level.L2, "Content", "The digest of the scan or recording.")] = None
    relation: Annotated[
        Relation, fact(Level.L2, "Family member", "A relation; the address stays in the file.", need=Need.BASIC)
    ]
    delivered_on: Annotated[Day | None, fact(Level.L2, "Delivered on")] = None
    outcome: Annotated[ContactOutcome, fact(Level.L2, "What became of it")] = ContactOutcome.PENDING
    reply_expected: Annotated[YesNoUnknown | None, fact(Level.L2, "An answer is expected")] = None
    phone: Annotated[PhoneCall | None, fact(Level.L2, "Call")] = None

    @model_validator(mode="after")
    def _contact_agrees_with_itself(self) -> Self:
        refuse([*_problems(self), *_content_problems(self), *future_dates(self, self.created_at.date())])
        return self

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield contact with somebody who must not be approached, and contact that the person does not want."""
        if self.direction is Direction.TO_FAMILY:
            yield from contact_problems(("relation",), [self.relation], limits_of(earlier, self.case_uid))
            file = find_newest(CaseFile, earlier, self.case_uid)
            if file is not None and file.family is not None and file.family.wish_contact is WishContact.NO:
                yield Problem(("direction",), "contact_unwanted", "the person does not want to write or call")


def _problems(message: FamilyContactMessage) -> Iterator[Problem]:
    """Yield a way, a reading or a delivery that contradicts itself."""
    if (message.carrier is Carrier.CASE_WORKER_VISIT) != (message.visit_ref is not None):
        yield Problem(("visit_ref",), "visit_contradicts", "name the visit that carries it, and only then")
    if message.read_by_staff != (message.screening_reason is not None):
        yield Problem(("screening_reason",), "screening_reason", "who reads a letter has a reason, and nobody else")
    if (message.outcome is ContactOutcome.DELIVERED) != (message.delivered_on is not None):
        yield Problem(("delivered_on",), "delivery_contradicts", "what was delivered has a day, and nothing else has")
    if message.delivered_on is not None and message.delivered_on < message.written_on:
        yield Problem(("delivered_on",), "wrong_order", "nothing is delivered before it was written")


def _content_problems(message: FamilyContactMessage) -> Iterator[Problem]:
    """Yield a call without its safety, and a scan or recording without its digest, or of another kind."""
    if (message.form is ContactForm.PHONE_CALL) != (message.phone is not None):
        yield Problem(("phone",), "phone_contradicts", "a call says that it is safe and agreed, and nothing else does")
    if (message.form in _WITH_CONTENT) != (message.content is not None):
        yield Problem(("content",), "content_contradicts", "a scan or recording has a digest, and nothing else has")
        return
    if message.content is None:
        return
    if message.content.sha256 is None or message.content.type not in {AttachmentType.LETTER, AttachmentType.OTHER}:
        yield Problem(("content", "type"), "not_a_letter", "name the digest of a letter or recording")
    is_audio = (message.content.media_type or "").startswith("audio/")
    if is_audio != (message.form is ContactForm.AUDIO):
        yield Problem(("content", "media_type"), "media_contradicts", "a recording is audio, and a scan is not")
