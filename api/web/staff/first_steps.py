"""With what the page of the staff API begins: what to do first, and the forms of a usual return in their order."""

from collections.abc import Iterator

from schemas.document import Role, Side
from schemas.registry import FORMS

_USUAL = (1, 8, 11, 12, 13, 9, 10, 15, 16, 17, 18, 19, 23, 20, 21)
"""From the shelter home; a child has form 14 in place of 13."""
_FIRST = """Open a case, fill in its forms, send them, announce returns, answer, and see what proves it all.

**First:** get a token (`POST /oauth/token`) with scopes that your role holds; each operation says for whom it is. Open
a case (`POST /v1/cases`) and save its form 1 as a draft; the review says what is missing, and finalising sends it
(`GET /v1/agencies` lists to whom). What comes in stands in `GET /v1/inbox`, what is due in `GET /v1/alerts`.

**The forms of a usual return**, in their order; a child has form 14 in place of 13, and what needs restricted detail
has form 2 beside it. `GET /v1/forms` lists all forms; each tells what it needs."""


def _lines() -> Iterator[str]:
    """Yield each form of a usual return with the side it comes from and the roles that write it."""
    for number, form in enumerate(_USUAL, start=1):
        facts = FORMS[form].facts
        side = "either" if facts.senders == frozenset(Side) else f"the {next(iter(facts.senders))}"
        *others, last = [role for role in Role if role in facts.writers]
        writers = f"{', '.join(others)} or {last}" if others else last
        yield f"{number}. Form {form} ({facts.title}): from {side} side, by {writers}"


FIRST_STEPS = "\n".join([_FIRST, "", *_lines()])
"""The description of the staff API, as Markdown."""
