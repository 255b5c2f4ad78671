"""May this reader see this piece? One pure and total decision over role, row, level, assignment, consent and purpose.

The default is no. Of several roles the one that sees most counts. What identifies (L2) follows the matrix alone; what
is sensitive (L3) is seen whole or not at all, under a purpose that allows it; what is restricted (L4) needs a purpose
that is named and two people, or broken glass where the matrix has it. Destination agencies see what others wrote until
the return and a time of grace are over (domain 5). What was told under a consent that was taken back is seen no more,
save in an emergency (domain 2.J rule 3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from api.rules.access_matrix import MATRIX, Cell, cell_of
from schemas.document import BEFORE_RETURN, CaseState, ConsentPurpose, Role
from schemas.facts import Level
from schemas.need_to_know import Row


class LookPurpose(StrEnum):
    """Why somebody looks; it stands in addresses and in the log, so no word of it tells anything about a person."""

    CASE_WORK = "case_work"
    HEALTH_CARE = "care"
    PROTECTION = "protection"
    LEGAL = "legal"
    STATISTICS = "statistics"
    AUDIT = "audit"


class Sight(IntEnum):
    """How much is seen, from nothing to all."""

    NONE = 0
    COUNTED = 1
    """in figures only, never in a document"""
    MASKED = 2
    """flags and codes only"""
    OWN = 3
    """the entries that name the reader's own agency, or none in particular"""
    WHOLE = 4


class Leave(StrEnum):
    """What was granted beyond the matrix, for a time."""

    BROKEN_GLASS = "break_glass"
    RELEASE = "release"
    TERMS = "terms"
    """Of no case: the numbers of a corridor, which a second officer approved."""


class Why(StrEnum):
    """Why something is withheld, the last one being what the reader can do most about."""

    ROLE = "role"
    ENDED = "ended"
    RECALLED = "recalled"
    LEVEL = "level"
    CONSENT = "consent"
    GLASS = "glass"
    RELEASE = "release"
    PURPOSE = "purpose"
    NOT_ASSIGNED = "not_assigned"


@dataclass(frozen=True)
class Ask:
    """One question: who looks at what, standing how to the case, and why."""

    roles: frozenset[Role]
    row: Row
    level: Level
    purpose: LookPurpose = LookPurpose.CASE_WORK
    is_assigned: bool = False
    is_own: bool = False
    is_origin: bool = False
    has_ended: bool = False
    consents: frozenset[ConsentPurpose] = frozenset()
    leaves: frozenset[Leave] = frozenset()
    is_recalled: bool = False


@dataclass(frozen=True)
class Judgement:
    """How much is seen, and why not more."""

    sight: Sight
    why: Why | None = None


_CEILINGS: Mapping[LookPurpose, Level] = {
    LookPurpose.CASE_WORK: Level.L3,
    LookPurpose.HEALTH_CARE: Level.L4,
    LookPurpose.PROTECTION: Level.L4,
    LookPurpose.LEGAL: Level.L4,
    LookPurpose.STATISTICS: Level.L1,
    LookPurpose.AUDIT: Level.L1,
}
"""The most sensitive level that each purpose opens."""
METADATA_ONLY = frozenset({Role.AU})
"""Roles that see who saw what, and of a document what is operational (L1) at most."""
_APPROVERS = frozenset({Role.CM, Role.FO})
_REASONS = tuple(Why)


def may_see(ask: Ask) -> Sight:
    """Return how much of a piece the reader sees."""
    return judge(ask).sight


def judge(ask: Ask) -> Judgement:
    """Return how much of a piece the reader sees, and why not more."""
    if ask.has_ended and not ask.is_own:
        return Judgement(Sight.NONE, Why.ENDED)
    if ask.is_recalled and not ask.is_own and ask.level > Level.L1 and Leave.BROKEN_GLASS not in ask.leaves:
        return Judgement(Sight.NONE, Why.RECALLED)
    found = (_judge(role, ask) for role in ask.roles)
    return max(found, key=_usefulness, default=Judgement(Sight.NONE, Why.ROLE))


