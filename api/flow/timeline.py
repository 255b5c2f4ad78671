"""What happened in a case, read from the log: the same lines that the receipts' tree heads prove.

A reader is told of what happened to documents of which the access matrix lets them learn, and of no others: a line that
names a document, a rule or another case tells that it is there. Where a line stands in the log of the whole node is
for auditors, who prove something with it: to others the lines between two of their own would tell of other cases.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from api.flow import shelf
from api.flow.assigning import known_of
from api.flow.clearance import reader_of
from api.flow.evidence import Action
from api.flow.node import Node
from api.rules.access import AUDIT_READ, GRANTS_APPROVE, GRANTS_READ, Principal
from api.rules.masks import masked
from api.rules.watch.told import forms_kept_from, rules_told_to
from api.store import documents, log
from api.store.engine import Session
from api.store.tables import DocumentRow
from schemas.registry import FORMS

_OF_RULES = frozenset({Action.DEADLINE_PASSED, Action.SNOOZED, Action.WOKEN, Action.BARRIER_NAMED})
"""What happens to a deadline; the code begins with its rule."""
_OF_GRANTS = frozenset({Action.GLASS_BROKEN, Action.RELEASE_ASKED, Action.RELEASE_APPROVED, Action.RELEASE_USED})
"""What tells that there is restricted detail; for who approves releases or reads the list of them."""


class Event(BaseModel):
    """One thing that happened. ``by`` is a role or an agency, never a person."""

    at: datetime
    action: str
    by: str
    document_id: str | None = None
    peer: str | None = None
    other_case_uid: str | None = Field(None, description="The other case, where two were compared or merged")
    code: str | None = None
    sha256: str | None = Field(
        None, description="Of the envelope, the signed document or the receipt that this is about"
    )
    statement: str | None = Field(None, description="Of a deadline that passed: a compact JWS that shows it to others")
    log_index: int | None = Field(
        None,
        description="Place in the node's Merkle log; for auditors, since how far two are apart tells of other cases",
    )


def tell(session: Session, agency: str, case_uid: str, rows: Sequence[DocumentRow]) -> list[Event]:
    """Return what happened to a case and its documents, which are given, at one agency, oldest first."""
    lines = log.list_entries_of(session, case_uid=case_uid, document_ids=[row.document_id for row in rows])
    told = [(line.seq, json.loads(line.entry)) for line in lines]
    return [
        Event.model_validate({**{name: entry[name] for name in Event.model_fields if name in entry}, "log_index": seq})
        for seq, entry in told
        if entry["agency"] == agency
    ]


def tell_to(node: Node, session: Session, caller: Principal, case_uid: str) -> list[Event]:
    """Return what happened to a case, as far as the caller may learn of it; an auditor is told of all."""
    rows = documents.list_of_case(session, caller.agency, case_uid)
    events = tell(session, caller.agency, case_uid, rows)
    kept = {row.document_id for row in rows if is_kept_from(node, session, caller, row)}
    others = known_of(session, caller, {event.other_case_uid for event in events if event.other_case_uid})
    return [
        event.model_copy(update=_withheld(event, others, is_auditor=caller.may(AUDIT_READ)))
        for event in events
        if event.document_id not in kept and _is_told(event, caller)
    ]


def _withheld(event: Event, others: Collection[str], *, is_auditor: bool) -> dict[str, None]:
    """Return what a caller is not told of a line: its place in the log, and a case that the caller may not know of."""
    is_known = event.other_case_uid in others
    return {name: None for name, is_told in (("log_index", is_auditor), ("other_case_uid", is_known)) if not is_told}


def _is_told(event: Event, caller: Principal) -> bool:
    """Say whether a caller may learn of what a line is about, besides of the document that it names."""
    if event.action in _OF_RULES:
        return (event.code or "").partition(":")[0] in rules_told_to(caller.roles)
    return event.action not in _OF_GRANTS or caller.may(GRANTS_READ) or caller.may(GRANTS_APPROVE)


def is_kept_from(node: Node, session: Session, caller: Principal, row: DocumentRow) -> bool:
    """Say whether a caller learns nothing of a document: the role is not told of its kind, and may not read it."""
    if row.form not in forms_kept_from(caller.roles):
        return False
    kind = FORMS.get(row.form)
    if row.body_key is None or kind is None or not caller.may_read(kind):
        return True
    document = shelf.read_document(node, row)
    return masked(document, reader_of(node, session, caller, document)).is_nothing
