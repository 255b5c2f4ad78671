"""A case leaves as one record of HTCDS 2.0, or forms come in from it; each case that is opened for one is noted.

What leaves is what the caller may see of the newest case file, assignment and closure, and of the restricted annex only
if it was asked for; every look is noted like any other, and the export beside it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.errors import Conflict, NotFound
from api.flow.cases import prepare_open
from api.flow.drafts import prepare_save
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.flow.opening import look_at
from api.rules.access import Principal
from api.rules.htcds.export import Export, export, up_to
from api.rules.masks import View, Withheld
from api.rules.need_to_know import LookPurpose
from api.store import cases, documents
from api.store.engine import Session
from api.store.tables import DocumentRow
from schemas.base import Frozen
from schemas.case_body import CaseBody
from schemas.case_closure import CaseClosure
from schemas.case_file import CaseFile
from schemas.document import CaseState, Document
from schemas.facts import Level
from schemas.pruning import salvage
from schemas.restricted_annex import RestrictedAnnex
from schemas.service_provider_assignment import ServiceProviderAssignment

_OPEN: tuple[type[Document], ...] = (CaseFile, ServiceProviderAssignment, CaseClosure)
_BODIES: Mapping[type[Document], type[Frozen]] = {CaseFile: CaseBody}
"""What is read of a kind where its header does not matter: a masked case file is a body whatever is left of it."""


@dataclass(frozen=True)
class Exported:
    """A record with its losses, and the parts of the documents that the caller did not see."""

    export: Export
    withheld: tuple[Withheld, ...]


def export_case(node: Node, caller: Principal, case_uid: str, purpose: LookPurpose, highest: Level) -> Exported:
    """Return what the caller may see of a case as a record; raises ``NotFound`` where that is no case file."""
    with node.database.reader() as session:
        case = cases.find_case(session, caller.agency, case_uid)
        if case is None:
            raise NotFound
        state, held = CaseState(case.state), documents.list_of_case(session, caller.agency, case_uid)
    kinds = _OPEN + ((RestrictedAnnex,) if highest is Level.L4 else ())
    seen = [found for kind in kinds if (found := _newest(node, caller, kind, held, purpose)) is not None]
    if not any(isinstance(group, CaseBody) for group, _ in seen):
        raise NotFound
    made = export([group for group, _ in seen], up_to(highest), state=state)
    entry = Entry(Action.EXPORTED, caller.agency, caller.role_for(CaseFile), case_uid=case_uid, code=purpose)
    node.writer.write(lambda session: note(session, node.clock(), entry))
    return Exported(made, tuple(dict.fromkeys(one for _, view in seen for one in view.withheld)))


def _newest(
    node: Node, caller: Principal, kind: type[Document], held: Iterable[DocumentRow], purpose: LookPurpose
) -> tuple[Frozen, View] | None:
    """Return the newest document of a kind as far as the caller may see it, if anything of it."""
    newest = max((row for row in held if row.form == kind.facts.form), key=lambda row: row.seq or 0, default=None)
    if newest is None:
        return None
    try:
        view = look_at(node, caller, newest.document_id, purpose).view
    except NotFound:
        return None
    model = _BODIES.get(kind, kind)
    content = {name: value for name, value in view.content.items() if name in model.model_fields}
    group, _ = salvage(model, content)
    return None if group is None or (isinstance(group, Document) and group.takes_back) else (group, view)


def prepare_cases(
    node: Node, caller: Principal, destination: str, origin: str, number: int
) -> Callable[[Session], list[str]]:
    """Return the unit that opens so many cases and returns their ids in order."""
    units = [prepare_open(node, caller, destination, origin) for _ in range(number)]
    return lambda session: [unit(session).case_uid for unit in units]


def save_forms(node: Node, caller: Principal, forms: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Save each form as the first draft of its case; one that is saved already, by the same call before, stays."""
    for case_uid, content in forms:
        unit = prepare_save(node, caller, case_uid, CaseFile.facts.form, content, expected=None)
        _write_unless_there(node, unit)


def _write_unless_there(node: Node, unit: Callable[[Session], object]) -> None:
    try:
        node.writer.write(unit)
    except Conflict:
        return
