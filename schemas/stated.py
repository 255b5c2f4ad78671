"""What a kind asks across its fields, read from the very rules that refuse: no page about them can go stale.

A rule is a ``Problem`` that a validator of the kind, of a group inside it, or its ``misfits`` can yield. Each is stated
with its place, its code and how to mend it; on which other answers it depends, the words of the hint say. The source is
read, nothing is run: a rule whose code can't be read there is a mistake of whoever wrote it, and is told as one.

What is found for a kind travels in its JSON Schema as ``x-rules`` and ``x-consents``; what the node asks beside it, the
OpenAPI page says with each form.
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from textwrap import dedent
from types import FunctionType
from typing import NamedTuple

from schemas.base import Frozen
from schemas.document import ConsentPurpose, Document
from schemas.facts import group_of, marker_of
from schemas.guards import Discloses, Follows
from schemas.needs import Location, Problem, When, pointer

_ANY = "*"
"""Stands in a path for any row, and for a step that depends on what was entered."""
_OURS = ("schemas.",)
"""Where rules are looked for; what a library does states none."""
_UNANSWERED = "answer the question or say why there is no answer"


class Stated(NamedTuple):
    """One rule: where it bites, its code, how to mend it, and the clause that asks for it, if not that of the form."""

    path: str
    code: str
    hint: str
    source: str = ""


@dataclass(frozen=True)
class _Frame:
    """Where a piece of source stands: the group it judges, its module, and what its names were given."""

    group: type[Frozen]
    prefix: Location = ()
    ours: tuple[str, ...] = _OURS
    scope: Mapping[str, object] = field(default_factory=dict)
    names: Mapping[str, "_Piece"] = field(default_factory=dict)
    inside: tuple[FunctionType, ...] = ()


class _Piece(NamedTuple):
    """An expression with the frame in which its names mean something."""

    node: ast.expr
    frame: _Frame


def rules_of(kind: type[Document]) -> tuple[Stated, ...]:
    """Return every rule of a kind across its fields, each once, in the order in which they are looked at.

    Raises ``LookupError`` for a ``Problem`` whose code does not stand in the source.
    """
    return tuple(dict.fromkeys(_rules(kind, (), ())))


def rules_in(judge: Callable[..., Iterator[Problem]], kind: type[Document]) -> tuple[Stated, ...]:
    """Return what a function outside this room, which judges documents of a kind, states about it."""
    assert isinstance(judge, FunctionType)  # noqa: S101  # what is read is source
    ours = (*_OURS, judge.__module__.rpartition(".")[0])
    return tuple(dict.fromkeys(_stated_by(judge, _Frame(kind, ours=ours))))


def consents_of(kind: type[Document]) -> tuple[ConsentPurpose, ...]:
    """Return the consents that a kind may need, in the order of the published list."""
    if not issubclass(kind, Discloses) or not isinstance(kind.disclosures, FunctionType):
        return ()
    read = (_find_value(piece) for piece in _pieces(kind.disclosures, _Frame(kind), {}))
    named = {value for value in read if isinstance(value, ConsentPurpose)}
    return tuple(purpose for purpose in ConsentPurpose if purpose in named)


def _rules(group: type[Frozen], prefix: Location, inside: tuple[type, ...]) -> Iterator[Stated]:
    """Yield what a group states, and then those below it."""
    for function in _roots(group):
        yield from _stated_by(function, _Frame(group, prefix))
    for name, info in group.model_fields.items():
        below = group_of(group, name)
        if marker_of(group, name, When) is not None:
            yield Stated(pointer((*prefix, name)), "required_blank", _UNANSWERED)
        if below is not None and below not in inside:
            row = (_ANY,) if "tuple" in str(info.annotation) else ()
            yield from _rules(below, (*prefix, name, *row), (*inside, below))


def _roots(group: type[Frozen]) -> Iterator[FunctionType]:
    """Yield what judges a group as a whole."""
    for validator in group.__pydantic_decorators__.model_validators.values():
        function = getattr(validator.func, "__func__", validator.func)
        if isinstance(function, FunctionType):
            yield function
    if issubclass(group, Follows) and isinstance(group.misfits, FunctionType):
        yield group.misfits


def _stated_by(function: FunctionType, frame: _Frame) -> Iterator[Stated]:
    """Yield the rules that a function, or one that it calls, may state."""
    for piece in _pieces(function, frame, {}):
        if isinstance(piece.node, ast.Call) and _find_value(_Piece(piece.node.func, piece.frame)) is Problem:
            yield _stated(piece.node, piece.frame)


def _pieces(function: FunctionType, caller: _Frame, given: Mapping[str, _Piece]) -> Iterator[_Piece]:
    """Yield every expression of a function of ours and of those that it calls, in the order in which they stand.

    A function inside itself says nothing new.
    """
    if function not in caller.inside and function.__module__.startswith(caller.ours):
        inside = (*caller.inside, function)
        frame = replace(caller, scope=function.__globals__, names=given, inside=inside)
        yield from _walk(_source(function).body, frame)


@cache
def _source(function: FunctionType) -> ast.FunctionDef:
    """Return the source of a function as it was parsed."""
    (definition,) = ast.parse(dedent(inspect.getsource(function))).body
    assert isinstance(definition, ast.FunctionDef)  # noqa: S101  # what ``FunctionType`` comes from, save for a lambda
    return definition


def _walk(nodes: Iterable[ast.AST], frame: _Frame) -> Iterator[_Piece]:
    """Yield the expressions in nodes, each with what its names were given before it, and what stands behind calls."""
    for node in nodes:
        if isinstance(node, ast.expr):
            yield _Piece(node, frame)
        if isinstance(node, ast.Call):
            yield from _behind_call(node, frame)
        if isinstance(node, ast.Name):
            yield from _behind_list(_Piece(node, frame))
        yield from _walk(ast.iter_child_nodes(node), frame)
        if isinstance(node, ast.Assign):
            given = _given(node.targets[0], _Piece(node.value, frame))
            frame = replace(frame, names={**frame.names, **given})


def _given(target: ast.expr, piece: _Piece) -> Mapping[str, _Piece]:
    """Return what an assignment gives to names."""
    if isinstance(target, ast.Tuple) and isinstance(piece.node, ast.Tuple):
        pairs = zip(target.elts, piece.node.elts, strict=False)
        return {name.id: _Piece(value, piece.frame) for name, value in pairs if isinstance(name, ast.Name)}
    return {target.id: piece} if isinstance(target, ast.Name) else {}


def _behind_call(node: ast.Call, frame: _Frame) -> Iterator[_Piece]:
    """Yield what stands in the function that is called, whose parameters are the arguments of the call."""
    called = _find_value(_Piece(node.func, frame))
    if isinstance(called, FunctionType):
        names = list(inspect.signature(called).parameters)[isinstance(node.func, ast.Attribute) :]
        given = {name: _Piece(value, frame) for name, value in zip(names, node.args, strict=False)}
        yield from _pieces(called, frame, given)


def _behind_list(piece: _Piece) -> Iterator[_Piece]:
    """Yield what stands in the functions of a list of rules."""
    value = _find_value(piece)
    for function in value if isinstance(value, tuple) else ():
        if isinstance(function, FunctionType):
            yield from _pieces(function, piece.frame, {})


def _find_value(piece: _Piece) -> object:
    """Find what a name of the module, or a member of the group or of a class of the module, stands for."""
    node, frame = piece
    if isinstance(node, ast.Name):
        return frame.scope.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = frame.group if node.value.id == "self" else frame.scope.get(node.value.id)
        return getattr(owner, node.attr, None) if isinstance(owner, type) else None
    return None


def _stated(node: ast.Call, frame: _Frame) -> Stated:
    """Return the rule that a ``Problem`` states; raises ``LookupError`` where its code is not to be read."""
    told = dict(zip(Problem.__match_args__, node.args, strict=False))
    told |= {word.arg: word.value for word in node.keywords if word.arg is not None}
    code = _text(_Piece(told["code"], frame)) if "code" in told else ""
    if not code:
        where = frame.inside[-1].__qualname__
        raise LookupError(f"the code of a Problem has to stand in the source: {where}, {ast.unparse(node)}")
    place, hint = _Piece(told["location"], frame), _Piece(told["hint"], frame)
    source = _text(_Piece(told["source"], frame)) if "source" in told else ""
    return Stated(pointer((*frame.prefix, *_location(place))), code, _text(hint), source)


def _resolved(piece: _Piece) -> _Piece:
    """Follow a name to what it was given, as far as the source tells."""
    node, frame = piece
    while isinstance(node, ast.Name) and node.id in frame.names:
        node, frame = frame.names[node.id]
    return _Piece(node, frame)


def _location(piece: _Piece) -> Location:
    """Return the steps of a place; one that is only known when it happens is any."""
    node, frame = _resolved(piece)
    if not isinstance(node, ast.Tuple):
        return (_ANY,)
    steps: list[str | int] = []
    for item in node.elts:
        if isinstance(item, ast.Starred):
            steps += _location(_Piece(item.value, frame))
        else:
            step = _resolved(_Piece(item, frame)).node
            steps.append(step.value if isinstance(step, ast.Constant) and isinstance(step.value, str) else _ANY)
    return tuple(steps)


def _text(piece: _Piece) -> str:
    """Return a text as it is written; what is only known when it happens is left open."""
    node, frame = _resolved(piece)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(_Piece(value, frame)) or "..." for value in node.values)
    if isinstance(node, ast.IfExp):
        return " or ".join(filter(None, (_text(_Piece(value, frame)) for value in (node.body, node.orelse))))
    value = _find_value(_Piece(node, frame)) if isinstance(node, ast.Name) else getattr(node, "value", None)
    return value if isinstance(value, str) else ""
