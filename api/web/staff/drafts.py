"""Forms that are being filled in: saved as often as one likes, reviewed section by section, finalised when ready."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Conflict, InvalidInput, NotFound
from api.flow.attachments.naming import name_known_files
from api.flow.drafts import Draft, get_draft, look_at_draft, prepare_save, require_change, require_newest
from api.flow.node import today_of
from api.flow.policies import find_policies
from api.rules.access import Principal
from api.rules.agreements import Policies
from api.rules.completeness import Review, review_case_file
from api.store import documents
from api.web.callers import Caller
from api.web.context import CaseInPath, FormInPath, NodeOf, operation_name
from api.web.headers import ETAG
from api.web.idempotency import IdempotencyKey
from api.web.problems import PROBLEM_RESPONSES
from api.web.staff.composing import compose, get_kind, taken_in
from api.web.staff.recording import RecordedView, record_once
from schemas.base import AgencyIdField
from schemas.case_file import CaseFile
from schemas.document import Document

router = APIRouter(
    prefix="/v1/cases/{case_uid}/forms/{form}/draft", tags=["drafts"], generate_unique_id_function=operation_name
)

Content = Annotated[dict[str, Any], Body(description="The form as it stands: any part of it, however incomplete")]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The ETag you have read: saves over that version only")
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="`*`: saves only if there is no draft yet")
]


class DraftView(BaseModel):
    """A form that is being filled in."""

    form: int
    saved_at: datetime
    content: dict[str, Any]


class SavedDraft(BaseModel):
    """A draft was saved; what is missing and what is wrong, section by section."""

    form: int
    saved_at: datetime
    review: Review | None = Field(None, description="For forms with sections")


class Finalise(BaseModel):
    """Send the form as it stands."""

    model_config = ConfigDict(extra="forbid")
    recipient: AgencyIdField = Field(description="The agency it is for", examples=["MM-DSW"])


def _kind(caller: Principal, form: int) -> type[Document]:
    kind = get_kind(form)
    caller.require_write(kind)
    if not kind.facts.about_case:
        raise InvalidInput(
            "form_without_draft", "this form is about several persons; post it whole to /v1/forms/{form}"
        )
    return kind


def _etag(draft: Draft) -> str:
    return f'"{draft.version}"'


def _expected(if_match: str | None, if_none_match: str | None) -> int | None:
    """Read which version the caller has seen; who names none has seen none, and can only save the first."""
    if if_none_match is not None:
        if if_none_match.strip() != "*" or if_match is not None:
            raise InvalidInput("precondition_malformed", "send If-None-Match: * or If-Match with an ETag, not both")
        return None
    if if_match is None:
        return None
    version = if_match.strip().removeprefix("W/").strip('"')
    if not (version.isascii() and version.isdecimal()) or len(version) > 9:  # noqa: PLR2004
        raise Conflict("draft_changed", "read the draft again; this is not an ETag of ours")
    return int(version)


Reviewer = Callable[[Mapping[str, Any], date, Policies], Review]
_REVIEWERS: Mapping[type[Document], Reviewer] = {CaseFile: review_case_file}


def _review(
    node: NodeOf, caller: Principal, kind: type[Document], content: Mapping[str, Any], case_uid: str
) -> Review | None:
    reviewer = _REVIEWERS.get(kind)
    if reviewer is None:
        return None
    today = today_of(node, caller.agency)
    with node.database.reader() as session:
        policies = find_policies(node, session, caller.agency)
    named = name_known_files(node, caller.agency, kind, content, case_uid)
    return reviewer(named, today, policies).with_problems(taken_in(content))


@router.put("", responses={200: {"headers": ETAG}, **{code: PROBLEM_RESPONSES[code] for code in (412, 428)}})
async def save_draft(
    node: NodeOf,
    caller: Caller,
    case_uid: CaseInPath,
    form: FormInPath,
    content: Content,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> SavedDraft:
    """Save a form as it stands. Nothing is refused for being incomplete or wrong; the review says what is."""
    kind = _kind(caller, form)
    expected = _expected(if_match, if_none_match)
    unit = await run_in_threadpool(prepare_save, node, caller, case_uid, form, content, expected=expected)
    try:
        draft = await node.writer.write_async(unit)
    except Conflict:
        if if_match is None and if_none_match is None:
            raise Conflict(
                "precondition_required", "there is a draft: read it, then send If-Match with its ETag"
            ) from None
        raise
    response.headers["etag"] = _etag(draft)
    found = await run_in_threadpool(_review, node, caller, kind, content, case_uid)
    return SavedDraft(form=form, saved_at=draft.saved_at, review=found)


@router.get("", responses={200: {"headers": ETAG}})
def read_draft(node: NodeOf, caller: Caller, case_uid: CaseInPath, form: FormInPath, response: Response) -> DraftView:
    """Read a form as it was saved last, if you work on the case or saved it; its ETag names the version."""
    _kind(caller, form)
    draft = look_at_draft(node, caller, case_uid, form)
    response.headers["etag"] = _etag(draft)
    return DraftView(form=form, saved_at=draft.saved_at, content=dict(draft.content))


@router.get("/review")
def review_draft(node: NodeOf, caller: Caller, case_uid: CaseInPath, form: FormInPath) -> Review:
    """See what is missing and what is wrong, section by section, and whether the family could be traced with it."""
    kind = _kind(caller, form)
    draft = get_draft(node, caller, case_uid, form)
    found = _review(node, caller, kind, draft.content, case_uid)
    if found is None:
        raise NotFound("form_without_review", "this form has no sections; finalise it to see what is wrong")
    return found


@router.post(
    "/finalise",
    status_code=HTTPStatus.CREATED,
    response_model=RecordedView,
    responses={code: PROBLEM_RESPONSES[code] for code in (409, 412)},
)
async def finalise_draft(
    node: NodeOf,
    caller: Caller,
    case_uid: CaseInPath,
    form: FormInPath,
    body: Annotated[Finalise, Body()],
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Any:
    """Check the form as it stands, sign it, seal it for its recipient and send it.

    The draft stays, for the next version: finalised again, it corrects (`supersedes`) what was sent before, unless it
    says the same, or the agency told something else since the draft was saved: then it has to be saved anew.
    """
    kind = _kind(caller, form)

    def write() -> Document:
        draft = get_draft(node, caller, case_uid, form)
        if if_match is not None and _expected(if_match, None) != draft.version:
            raise Conflict("draft_changed", "the draft was saved again since you read it; look at it first")
        with node.database.reader() as session:
            before = documents.find_newest_sent(session, caller.agency, case_uid, form=form, peer=body.recipient)
        corrected = {"supersedes": before} if before is not None else {}
        content = {**corrected, **draft.content, "recipient": body.recipient}
        document = compose(node, caller, kind, content, case_uid)
        require_newest(node, caller, document, draft.saved_at)
        require_change(node, caller, document)
        return document

    request = ["finalise", case_uid, form, body.model_dump(), if_match]
    return await record_once(node, caller, key, request, write)
