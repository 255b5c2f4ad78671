"""What the OpenAPI page says about a form beside its fields: who, with whose leave, after what, and every rule.

Nothing of it is written by hand: who writes and who answers stands in the kind's own facts, which consents and rules
there are in its JSON Schema, and what a corridor's policy asks beside them in the rules of the node.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from importlib.resources import files
from typing import Any

from api.rules.access import GRANTS_APPROVE, ROLE_WORDS, roles_with
from api.rules.agreed import agreed_problems
from api.rules.hindrances import hindrances
from api.rules.travellers import not_expected
from schemas.document import ConsentPurpose, Document, Role
from schemas.registry import KINDS
from schemas.stated import Stated, rules_in

_OF_THE_NODE = (agreed_problems, hindrances, not_expected)
_CONSENT = (
    "It is looked for in the form itself where it has a field for that, else in section J of the newest case file that "
    "your own agency recorded (form 1, `consents`); the receiving side too records a consent in a case file of its own "
    "for that case, with section J in it. Without it the answer is 403 `consent_missing`, which names the purpose by "
    "its number: {numbers}. To protect a life it may leave without: `vital_interest` says why, and names two persons, "
    "who decided and who approved."
)
_RELEASE = (
    "ask with `POST /v1/cases/{{case_uid}}/releases`, then another client as {approvers} posts "
    "`/v1/releases/{{grant_id}}/approve`; it serves only the one who asked, and "
    "once. Without it the answer is 403 `release_needed`."
)
_PLACES = {"": "the whole form", "/*": "one of the answers"}


def schema_of(kind: type[Document]) -> Mapping[str, Any]:
    """Return the JSON Schema of a kind as partners read it, with its example, its consents and its rules."""
    file = files("schemas") / "generated" / f"{kind.model_fields['kind'].default}.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


def notes_of(kind: type[Document], schema: Mapping[str, Any]) -> str:
    """Return what there is to know before a form is posted, as Markdown; ``schema`` is the kind's own."""
    lines = [*_who(kind), *_earlier(kind), *_leave(kind, schema["x-consents"]), *_rules(kind, schema["x-rules"])]
    return "\n".join(["**Needs**", "", *lines])


def _who(kind: type[Document]) -> Iterator[str]:
    sides = " or ".join(f"{side} side" for side in sorted(kind.facts.senders))
    yield f"* Sent by the {sides}; written by {_named(*kind.facts.writers)}, with the scope `{kind.facts.scope}:write`."


def _named(*roles: Role) -> str:
    return ", ".join(f"{role} ({ROLE_WORDS[role]})" for role in Role if role in roles)


def _earlier(kind: type[Document]) -> Iterator[str]:
    """Yield what the form answers and what answers it, and how a correction is posted."""
    name, reply_to = kind.model_fields["kind"].default, kind.model_fields["reply_to"]
    said = "`reply_to` is the id of that document"
    said += "." if reply_to.is_required() else "; leave it out where no such document is answered."
    for other in KINDS.values():
        if other.facts.answered_by == name:
            yield f"* Answers form {other.facts.form} ({other.facts.title}): {said}"
    answer = KINDS.get(kind.facts.answered_by or "")
    if answer is not None:
        yield f"* Is answered with form {answer.facts.form} ({answer.facts.title}){_within(kind.facts.answer_within)}."
    yield "* A correction is the whole form again; `supersedes` is the id of the version before."


def _within(time: timedelta | None) -> str:
    if time is None:
        return ""
    return f" within {time.days} days" if time.days else f" within {int(time.total_seconds() // 3600)} hours"


def _leave(kind: type[Document], consents: Sequence[str]) -> Iterator[str]:
    """Yield the consents and the second person without whom it does not leave."""
    if consents:
        told = _CONSENT.format(numbers=", ".join(f"{n} `{one}`" for n, one in enumerate(ConsentPurpose, start=1)))
        yield f"* Consent, by what is told in it: {', '.join(f'`{purpose}`' for purpose in consents)}. {told}"
    if kind.facts.needs_release or consents:
        when = "Always" if kind.facts.needs_release else "Under `vital_interest`"
        approvers = _named(*roles_with(GRANTS_APPROVE))
        yield f"* {when} a second person agrees first: {_RELEASE.format(approvers=approvers)}"


def _rules(kind: type[Document], stated: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the rules, each once with all the places where it holds."""
    own = (Stated(**rule) for rule in stated)
    agreed = (rule for judge in _OF_THE_NODE for rule in rules_in(judge.dispatch(kind), kind))
    places: dict[tuple[str, str, str], list[str]] = {}
    for rule in (*own, *agreed):
        places.setdefault((rule.code, rule.hint, rule.source or kind.facts.source), []).append(rule.path)
    yield f"* Beyond the schema; what is not kept is 422 with place, code and source in `errors` ({kind.facts.source}):"
    for (code, hint, source), paths in places.items():
        where = ", ".join(_PLACES.get(path, f"`{path}`") for path in paths)
        yield f"    * {where}: {hint} - `{code}`{'' if source == kind.facts.source else f' ({source})'}"
