"""Who learns that a case stands beside the way home: nobody whom the access matrix keeps from what puts it there.

An escape, a decision to stay and a closure each have a row of the matrix. Who is kept from one of them is not told of
the others by the state either: what is left out would tell which one it is.
"""

from collections.abc import Collection
from typing import Final

from api.rules.access_matrix import MATRIX, Cell
from schemas.document import Role
from schemas.need_to_know import Row

_PUT_ASIDE: Final = (Row.ESCAPE, Row.DECISION, Row.CLOSURE)
"""What the documents are about that put a case into a side state."""


def may_know_side_states(roles: Collection[Role]) -> bool:
    """Say whether somebody with these roles is told of every side state."""
    return all(any(MATRIX[row].get(role, Cell()).is_told for role in roles) for row in _PUT_ASIDE)
