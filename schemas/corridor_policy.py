"""What two countries agree for their corridor: a document that both sides hold (domain 4.1).

One side proposes, the other answers with the same kind: it agrees to the very same terms, or declines with a reason.
From the first day on, once both are held, the numbers bind both nodes; nobody changes them alone. A number that is left
out stays what it is without an agreement. The terms are named like the numbers of ``api/rules/policy.py``.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import Part, country_of
from schemas.case_sections.trafficking import BorderPoint
from schemas.corridor import Corridor
from schemas.dates import Day
from schemas.document import Document, KindFacts, Role, Side
from schemas.earlier import find_by_id
from schemas.facts import Level, Need, fact
from schemas.needs import Planned, Problem, refuse
from schemas.notice_codes import Channel
from schemas.rows import Codes, SomeCodes

Hours = Annotated[int, Field(ge=1, le=336)]
"""Two weeks at most: what is counted in hours is urgent."""
Days = Annotated[int, Field(ge=1, le=365)]
Months = Annotated[int, Field(ge=1, le=24)]
"""A person waits for the way home, or for a visit, two years at most."""
Times = Annotated[int, Field(ge=1, le=20)]
"""Persons or attempts."""
Age = Annotated[int, Field(ge=15, le=30)]
"""About the years in which one comes of age."""
_FROM_TO = Field(min_length=2, max_length=2)
MonthsFromTo = Annotated[tuple[Months, ...], _FROM_TO]
AgesFromTo = Annotated[tuple[Age, ...], _FROM_TO]


class PolicyStage(StrEnum):
    """What a side says about the terms."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"


