"""What an agency owes once a year, whatever its cases: the figures, and the list of hot spots (D16, D19)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from api.rules.watch.clock import end_of, start_of
from api.rules.watch.deadline import Deadline, Rule
from schemas.base import country_of
from schemas.document import Role

OWNERS: Mapping[Rule, tuple[Role, ...]] = {Rule.STATISTICS: (Role.ST, Role.WO), Rule.HOT_SPOTS: (Role.ST,)}
GRACE = timedelta(days=31)
"""Until the end of January. The figures are those of an agency, of all its corridors, so no corridor agrees on it."""


def yearly(agency: str, year: int, frozen_at: datetime | None) -> Iterator[Deadline]:
    """Yield what is due about a year: by its last day, with some days of grace (004 2.12, 4.1).

    Both are met when the figures of the year, of which the hot spots are a part, were frozen and signed.
    """
    place, last = country_of(agency), date(year, 12, 31)
    for rule, owners in OWNERS.items():
        yield Deadline(
            rule=rule,
            subject=str(year),
            started=start_of(date(year, 1, 1), place),
            warn_at=end_of(last, place),
            due_at=end_of(last + GRACE, place),
            owners=owners,
            met_at=frozen_at,
        )
