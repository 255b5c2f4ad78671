"""Sealed files for other agencies: whoever was sent a document that names one may fetch it, from any place on."""

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api.errors import InvalidInput, NotFound
from api.flow.attachments.bringing import list_wanted, take_piece
from api.store import attachments
from api.store.blobs import PIECE, read_blob
from api.web.callers import CallingPeer
from api.web.context import NodeOf, operation_name
from api.web.headers import Declared
from api.web.problems import PROBLEM_RESPONSES
from schemas.base import Sha256

router = APIRouter(prefix="/v1", tags=["exchange"], generate_unique_id_function=operation_name)

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})", re.ASCII)
_TYPE = "application/octet-stream"
_PARTIAL: Declared = {"Content-Range": {"description": "Which bytes, of how many", "schema": {"type": "string"}}}
SealedInPath = Annotated[Sha256, Path(description="SHA-256 of the sealed file, as the document names it")]


class Awaited(BaseModel):
    """Files that the caller has to bring, since its node can't be called."""

    next_pieces: dict[str, int] = Field(description="The SHA-256 of each sealed file, and the piece to go on with")


@router.get("/attachments", responses={401: PROBLEM_RESPONSES[401]})
def list_awaited_files(node: NodeOf, peer: CallingPeer) -> Awaited:
    """Return which sealed files of the calling agency are awaited here: those of documents that it sent."""
    return Awaited(next_pieces=list_wanted(node, peer))


@router.put(
    "/attachments/{sealed_sha256}/pieces/{number}",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses={code: PROBLEM_RESPONSES[code] for code in (401, 422)},
    openapi_extra={"requestBody": {"content": {_TYPE: {"schema": {"type": "string"}}}}},
)
async def bring_piece(
    node: NodeOf,
    peer: CallingPeer,
    sealed_sha256: SealedInPath,
    number: Annotated[int, Path(ge=0, le=1000, description=f"From 0; each but the last has {PIECE} bytes")],
    request: Request,
) -> Response:
    """Take a piece of a sealed file that is awaited from the calling agency. Safe to repeat."""
    data = await request.body()
    await run_in_threadpool(take_piece, node, peer, sealed_sha256, number, data)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get(
    "/attachments/{sealed_sha256}",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The sealed file", "content": {_TYPE: {}}},
        206: {"description": "The bytes that were asked for", "headers": _PARTIAL, "content": {_TYPE: {}}},
        **{code: PROBLEM_RESPONSES[code] for code in (401, 416)},
    },
)
def get_sealed_file(
    node: NodeOf,
    peer: CallingPeer,
    sealed_sha256: SealedInPath,
    wanted: Annotated[
        str | None, Header(alias="Range", max_length=40, description="`bytes=0-262143`; the whole file without it")
    ] = None,
) -> StreamingResponse:
    """Return a sealed file, or one range of it, that a document names which was sent to the calling agency."""
    with node.database.reader() as session:
        row = attachments.find_sent_to(session, peer, sealed_sha256)
    if row is None:
        raise NotFound
    found = _RANGE.fullmatch(wanted or "")
    start, stop = _bounds(found, row.size)
    headers = {"accept-ranges": "bytes", "content-length": str(stop - start)}
    if found is not None:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{row.size}"
    status = 200 if found is None else 206
    return StreamingResponse(read_blob(node.blobs, row.blob, start, stop), status, headers, media_type=_TYPE)


def _bounds(found: re.Match[str] | None, size: int) -> tuple[int, int]:
    """Return where to begin and before where to end; what is no single range is no range (RFC 9110 section 14.2)."""
    if found is None:
        return 0, size
    start = int(found[1])
    stop = min(int(found[2]) + 1, size) if found[2] else size
    if start >= stop:
        raise InvalidInput("range_not_satisfiable", "the file ends before that")
    return start, stop
