"""How old somebody is, on three days that matter: at admission, now, and on the return. Never one number: an interval.

The spans themselves are arithmetic and live in ``schemas/ages.py``; here is what they mean for a case. Uncertain is
treated as a child (domain 8, dates 5 to 7).
"""

from dataclasses import dataclass
from datetime import date

from schemas.ages import IsChild
from schemas.case_body import CaseBody


@dataclass(frozen=True)
class AgeOn:
    """The age on one day: lowest and highest completed years, and the test for a child."""

    day: date
    lowest: int | None
    highest: int | None
    is_child: IsChild


def age_on(body: CaseBody, day: date) -> AgeOn:
    """Return the age on a day from all evidence in the file; without evidence both bounds are ``None``."""
    span = body.birth_span(day)
    lowest, highest = span.ages_on(day) if span else (None, None)
    return AgeOn(day, lowest, highest, body.is_child(day))


def has_age_conflict(body: CaseBody, day: date) -> bool:
    """Say whether birth and the age that was told can't both be true; both are kept, and a person looks at it."""
    admission = body.header.admission_date if body.header else None
    spans = body.person.birth_spans(admission or day) if body.person else ()
    return any(not one.overlaps(other) for one in spans for other in spans)
