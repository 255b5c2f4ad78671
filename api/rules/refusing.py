"""How a form is refused: what is wrong becomes findings, and each names the clause of the sources that asks for it.

A rule may name a clause of its own. What names none was asked for by the form, so that its source is filled in here,
where the form is known, and in no other place.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from api.errors import Finding, InvalidInput, NotPermitted
from schemas.document import Document
from schemas.needs import Problem, pointer


def findings_from(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """Return a finding for each problem, in the same order."""
    return tuple(Finding(pointer(one.location), one.code, one.hint, one.source or None) for one in problems)


@contextmanager
def asked_by(kind: type[Document]) -> Iterator[None]:
    """Let whatever is refused inside name its source: that of its own rule, else that of the form.

    A document of a kind that is not known is asked for by nothing.
    """
    try:
        yield
    except (InvalidInput, NotPermitted) as refusal:
        facts = getattr(kind, "facts", None)
        if facts is not None:
            refusal.name_source(facts.source)
        raise
