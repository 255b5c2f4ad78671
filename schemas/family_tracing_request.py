"""The request to find a family: all keys that are known, who must not be approached, what may be told.

Tracing finds; it does not judge (004 1.8(4)). It starts when there is a name, a place and a relative's name, or with
a reason why it starts with less (domain 2.D, 3.5; 004 2.4).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.ages import is_child_on
from schemas.ages_of_case import given_by_child_alone
from schemas.attachments import Attachment
from schemas.background_codes import MayBeTold
from schemas.base import CaseUidField, Text, YesNoUnknown
from schemas.care_codes import AttachmentType
from schemas.case_sections.person import IdDocument
from schemas.consent import ConsentRecord, child_alone
from schemas.contact_limits import HINT, ContactLimit, dropped_limits, limits_of
from schemas.dates import Day
from schemas.document import ConsentPurpose, Document, KindFacts, Role, Side
from schemas.earlier import others
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.names import name_problems
from schemas.need_to_know import Row
from schemas.needs import Planned, Problem, future_dates, refuse
from schemas.permissions import told_problems
from schemas.rows import Codes, Rows
from schemas.tracing_codes import TracingPurpose
from schemas.tracing_seed import TracingSeed


class FamilyTracingRequest(Document):
    """Please find this person's family."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=8,
        title="Family tracing request",
        source="004 1.8(4), 2.4",
        senders=frozenset({Side.DESTINATION}),
        writers=frozenset({Role.CM, Role.FO, Role.WO}),
        row=Row.TRACING,
        scope="tracing",
        answered_by="family_tracing_result",
        answer_within=timedelta(days=45),  # domain 4.1, D07
    )

    kind: Literal["family_tracing_request"] = "family_tracing_request"
    case_uid: CaseUidField
    tracing_seed: Annotated[TracingSeed, fact(Level.L2, "Who is looked for, and where", need=Need.BASIC)]
    id_documents: Annotated[Rows[IdDocument] | None, fact(Level.L2, "Papers", "A card number is a key.")] = None
    landmarks: Annotated[Text | None, fact(Level.L2, "Landmarks", "Pagoda, school, market, river, bus gate.")] = None
    known_local_persons: Annotated[
        Text | None, fact(Level.L2, "Known in the village", "Village head, monk, pastor, teacher, midwife.")
    ] = None
    photo: Annotated[Attachment | None, fact(Level.L2, "Photo", "With the consent PHOTO only.")] = None
    purpose: Annotated[TracingPurpose, fact(Level.L2, "Purpose", need=Need.BASIC)]
    consent: Annotated[
        ConsentRecord | None, fact(Level.L1, "Consent", "Where there is no case file that holds it.")
    ] = None
    contact_restrictions: Annotated[
        Rows[ContactLimit], fact(Level.L3, "Not to be approached", "An empty list says: none.", need=Need.BASIC)
    ]
    what_family_may_be_told: Annotated[
        Codes[MayBeTold], fact(Level.L2, "Family may be told", "What is not ticked stays untold.", need=Need.BASIC)
    ]
    deadline_requested: Annotated[Day | None, fact(Level.L1, "Please answer by"), Planned()] = None
    discretion_instructions: Annotated[
        Text | None, fact(Level.L2, "Discretion", "No uniform, no car with a sign, evening only ...")
    ] = None
    family_in_destination_country: Annotated[
        YesNoUnknown | None, fact(Level.L2, "Family is in the country of destination", "Then trace it here.")
    ] = None
    started_with_less_because: Annotated[
        Text | None, fact(Level.L2, "Started with less because", "If name, place or relative is missing.")
    ] = None

    @model_validator(mode="after")
    def _can_be_traced_without_harm(self) -> Self:
        refuse(
            [
                *self._missing_keys(),
                *self._harmful_keys(),
                *self._header_problems(),
                *self._consent_problems(),
                *name_problems(self.tracing_seed.names, ("tracing_seed", "names")),
                *future_dates(self, self.created_at.date()),
            ]
        )
        return self

    def _consent_problems(self) -> Iterator[Problem]:
        """Yield a consent that somebody gave alone who is, or may be, a child by the age that is told here."""
        spans = self.tracing_seed.birth_spans(self.created_at.date())
        if self.consent and any(is_child_on(span, self.consent.date).needs_child_rules for span in spans):
            yield from child_alone(self.consent, ("consent",))

    def _missing_keys(self) -> Iterator[Problem]:
        """Yield a place or a relative that is missing without a reason (tracing_ready, domain 2.D)."""
        if self.started_with_less_because is not None:
            return
        seed = self.tracing_seed
        clues = (seed.village or seed.village_as_told, self.landmarks, self.known_local_persons)
        if seed.admin3 is None and sum(clue is not None for clue in clues) < 2:  # noqa: PLR2004  # any two of three
            yield Problem(
                ("tracing_seed", "admin3"),
                "not_tracing_ready",
                "a township, or two of village and landmarks",
                source="domain 2.D; domain 4",
            )
        if not any(relative.names for relative in seed.relatives or ()):
            yield Problem(
                ("tracing_seed", "relatives"),
                "not_tracing_ready",
                "the name of one relative at least",
                source="domain 2.D; domain 4",
            )

    def _harmful_keys(self) -> Iterator[Problem]:
        """Yield a phone that may be called of somebody who must not be approached."""
        limits = {limit.relation for limit in self.contact_restrictions}
        for index, relative in enumerate(self.tracing_seed.relatives or ()):
            phone = relative.phone
            if relative.relation in limits and phone is not None and phone.safe_to_call is YesNoUnknown.YES:
                yield Problem(
                    ("tracing_seed", "relatives", index, "phone", "safe_to_call"),
                    "contact_restricted",
                    HINT,
                    source="004 3.1",
                )

    def _header_problems(self) -> Iterator[Problem]:
        """Yield an answer that is asked for in the past, and files that do not belong here."""
        if self.deadline_requested is not None and self.deadline_requested < self.created_at.date():
            yield Problem(("deadline_requested",), "planned_in_past", "ask for an answer in days to come")
        if self.photo is not None and self.photo.type is AttachmentType.MEDICAL:
            yield Problem(
                ("photo", "type"), "medical_outside_annex", "medical papers go with the restricted annex only"
            )

    def contact_limits(self) -> tuple[ContactLimit, ...]:
        """Return who must not be approached."""
        return self.contact_restrictions

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the consent to trace, and the one for the photo if there is one."""
        carried = None if self.consent is None else (self.consent,)
        found = [Disclosure(ConsentPurpose.FAMILY_TRACING, self.recipient, self.case_uid, carried=carried)]
        if self.photo is not None:
            found.append(Disclosure(ConsentPurpose.PHOTO, self.recipient, self.case_uid))
        return tuple(found)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a consent that a child by the case file gave alone, and what the file restricts beyond the request."""
        yield from given_by_child_alone(self.consent, ("consent",), earlier, self.case_uid)
        limits = limits_of(others(self, earlier), self.case_uid)
        yield from dropped_limits(("contact_restrictions",), self.contact_restrictions, limits)
        yield from told_problems(("what_family_may_be_told",), self.what_family_may_be_told, earlier, self.case_uid)
