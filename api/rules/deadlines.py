"""The clock of six months, from the first admission in the country; a transfer never resets it (004 1.1)."""

from datetime import date

from api.rules.policy import DEFAULT_POLICY, CorridorPolicy, policy_for
from schemas.case_file import CaseFile
from schemas.dates import add_months
from schemas.document import Document


def return_due(first_admission: date, policy: CorridorPolicy = DEFAULT_POLICY) -> date:
    """Return the day by which the person should be home: calendar months later, or the last day of that month.

    31 December and six months is 30 June; 30 August and six months is 28 or 29 February.
    """
    return add_months(first_admission, policy.return_months)


def find_return_due(document: Document) -> date | None:
    """Find the due day that a document sets; only a case file with an admission sets one."""
    if not isinstance(document, CaseFile) or document.header is None:
        return None
    header = document.header
    started = header.first_admission_date or header.admission_date
    if started is None or header.corridor is None:
        return None
    return return_due(started, policy_for(header.corridor.destination, header.corridor.origin))
