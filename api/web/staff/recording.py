"""The one creating call of forms: done once, permitted, sealed, stored, and on its way before the answer leaves."""

from collections.abc import Callable
from datetime import datetime

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.errors import CaseChanged
from api.flow.assigning import assign_first, require_known
from api.flow.drafts import erase_restricted_draft
from api.flow.grants import require_release
from api.flow.node import Node
from api.flow.record import Recorded, prepare_record
from api.flow.terms import require_second_officer
from api.rules.access import Principal
from api.rules.completeness import Remark
from api.rules.permit import Ground
from api.store.engine import Session
from api.web.hands import JUDGING
from api.web.idempotency import Answer, Once
from schemas.document import Document
from schemas.registry import KINDS

TRIES = 8
"""How often a document is judged again before its writer is asked to."""


class RecordedView(BaseModel):
    """A document is stored and on its way; its receipt will show in the outbox and the timeline."""

    document_id: str
    recipient: str
    envelope_sha256: str = Field(description="SHA-256 of the sealed envelope, as the receipt will name it")
    recorded_at: datetime
    cautions: list[Remark] = Field(description="What to look at twice; nothing of it held the document back")

    @classmethod
    def of(cls, recorded: Recorded, caller: Principal) -> "RecordedView":
        """Show what was recorded, with the cautions that tell a caller nothing of documents it may not read."""
        told = (one for one in recorded.cautions if not one.rests_on or caller.may_read(KINDS[one.rests_on]))
        return cls(
            document_id=recorded.document_id,
            recipient=recorded.recipient,
            envelope_sha256=recorded.envelope_sha256,
            recorded_at=recorded.at,
            cautions=[Remark.of(caution) for caution in told],
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
    answer = await judged_anew(once, lambda: _prepare(node, caller, write()), node.clock())
    node.wake.set()
    return answer


async def judged_anew(once: Once, prepare: Callable[[], Callable[[Session], Answer]], now: datetime) -> Answer:
    """Do what ``prepare`` returns; where a document of the case came while it was judged, judge it again, and so on.

    Who sends to a case in which so much comes at once is told to send it again; no answer is remembered for that.
    """
    tries = 0
    while True:
        unit, tries = await JUDGING.do(prepare), tries + 1
        try:
            return await once.do(unit, now)
        except CaseChanged:
            if tries == TRIES:
                raise


def _prepare(node: Node, caller: Principal, document: Document) -> Callable[[Session], Answer]:
    """Return the unit that records a document, by leave of a second person where it needs one.

    It does where its kind is restricted, and where it tells something without consent, to protect a life: the second
    person whom the document names is a number that one client typed, the release is another client's (domain 2.J rule
    4). An officer who begins the work on a case is assigned to it; anybody else has to be on it before.
    """
    with node.database.reader() as session:
        require_known(session, caller, document.case_uids())
    record, now = prepare_record(node, document, role=caller.role), node.clock()

    def unit(session: Session) -> Answer:
        assign_first(session, caller, document.case_uid, now)
        recorded = record(session)
        if document.facts.needs_release or recorded.ground is Ground.VITAL_INTEREST:
            require_release(node, session, caller, document, now)
        erase_restricted_draft(session, caller, document)
        if document.facts.needs_second_officer:
            require_second_officer(node, session, caller, document, now)
        return RecordedView.of(recorded, caller).model_dump(mode="json")

    return unit
