"""What happened in a case, read from the log: the same lines that the receipts' tree heads prove."""

import json
from datetime import datetime

from pydantic import BaseModel, Field

from api.store import documents, log
from api.store.engine import Session


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
    log_index: int = Field(description="Place in the node's Merkle log")


def tell(session: Session, agency: str, case_uid: str) -> list[Event]:
    """Return what happened to a case and its documents at one agency, oldest first."""
    ids = [row.document_id for row in documents.list_of_case(session, agency, case_uid)]
    lines = log.list_entries_of(session, case_uid=case_uid, document_ids=ids)
    told = [(line.seq, json.loads(line.entry)) for line in lines]
    return [
        Event.model_validate({**{name: entry[name] for name in Event.model_fields if name in entry}, "log_index": seq})
        for seq, entry in told
        if entry["agency"] == agency
    ]
