"""A form is saved as often as one likes, however incomplete: nobody loses an hour's interview.

A draft is what somebody typed, locked like every document; it is checked when it is finalised, and reviewed at any
time. What is restricted is theirs alone who saved it, and goes when it was sent: nobody reads in a draft what takes two
people to read in the document.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.errors import Conflict, NotFound
from api.flow import shelf
from api.flow.assigning import get_known_case, is_assigned
from api.flow.evidence import Action, Entry, note
from api.flow.grants import STANDS_FOR
from api.flow.node import Node
from api.rules.access import Principal
from api.rules.need_to_know import LookPurpose
from api.sealing.receipt import ReceiptStatus
from api.store import cases, documents, log
from api.store.engine import Session
from api.store.tables import DraftRow
from schemas.document import Document
from schemas.registry import FORMS

_OF_A_VERSION = {"id", "created_at", "supersedes", STANDS_FOR}
"""What is another with each version, though the form says the same."""


@dataclass(frozen=True)
class Draft:
    """A form as it stands; ``version`` is its ETag."""

    content: Mapping[str, Any]
    version: int
    saved_at: datetime


def _context(agency: str, case_uid: str, form: int) -> str:
    return f"draft,{agency}/{case_uid}/{form},body,1"


def read_draft_bytes(node: Node, row: DraftRow) -> bytes:
    """Return what was saved, as bytes; nothing where it was erased."""
    if row.body_key is None:
        return b""
    return node.vault.unlock(row.body, row.body_key, _context(row.agency_id, row.case_uid, row.form))


def get_draft(node: Node, caller: Principal, case_uid: str, form: int) -> Draft:
    """Return a draft for whoever saved it last or, unless it is restricted, works on the case.

    Raises ``NotFound`` where there is none, and to everybody else as if there were none.
    """
    with node.database.reader() as session:
        row = cases.find_draft(session, caller.agency, case_uid, form)
        is_open = row is not None and not _is_restricted(form) and is_assigned(session, caller, case_uid)
    if row is None or row.body_key is None or not (is_open or row.saved_by == caller.client_id):
        raise _draft_not_found()
    return Draft(json.loads(read_draft_bytes(node, row)), row.version, row.saved_at)


def _is_restricted(form: int) -> bool:
    """Say whether two people have to agree before anybody reads such a form."""
    return FORMS[form].facts.needs_release


def _draft_not_found() -> NotFound:
    return NotFound("draft_not_found", "save the form first with PUT")


def look_at_draft(node: Node, caller: Principal, case_uid: str, form: int) -> Draft:
    """Return a draft and note the look; raises ``NotFound`` like ``get_draft``."""
    draft, now = get_draft(node, caller, case_uid, form), node.clock()
    line = Entry(Action.LOOKED_AT, agency=caller.agency, by=caller.role, case_uid=case_uid, code=LookPurpose.CASE_WORK)
    node.writer.write(lambda session: note(session, now, line))
    return draft


def prepare_save(
    node: Node, principal: Principal, case_uid: str, form: int, content: Mapping[str, Any], *, expected: int | None
) -> Callable[[Session], Draft]:
    """Return the unit that saves a draft over the version the caller has seen (``None``: there is none yet).

    Raises ``NotFound`` for a case that the caller may not know of and, in the unit, for a restricted form that somebody
    else is filling in; ``Conflict`` ``draft_changed`` where somebody was faster.
    """
    now, agency = node.clock(), principal.agency
    with node.database.reader() as session:
        get_known_case(session, principal, case_uid)
    locked = node.vault.lock(json.dumps(content).encode(), _context(agency, case_uid, form))

    def unit(session: Session) -> Draft:
        log.take_head(session)  # one at a time, so that nobody saves over what somebody else has just saved
        row = cases.find_draft(session, agency, case_uid, form)
        is_there = row is not None and row.body_key is not None
        if row and is_there and _is_restricted(form) and row.saved_by != principal.client_id:
            raise _draft_not_found()
        if (row.version if row and is_there else None) != expected:
            raise Conflict("draft_changed", "read the draft again, take your changes over, and save with the new ETag")
        row = row or DraftRow(
            agency_id=agency, case_uid=case_uid, form=form, version=0, body=b"", body_key=b"", saved_at=now, saved_by=""
        )
        row.version += 1
        row.body, row.body_key = locked.body, locked.key
        row.saved_at, row.saved_by = now, principal.client_id
        session.add(row)
        note(session, now, Entry(Action.DRAFT_SAVED, agency=agency, by=principal.role, case_uid=case_uid))
        return Draft(content, row.version, now)

    return unit


def erase_restricted_draft(session: Session, caller: Principal, document: Document) -> None:
    """Destroy what the caller typed of a restricted document, in the unit that records it; ETags go on counting."""
    if document.case_uid is None or not document.facts.needs_release:
        return
    row = cases.find_draft(session, caller.agency, document.case_uid, document.facts.form)
    if row is not None and row.saved_by == caller.client_id:
        row.body, row.body_key = b"", None
        session.add(row)


def require_change(node: Node, caller: Principal, document: Document) -> None:
    """Refuse a new version that says what the one before said, unless the other side had refused that one.

    Raises ``Conflict`` ``unchanged``. What is restricted is not compared: the answer would tell whoever may not read it
    whether a guess is right.
    """
    if document.facts.needs_release:
        return
    with node.database.reader() as session:
        row = documents.find_document(session, caller.agency, document.supersedes) if document.supersedes else None
        if row is None or row.body_key is None:
            return
        refused = documents.find_receipt(
            session, caller.agency, row.peer, row.document_id, status=ReceiptStatus.REFUSED, is_issued=False
        )
    before, now = (one.model_dump(exclude=_OF_A_VERSION) for one in (shelf.read_document(node, row), document))
    if refused is None and before == now:
        raise Conflict("unchanged", "the newest version says the same already; change the draft and save it first")


def require_newest(node: Node, caller: Principal, document: Document, saved_at: datetime) -> None:
    """Refuse what was typed before the agency told something else in this form of the case, to whomever.

    Raises ``Conflict`` ``draft_outdated``: it would silently take back what was told since. Saving the draft anew is
    to have seen that. A restricted draft goes when it is sent, so whatever came since is told by somebody else.
    """
    if document.case_uid is None:
        return
    with node.database.reader() as session:
        newest = documents.find_newest_sent(session, caller.agency, document.case_uid, form=document.facts.form)
        row = documents.find_document(session, caller.agency, newest) if newest else None
    if row is None or row.at <= saved_at:
        return
    if (
        document.facts.needs_release
        or row.body_key is None
        or _content(shelf.read_document(node, row)) != _content(document)
    ):
        hint = f"read the newest document, {row.document_id}, take into the draft what still holds, and save it anew"
        raise Conflict("draft_outdated", hint)


def _content(document: Document) -> Mapping[str, Any]:
    """Return what a form says, whoever gets it."""
    return document.model_dump(exclude=_OF_A_VERSION | {"recipient"})
