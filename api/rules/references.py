"""What a document names has to be held: who refers to an assessment, a review or a hand-over has read it.

A gate that looks at the document before this one would stand open for an id that stands for nothing. That it was
corrected since is no reason to refuse: a document names what its writer went by. The writer is told, and so is who
reads it (decision 9): what else is named, in a group or a list, is found by its type.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

from api.errors import Finding, InvalidInput
from api.rules.refusing import asked_by
from schemas.base import DocumentId, Frozen
from schemas.case_file import CaseFile
from schemas.document import Document
from schemas.earlier import current, newest_version
from schemas.facts import group_of
from schemas.needs import Location, Problem

_HINT = "name a document about this case that your agency holds; ask its writer to send it, or leave it out"

_OWN = frozenset({"id", "supersedes"})


def check_references(document: Document, earlier: Sequence[Document]) -> None:
    """Raise ``InvalidInput`` for every document that this one names and that is not among those before it.

    ``earlier`` are those about its cases, and those about no case at all: a notice can come before every file.
    """
    held = {one.id for one in earlier}
    unheld = [name for name, named in references_of(document) if named not in held]
    if unheld:
        findings = tuple(Finding(f"/{name}", "reference_unknown", _HINT) for name in unheld)
        with asked_by(type(document)):
            raise InvalidInput(hint="it names a document that is not held here", findings=findings)


def older_versions(document: Document, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield a caution for every document that is named in a version which its own sender has corrected since.

    A list that names both versions is right.
    """
    held = {one.id: one for one in earlier}
    all_named = {named for _, named in named_by(document)}
    for place, named in named_by(document):
        newest = newest_version(held[named], earlier) if named in held else None
        if newest is not None and newest.id not in all_named:
            hint = (
                f"a newer version is held, {newest.id}: look whether it changes what you tell; "
                "if so, correct this one with `supersedes`"
            )
            yield Problem(place, "newer_version", hint, rests_on=newest.kind)


def stands_beside(document: Document, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield that an own file of the case, as complete and for the same agency, stands where this one replaces none."""
    if not isinstance(document, CaseFile) or document.supersedes is not None:
        return
    stand = [one for one in current(CaseFile, earlier, document.case_uid) if one.sender == document.sender]
    alike = [one for one in stand if (one.recipient, one.level) == (document.recipient, document.level)]
    if alike:
        newest = alike[-1].id
        hint = f"{newest} stands beside this one, which counts as newer; what changes a file names it in `supersedes`"
        yield Problem(("supersedes",), "file_stands", hint)


def named_by(document: Document) -> Iterator[tuple[Location, DocumentId]]:
    """Yield every document that one names, the one that it answers too, each with its place."""
    yield from named_in(type(document), document)


def named_in(
    group: type[Frozen], content: Frozen | Mapping[str, Any], around: Location = ()
) -> Iterator[tuple[Location, DocumentId]]:
    """Yield every document that is named in a group, whole or as a reader sees it, each with its place there."""
    for name, below in _naming(group):
        held = content.get(name) if isinstance(content, Mapping) else getattr(content, name)
        for place, one in _each(held, (*around, name)):
            if below is None:
                yield place, DocumentId(one)
            else:
                yield from named_in(below, one, place)


def _each(held: Any, place: Location) -> Iterator[tuple[Location, Any]]:
    """Yield what stands in a field, or each row of it."""
    if isinstance(held, list | tuple):
        yield from (((*place, index), one) for index, one in enumerate(held))
    elif held is not None:
        yield place, held


@cache
def _naming(group: type[Frozen]) -> tuple[tuple[str, type[Frozen] | None], ...]:
    """Return the fields that name a document, and those with a group in which one may be named, with that group.

    Its own id names nothing else, and a reader is told of what it corrects by the one that was corrected.
    """
    fields = ((name, group_of(group, name)) for name in group.model_fields if name not in _OWN)
    return tuple((name, below) for name, below in fields if (_naming(below) if below else _names_document(group, name)))


def _names_document(group: type[Frozen], name: str) -> bool:
    """Say whether what stands in a field is the id of a document."""
    waiting: list[object] = [group.model_fields[name].annotation]
    while waiting:
        kind = waiting.pop()
        if kind is DocumentId:
            return True
        waiting.extend(get_args(kind))
    return False


def references_of(document: Document) -> Iterator[tuple[str, DocumentId]]:
    """Yield the documents that a kind names beside what it answers and corrects: such a field ends in ``_ref``."""
    for name in type(document).model_fields:
        if name.endswith("_ref") and (named := getattr(document, name)) is not None:
            yield name, named
