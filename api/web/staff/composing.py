"""What staff write becomes a document.

The node adds who, when and under which id, and by whose release; the checker says what is wrong.
"""

from collections.abc import Mapping
from typing import Any

from ulid import ULID

from api.errors import Finding, InvalidInput, NotFound
from api.flow.attachments.naming import name_files
from api.flow.grants import STANDS_FOR, who_stands_for
from api.flow.node import Node
from api.rules.access import Principal
from api.rules.checking import check_own
from api.rules.refusing import asked_by
from api.rules.zones import local_time
from schemas.base import country_of
from schemas.document import SCHEMA_VERSION, Document
from schemas.registry import FORMS

SET_BY_NODE = ("kind", "schema_version", "id", "sender", "created_at", "case_uid")
"""What the node writes into a document by itself; a caller may not."""


def get_kind(form: int) -> type[Document]:
    """Return the kind behind a form number; raises ``NotFound``."""
    kind = FORMS.get(form)
    if kind is None:
        raise NotFound("form_not_found", "GET /v1/forms lists the forms")
    return kind


def compose(
    node: Node,
    principal: Principal,
    kind: type[Document],
    content: Mapping[str, Any],
    case_uid: str | None,
) -> Document:
    """Return a checked document of the caller's agency; raises ``InvalidInput`` with what is wrong and where.

    What is restricted states the two persons of its release; raises ``NotPermitted`` ``release_needed`` where it does
    not, and there is none.
    """
    with asked_by(kind):
        taken = taken_in(content)
        if taken:
            raise InvalidInput("set_by_node", taken[0].hint, taken)
        released = _released(node, principal, kind, content, case_uid)
        named = name_files(node, principal.agency, kind, content, case_uid)
    now = local_time(node.clock(), country_of(principal.agency))
    header = {
        "kind": kind.model_fields["kind"].default,
        "schema_version": SCHEMA_VERSION,
        "id": str(ULID()),
        "sender": principal.agency,
        "created_at": now.isoformat(),
        **({"case_uid": case_uid} if case_uid is not None else {}),
    }
    return check_own({**header, **named, **released})


def taken_in(content: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return a finding for everything in a content that is not the caller's to say."""
    hint = "the node sets this by itself; leave it out"
    return tuple(Finding(f"/{name}", "set_by_node", hint) for name in SET_BY_NODE if name in content)


def filled_in(kind: type[Document]) -> tuple[str, ...]:
    """Return what the node fills in where the caller leaves it out."""
    return (STANDS_FOR,) if kind.facts.needs_release else ()


def _released(
    node: Node, principal: Principal, kind: type[Document], content: Mapping[str, Any], case_uid: str | None
) -> dict[str, Any]:
    """Return who stands for it that a document leaves, where its kind needs that and nobody is named."""
    recipient = content.get("recipient")
    if case_uid is None or not isinstance(recipient, str):
        return {}
    return {
        name: who_stands_for(node, principal, case_uid, recipient).model_dump(mode="json", exclude={"absent"})
        for name in filled_in(kind)
        if name not in content
    }
