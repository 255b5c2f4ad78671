"""What tracing found: attempts, persons and how sure it is, and what the family was told.

Only identification; whether a home is good is another document (004 1.8(4); domain 3.6). While tracing goes on the
result is *in progress*; the next one supersedes it. A family that was told too much is recorded as a breach; a person
who must not be approached is refused.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.attachments import Attachment
from schemas.background_codes import MayBeTold
from schemas.base import CaseUidField, DocumentId, Part, Text, YesNoUnknown
from schemas.care_codes import AttachmentType, StaffRole
from schemas.codes import Relation
from schemas.contact_limits import contact_problems, limits_of
from schemas.dates import Day
from schemas.document import ConsentPurpose, Document, KindFacts, Role, Side
from schemas.earlier import find_by_id
from schemas.facts import Level, Need, fact
from schemas.family_tracing_request import FamilyTracingRequest
from schemas.guards import Disclosure
from schemas.names import Names
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.permissions import find_permissions
from schemas.places import AdminArea, Place
from schemas.relatives import Phone
from schemas.rows import Codes, Rows
from schemas.tracing_codes import (
    AttemptOutcome,
    MatchStrength,
    NationalityEvidence,
    NoAccessReason,
    StoppedReason,
    TracingMethod,
    TracingOutcome,
    Verification,
)


class Attempt(Part):
    """One attempt to find the family."""

    date: Annotated[Day, fact(Level.L2, "Date", need=Need.BASIC)]
    place: Annotated[AdminArea | None, fact(Level.L2, "Place")] = None
    method: Annotated[TracingMethod, fact(Level.L2, "How", need=Need.BASIC)]
    worker_role: Annotated[StaffRole, fact(Level.L1, "By, as a role", need=Need.BASIC)]
    outcome: Annotated[AttemptOutcome, fact(Level.L2, "Outcome", need=Need.BASIC)]
    spoke_with: Annotated[Codes[Relation], fact(Level.L2, "Spoke with", "Of the family, by relation.")] = ()
    note: Annotated[Text | None, fact(Level.L2, "Note")] = None


class FoundPerson(Part):
    """Somebody who was found, and how sure it is."""

    relation: Annotated[Relation, fact(Level.L2, "Relation", need=Need.BASIC)]
    names: Annotated[Names | None, fact(Level.L2, "Names")] = None
    match: Annotated[MatchStrength, fact(Level.L2, "How sure", need=Need.BASIC)]
    verification: Annotated[Codes[Verification], fact(Level.L2, "Shown by", need=Need.BASIC)] = ()
    address: Annotated[Place | None, fact(Level.L2, "Address")] = None
    phone: Annotated[Phone | None, fact(Level.L2, "Phone")] = None
    alive: Annotated[YesNoUnknown, fact(Level.L2, "Alive", need=Need.BASIC)]

    @model_validator(mode="after")
    def _what_is_sure_is_shown(self) -> Self:
        if self.match is MatchStrength.EXACT and not self.verification:
            refuse([Problem(("verification",), "match_not_verified", "say what shows that it is the relative")])
        return self


class FamilyTracingResult(Document):
    """Where tracing stands."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=11,
        title="Family tracing result",
        source="004 1.8(4)",
        senders=frozenset({Side.ORIGIN, Side.DESTINATION}),
        writers=frozenset({Role.CM, Role.FO, Role.WO, Role.NG}),
        row=Row.TRACING,
        scope="tracing",
    )

    kind: Literal["family_tracing_result"] = "family_tracing_result"
    case_uid: CaseUidField
    status: Annotated[TracingOutcome, fact(Level.L2, "Status", need=Need.BASIC)]
    stopped_because: Annotated[StoppedReason | None, fact(Level.L2, "Stopped because of")] = None
    no_access_because: Annotated[NoAccessReason | None, fact(Level.L2, "No access because of")] = None
    attempts: Annotated[Rows[Attempt], fact(Level.L2, "Attempts", need=Need.BASIC)]
    found_persons: Annotated[Rows[FoundPerson], fact(Level.L2, "Found", need=Need.BASIC)] = ()
    verification_conflicts: Annotated[Text | None, fact(Level.L2, "What does not fit")] = None
    family_told: Annotated[Codes[MayBeTold], fact(Level.L2, "The family was told", need=Need.BASIC)] = ()
    told_persons: Annotated[Codes[Relation], fact(Level.L2, "Who was told", "By relation.")] = ()
    told_more_than_allowed: Annotated[
        bool, fact(Level.L2, "More was told than allowed", "A breach; it is recorded, not hidden.")
    ] = False
    family_message_to_victim: Annotated[Attachment | None, fact(Level.L2, "Message from the family")] = None
    next_step: Annotated[Text | None, fact(Level.L2, "Next step")] = None
    nationality_evidence_found: Annotated[
        Codes[NationalityEvidence] | None, fact(Level.L2, "Proof of nationality at home")
    ] = None
    completed_on: Annotated[Day | None, fact(Level.L1, "Completed on")] = None

    @model_validator(mode="after")
    def _status_and_findings_agree(self) -> Self:
        refuse([*self._status_problems(), *self._found_problems(), *future_dates(self, self.created_at.date())])
        return self

    def _status_problems(self) -> Iterator[Problem]:
        """Yield a status without its day or reason, or with those of another."""
        if (self.status is TracingOutcome.IN_PROGRESS) != (self.completed_on is None):
            yield Problem(
                ("completed_on",), "completed_contradicts", "what is in progress has no last day, the rest has"
            )
        if (self.status is TracingOutcome.STOPPED) != (self.stopped_because is not None):
            yield Problem(("stopped_because",), "status_reason", "stopped has a reason, and only stopped")
        if (self.status is TracingOutcome.NO_ACCESS) != (self.no_access_because is not None):
            yield Problem(("no_access_because",), "status_reason", "no access has a reason, and only no access")
        if not self.attempts and self.status not in {TracingOutcome.STOPPED, TracingOutcome.IN_PROGRESS}:
            yield Problem(("attempts",), "attempt_missing", "a result comes from an attempt at least")
        if self.completed_on is not None and any(row.date > self.completed_on for row in self.attempts):
            yield Problem(("completed_on",), "wrong_order", "it is completed after the last attempt")

    def _found_problems(self) -> Iterator[Problem]:
        """Yield found persons that the status denies, and files that do not belong here."""
        sure = [row for row in self.found_persons if row.match is not MatchStrength.UNCERTAIN]
        if self.status.is_located and not any(row.alive is not YesNoUnknown.NO for row in sure):
            yield Problem(
                ("found_persons",), "located_without_person", "located means a relative who is likely the right one"
            )
        if self.status is TracingOutcome.DECEASED_ALL and any(
            row.alive is not YesNoUnknown.NO for row in self.found_persons
        ):
            yield Problem(("found_persons",), "status_contradicts", "somebody may still be alive")
        if self.status in {TracingOutcome.NOT_FOUND, TracingOutcome.ADDRESS_NOT_EXIST} and sure:
            yield Problem(("found_persons",), "status_contradicts", "somebody was found")
        if bool(self.family_told) != bool(self.told_persons):
            yield Problem(("told_persons",), "told_to_whom", "what was told was told to somebody")
        message = self.family_message_to_victim
        if message is not None and message.type is AttachmentType.MEDICAL:
            here = ("family_message_to_victim", "type")
            yield Problem(here, "medical_outside_annex", "medical papers go with the restricted annex only")

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the consent to trace, for the agency that did; that tracing has stopped may always be said."""
        if self.status is TracingOutcome.STOPPED:
            return ()
        return (Disclosure(ConsentPurpose.FAMILY_TRACING, self.sender, self.case_uid),)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a problem where somebody was approached who must not be, or a breach is not named as one."""
        limits = limits_of(earlier, self.case_uid)
        yield from contact_problems(("told_persons",), self.told_persons, limits)
        for index, attempt in enumerate(self.attempts):
            yield from contact_problems(("attempts", index, "spoke_with"), attempt.spoke_with, limits)
        request = find_by_id(FamilyTracingRequest, earlier, self.reply_to)
        if request is not None and request.case_uid != self.case_uid:
            yield Problem(("case_uid",), "other_case", "the case is that of the request")
        allowed = frozenset(request.what_family_may_be_told) if request else find_permissions(earlier, self.case_uid)
        is_breach = allowed is not None and not frozenset(self.family_told) <= allowed
        if allowed is not None and is_breach != self.told_more_than_allowed:
            yield Problem(
                ("told_more_than_allowed",),
                "breach_contradicts",
                "yes exactly if more was told than the person allowed",
            )


def is_located(earlier: Sequence[Document], case_uid: str, wanted: DocumentId | None = None) -> bool:
    """Say whether tracing has located the family: by that result, or by any of the case."""
    return any(
        isinstance(held, FamilyTracingResult)
        and held.case_uid == case_uid
        and held.status.is_located
        and wanted in {None, held.id}
        for held in earlier
    )
