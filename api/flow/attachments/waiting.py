"""Files that wait, as somebody may know of them: what is kept from a reader takes no place in a list of theirs."""

from collections.abc import Iterator

from api.flow.node import Node
from api.flow.timeline import is_kept_from
from api.rules.access import Principal
from api.store import documents
from api.store.attachments_waiting import Place, WaitingFile, list_waiting_files
from api.store.engine import Session

AT_A_TIME = 50


def iter_waiting(node: Node, session: Session, caller: Principal, after: Place | None) -> Iterator[WaitingFile]:
    """Yield the files of the caller's agency that wait, oldest first, from behind a place on, some in memory.

    Files of documents that are kept from the caller's role are passed over.
    """
    while found := list_waiting_files(session, limit=AT_A_TIME, agency_id=caller.agency, after=after):
        for file in found:
            row = documents.find_document(session, caller.agency, file.document_id)
            if row is not None and not is_kept_from(node, session, caller, row):
                yield file
        after = found[-1].place
