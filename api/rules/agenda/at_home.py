"""What an operational meeting speaks about: who came, who looks after them, how they live (domain 3.16; 004 2.9)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from api.rules.agenda.brought import Brought, Finder, Found, Occasion
from api.rules.agenda.late import late
from api.rules.agenda.way_home import negative_assessment, special_case
from api.rules.watch.deadline import AlertSeverity, Rule
from schemas.aftercare_codes import AssignmentOutcome
from schemas.document import RETURNED, SHELTERED, CaseState
from schemas.figures_codes import Topic
from schemas.readmission import Readmission
from schemas.reception_record import ReceptionRecord
from schemas.service_provider_assignment import ServiceProviderAssignment

_BACK = RETURNED | {CaseState.LOST_CONTACT}
_NEEDS_PROVIDER = frozenset({CaseState.RECEIVED, CaseState.HOME, CaseState.READMITTED})


def arrival(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield who arrived since the meeting before; without one, who is still in a transit shelter."""
    received = case.newest(ReceptionRecord)
    if received is None or (meeting.since is None and case.state not in SHELTERED):
        return
    if meeting.is_new(received.arrived_at.date()):
        yield Found(refs=(received.id,))


def assignment_to_make(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield who is back, or was taken in again, and for whom nobody has decided who helps."""
    assigned = case.newest(ServiceProviderAssignment)
    again = case.newest(Readmission)
    is_pending = assigned is None or assigned.outcome is AssignmentOutcome.PENDING
    is_before = assigned is not None and again is not None and assigned.decided_on < again.readmitted_on
    if case.state in _NEEDS_PROVIDER and (is_pending or is_before):
        yield Found(refs=(again.id,) if is_before and again else ())


def unassigned(case: Brought, _meeting: Occasion) -> Iterator[Found]:
    """Yield for whom no provider could be found; the number is counted (004 4.4)."""
    assigned = case.newest(ServiceProviderAssignment)
    if assigned is not None and assigned.outcome is AssignmentOutcome.UNASSIGNED:
        yield Found(refs=(assigned.id,))


def long_stay(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield who has stayed longer than usual and is still there; to stay is a right, so nothing is due (004 2.1)."""
    if case.state in SHELTERED:
        found = late(Rule.TRANSIT_STAY, severity=AlertSeverity.INFO)(case, meeting)
        yield from (replace(one, due=None) for one in found)


def readmission(case: Brought, meeting: Occasion) -> Iterator[Found]:
    """Yield who was taken in again since the meeting before; without one, who is still taken in again."""
    again = case.newest(Readmission)
    if again is None or (meeting.since is None and case.state is not CaseState.READMITTED):
        return
    if meeting.is_new(again.readmitted_on):
        yield Found(refs=(again.id,))


def _only_back(finder: Finder) -> Finder:
    """Return a finder for who is back: what is still to come is spoken about between the countries."""

    def find(case: Brought, meeting: Occasion) -> Iterator[Found]:
        if case.state in _BACK:
            yield from finder(case, meeting)

    return find


AT_HOME: Mapping[Topic, Finder] = {
    Topic.ARRIVAL: arrival,
    Topic.ASSIGNMENT_TO_MAKE: assignment_to_make,
    Topic.UNASSIGNED: unassigned,
    Topic.NEGATIVE_ASSESSMENT: negative_assessment,
    Topic.SPECIAL_CASE: _only_back(special_case),
    Topic.LONG_STAY: long_stay,
    Topic.FOLLOW_UP_OVERDUE: late(Rule.FOLLOW_UP),
    Topic.REVISIT_OVERDUE: late(Rule.REVISIT),
    Topic.READMISSION: readmission,
}
"""By topic, in the order of the agenda."""
