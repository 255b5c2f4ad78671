"""The clock of six months, from the first admission in the country; a transfer never resets it (004 1.1)."""

from datetime import date

from api.rules.agreements import BUILT_IN, Policies
from api.rules.parties import Ends
from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.case_file import CaseFile
from schemas.dates import add_months
from schemas.document import Document


def return_due(first_admission: date, policy: CorridorNumbers = DEFAULT_POLICY) -> date:
    """Return the day by which the person should be home: calendar months later, or the last day of that month.

    31 December and six months is 30 June; 30 August and six months is 28 or 29 February.
    """
    return add_months(first_admission, policy.return_months)


def find_admission(document: Document) -> date | None:
    """Find the day from which a document counts the months; only a case file with an admission names one."""
    return document.header.counted_from if isinstance(document, CaseFile) and document.header is not None else None


def find_return_due(document: Document, ends: Ends, policies: Policies = BUILT_IN) -> date | None:
    """Find the due day that a document sets, by the numbers that held in the corridor on the day of the admission."""
    started = find_admission(document)
    return None if started is None else return_due(started, policies.on(ends.destination, ends.origin, started))
