"""Who may do what: one pure decision over role, kind of document and scope. The default is no.

The roles that may write a kind are declared on the kind, those that see anything of it follow from the access matrix
(how much they see is decided piece by piece in ``need_to_know.py``); a token's scopes can only narrow what its roles
allow. Which agency's documents are meant is not decided here: every query is limited to the caller's agency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.errors import NotPermitted
from api.rules.field_places import readers_of
from schemas.base import AgencyId
from schemas.document import Document, Role
from schemas.registry import KINDS

CASES_READ, CASES_WRITE, BOXES_READ, AGENCIES_READ = "cases:read", "cases:write", "boxes:read", "agencies:read"
CASES_ASSIGN, GRANTS_ASK, GRANTS_APPROVE = "cases:assign", "grants:ask", "grants:approve"
GRANTS_READ, AUDIT_READ, BUNDLES_CARRY = "grants:read", "audit:read", "bundles:carry"
FIGURES_READ, FIGURES_KEEP = "figures:read", "figures:keep"
"""Totals; and the rows they are made of, with what is frozen of them."""
ASSIGNABLE = frozenset(Role) - {Role.AU, Role.AD, Role.ST}
"""Roles that work on cases, and are assigned to them."""
PUTS_OFF = frozenset({Role.SW, Role.CM, Role.FO, Role.WO})
"""Roles that answer for what is due in a case."""
COMPARES = frozenset({Role.SW, Role.CM, Role.FO, Role.WO})
"""Roles that trace, so that they look for the same person elsewhere."""
FILLS_FIGURES = frozenset({Role.WO})
"""Roles that see what the figures make of one named case; who keeps figures sees rows under pseudonyms."""
SEES_SMALL_COUNTS = frozenset({Role.ST, Role.WO, Role.FO})
"""Roles for which nothing is left out of the totals; they stand still for a month where one may not see every case."""

_WHO_MAY = "domain 5"
"""The clause on which every refusal of a role or scope rests: need to know."""
ROLE_WORDS: Mapping[Role, str] = {
    Role.SW: "shelter worker",
    Role.CM: "case manager",
    Role.FO: "focal agency officer",
    Role.WO: "welfare or transit shelter officer",
    Role.NG: "service provider",
    Role.LE: "law-enforcement liaison",
    Role.HO: "health officer",
    Role.ST: "statistician",
    Role.AU: "auditor",
    Role.PI: "partner integration",
    Role.AD: "system administrator",
}
"""What a role is called where people read it: help texts and the OpenAPI page; no error says them."""
_CARE = frozenset({Role.SW, Role.CM, Role.FO, Role.WO, Role.PI})
_OVERSIGHT = frozenset({Role.FO, Role.WO, Role.PI, Role.AU})
"""Roles that know of every case of their agency; the others know of those that they are assigned to."""
_ACTS: Mapping[str, frozenset[Role]] = {
    CASES_READ: _CARE | {Role.HO, Role.NG, Role.LE, Role.AU},
    CASES_WRITE: frozenset({Role.SW, Role.CM, Role.WO, Role.PI}),
    BOXES_READ: _CARE | {Role.AU, Role.AD},
    AGENCIES_READ: frozenset(Role),
    CASES_ASSIGN: frozenset({Role.CM, Role.FO, Role.WO}),
    GRANTS_ASK: (_CARE - {Role.PI}) | {Role.HO, Role.NG, Role.LE},
    GRANTS_APPROVE: frozenset({Role.CM, Role.FO, Role.HO}),
    GRANTS_READ: frozenset({Role.AU, Role.FO, Role.CM}),
    AUDIT_READ: frozenset({Role.AU}),
    BUNDLES_CARRY: frozenset({Role.FO, Role.WO, Role.AD}),
    FIGURES_READ: frozenset({Role.FO, Role.WO, Role.LE, Role.ST, Role.AU, Role.PI}),
    FIGURES_KEEP: frozenset({Role.WO, Role.ST}),
}


@dataclass(frozen=True)
class Principal:
    """Who is calling: a client or a person of one agency, with roles and the scopes of the token."""

    client_id: str
    agency: AgencyId
    roles: frozenset[Role]
    scopes: frozenset[str]

    @property
    def role(self) -> str:
        """Name the roles for the log."""
        return "+".join(sorted(self.roles))

    @property
    def sees_every_case(self) -> bool:
        """Whether the caller knows of all cases of the agency, and not only of those assigned."""
        return bool(self.roles & _OVERSIGHT)

    @property
    def knows_no_case(self) -> bool:
        """Whether nobody in these roles learns of any case, whatever the token: an id tells an operator nothing."""
        return CASES_READ not in scopes_of(self.roles)

    def role_for(self, kind: type[Document]) -> str:
        """Name the role under which the caller reads a kind, for the receipt that says so."""
        return min(self.roles & readers_of(kind), default=next(iter(sorted(self.roles))))

    def may(self, scope: str) -> bool:
        """Tell whether the caller may do what the scope stands for."""
        return scope in self.scopes and scope in scopes_of(self.roles)

    def may_read(self, kind: type[Document]) -> bool:
        """Tell whether the caller may read documents of a kind."""
        return self.may(f"{kind.facts.scope}:read") and bool(self.roles & readers_of(kind))

    def may_write(self, kind: type[Document]) -> bool:
        """Tell whether the caller may write documents of a kind."""
        return self.may(f"{kind.facts.scope}:write") and bool(self.roles & kind.facts.writers)

    def require(self, scope: str) -> None:
        """Raise ``NotPermitted`` unless the caller may do what the scope stands for."""
        if not self.may(scope):
            holders = ", ".join(roles_with(scope))
            hint = f"this needs the scope {scope}, which the roles {holders} can have"
            raise NotPermitted("scope_missing", hint, _WHO_MAY)

    def require_write(self, kind: type[Document]) -> None:
        """Raise ``NotPermitted`` unless the caller may write documents of a kind."""
        if not self.may_write(kind):
            writers = ", ".join(sorted(kind.facts.writers))
            hint = f"this needs the scope {kind.facts.scope}:write and one of the roles {writers}"
            raise NotPermitted("role_may_not_write", hint, _WHO_MAY)


def roles_with(scope: str) -> tuple[Role, ...]:
    """Return the roles that may do what a scope stands for, in the order of the published list."""
    return tuple(role for role in Role if scope in scopes_of([role]))


def scopes_of(roles: Iterable[Role]) -> frozenset[str]:
    """Return every scope that the roles can carry."""
    held = frozenset(roles)
    acts = {scope for scope, allowed in _ACTS.items() if held & allowed}
    reads = {f"{kind.facts.scope}:read" for kind in KINDS.values() if held & readers_of(kind)}
    writes = {f"{kind.facts.scope}:write" for kind in KINDS.values() if held & kind.facts.writers}
    return frozenset(acts | reads | writes)
