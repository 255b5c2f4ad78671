"""The policy table as data: each rule, whose it is, until when it is waited for, what finds it, and what to do.

``deadlines_of`` walks it. A row of domain 4.1 with two clocks has two rows here. What is yearly has a file of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from api.rules.watch import aftercare, alarms, answers, family, journey, shelter
from api.rules.watch.case import Phase, Watched
from api.rules.watch.clock import reminder
from api.rules.watch.deadline import Deadline, Rule
from api.rules.watch.found import Found
from schemas.document import Role
from schemas.need_to_know import Row

_SW, _CM, _FO, _WO, _NG, _ST = Role.SW, Role.CM, Role.FO, Role.WO, Role.NG, Role.ST


@dataclass(frozen=True)
class Watch:
    """One row of the table."""

    owners: tuple[Role, ...]
    phase: Phase
    find: Callable[[Watched], Iterator[Found]]


RULES: Mapping[Rule, Watch] = {
    Rule.RETURN: Watch((_SW, _FO), Phase.SHELTER, shelter.home_in_time),
    Rule.BASIC_FILE: Watch((_SW, _FO), Phase.SHELTER, shelter.basic_file),
    Rule.FULL_FILE: Watch((_SW, _CM), Phase.SHELTER, shelter.full_file),
    Rule.SPECIAL_CASE_TOLD: Watch((_FO,), Phase.SHELTER, alarms.special_case_told),
    Rule.SPECIAL_CASE_ANSWERED: Watch((_FO,), Phase.HOME, answers.answers_due(Rule.SPECIAL_CASE_ANSWERED)),
    Rule.ESCAPE_TOLD: Watch((_WO, _FO), Phase.LIFE, alarms.escape_told),
    Rule.FAMILY_INFORMED: Watch((_WO, _FO), Phase.LIFE, answers.answers_due(Rule.FAMILY_INFORMED)),
    Rule.RECEIPT: Watch((_FO,), Phase.EVER, answers.receipt),
    Rule.SECOND_CONTACT: Watch((_FO, _CM), Phase.EVER, answers.second_contact),
    Rule.TRACING_BEGUN: Watch((_WO,), Phase.HOME, family.tracing_begun),
    Rule.TRACING_RESULT: Watch((_WO,), Phase.HOME, answers.answers_due(Rule.TRACING_RESULT)),
    Rule.ASSESSMENT: Watch((_WO,), Phase.HOME, family.assessed_after_tracing),
    Rule.NOTICE_LEAD: Watch((_FO,), Phase.SHELTER, journey.announced_in_time),
    Rule.NOTICE_ANSWERED: Watch((_FO,), Phase.SHELTER, answers.answers_due(Rule.NOTICE_ANSWERED)),
    Rule.ASSESSMENT_AGE: Watch((_WO,), Phase.HOME, family.assessment_age),
    Rule.HANDOVER_SIGNED: Watch((_FO,), Phase.LIFE, answers.answers_due(Rule.HANDOVER_SIGNED)),
    Rule.TRANSIT_STAY: Watch((_WO, _FO), Phase.HOME, journey.transit_stay),
    Rule.FOLLOW_UP: Watch((_NG, _WO), Phase.LIFE, aftercare.follow_ups),
    Rule.REVISIT: Watch((_NG, _WO), Phase.LIFE, aftercare.revisit),
    Rule.FAMILY_CONTACT: Watch((_SW,), Phase.SHELTER, shelter.family_contact),
    Rule.CONSENT_REVIEW: Watch((_CM,), Phase.SHELTER, shelter.consent_review),
    Rule.HOLD_REVIEW: Watch((_CM,), Phase.SHELTER, shelter.hold_review),
    Rule.ANSWER: Watch((_FO, _CM), Phase.LIFE, answers.answers_due(Rule.ANSWER)),
    Rule.CLOSED_ELSEWHERE: Watch((_FO, _WO, _CM), Phase.EVER, aftercare.closed_elsewhere),
}


@dataclass(frozen=True)
class Words:
    """What a rule is called, what to do about it, and of which row of the access matrix it tells.

    ``None`` is for what tells of a document in general, or of nobody.
    """

    label: str
    hint: str
    about: Row | None


WORDS: Mapping[Rule, Words] = {
    Rule.RETURN: Words(
        "Home within six months", "Plan the return, or name the barrier for the next meeting.", Row.HEADER
    ),
    Rule.BASIC_FILE: Words("Basic file sent", "Send the basic form now; what is unknown can follow.", Row.HEADER),
    Rule.FULL_FILE: Words("Full file sent", "Complete the form; special cases come first.", Row.HEADER),
    Rule.SPECIAL_CASE_TOLD: Words(
        "Special case told", "Raise the alert, so that the other side gets ready.", Row.FLAGS
    ),
    Rule.SPECIAL_CASE_ANSWERED: Words(
        "Special case acknowledged", "The side that was asked answers with a plan.", Row.FLAGS
    ),
    Rule.ESCAPE_TOLD: Words("Escape told", "Send the notice at once.", Row.ESCAPE),
    Rule.FAMILY_INFORMED: Words(
        "Family informed", "Inform whom the notice names, or answer why nobody was.", Row.ESCAPE
    ),
    Rule.RECEIPT: Words("Receipt of what was sent", "Look at the outbox for why it is not there yet.", None),
    Rule.SECOND_CONTACT: Words("Still no receipt", "Call the other side's second contact.", None),
    Rule.TRACING_BEGUN: Words(
        "First report of tracing", "Report the first attempt, also one without success.", Row.TRACING
    ),
    Rule.TRACING_RESULT: Words("Result of tracing", "Answer the request, or stop it with a reason.", Row.TRACING),
    Rule.ASSESSMENT: Words("Family assessed", "Assess the family that was found.", Row.TRACING),  # somebody was located
    Rule.NOTICE_LEAD: Words(
        "Notice ahead of the return", "It came late: answer it, or agree on another day.", Row.NOTICE
    ),
    Rule.NOTICE_ANSWERED: Words("Notice answered", "Answer for each person who can come.", Row.NOTICE),
    Rule.ASSESSMENT_AGE: Words(
        "Assessment still valid", "Assess again before the way home, or waive with a reason.", Row.ASSESSMENT_RESULT
    ),
    Rule.HANDOVER_SIGNED: Words("Hand-over signed by both", "The other side signs a record of its own.", Row.HANDOVER),
    Rule.TRANSIT_STAY: Words("Long stay in transit", "For the meeting only; the person may stay.", Row.RECEPTION),
    Rule.FOLLOW_UP: Words("Follow-up", "Visit, and report what was seen.", Row.FOLLOW_UP),
    Rule.REVISIT: Words("Visit after the closure", "Visit once more, and report.", Row.FOLLOW_UP),
    Rule.STATISTICS: Words("Figures of the year", "Freeze and sign the figures of the year.", None),
    Rule.FAMILY_CONTACT: Words(
        "Contact with the family", "Help the person to write or call, if that is wanted.", Row.FAMILY
    ),
    Rule.CONSENT_REVIEW: Words(
        "Consent asked again", "Ask again what may be shared, and record the answers.", Row.CONSENT
    ),
    Rule.HOLD_REVIEW: Words(
        "Legal hold reviewed", "Ask the person again, and name the next day of review.", Row.JUSTICE
    ),
    Rule.HOT_SPOTS: Words("List of hot spots", "Make the list for the year; it comes with the figures.", None),
    Rule.ANSWER: Words("Answer", "Answer what was asked.", None),
    Rule.CLOSED_ELSEWHERE: Words(
        "Closed by one side alone",
        "Make sure that it is so, and close the case on your side; or correct it, or take the case in again. Until "
        "then all goes on.",
        Row.CLOSURE,
    ),
}


def deadlines_of(case: Watched) -> tuple[Deadline, ...]:
    """Return everything that is or was due in a case, soonest first; the same in whatever order the documents came.

    What is waited for no more, and was not met, is left out.
    """
    found = (_deadline(rule, watch, one) for rule, watch in RULES.items() for one in watch.find(case))
    open_or_met = [one for one in found if one.met_at is not None or not case.is_past(RULES[one.rule].phase)]
    by_place = {(one.rule, one.subject): one for one in sorted(open_or_met, key=lambda one: one.met_at is None)}
    return tuple(sorted(by_place.values(), key=lambda one: (one.due_at, one.rule, one.subject)))


def _deadline(rule: Rule, watch: Watch, found: Found) -> Deadline:
    met_at, met_by = found.met or (None, None)
    return Deadline(
        rule=rule,
        subject=found.subject,
        started=found.started,
        warn_at=found.warn_at or reminder(found.started, found.due_at),
        due_at=found.due_at,
        owners=watch.owners,
        met_at=met_at,
        met_by=met_by,
    )
