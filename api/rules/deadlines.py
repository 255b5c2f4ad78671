"""The clock of six months, from the first admission in the country; a transfer never resets it (004 1.1)."""

from collections.abc import Sequence
from datetime import date

from api.rules.agreements import BUILT_IN, Policies
from api.rules.parties import Ends
from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from schemas.base import CaseUid, country_of
from schemas.case_file import CaseFile
from schemas.dates import add_months
from schemas.document import Document
from schemas.episodes import of_this_way_home


def return_due(first_admission: date, policy: CorridorNumbers = DEFAULT_POLICY) -> date:
    """Return the day by which the person should be home: calendar months later, or the last day of that month.

    31 December and six months is 30 June; 30 August and six months is 28 or 29 February.
    """
    return add_months(first_admission, policy.return_months)


def first_admission(
    held: Sequence[Document], case_uid: CaseUid, destination: str, *, until: date = date.max
) -> date | None:
    """Return the first day in any shelter of the country on this way home, as far as it is told and before ``until``.

    Each shelter of the destination side has its newest word; who takes over later never resets the day, nor does a
    file of the origin side. Where the destination side wrote none, the newest file tells it.
    """
    headed = [(one, one.header) for one in of_this_way_home(CaseFile, held, case_uid) if one.header is not None]
    begun = headed[0][0].admission(case_uid) if headed else None
    since = begun.day if begun is not None and begun.is_again else date.min
    days = ((one.sender, header.counted_from) for one, header in headed)
    told = [(sender, max(day, since)) for sender, day in days if day is not None and day <= until]
    abroad = {sender: day for sender, day in told if country_of(sender) == destination}
    return min(abroad.values()) if abroad else next((day for _, day in reversed(told)), None)


def find_return_due(
    held: Sequence[Document], case_uid: CaseUid, ends: Ends, policies: Policies = BUILT_IN
) -> date | None:
    """Find the due day of a case, by the numbers that held in the corridor on the day of the admission."""
    started = first_admission(held, case_uid, ends.destination)
    return None if started is None else return_due(started, policies.on(ends.destination, ends.origin, started))
