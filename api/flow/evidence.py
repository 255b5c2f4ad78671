"""What happened goes into the append-only Merkle log, in the same commit as the thing itself.

A line names roles, ids and codes; never a person's data and never a kind of document. Receipts carry the tree head that
covers their own line, so each side holds proof of the other's log (RFC 9162 hashing).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.sealing.merkle import Frontier, leaf_hash
from api.store import log
from api.store.engine import Session


class Action(StrEnum):
    """What a line of the log says happened."""

    CASE_OPENED = "case_opened"
    DRAFT_SAVED = "draft_saved"
    RECORDED = "recorded"
    SEALED = "sealed"
    DELIVERED = "delivered"
    RECEIVED = "received"
    REFUSED = "refused"
    ANSWERED = "answered"
    RECEIPT_HELD = "receipt_held"
    OPENED = "opened"
    LOOKED_AT = "looked_at"
    EXPORTED = "exported"
    CARRIED = "carried"
    ATTACHED = "attached"
    ATTACHMENT_REFUSED = "attachment_refused"
    ATTACHMENT_HELD = "attachment_held"
    ATTACHMENTS_COLLECTED = "attachments_collected"
    TRUSTED = "trusted"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    GLASS_BROKEN = "glass_broken"
    RELEASE_ASKED = "release_asked"
    RELEASE_APPROVED = "release_approved"
    RELEASE_USED = "release_used"
    TERMS_APPROVED = "terms_approved"
    TERMS_USED = "terms_used"
    COMPARED = "compared"
    MERGED = "merged"
    UNMERGED = "unmerged"
    CLIENT_LET_IN = "client_let_in"
    CLIENT_SHUT_OUT = "client_shut_out"
    DEADLINE_PASSED = "deadline_passed"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    BARRIER_NAMED = "barrier_named"
    FIGURES_READ = "figures_read"
    FIGURES_FROZEN = "figures_frozen"
    FIGURES_CORRECTED = "figures_corrected"


@dataclass(frozen=True)
class Entry:
    """One line of the log. ``by`` is a role or an agency, never a person."""

    action: Action
    agency: str
    by: str
    document_id: str | None = None
    case_uid: str | None = None
    peer: str | None = None
    code: str | None = None
    sha256: str | None = None
    other_case_uid: str | None = None
    statement: str | None = None


@dataclass(frozen=True)
class TreeHead:
    """Size and root of the log, as receipts carry it."""

    size: int
    root: str


def note(session: Session, now: datetime, *entries: Entry) -> TreeHead:
    """Append lines to the log and return the tree head that covers them."""
    head = log.take_head(session)
    frontier = Frontier.from_bytes(head.size, head.peaks)
    lines: list[log.Line] = []
    for entry in entries:
        line = _line(entry, now)
        leaf = leaf_hash(line)
        lines.append(log.Line(frontier.size, now, entry.document_id, entry.case_uid, entry=line, leaf=leaf))
        frontier = frontier.append(leaf)
    log.append(session, lines, frontier.size, frontier.to_bytes())
    return TreeHead(frontier.size, frontier.root().hex())


def _line(entry: Entry, now: datetime) -> bytes:
    facts = {"at": now.isoformat(), **{name: value for name, value in vars(entry).items() if value is not None}}
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
