"""A case as one agency holds it: whose documents count in it, and which numbers held when.

Deadlines and figures both look at a case this way, so that what starts a clock is what makes a return.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from api.rules.agreements import BUILT_IN, Policies
from api.rules.parties import list_moving
from api.rules.policy import CorridorNumbers
from api.rules.watch.clock import day_of
from schemas.base import AgencyId, CaseUid
from schemas.document import Document


@dataclass(frozen=True)
class HeldCase:
    """A case: the agency that holds it, the corridor, its documents as they came, and what was agreed."""

    case_uid: CaseUid
    agency: AgencyId
    destination: str
    origin: str
    held: Sequence[Document]
    policies: Policies = field(default=BUILT_IN, kw_only=True)
    is_opened_here: bool = field(default=False, kw_only=True)
    """Whether staff of the agency opened it, and no document brought it."""

    @cached_property
    def counting(self) -> tuple[Document, ...]:
        """The documents that may move the case, each once, by time and id; a stranger's starts and makes nothing."""
        moving = list_moving(self.case_uid, self.held, self, self.agency, is_opened_here=self.is_opened_here)
        own = {(one.id, one.sender): one for one in moving}
        return tuple(sorted(own.values(), key=lambda one: (one.created_at, one.id, one.sender)))

    def policy_on(self, day: date) -> CorridorNumbers:
        """Return the numbers that held on a day: a later agreement changes nothing of what began before."""
        return self.policies.on(self.destination, self.origin, day)

    def policy_at(self, moment: datetime) -> CorridorNumbers:
        """Return the numbers that held at an instant, by the calendar of the destination."""
        return self.policy_on(day_of(moment, self.destination))
