"""Where a piece of a document stands in the access matrix: who needs to know it (domain 5).

A kind declares its row in its facts, a section of the case file on its class, a single field by ``Under``; whatever
says nothing stands where the group around it stands. Which role sees a row, and when, is decided by the rules alone
(``api/rules/access_matrix.py``).
"""

from dataclasses import dataclass
from enum import StrEnum


class Row(StrEnum):
    """A row of the access matrix: a section of the case file, a part of one, or a further kind of document."""

    HEADER = "A header"
    IDENTITY = "B identity"
    ADDRESS = "C address & directions"
    FAMILY = "D family & restrictions"
    TRAFFICKING = "E trafficking summary"
    EXPLOITATION = "E restricted exploitation"
    FLAGS = "F special flags"
    NEEDS = "F details"
    CARE = "G interim care"
    HEALTH = "Health restricted"
    WISHES = "H return wishes"
    JUSTICE = "I legal block"
    PERPETRATORS = "I perpetrators"
    CONSENT = "J consent"
    TRACING = "Tracing request/result"
    ASSESSMENT = "Family assessment"
    ASSESSMENT_RESULT = "Family assessment, result"
    DECISION = "Return decision / BID"
    NOTICE = "Repatriation notice"
    HANDOVER = "Handover"
    RECEPTION = "Reception / needs"
    FOLLOW_UP = "Assignment / follow-up"
    CLOSURE = "Closure / readmission"
    LETTERS = "Family letters"
    ESCAPE = "Escape notice"
    STATISTICS = "Statistics row"
    AGENDA = "Agenda of a meeting"


@dataclass(frozen=True)
class Under:
    """Marks a field that stands under another row than the group around it."""

    row: Row
