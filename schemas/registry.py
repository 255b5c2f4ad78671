"""Every kind of document, in the order of its form number. A new kind is one file and one line here."""

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import Field

from schemas.case_file import CaseFile
from schemas.document import Document
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_ack import NoticeAcknowledgement
from schemas.restricted_annex import RestrictedAnnex

_ALL: tuple[type[Document], ...] = (CaseFile, RestrictedAnnex, AdvanceRepatriationNotice, NoticeAcknowledgement)

KINDS: Mapping[str, type[Document]] = {
    cast("str", kind.model_fields["kind"].default): kind for kind in sorted(_ALL, key=lambda kind: kind.facts.form)
}
"""Kinds by their name, in form order."""

AnyDocument = Annotated[
    CaseFile | RestrictedAnnex | AdvanceRepatriationNotice | NoticeAcknowledgement, Field(discriminator="kind")
]
"""One of all kinds, told apart by ``kind``."""


def find_kind(name: str) -> type[Document] | None:
    """Find a kind by its name."""
    return KINDS.get(name)


def get_kind_by_form(form: int) -> type[Document]:
    """Return the kind with that form number; raises ``KeyError`` for a number that no kind has."""
    for kind in KINDS.values():
        if kind.facts.form == form:
            return kind
    raise KeyError(form)
