"""Files for a case: handed in part by part and resumable, as tus 1.0 does it; read through the document's own rules."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.flow.attachments.finishing import take_part
from api.flow.attachments.reading import open_file
from api.flow.attachments.upload import LEAST_PART, Upload, get_upload, prepare_begin
from api.rules.need_to_know import LookPurpose
from api.web.callers import Caller
from api.web.context import CaseInPath, DocumentInPath, NodeOf, operation_name
from api.web.headers import FILE_NAME, LOCATION, Declared
from api.web.idempotency import IdempotencyKey, Once
from api.web.limits import PART_TYPE
from api.web.problems import PROBLEM_RESPONSES
from schemas.attachments import MAX_ATTACHMENT_BYTES, MediaType
from schemas.base import Sha256

router = APIRouter(prefix="/v1", tags=["attachments"], generate_unique_id_function=operation_name)

AttachmentInPath = DocumentInPath
Offset = Annotated[
    int, Header(alias="Upload-Offset", ge=0, le=MAX_ATTACHMENT_BYTES, description="Where the part begins")
]
OFFSET: Declared = {
    "Upload-Offset": {"description": "Where to go on: so many bytes are here", "schema": {"type": "integer"}},
    "Upload-Length": {"description": "So many bytes were announced", "schema": {"type": "integer"}},
    "Upload-Complete": {"description": "`?1` when a document can name the file", "schema": {"type": "string"}},
}


class NewAttachment(BaseModel):
    """What is announced of a file: its type and size, and its digest if you know it."""

    model_config = ConfigDict(extra="forbid")
    media_type: MediaType = Field(description="What the bytes are", examples=["image/jpeg"])
    bytes: int = Field(ge=1, le=MAX_ATTACHMENT_BYTES, description="How many there are")
    sha256: Sha256 | None = Field(None, description="Their SHA-256; what comes has to have it")


class AttachmentView(BaseModel):
    """How far a file has come, and what it is once it is complete."""

    attachment_id: str = Field(description="What a form names the file by")
    media_type: str
    offset: int = Field(description="So many bytes are here")
    announced: int = Field(description="So many were announced")
    complete: bool = Field(description="Whether a form can name it")
    sha256: str | None = Field(None, description="Of the file as it was sealed: a picture has lost its metadata")
    bytes: int | None = Field(None, description="Size of the file as it was sealed")
    least_part: int = Field(LEAST_PART, description="Every part but the last has at least so many bytes")
    largest_part: int = Field(description="And at most so many")


@router.post(
    "/cases/{case_uid}/attachments",
    status_code=HTTPStatus.CREATED,
    response_model=AttachmentView,
    responses={201: {"headers": LOCATION}},
)
async def begin_attachment(
    node: NodeOf,
    caller: Caller,
    case_uid: CaseInPath,
    response: Response,
    body: Annotated[NewAttachment, Body()],
    key: IdempotencyKey = None,
) -> Any:
    """Announce a file and get the id by which a form names it; then send its bytes with PATCH.

    It is sealed when it is complete: until then no form can name it, and what nobody goes on with is removed.
    """
    once = Once(node, caller, key, ["begin_attachment", case_uid, body.model_dump()])
    begin = prepare_begin(node, caller, case_uid, media_type=body.media_type, size=body.bytes, sha256=body.sha256)
    answer = await once.do(lambda session: _view(node, begin(session)).model_dump(mode="json"), node.clock())
    response.headers["location"] = f"/v1/cases/{case_uid}/attachments/{answer['attachment_id']}"
    return answer


@router.patch(
    "/cases/{case_uid}/attachments/{attachment_id}",
    responses={
        200: {"headers": OFFSET},
        409: {**PROBLEM_RESPONSES[409], "headers": {"Upload-Offset": OFFSET["Upload-Offset"]}},
        415: PROBLEM_RESPONSES[415],
    },
    openapi_extra={
        "requestBody": {"content": {PART_TYPE: {"schema": {"type": "string"}}}},
    },
)
async def send_part(
    node: NodeOf,
    caller: Caller,
    case_uid: CaseInPath,
    attachment_id: AttachmentInPath,
    offset: Offset,
    request: Request,
    response: Response,
) -> AttachmentView:
    """Send the next part of a file; after a cut ask with HEAD where to go on. A part for another place is 409.

    The last part completes it: the file is checked, a picture loses its metadata, and the whole is sealed. A file that
    is refused is removed.
    """
    data = await request.body()
    upload = await run_in_threadpool(take_part, node, caller, case_uid, attachment_id, offset, data)
    response.headers.update(_offsets(upload))
    return _view(node, upload)


@router.head(
    "/cases/{case_uid}/attachments/{attachment_id}", response_class=Response, responses={200: {"headers": OFFSET}}
)
def find_offset(node: NodeOf, caller: Caller, case_uid: CaseInPath, attachment_id: AttachmentInPath) -> Response:
    """Say where to go on with a file."""
    return Response(headers=_offsets(get_upload(node, caller, case_uid, attachment_id)))


@router.get("/cases/{case_uid}/attachments/{attachment_id}", responses={200: {"headers": OFFSET}})
def get_attachment(
    node: NodeOf, caller: Caller, case_uid: CaseInPath, attachment_id: AttachmentInPath, response: Response
) -> AttachmentView:
    """Say how far a file has come, and what it is once it is complete."""
    upload = get_upload(node, caller, case_uid, attachment_id)
    response.headers.update(_offsets(upload))
    return _view(node, upload)


@router.get(
    "/documents/{document_id}/attachments/{attachment_id}",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The file", "headers": FILE_NAME, "content": {"application/octet-stream": {}}},
        409: PROBLEM_RESPONSES[409],
    },
)
def read_attachment(
    node: NodeOf,
    caller: Caller,
    document_id: DocumentInPath,
    attachment_id: AttachmentInPath,
    purpose: Annotated[LookPurpose, Query(description="Why you look, as for the document")] = LookPurpose.CASE_WORK,
) -> StreamingResponse:
    """Read a file that a document names, if you are shown its name there. The look is logged, like at the document."""
    file = open_file(node, caller, document_id, attachment_id, purpose)
    headers = {
        "content-length": str(file.size),
        "content-disposition": f'attachment; filename="{attachment_id}.{file.ending}"',
    }
    return StreamingResponse(file.chunks, media_type=file.media_type, headers=headers)


def _view(node: NodeOf, upload: Upload) -> AttachmentView:
    told, is_complete = upload.told, upload.is_complete
    return AttachmentView(
        attachment_id=upload.attachment_id,
        media_type=told.media_type,
        offset=upload.offset,
        announced=upload.announced,
        complete=is_complete,
        sha256=told.sha256 if is_complete else None,
        bytes=told.size if is_complete else None,
        largest_part=node.limits.body_bytes,
    )


def _offsets(upload: Upload) -> dict[str, str]:
    return {
        "upload-offset": str(upload.offset),
        "upload-length": str(upload.announced),
        "upload-complete": "?1" if upload.is_complete else "?0",
    }
