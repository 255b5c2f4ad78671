"""Who is told that something is due: nobody whom the access matrix keeps from what it is about.

That a visit after the return is late tells that somebody is home, that a family was not informed tells of an escape.
So each rule names the row of the matrix of which it tells (``watch/table.py``). What tells of a document in general,
its receipt or its answer, is told to who may learn of that document (``rules/field_places.py``); what is due once a
year tells of nobody.
An auditor reads every line of the log, where a deadline that passed stands too.
"""

from collections.abc import Collection
from functools import cache

from api.rules.access_matrix import MATRIX, Cell
from api.rules.field_places import told_of
from api.rules.need_to_know import METADATA_ONLY
from api.rules.watch.deadline import Rule
from api.rules.watch.table import WORDS
from schemas.document import Role
from schemas.need_to_know import Row
from schemas.registry import KINDS


@cache
def rules_told_to(roles: frozenset[Role]) -> frozenset[Rule]:
    """Return the rules of which somebody with these roles is reminded."""
    if roles & METADATA_ONLY:
        return frozenset(Rule)
    return frozenset(rule for rule in Rule if _is_told(WORDS[rule].about, roles))


@cache
def forms_kept_from(roles: frozenset[Role]) -> frozenset[int]:
    """Return the forms of which somebody with these roles is told nothing, by the role alone.

    A timeline tells of one that she or he may read all the same; alerts do not, since that takes opening each document.
    """
    if roles & METADATA_ONLY:
        return frozenset()
    return frozenset(kind.facts.form for kind in KINDS.values() if roles.isdisjoint(told_of(kind)))


def _is_told(row: Row | None, roles: Collection[Role]) -> bool:
    return row is None or any(MATRIX[row].get(role, Cell()).is_told for role in roles)
