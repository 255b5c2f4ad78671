"""Every kind of document, in the order of its form number. A new kind is one file and one line here."""

from collections.abc import Mapping
from typing import cast

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

FORMS: Mapping[int, type[Document]] = {kind.facts.form: kind for kind in KINDS.values()}
"""Kinds by the number of their form, which stands for them in URLs."""
