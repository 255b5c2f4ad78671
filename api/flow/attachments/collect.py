"""What nobody names is removed: uploads that were given up, files that no form took, and blobs that no row knows.

Naming a file and removing it both take the head of the log first, so one is over before the other begins: what a
document or a draft names stays, and what was removed can't be named any more. A blob goes after its row; its name is
never used again.
"""

from datetime import datetime, timedelta
from functools import partial

from api.flow.drafts import read_draft_bytes
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.store import attachments, log
from api.store.attachment_tables import UploadRow
from api.store.blobs import made_at
from api.store.engine import Session
from api.store.groups import groups_of

AT_A_TIME = 50
UNKNOWN_STAYS = timedelta(days=1)
"""A blob is made before its row; none takes as long as that."""
THE_NODE = "node"


def collect(node: Node) -> int:
    """Remove what nobody has named for days and return how many blobs went."""
    before, removed = node.clock() - timedelta(days=node.limits.unnamed_days), 0
    while (looked_at := node.writer.write(partial(_forget, node, before=before))) is not None:
        for blob in looked_at:
            node.blobs.remove(blob)
        removed += len(looked_at)
    return removed + _sweep(node)


def _forget(node: Node, session: Session, before: datetime) -> list[str] | None:
    """Remove the rows of some uploads and return their blobs; ``None`` where there is none left to look at."""
    now = node.clock()
    log.take_head(session)
    rows, blobs = attachments.list_untouched(session, before, limit=AT_A_TIME), list[str]()
    for row in rows:
        if _is_in_draft(node, session, row):
            row.touched_at = now
            session.add(row)
            continue
        blobs += _remove(session, row)
        note(session, now, Entry(Action.ATTACHMENTS_COLLECTED, row.agency_id, THE_NODE, case_uid=row.case_uid))
    return blobs if rows else None


def _remove(session: Session, row: UploadRow) -> list[str]:
    parts = attachments.list_parts(session, row.agency_id, row.attachment_id)
    sealed = attachments.find_sealed(session, row.agency_id, row.sealed_sha256) if row.sealed_sha256 else None
    attachments.remove(session, [row, *parts, *([sealed] if sealed else [])])
    return [*(part.blob for part in parts), *([sealed.blob] if sealed else [])]


def _is_in_draft(node: Node, session: Session, row: UploadRow) -> bool:
    """Say whether a form that is being filled in names an upload."""
    drafts = attachments.list_drafts(session, row.agency_id, row.case_uid)
    return any(row.attachment_id.encode() in read_draft_bytes(node, draft) for draft in drafts)


def _sweep(node: Node) -> int:
    """Remove blobs that no row names: what a cut left behind."""
    removed, before = 0, node.clock() - UNKNOWN_STAYS
    for some in groups_of(AT_A_TIME, node.blobs.names()):
        with node.database.reader() as session:
            known = attachments.known_blobs(session, some)
        for blob in some:
            if blob not in known and made_at(blob) < before:
                node.blobs.remove(blob)
                removed += 1
    return removed
