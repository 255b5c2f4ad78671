"""What staff write becomes a document.

The node adds who, when and under which id, and the checker says what is wrong.
"""

from collections.abc import Mapping
from typing import Any

from ulid import ULID

from api.errors import Finding, InvalidInput, NotFound
from api.flow.node import Node
from api.rules.access import Principal
from api.rules.checking import check_own
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
    """Return a checked document of the caller's agency; raises ``InvalidInput`` with what is wrong and where."""
    taken = [name for name in SET_BY_NODE if name in content]
    if taken:
        hint = "the node sets this by itself; leave it out"
        raise InvalidInput("set_by_node", hint, tuple(Finding(f"/{name}", "set_by_node", hint) for name in taken))
    now = local_time(node.clock(), country_of(principal.agency))
    header = {
        "kind": kind.model_fields["kind"].default,
        "schema_version": SCHEMA_VERSION,
        "id": str(ULID()),
        "sender": principal.agency,
        "created_at": now.isoformat(),
        **({"case_uid": case_uid} if case_uid is not None else {}),
    }
    return check_own({**header, **content})
