"""What is carried by hand: the file that waits for an agency, and what came in such a file. All of it is ciphertext.

A bundle is brought as the list of its lines, and may be brought in parts, each with the first line: what was taken is
taken, and what is brought again is answered again.
"""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.errors import NotFound, SealError, TrustError
from api.flow.bundle import Outcome, pack
from api.flow.unpack import take
from api.rules.access import BUNDLES_CARRY
from api.store import agencies
from api.web.callers import Caller
from api.web.context import AgencyInPath, NodeOf, operation_name
from api.web.headers import FILE_NAME, Declared
from api.web.problems import PROBLEM_RESPONSES

MEDIA_TYPE = "application/vnd.homeward.bundle"
MOST_LINES = 10_000
_FILE = {"type": "string", "format": "binary"}
STAYS_HERE: Declared = {
    "Bundle-Left": {
        "description": "How many items wait that did not fit: export again when the answer was brought here",
        "schema": {"type": "integer"},
    },
    "Bundle-Left-Out": {
        "description": "How many attachments you left out: export them too, where no network brings them",
        "schema": {"type": "integer"},
    },
    "Bundle-Unreadable": {
        "description": "How many attachments are not what was sealed here, and stay: restore them",
        "schema": {"type": "integer"},
    },
}
router = APIRouter(prefix="/v1", tags=["bundles"], generate_unique_id_function=operation_name)


class BundleIn(BaseModel):
    """A bundle, or a part of it."""

    model_config = ConfigDict(extra="forbid")
    lines: list[str] = Field(
        min_length=1, max_length=MOST_LINES, description="The lines of the file: the first one, then any of the others"
    )


class RefusedItem(BaseModel):
    """An item that was not taken."""

    number: int = Field(description="Its place in the bundle, counted from 1")
    code: str


class BundleTaken(BaseModel):
    """What came of a bundle."""

    items: int = Field(description="How many items the whole bundle has")
    taken: int = Field(description="How many of them were brought now and taken, for the first time or again")
    refused: list[RefusedItem]
    missing: list[int] = Field(description="Places of items that were not among these lines")
    answer: list[str] | None = Field(
        description="The lines of the bundle that answers: write them to a file and have it carried back"
    )


@router.get(
    "/agencies/{agency_id}/bundle",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": _FILE}}, "headers": {**FILE_NAME, **STAYS_HERE}},
        204: {"description": "Nothing waits", "headers": STAYS_HERE},
    },
)
def export_bundle(
    node: NodeOf,
    caller: Caller,
    agency_id: AgencyInPath,
    attachments: Annotated[
        bool, Query(description="`false` leaves the attachments for another bundle, or for the network")
    ] = True,
) -> Response:
    """Return everything that waits for an agency as one file, to be carried there. It goes on waiting meanwhile.

    The head of the answer says how much stays here: what did not fit, and attachments that can't be read.
    """
    caller.require(BUNDLES_CARRY)
    with node.database.reader() as session:
        if agencies.find_agency(session, agency_id) is None:
            raise NotFound
    bundle = pack(node, agency=caller.agency, peer=agency_id, by=caller.role, attachments=attachments)
    stays = {"left": bundle.left, "left-out": bundle.left_out, "unreadable": bundle.unreadable}
    told = {f"bundle-{what}": str(count) for what, count in stays.items()}
    if not bundle.manifest.items:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=told)
    name = f"bundle-{secrets.token_hex(4)}.homeward"  # says nothing of who writes to whom
    headers = {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff", **told}
    return StreamingResponse(bundle.lines(), media_type=MEDIA_TYPE, headers=headers)


@router.post("/bundles", responses={409: PROBLEM_RESPONSES[409]})
def import_bundle(node: NodeOf, caller: Caller, body: Annotated[BundleIn, Body()]) -> BundleTaken:
    """Take what was carried here, for the caller's agency, and answer with what has to be carried back.

    Safe to repeat. An item that can't be taken blocks no other. A request has 10,000 lines at most, and 1,500,000 bytes
    where the operator set nothing else (`HOMEWARD_BODY_BYTES`), which is four pieces of an attachment: bring a larger
    file in parts, each with its first line and some of the others.
    """
    caller.require(BUNDLES_CARRY)
    taken = take(node, (line.encode() for line in body.lines), agency=caller.agency)
    answer = None if taken.answer is None else [line.decode().rstrip("\n") for line in taken.answer.lines()]
    return BundleTaken(
        items=len(taken.manifest.items),
        taken=taken.taken,
        refused=[RefusedItem(number=one.number, code=_told(one)) for one in taken.refused],
        missing=list(taken.missing),
        answer=answer,
    )


def _told(outcome: Outcome) -> str:
    """Return the code of what is wrong; from outside all broken seals look alike, and the log holds which it was."""
    if outcome.error is None or isinstance(outcome.error, SealError | TrustError):
        return "item_refused"
    return outcome.error.code
