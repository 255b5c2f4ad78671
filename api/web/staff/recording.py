"""The one creating call of forms: done once, permitted, sealed, stored, and on its way before the answer leaves."""

from collections.abc import Callable
from datetime import datetime

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.flow.assigning import assign_first
from api.flow.grants import require_release
from api.flow.node import Node
from api.flow.record import Recorded, prepare_record
from api.rules.access import Principal
from api.store.engine import Session
from api.web.idempotency import Answer, Once
from schemas.document import Document


class RecordedView(BaseModel):
    """A document is stored and on its way; its receipt will show in the outbox and the timeline."""

    document_id: str
    recipient: str
    envelope_sha256: str = Field(description="SHA-256 of the sealed envelope, as the receipt will name it")
    recorded_at: datetime

    @classmethod
    def of(cls, recorded: Recorded) -> "RecordedView":
        """Show what was recorded."""
        return cls(
            document_id=recorded.document_id,
            recipient=recorded.recipient,
            envelope_sha256=recorded.envelope_sha256,
            recorded_at=recorded.at,
        )


async def record_once(
    node: Node, caller: Principal, key: str | None, request: object, write: Callable[[], Document]
) -> Answer:
    """Record the document that ``write`` returns, and return the answer; the same request again gets the same answer.

    ``write`` is asked only where the request was not answered before, so that what has changed since refuses nothing.
    """
    once = Once(node, caller, key, request)
    earlier = await run_in_threadpool(once.find)
    if earlier is not None:
        return earlier
    unit = await run_in_threadpool(lambda: _prepare(node, caller, write()))
    answer = await once.do(unit, node.clock())
    node.wake.set()
    return answer


def _prepare(node: Node, caller: Principal, document: Document) -> Callable[[Session], Answer]:
    """Return the unit that records a document, by leave of a second person where its kind needs one.

    Whoever begins the work on a case is assigned to it.
    """
    record, now = prepare_record(node, document, role=caller.role), node.clock()

    def unit(session: Session) -> Answer:
        require_release(session, caller, document, now)
        assign_first(session, caller, document.case_uid, now)
        return RecordedView.of(record(session)).model_dump(mode="json")

    return unit
