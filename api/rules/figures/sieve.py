"""The same return is told by two bodies, the welfare department and the police unit, and is counted once (004 4.8).

Each has pseudonyms of its own, so what the two tell has to be compared: sex, age, township, day, country and type of
the return. Within one agency two equal rows are two persons (siblings come home together); between agencies equal rows
are the same ones, as many as the one tells that tells most. The keys are compared in memory and stand in no row.
"""

from collections import Counter, defaultdict

from api.rules.figures.row import FigureRow
from schemas.codes import Sex

Key = tuple[object, ...]


def find_key(row: FigureRow) -> Key | None:
    """Find what a return is recognised by; ``None`` where too little is known to take it for another's."""
    if row.age_at_return is None or row.home_township is None or row.sex is Sex.NOT_KNOWN:
        return None
    place = (row.place_codes, row.home_township)
    return row.sex, row.age_at_return, *place, row.return_date, row.destination_country, row.victim_type


class Sieve:
    """Lets each return through once, in whatever order the agencies' rows are given."""

    def __init__(self) -> None:
        self._told: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        self._kept: Counter[Key] = Counter()
        self.dropped = 0

    def keeps(self, row: FigureRow, told_by: str) -> bool:
        """Say whether a row is new; whoever is asked first is the one that is kept."""
        key = find_key(row)
        if key is None:
            return True
        self._told[key][told_by] += 1
        if self._told[key][told_by] > self._kept[key]:
            self._kept[key] += 1
            return True
        self.dropped += 1
        return False
