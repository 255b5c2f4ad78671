"""Errors become problem details (RFC 9457). The status is decided here and nowhere else.

A problem names a class of things (``code``), how to mend it and where; it never holds a value that somebody entered.
What fails in a seal looks like every other such failure from outside; the exact code goes to the log under the
``instance``.
"""

import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from operator import not_
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from ulid import ULID

from api.errors import (
    CallerError,
    Conflict,
    Finding,
    HomewardError,
    InvalidInput,
    NodeError,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    OffsetDiffers,
    PeerError,
    SealError,
    TooMuch,
    TrustError,
)
from api.store.engine import DatabaseAway
from api.web.codes import told
from api.web.headers import BEARER, RETRY_AFTER, Declared
from api.web.places import SEE, findings_in, is_unknown_address

_log = structlog.get_logger("homeward.problems")

MEDIA_TYPE = "application/problem+json"
_STATUS: Sequence[tuple[type[HomewardError], HTTPStatus]] = (
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (NotAuthenticated, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (TooMuch, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (CallerError, HTTPStatus.BAD_REQUEST),
    (SealError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TrustError, HTTPStatus.CONFLICT),
    (PeerError, HTTPStatus.BAD_GATEWAY),
    (NodeError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_BY_CODE = {
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "draft_changed": HTTPStatus.PRECONDITION_FAILED,
    "precondition_required": HTTPStatus.PRECONDITION_REQUIRED,
    "body_too_slow": HTTPStatus.REQUEST_TIMEOUT,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "range_not_satisfiable": HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
}
_TITLES = {
    HTTPStatus.UNPROCESSABLE_ENTITY: "The content breaks a rule",
    HTTPStatus.FORBIDDEN: "A rule protects this",
    HTTPStatus.UNAUTHORIZED: "Credentials are missing or not good",
    HTTPStatus.NOT_FOUND: "Not here, or not for this caller",
    HTTPStatus.CONFLICT: "Something else stands in the way",
}


_NOT_HERE = (
    "not here, or not for you; both look alike. Check the id, and that the token is one of the agency that holds it; "
    "then whether your role reads this form (GET /v1/forms) and whether you are assigned to the case"
)
_HTTP_CODES = {
    400: ("malformed_request", SEE),
    404: (NotFound.code, ""),  # exactly like an id that does not exist
    405: ("method_not_allowed", "`Allow` names the methods of this address"),
}


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="`urn:homeward:problem:` and the code")
    title: str = Field(description="The class of problems, for people")
    status: int = Field(description="The HTTP status")
    code: str = Field(description="What is in the way; stable, so that a program can act on it")
    detail: str = Field("", description="How to mend it; never a value that somebody entered")
    instance: str = Field(description="An id of this answer, under which the log may hold more")
    source: str = Field(
        "", description="The clause of the sources that asks for it, where one does: `004 1.4(4)`", exclude_if=not_
    )
    errors: list["ProblemFinding"] = Field(
        [], description="Where, for a form or a request that breaks rules", exclude_if=not_
    )


class ProblemFinding(BaseModel):
    """One finding: a JSON pointer of declared names, a code, and how to mend it."""

    path: str = Field(description="`/person/names/0`, or `/query/limit` for a parameter")
    code: str = Field(description="Which rule; each form names its own")
    hint: str = Field("", description="How to mend it")
    source: str = Field(
        "", description="The clause of the rule, else that of the form; what is no form has none", exclude_if=not_
    )


def answer(
    status: int,
    code: str,
    hint: str = "",
    findings: Sequence[Finding] = (),
    headers: Mapping[str, str] | None = None,
    *,
    instance: str = "",
    source: str = "",
) -> JSONResponse:
    """Build a problem answer; ``instance`` is the id under which the log holds its details, where it does."""
    known = HTTPStatus(status)
    hint = hint or (_NOT_HERE if known is HTTPStatus.NOT_FOUND else "")
    problem = Problem(
        type=f"urn:homeward:problem:{code}",
        title=_TITLES.get(known, known.phrase),
        status=status,
        code=code,
        detail=hint,
        instance=instance or _new_instance(),
        source=source,
        errors=[_told(finding) for finding in findings],
    )
    return JSONResponse(problem.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)


def _told(finding: Finding) -> ProblemFinding:
    """Return a finding as it is shown."""
    return ProblemFinding(path=finding.path, code=finding.code, hint=finding.hint, source=finding.source or "")


def _new_instance() -> str:
    """Return a new id for an answer, under which the log may hold its details."""
    return f"urn:ulid:{ULID()}"


def status_of(error: HomewardError) -> HTTPStatus:
    """Return the HTTP status of an error."""
    return _BY_CODE.get(error.code) or next(
        (status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR
    )


def answer_error(error: HomewardError) -> JSONResponse:
    """Build the answer for one of our errors; a broken seal does not say what was broken."""
    status = status_of(error)
    if isinstance(error, SealError):
        instance = _new_instance()
        _log.warning("seal_refused", reason=error.code, instance=instance)
        hint = "nothing was stored; see docs/sealing-profile.md for what is checked"
        return answer(status, "envelope_refused", hint, instance=instance)
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        headers["retry-after"] = "60"
    if isinstance(error, OffsetDiffers):
        headers["upload-offset"] = str(error.offset)
    findings = error.findings if isinstance(error, InvalidInput) else ()
    source = error.source if isinstance(error, CallerError) else ""
    return answer(status, error.code, error.hint, findings, headers, source=source)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of an app leave as problem details."""

    def on_ours(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HomewardError)  # noqa: S101  # the handler is registered for these
        return answer_error(error)

    def on_request(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        if is_unknown_address(error):
            return answer_error(NotFound())  # what cannot be an id looks like an id that does not exist
        return answer(422, "invalid_request", SEE, findings_in(request, error))

    def on_http(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        code, hint = _HTTP_CODES.get(error.status_code, ("http_error", SEE))
        return answer(error.status_code, code, hint, headers=error.headers)

    def on_away(_request: Request, _error: Exception) -> JSONResponse:
        return answer_error(NodeError("storage_unavailable", "the database does not answer; try again soon"))

    def on_bug(_request: Request, error: Exception) -> JSONResponse:
        instance = _new_instance()
        place = traceback.extract_tb(error.__traceback__)[-1]
        _log.error(
            "bug",
            error=type(error).__name__,
            where=f"{Path(place.filename).name}:{place.lineno}",
            instance=instance,
        )
        hint = "this is our mistake; the log holds it under the instance"
        return answer(500, "internal_error", hint, instance=instance)

    app.add_exception_handler(HomewardError, on_ours)
    app.add_exception_handler(RequestValidationError, on_request)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(DatabaseAway, on_away)
    app.add_exception_handler(Exception, on_bug)


_HEADERS: Mapping[int, Declared] = {401: BEARER, 429: RETRY_AFTER}
PROBLEM_RESPONSES: Mapping[int, dict[str, Any]] = {
    status: {
        "description": f"{text}; {told(status)}",
        **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in (
        (401, "No token, or not a good one"),
        (403, "A rule protects this: role, scope or consent"),
        (404, "Not here, or not for this caller: both look alike"),
        (409, "Something else stands in the way"),
        (412, "Somebody else saved meanwhile"),
        (413, "The body is too large"),
        (415, "Another media type is expected"),
        (416, "The file ends before that"),
        (422, "The content breaks a rule; `errors` says where, each with a code of its own"),
        (428, "Say which version you have seen: `If-Match`, or `If-None-Match: *`"),
        (429, "Too many requests; wait as long as `Retry-After` says"),
    )
}
