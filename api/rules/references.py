"""What a document names has to be held: who refers to an assessment, a review or a hand-over has read it.

A gate that looks at the document before this one would stand open for an id that stands for nothing. That it was
corrected since is no reason to refuse: a document names what its writer went by. The writer is told, and so is who
reads it (decision 9).
"""

from collections.abc import Iterator, Sequence

from api.errors import Finding, InvalidInput
from schemas.base import DocumentId
from schemas.document import Document
from schemas.earlier import newest_version
from schemas.needs import Problem

_HINT = "name a document about this case that your agency holds; ask its writer to send it, or leave it out"


def check_references(document: Document, earlier: Sequence[Document]) -> None:
    """Raise ``InvalidInput`` for every document that this one names and that is not among those before it.

    ``earlier`` are those about its cases, and those about no case at all: a notice can come before every file.
    """
    held = {one.id for one in earlier}
    unheld = [name for name, named in references_of(document) if named not in held]
    if unheld:
        findings = tuple(Finding(f"/{name}", "reference_unknown", _HINT) for name in unheld)
        raise InvalidInput(hint="it names a document that is not held here", findings=findings)


def older_versions(document: Document, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield a caution for every document that is named in a version which its own sender has corrected since."""
    held = {one.id: one for one in earlier}
    for name, named in named_by(document):
        newest = newest_version(held[named], earlier) if named in held else None
        if newest is not None and newest.id != named:
            hint = f"a newer version is held, {newest.id}: look whether it changes what you tell"
            yield Problem((name,), "newer_version", hint)


def named_by(document: Document) -> Iterator[tuple[str, DocumentId]]:
    """Yield the documents that a kind names, with the one that it answers."""
    yield from references_of(document)
    if document.reply_to is not None:
        yield "reply_to", document.reply_to


def references_of(document: Document) -> Iterator[tuple[str, DocumentId]]:
    """Yield the documents that a kind names beside what it answers and corrects: such a field ends in ``_ref``."""
    for name in type(document).model_fields:
        if name.endswith("_ref") and (named := getattr(document, name)) is not None:
            yield name, named
