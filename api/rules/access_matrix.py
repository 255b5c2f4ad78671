"""The access matrix: which role needs to know which part (domain 5), as a table that reads like the agreed one.

``W`` writes; ``R`` reads; ``r`` reads if assigned to the case; ``c`` reads if assigned and the person agreed to share
it with this agency for that purpose; ``g`` reads after breaking the glass; ``m`` sees flags and codes only; ``a`` is
counted in figures only; ``-`` sees nothing. A ``W`` alone reads too: who writes sees what is continued. Beside a
letter, ``own`` limits it to what concerns the reader's own cases or agency, ``summary`` to what identifies (L2), and
``origin`` to agencies on the origin side. The administrator of a machine (AD) has no column: no content.

Three rows of the agreed table speak of two things at once and are two rows here: the legal block and perpetrators, a
family assessment and its result. The row of agendas is our own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.document import Role
from schemas.facts import Level
from schemas.need_to_know import Row

_TABLE = """
| row                       | SW  | CM       | FO       | WO  | NG        | LE    | HO    | ST  | AU | PI |
| A header                  | W r | W r      | R        | R   | r         | m     | r     | a   | R  | R  |
| B identity                | W r | W r      | R        | R   | r         | c     | r     | -   | -  | R  |
| C address & directions    | W r | W r      | R        | R   | r         | c     | -     | a   | -  | R  |
| D family & restrictions   | W r | W r      | r        | R   | r summary | -     | -     | -   | -  | -  |
| E trafficking summary     | W r | W r      | r        | r   | m         | c     | -     | a   | -  | -  |
| E restricted exploitation | W r | r        | g        | c   | c         | c     | c     | -   | -  | -  |
| F special flags           | W r | W r      | R        | R   | r         | m     | r     | a   | -  | R  |
| F details                 | W r | W r      | r        | r   | r         | -     | r     | -   | -  | -  |
| G interim care            | W r | W r      | r        | r   | r         | -     | r     | -   | -  | -  |
| Health restricted         | -   | -        | g        | c   | c         | -     | W r c | -   | -  | -  |
| H return wishes           | W r | W r      | r        | r   | r         | -     | -     | -   | -  | -  |
| I legal block             | r   | r        | r        | r   | -         | R     | -     | -   | -  | -  |
| I perpetrators            | -   | r        | r        | r   | -         | W c   | -     | -   | -  | -  |
| J consent                 | W r | W r      | R        | R   | r own     | r own | r own | -   | R  | R  |
| Tracing request/result    | R   | W        | W        | W   | W r       | -     | -     | -   | -  | -  |
| Family assessment         | -   | r        | -        | W   | W r       | -     | -     | -   | -  | -  |
| Family assessment, result | r   | r        | r        | W   | W r       | -     | -     | a   | -  | -  |
| Return decision / BID     | W   | W        | R        | R   | r         | -     | -     | -   | -  | -  |
| Repatriation notice       | R   | R        | W        | R   | m own     | m c   | -     | -   | -  | R  |
| Handover                  | W   | R        | W        | W   | -         | R     | -     | a   | -  | -  |
| Reception / needs         | -   | R origin | R        | W   | r         | -     | W r   | -   | -  | -  |
| Assignment / follow-up    | -   | R origin | R origin | W   | W r       | -     | -     | a   | -  | -  |
| Closure / readmission     | r   | W        | R        | W   | W         | -     | -     | a   | -  | -  |
| Family letters            | W r | R        | -        | r   | r         | -     | -     | -   | -  | -  |
| Escape notice             | W   | R        | W        | R   | m         | m     | -     | a   | -  | -  |
| Statistics row            | -   | -        | a        | W   | -         | a     | -     | R W | R  | a  |
| Agenda of a meeting       | -   | W        | W        | W   | r         | r     | r     | -   | R  | -  |
"""


@dataclass(frozen=True)
class Cell:
    """What one role may do with one row: the letters, and what limits them."""

    words: frozenset[str] = frozenset()

    @property
    def reads(self) -> str | None:
        """The letter under which it is read whole: ``R``, ``c`` before ``r``, or ``g``; ``None`` if it never is."""
        if "W" in self.words and not self.words & {"r", "c"}:
            return "R"
        return next((letter for letter in ("R", "c", "r", "g") if letter in self.words), None)

    @property
    def needs_consent(self) -> bool:
        """Whether the person has to agree first."""
        return "c" in self.words

    @property
    def ceiling(self) -> Level:
        """The most sensitive level that the cell opens."""
        return Level.L2 if "summary" in self.words else Level.L4

    @property
    def can_be_seen(self) -> bool:
        """Whether anything of the row is ever shown to the role in a document."""
        return self.reads is not None or "m" in self.words

    @property
    def is_for_assigned(self) -> bool:
        """Whether the role reads of the row only in the cases that it is assigned to."""
        return self.reads in {"r", "c"} and ("m" not in self.words or "own" in self.words)

    @property
    def is_told(self) -> bool:
        """Whether the role is told that there is something of the row, whatever the person agreed to."""
        return self.can_be_seen and ("m" in self.words or not self.needs_consent)


def _read(table: str) -> Mapping[Row, Mapping[Role, Cell]]:
    """Return the table by row and role."""
    head, *lines = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines())
    roles = [Role(name) for name in head[1:]]
    return {
        Row(row): {role: Cell(frozenset(cell.split()) - {"-"}) for role, cell in zip(roles, cells, strict=True)}
        for row, *cells in lines
    }


MATRIX = _read(_TABLE)
_NOTHING = Cell()
_FLAGS: Mapping[Row, Row] = {Row.NEEDS: Row.FLAGS}
"""What is only operational (L1) of the special needs is the flag, which travels further than the details."""


def cell_of(row: Row, level: Level, role: Role) -> Cell:
    """Return what a role may do with something of a row at a level."""
    return MATRIX[_FLAGS.get(row, row) if level is Level.L1 else row].get(role, _NOTHING)
