"""The notice that somebody left the shelter: for welfare, not for enforcement (004 1.10; domain 3.4).

The origin side is told early, so that the family hears it as soon as possible, but only those of the family who may:
consent was asked at admission, since it can't be asked now, and who must not be approached is named here and refused
everywhere. An escape suspends no deadline: the clock of six months runs on, and the case is left out of the figure.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.ages import IsChild
from schemas.background_codes import MayBeTold
from schemas.base import CaseUid, CaseUidField, Instant, Part, Text, YesNoUnknown
from schemas.care_codes import ConsentDecision
from schemas.codes import IdDocumentType, Relation
from schemas.contact_limits import ContactLimit, contact_problems, dropped_limits, limits_of
from schemas.document import CaseState, ConsentPurpose, Document, KindFacts, Role, Side
from schemas.earlier import others
from schemas.escape_codes import (
    BelievedDestination,
    BelievedSafety,
    EscapeCircumstances,
    EscapeStatus,
    InformingAllowed,
    PoliceReportReason,
)
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.permissions import told_problems
from schemas.rows import Codes, Rows


class PoliceReport(Part):
    """Whether the police were told, and why; for welfare, not for enforcement."""

    reported: Annotated[YesNoUnknown, fact(Level.L2, "Reported to the police", need=Need.BASIC)]
    reason: Annotated[PoliceReportReason | None, fact(Level.L2, "Why", "Reasons of welfare only.")] = None
    text: Annotated[Text | None, fact(Level.L3, "In words")] = None

    @model_validator(mode="after")
    def _a_report_has_a_reason(self) -> Self:
        if (self.reported is YesNoUnknown.YES) != (self.reason is not None):
            refuse([Problem(("reason",), "report_reason", "a report to the police has a reason of welfare")])
        return self


class FamilyInforming(Part):
    """Whether the family may be told, who of it, what, and who not."""

    allowed: Annotated[InformingAllowed, fact(Level.L2, "May be informed", need=Need.BASIC)]
    may_inform: Annotated[
        Codes[Relation], fact(Level.L2, "These only", "If limited: the relatives who may be told.")
    ] = ()
    may_be_told: Annotated[
        Codes[MayBeTold], fact(Level.L2, "What may be told", "What is not ticked stays untold.")
    ] = ()
    contact_restrictions: Annotated[
        Rows[ContactLimit], fact(Level.L3, "Not to be approached", "An empty list says: none.", need=Need.BASIC)
    ]

    @model_validator(mode="after")
    def _names_whom_and_never_who_must_not(self) -> Self:
        problems = list(
            contact_problems(("may_inform",), self.may_inform, {row.relation for row in self.contact_restrictions})
        )
        if (self.allowed is InformingAllowed.LIMITED) != bool(self.may_inform):
            problems.append(
                Problem(("may_inform",), "limited_to_whom", "limited names the relatives, and only limited")
            )
        if self.allowed is InformingAllowed.NO and self.may_be_told:
            problems.append(Problem(("may_be_told",), "told_to_nobody", "if nobody may be informed, nothing is told"))
        refuse(problems)
        return self


class EscapeNotice(Document):
    """Somebody has left the shelter without leave, or was taken."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=5,
        title="Escape notice",
        source="004 1.10",
        senders=frozenset({Side.DESTINATION}),
        writers=frozenset({Role.SW, Role.FO}),
        row=Row.ESCAPE,
        scope="escape",
        answered_by="escape_family_informed",
        answer_within=timedelta(hours=72),  # domain 4.1, D05
    )

    kind: Literal["escape_notice"] = "escape_notice"
    case_uid: CaseUidField
    escape_discovered_at: Annotated[Instant, fact(Level.L2, "Discovered at", need=Need.BASIC)]
    last_seen_at: Annotated[Instant | None, fact(Level.L2, "Last seen at")] = None
    circumstances: Annotated[EscapeCircumstances, fact(Level.L2, "How", need=Need.BASIC)]
    alone: Annotated[YesNoUnknown, fact(Level.L2, "Alone", need=Need.BASIC)]
    with_case_uids: Annotated[
        Codes[CaseUidField], fact(Level.L2, "Together with", "Cases; each gets a notice of its own.")
    ] = ()
    believed_destination: Annotated[BelievedDestination, fact(Level.L3, "May be going", need=Need.BASIC)]
    believed_safety: Annotated[BelievedSafety, fact(Level.L3, "Worry about safety", need=Need.BASIC)]
    is_child: Annotated[IsChild, fact(Level.L1, "Child", "Uncertain is treated as a child.", need=Need.BASIC)]
    special_case: Annotated[YesNoUnknown, fact(Level.L1, "Special case", "The flag only.", need=Need.BASIC)]
    medical_urgency: Annotated[
        YesNoUnknown, fact(Level.L2, "Needs medical help soon", "No diagnosis.", need=Need.BASIC)
    ]
    reported_to_police: Annotated[PoliceReport, fact(Level.L2, "Police", need=Need.BASIC)]
    family_consent: Annotated[
        ConsentDecision,
        fact(Level.L1, "Consent to inform the family", "As it was recorded at admission.", need=Need.BASIC),
    ]
    family_informing: Annotated[FamilyInforming, fact(Level.L2, "Informing the family", need=Need.BASIC)]
    documents_left_behind: Annotated[Codes[IdDocumentType] | None, fact(Level.L2, "Papers left behind")] = None
    belongings_left_behind: Annotated[YesNoUnknown | None, fact(Level.L2, "Belongings left behind")] = None
    status: Annotated[EscapeStatus, fact(Level.L1, "Status")] = EscapeStatus.OPEN
    excluded_from_timeliness_metric: Annotated[
        Literal[True], fact(Level.L1, "Left out of the figure of timely returns", "The clock itself runs on.")
    ] = True

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        refuse([*self._problems(), *future_dates(self, self.created_at.date())])
        return self

    def _problems(self) -> Iterator[Problem]:
        if self.last_seen_at is not None and self.last_seen_at > self.escape_discovered_at:
            yield Problem(("last_seen_at",), "wrong_order", "the person was last seen before it was discovered")
        if self.with_case_uids and self.alone is YesNoUnknown.YES:
            yield Problem(("with_case_uids",), "alone_contradicts", "either alone, or together with somebody")
        if self.case_uid in self.with_case_uids:
            yield Problem(("with_case_uids",), "with_self", "name the others")
        if self.informs_family and self.family_consent is not ConsentDecision.GIVEN and self.vital_interest is None:
            yield Problem(
                ("family_informing", "allowed"),
                "consent_contradicts",
                "without consent the family is not informed",
                source="domain 2.J",
            )

    @property
    def informs_family(self) -> bool:
        """Whether somebody of the family may be informed."""
        return self.family_informing.allowed is not InformingAllowed.NO

    def contact_limits(self) -> tuple[ContactLimit, ...]:
        """Return who must not be approached."""
        return self.family_informing.contact_restrictions

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that a case escapes while nobody has found the person."""
        return CaseState.ESCAPED if case_uid == self.case_uid and self.status is EscapeStatus.OPEN else None

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the consent to share with the other side, and the one to inform the family where it is allowed."""
        purposes = [ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE]
        if self.informs_family:
            purposes.append(ConsentPurpose.INFORM_FAMILY_OF_ESCAPE)
        return tuple(Disclosure(purpose, self.recipient, self.case_uid) for purpose in purposes)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a problem where the case file restricts more than the notice passes on."""
        limits, here = limits_of(others(self, earlier), self.case_uid), "family_informing"
        yield from contact_problems((here, "may_inform"), self.family_informing.may_inform, limits)
        yield from dropped_limits((here, "contact_restrictions"), self.contact_limits(), limits)
        yield from told_problems((here, "may_be_told"), self.family_informing.may_be_told, earlier, self.case_uid)
