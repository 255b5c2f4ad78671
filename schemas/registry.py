"""Every kind of document, in the order of its form number, found where they are declared.

A new kind is one file in this package: a class of documents that declares its ``facts``. Nothing else has to be told.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

import schemas
from schemas.document import Document

_NO_KINDS = frozenset({"registry", "reading", "generate"})
"""Files that ask this one."""


def _declared() -> Iterator[type[Document]]:
    """Yield each class of documents with facts of its own, from the file that declares it."""
    for module in iter_modules(schemas.__path__, "schemas."):
        if module.ispkg or module.name.removeprefix("schemas.") in _NO_KINDS:
            continue
        for value in vars(import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Document) and value.__module__ == module.name:
                yield from [value] if "facts" in vars(value) else []


KINDS: Mapping[str, type[Document]] = {
    cast("str", kind.model_fields["kind"].default): kind
    for kind in sorted(_declared(), key=lambda kind: kind.facts.form)
}
"""Kinds by their name, in form order."""

FORMS: Mapping[int, type[Document]] = {kind.facts.form: kind for kind in KINDS.values()}
"""Kinds by the number of their form, which stands for them in URLs."""

if len(FORMS) != len(KINDS):
    raise RuntimeError("two kinds of document share a form number")
