"""Who is told that something is due: nobody whom the access matrix keeps from what it is about.

That a visit after the return is late tells that somebody is home, that a family was not informed tells of an escape.
So each rule names the row of the matrix of which it speaks. What speaks of a document in general, its receipt or its
answer, is told to who may learn of that document (``rules/field_places.py``); what is due once a year speaks of nobody.
An auditor reads every line of the log, where a deadline that passed stands too.
"""

from collections.abc import Collection, Mapping
from functools import cache

from api.rules.access_matrix import MATRIX, Cell
from api.rules.field_places import told_of
from api.rules.need_to_know import METADATA_ONLY
from api.rules.watch.deadline import Rule
from schemas.document import Role
from schemas.need_to_know import Row
from schemas.registry import KINDS

_SPEAKS_OF: Mapping[Rule, Row] = {
    Rule.RETURN: Row.HEADER,
    Rule.BASIC_FILE: Row.HEADER,
    Rule.FULL_FILE: Row.HEADER,
    Rule.SPECIAL_CASE_TOLD: Row.FLAGS,
    Rule.SPECIAL_CASE_ANSWERED: Row.FLAGS,
    Rule.ESCAPE_TOLD: Row.ESCAPE,
    Rule.FAMILY_INFORMED: Row.ESCAPE,
    Rule.TRACING_BEGUN: Row.TRACING,
    Rule.TRACING_RESULT: Row.TRACING,
    Rule.ASSESSMENT: Row.TRACING,  # somebody was located
    Rule.NOTICE_LEAD: Row.NOTICE,
    Rule.NOTICE_ANSWERED: Row.NOTICE,
    Rule.ASSESSMENT_AGE: Row.ASSESSMENT_RESULT,
    Rule.HANDOVER_SIGNED: Row.HANDOVER,
    Rule.TRANSIT_STAY: Row.RECEPTION,
    Rule.FOLLOW_UP: Row.FOLLOW_UP,
    Rule.REVISIT: Row.FOLLOW_UP,
    Rule.FAMILY_CONTACT: Row.FAMILY,
    Rule.CONSENT_REVIEW: Row.CONSENT,
    Rule.HOLD_REVIEW: Row.JUSTICE,
}


@cache
def rules_told_to(roles: frozenset[Role]) -> frozenset[Rule]:
    """Return the rules of which somebody with these roles is reminded."""
    if roles & METADATA_ONLY:
        return frozenset(Rule)
    return frozenset(rule for rule in Rule if rule not in _SPEAKS_OF or _is_told(_SPEAKS_OF[rule], roles))


@cache
def forms_kept_from(roles: frozenset[Role]) -> frozenset[int]:
    """Return the forms of which somebody with these roles learns nothing, unless she or he may read one."""
    if roles & METADATA_ONLY:
        return frozenset()
    return frozenset(kind.facts.form for kind in KINDS.values() if roles.isdisjoint(told_of(kind)))


def _is_told(row: Row, roles: Collection[Role]) -> bool:
    return any(MATRIX[row].get(role, Cell()).is_told for role in roles)
