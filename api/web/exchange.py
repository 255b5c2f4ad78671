"""HTTP for other agencies: descriptors, envelopes in, the mailbox, receipts.

All but the descriptor needs a token under the agency's pinned key. Whatever is wrong with an envelope looks the same
from outside.
"""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import HomewardError, InvalidInput, NotFound, SealError, TrustError
from api.flow.mailbox import take_page
from api.flow.receipts import hold
from api.flow.receive import prepare_receive
from api.sealing.receipt import MAX_RECEIPT_BYTES
from api.store import agencies
from api.web.callers import CallingPeer
from api.web.context import AgencyInPath, NodeOf, operation_name
from api.web.cursors import number_in, read_cursor, write_cursor
from api.web.hands import OPENING
from api.web.problems import PROBLEM_RESPONSES

MEDIA_TYPE = "application/jose"
PAGE = 100
FIRST = "0"
"""The cursor of the first page."""
router = APIRouter(prefix="/v1", tags=["exchange"], generate_unique_id_function=operation_name)


class MailboxItem(BaseModel):
    """Something that waits: an envelope to open, or a receipt about an envelope that the caller sent."""

    type: Literal["envelope", "receipt"]
    data: str = Field(description="Compact JWE (envelope) or compact JWS (receipt)")


class Mailbox(BaseModel):
    """A page of a mailbox; asking again with ``cursor`` continues after it."""

    items: list[MailboxItem]
    cursor: str


class ReceiptsIn(BaseModel):
    """Receipts that the caller issued."""

    model_config = ConfigDict(extra="forbid")
    receipts: Annotated[list[Annotated[str, Field(max_length=MAX_RECEIPT_BYTES)]], Field(max_length=PAGE)]


class ReceiptsTaken(BaseModel):
    """How many receipts were kept, and the places in the list of those that were not."""

    kept: int
    refused: list[int]


@router.get("/descriptors/{agency_id}", response_class=Response, responses={200: {"content": {MEDIA_TYPE: {}}}})
def get_descriptor(node: NodeOf, agency_id: AgencyInPath) -> Response:
    """Return the newest signed descriptor of an agency served here.

    Who it is, where, and its keys. Compare its fingerprint.
    """
    with node.database.reader() as session:
        row = agencies.find_agency(session, agency_id)
        held = agencies.list_descriptors(session, agency_id) if row is not None and row.is_local else []
    if not held:
        raise NotFound
    return Response(held[-1], media_type=MEDIA_TYPE)


@router.post(
    "/envelopes",
    response_class=Response,
    status_code=201,
    responses={
        200: {"description": "It was here already: the same receipt again", "content": {MEDIA_TYPE: {}}},
        201: {"description": "Stored; a signed receipt that says so", "content": {MEDIA_TYPE: {}}},
        422: {
            "description": "Signed by its sender, but this node can't take it: a signed refusal (`application/jose`); "
            "or not a good envelope at all: a problem, `envelope_refused`. Nothing was stored.",
            "content": {
                MEDIA_TYPE: {},
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
            },
        },
        401: PROBLEM_RESPONSES[401],
        415: PROBLEM_RESPONSES[415],
    },
    openapi_extra={"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def post_envelope(node: NodeOf, peer: CallingPeer, request: Request) -> Response:
    """Take an envelope (compact JWE of a compact JWS) and answer with a signed receipt. Safe to repeat."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise InvalidInput("unsupported_media_type", f"send the envelope as {MEDIA_TYPE}")
    data = await request.body()
    try:
        got = await node.writer.write_async(await OPENING.do(prepare_receive, node, data, peer=peer))
    except TrustError as error:  # whose key it was is told to nobody: it looks like every other broken seal
        raise SealError(error.code) from None
    status = 422 if got.is_refused else 201 if got.is_new else 200
    return Response(got.receipt, status, media_type=MEDIA_TYPE)


@router.get("/mailbox", responses={401: PROBLEM_RESPONSES[401], 422: PROBLEM_RESPONSES[422]})
async def get_mailbox(
    node: NodeOf,
    peer: CallingPeer,
    cursor: Annotated[
        str, Query(pattern=r"^[A-Za-z0-9_-]{1,32}$", description="`0`, or the cursor of the page before")
    ] = FIRST,
    limit: Annotated[int, Query(ge=1, le=PAGE, description="How many to return at most")] = 50,
) -> Mailbox:
    """Return what waits for the calling agency, oldest first.

    An envelope waits until its receipt was left; a receipt waits until the cursor has passed it.
    """
    after = number_in(read_cursor(cursor, 1)[0]) if cursor != FIRST else 0
    waiting = await node.writer.write_async(
        partial(take_page, peer=peer, after=after, limit=limit, now=node.clock()),
    )
    items = [MailboxItem(type="envelope" if one.is_envelope else "receipt", data=one.data.decode()) for one in waiting]
    return Mailbox(items=items, cursor=write_cursor(waiting[-1].seq) if waiting else cursor)


@router.post("/receipts", responses={401: PROBLEM_RESPONSES[401], 422: PROBLEM_RESPONSES[422]})
def post_receipts(node: NodeOf, peer: CallingPeer, body: Annotated[ReceiptsIn, Body()]) -> ReceiptsTaken:
    """Take receipts about envelopes that an agency served here has sent to the caller. Safe to repeat."""
    refused = []
    for place, data in enumerate(body.receipts):
        try:
            hold(node, data.encode(), peer=peer)
        except HomewardError:
            refused.append(place)
    return ReceiptsTaken(kept=len(body.receipts) - len(refused), refused=refused)
