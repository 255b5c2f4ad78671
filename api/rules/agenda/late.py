"""What is late is found by the rules of the watch, so that a meeting speaks of what somebody was reminded of."""

from collections.abc import Iterator

from api.rules.agenda.brought import Brought, Finder, Found, Occasion
from api.rules.watch.deadline import AlertSeverity, Deadline, Rule


def late(*rules: Rule, severity: AlertSeverity = AlertSeverity.BREACH) -> Finder:
    """Return a finder for what is waited for by these rules and is that urgent on the day of the meeting."""

    def find(case: Brought, meeting: Occasion) -> Iterator[Found]:
        return (_found(case, one) for one in case.waits_for(*rules) if meeting.severity(one) is severity)

    return find


def _found(case: Brought, one: Deadline) -> Found:
    """Return a deadline with the document that it is about; the day is that of who has to act."""
    about = next((document for document in case.held if document.id == one.subject), None)
    is_of_case = about is None or len(about.case_uids()) == 1
    return Found((about.id,) if about else (), one.due_at.date(), is_of_case=is_of_case)