def is_over(reached: CaseState, returned_at: datetime | None, grace: timedelta, now: datetime) -> bool:
    """Say whether a destination agency's access to what others wrote is over.

    The time of grace runs from the first record of the return (``returned_at``), so that nobody prolongs it by a
    correction of their own, nor by writing anything else; what is told of the person since opens nothing again.
    ``reached`` is the main line alone: a record at the border counts for nobody who was sent back, and no state beside
    the way home, which the destination side tells by itself, makes a return undone.
    """
    return reached not in BEFORE_RETURN and returned_at is not None and now > returned_at + grace


def consent_for(role: Role) -> ConsentPurpose:
    """Return the consent that a ``c`` asks of a role."""
    return ConsentPurpose.SHARE_WITH_LAW_ENFORCEMENT if role is Role.LE else ConsentPurpose.SHARE_HEALTH_RESTRICTED


def opens(purpose: LookPurpose) -> Level:
    """Return the most sensitive level that a purpose opens."""
    return _CEILINGS[purpose]


def may_break_glass(roles: Iterable[Role]) -> bool:
    """Say whether the matrix has anything for a role that an emergency opens."""
    return any("g" in cells[role].words for cells in MATRIX.values() for role in roles if role in cells)


def may_release(roles: Iterable[Role], purpose: LookPurpose) -> bool:
    """Say whether a role may be the second person who agrees that restricted detail is shown or sent."""
    approving = _APPROVERS | ({Role.HO} if purpose is LookPurpose.HEALTH_CARE else frozenset())
    return not approving.isdisjoint(roles)


def _usefulness(found: Judgement) -> tuple[Sight, int]:
    return found.sight, -1 if found.why is None else _REASONS.index(found.why)


def _judge(role: Role, ask: Ask) -> Judgement:
    """Judge for one role: first by the matrix, then by how sensitive the piece is."""
    cell = cell_of(ask.row, ask.level, role)
    found = _by_matrix(cell, role, ask)
    ceiling = Level.L1 if role in METADATA_ONLY or found.sight is Sight.MASKED else cell.ceiling
    if found.sight < Sight.MASKED:
        return found
    if ask.level > ceiling:
        return Judgement(Sight.NONE, found.why or Why.LEVEL)
    if ask.level > opens(ask.purpose):
        return Judgement(Sight.NONE, Why.PURPOSE)
    if ask.level is Level.L4 and not _is_released(cell, ask):
        return Judgement(Sight.NONE, Why.RELEASE)
    return found


def _by_matrix(cell: Cell, role: Role, ask: Ask) -> Judgement:
    """Return what the cell gives, whatever the level."""
    missing = _missing(cell, role, ask)
    if missing is None:
        return Judgement(Sight.OWN if "own" in cell.words else Sight.WHOLE)
    if "m" in cell.words and (ask.is_assigned or "own" not in cell.words):
        return Judgement(Sight.MASKED, Why.LEVEL if missing is Why.ROLE else missing)
    if "m" in cell.words:
        return Judgement(Sight.NONE, Why.NOT_ASSIGNED)
    return Judgement(Sight.COUNTED if "a" in cell.words else Sight.NONE, missing)


def _missing(cell: Cell, role: Role, ask: Ask) -> Why | None:
    """Return what is missing to read the row whole; ``None`` where nothing is."""
    is_wrong_side = "origin" in cell.words and not ask.is_origin
    match cell.reads:
        case "R":
            return Why.ROLE if is_wrong_side else None
        case "r" | "c" if not ask.is_assigned:
            return Why.NOT_ASSIGNED
        case "c":
            return None if consent_for(role) in ask.consents else Why.CONSENT
        case "r":
            return None
        case "g":
            return None if Leave.BROKEN_GLASS in ask.leaves else Why.GLASS
        case _:
            return Why.ROLE


def _is_released(cell: Cell, ask: Ask) -> bool:
    """Say whether two people agreed to show what is restricted, or the glass was broken where the matrix has it."""
    return Leave.RELEASE in ask.leaves or ("g" in cell.words and Leave.BROKEN_GLASS in ask.leaves)