class DeclineReason(StrEnum):
    """Why a side does not agree."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_LAWFUL_HERE = "not_lawful_here"
    NO_CAPACITY = "no_capacity"
    TO_BE_TALKED_ABOUT = "to_be_talked_about"
    OTHER = "other"


class PolicyTerms(Part):
    """The numbers of a corridor; what is left out stays as it is without an agreement."""

    return_months: Annotated[Months | None, fact(Level.L1, "Home within months", "004 1.1: six.")] = None
    return_warn_days: Annotated[Days | None, fact(Level.L1, "First reminder of the return after days")] = None
    basic_file_days: Annotated[Days | None, fact(Level.L1, "Basic file after days")] = None
    full_file_days: Annotated[Days | None, fact(Level.L1, "Full file after days")] = None
    full_file_special_days: Annotated[Days | None, fact(Level.L1, "Full file of a special case after days")] = None
    alert_hours: Annotated[Hours | None, fact(Level.L1, "Special case told within hours")] = None
    alert_answer_working_days: Annotated[
        Days | None, fact(Level.L1, "Special case acknowledged within working days")
    ] = None
    escape_notice_hours: Annotated[Hours | None, fact(Level.L1, "Escape told within hours")] = None
    escape_family_hours: Annotated[Hours | None, fact(Level.L1, "Family informed within hours")] = None
    receipt_working_days: Annotated[Days | None, fact(Level.L1, "Receipt within working days")] = None
    receipt_escalation_working_days: Annotated[
        Days | None, fact(Level.L1, "Second contact asked after working days")
    ] = None
    tracing_first_report_days: Annotated[Days | None, fact(Level.L1, "First report of tracing after days")] = None
    tracing_days: Annotated[Days | None, fact(Level.L1, "Result of tracing after days")] = None
    assessment_days: Annotated[Days | None, fact(Level.L1, "Assessment after days")] = None
    assessment_valid_days: Annotated[Days | None, fact(Level.L1, "Assessment valid for days")] = None
    lead_days: Annotated[Days | None, fact(Level.L1, "Notice ahead of a return, in days")] = None
    fast_lead_days: Annotated[Days | None, fact(Level.L1, "The same over a fast channel")] = None
    fast_channels: Annotated[Codes[Channel] | None, fact(Level.L1, "Fast channels")] = None
    notice_answer_days: Annotated[Days | None, fact(Level.L1, "Notice answered within days")] = None
    notice_answer_before_days: Annotated[Days | None, fact(Level.L1, "And days before the journey")] = None
    border_points: Annotated[SomeCodes[BorderPoint] | None, fact(Level.L1, "Border crossings")] = None
    countersign_hours: Annotated[Hours | None, fact(Level.L1, "Hand-over signed by both within hours")] = None
    transit_stay_days: Annotated[Days | None, fact(Level.L1, "Usual stay in transit, in days")] = None
    follow_up_months: Annotated[SomeCodes[Months] | None, fact(Level.L1, "Follow-ups after months")] = None
    follow_up_window_months: Annotated[MonthsFromTo | None, fact(Level.L1, "Or one follow-up between months")] = None
    revisit_months: Annotated[Months | None, fact(Level.L1, "Visit after the closure, in months")] = None
    lost_contact_attempts: Annotated[Times | None, fact(Level.L1, "Attempts before contact is lost")] = None
    family_contact_days: Annotated[Days | None, fact(Level.L1, "Contact with the family every days")] = None
    consent_review_months: Annotated[Months | None, fact(Level.L1, "Consent asked again after months")] = None
    legal_hold_review_days: Annotated[Days | None, fact(Level.L1, "Legal hold reviewed after days")] = None
    young_adult_ages: Annotated[AgesFromTo | None, fact(Level.L1, "Young adults, from age to age")] = None
    max_visitors: Annotated[Times | None, fact(Level.L1, "Visitors at most")] = None
    access_grace_days: Annotated[Days | None, fact(Level.L1, "Access after the return, in days")] = None

    @model_validator(mode="after")
    def _periods_agree(self) -> Self:
        refuse(list(_term_problems(self)))
        return self

    def given(self) -> dict[str, object]:
        """Return every number that is given."""
        names = (name for name in PolicyTerms.model_fields if name != "absent")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


_ASCENDING = (
    ("receipt_working_days", "receipt_escalation_working_days"),
    ("tracing_first_report_days", "tracing_days"),
    ("fast_lead_days", "lead_days"),
    ("full_file_special_days", "full_file_days"),
)
"""The first is never more than the second, where both are given."""


def _term_problems(terms: PolicyTerms) -> Iterator[Problem]:
    """Yield periods that contradict each other."""
    for first, second in _ASCENDING:
        one, other = getattr(terms, first), getattr(terms, second)
        if one is not None and other is not None and one > other:
            yield Problem((first,), "wrong_order", "the shorter of the two periods is the longer one")
    for name in ("follow_up_window_months", "young_adult_ages"):
        pair = getattr(terms, name)
        if pair is not None and pair[0] > pair[1]:
            yield Problem((name,), "ends_before_start", "it ends before it begins")
    if terms.follow_up_months is not None and tuple(sorted(terms.follow_up_months)) != terms.follow_up_months:
        yield Problem(("follow_up_months",), "wrong_order", "the first visit comes first")


class CorridorPolicy(Document):
    """What is proposed for a corridor, or what the other side says to it."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=29,
        title="Policy of a corridor",
        source="004 1.1, 1.4; domain 4.1",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.FO, Role.WO}),
        readers=frozenset({Role.CM, Role.FO, Role.WO, Role.AU}),
        needs_second_officer=True,
        scope="policy",
        about_case=False,
        answered_by="corridor_policy",
        answer_within=timedelta(days=30),
    )

    kind: Literal["corridor_policy"] = "corridor_policy"
    stage: Annotated[PolicyStage, fact(Level.L1, "Proposed, agreed or declined", need=Need.BASIC)]
    corridor: Annotated[Corridor, fact(Level.L1, "Corridor", need=Need.BASIC)]
    valid_from: Annotated[Day, fact(Level.L1, "Valid from", need=Need.BASIC), Planned()]
    terms: Annotated[PolicyTerms, fact(Level.L1, "Terms", "In an answer the same again.", need=Need.BASIC)]
    declined_because: Annotated[DeclineReason | None, fact(Level.L1, "Declined because")] = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        refuse(list(_problems(self)))
        return self

    def find_corridor(self) -> Corridor | None:
        """Return the corridor that the numbers are for."""
        return self.corridor

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield an answer to something else than a proposal of the other side, and one to other terms."""
        asked = find_by_id(Document, earlier, self.reply_to)
        if asked is None:
            return
        if not isinstance(asked, CorridorPolicy) or not self.answers(asked):
            yield Problem(("reply_to",), "answers_no_proposal", "answer a proposal of the other side")
        elif self.stage is PolicyStage.AGREED:
            for name in ("corridor", "valid_from", "terms"):
                if getattr(self, name) != getattr(asked, name):
                    yield Problem((name,), "terms_differ", "agree to what was proposed, or decline and propose anew")

    def answers(self, proposal: "CorridorPolicy") -> bool:
        """Say whether this is the other side's answer to a proposal."""
        is_between_both = (self.sender, self.recipient) == (proposal.recipient, proposal.sender)
        return is_between_both and proposal.stage is PolicyStage.PROPOSED and self.reply_to == proposal.id


def _problems(policy: CorridorPolicy) -> Iterator[Problem]:
    """Yield agencies that are not the two sides, an answer to nothing, and numbers that bind the past."""
    if policy.case_uid is not None:
        yield Problem(("case_uid",), "case_in_header", "the numbers are for every case of the corridor; leave it out")
    ends = {policy.corridor.destination, policy.corridor.origin}
    if {country_of(policy.sender), country_of(policy.recipient)} != ends:
        yield Problem(("recipient",), "outside_corridor", "one side of the corridor writes to the other")
    if (policy.stage is PolicyStage.PROPOSED) != (policy.reply_to is None):
        yield Problem(("reply_to",), "reply_contradicts", "an answer names the proposal, and a proposal answers none")
    if (policy.stage is PolicyStage.DECLINED) != (policy.declined_because is not None):
        yield Problem(("declined_because",), "decline_reason", "who declines has a reason, and nobody else")
    if policy.stage is PolicyStage.PROPOSED and policy.valid_from <= policy.created_at.date():
        yield Problem(("valid_from",), "planned_in_past", "propose it for days to come")
    if policy.stage is PolicyStage.PROPOSED and not policy.terms.given():
        yield Problem(("terms",), "nothing_proposed", "name a number at least")
