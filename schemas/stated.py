"""What a kind asks across its fields, read from the very rules that refuse: no page about them can go stale.

A rule is a ``Problem`` that a validator of the kind, of a group inside it, or its ``misfits`` can yield. Each is stated
with its place, its code, how to mend it, and the other answers that decide whether it holds: the fields and codes that
the conditions around it look at. The source is read, nothing is run; only the generator does this, and what it finds
travels in the JSON Schemas as ``x-rules``.
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from textwrap import dedent
from types import FunctionType
from typing import NamedTuple

from schemas.base import Frozen
from schemas.document import ConsentPurpose, Document
from schemas.facts import group_of, marker_of
from schemas.guards import Discloses, Follows
from schemas.needs import Problem, When

_ANY = "*"
"""Stands in a path for any row, and for a place that depends on what was entered."""
_OURS = ("schemas.",)
"""Where rules are looked for; what a library does states none."""
_UNANSWERED = "answer the question or say why there is no answer"
_ALWAYS = frozenset({*Document.model_fields, "absent"}) - {"supersedes", "reply_to"}
"""Answers that are no choice of whoever fills the form in."""


class Stated(NamedTuple):
    """One rule: where it bites, its code, how to mend it, and the fields and codes that decide whether it holds."""

    path: str
    code: str
    hint: str
    beside: tuple[str, ...]


@dataclass(frozen=True)
class _Frame:
    """Where a piece of source stands: the group it judges, its module, and what its names were given."""

    group: type[Frozen]
    prefix: tuple[str, ...]
    scope: Mapping[str, object]
    names: Mapping[str, "_Piece"]
    ours: tuple[str, ...] = _OURS
    inside: tuple[FunctionType, ...] = ()


class _Piece(NamedTuple):
    """An expression with the frame in which its names mean something."""

    node: ast.expr
    frame: _Frame


def rules_of(kind: type[Document]) -> tuple[Stated, ...]:
    """Return every rule of a kind across its fields, each once, in the order in which they are looked at."""
    return tuple({(rule.path, rule.code, rule.hint): rule for rule in _rules(kind, (), ())}.values())


def rules_in(judge: Callable[..., Iterator[Problem]], kind: type[Document]) -> tuple[Stated, ...]:
    """Return what a function outside this room, which judges documents of every kind, states about one kind."""
    assert isinstance(judge, FunctionType)  # noqa: S101  # what is read is source
    ours = (*_OURS, judge.__module__.rpartition(".")[0])
    found = _function(judge, _Frame(kind, (), {}, {}, ours), {}, ())
    return tuple({(rule.path, rule.code, rule.hint): rule for rule in found}.values())


def consents_of(kind: type[Document]) -> tuple[ConsentPurpose, ...]:
    """Return the consents that a kind may need, in the order of the published list."""
    if not issubclass(kind, Discloses) or not isinstance(kind.disclosures, FunctionType):
        return ()
    named = {node.attr for function in _reached(kind.disclosures, kind, ()) for node in _constants(function)}
    return tuple(purpose for purpose in ConsentPurpose if purpose.name in named)


def _constants(function: FunctionType) -> Iterator[ast.Attribute]:
    for node in ast.walk(_source(function)):
        is_constant = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if isinstance(node, ast.Attribute) and is_constant and ast.unparse(node.value) == ConsentPurpose.__name__:
            yield node


def _reached(function: FunctionType, group: type[Frozen], inside: tuple[FunctionType, ...]) -> Iterator[FunctionType]:
    """Yield a function and those of ours that it calls."""
    if function in inside:
        return
    yield function
    frame = _Frame(group, (), function.__globals__, {})
    for node in ast.walk(_source(function)):
        callee, _ = _callee(node.func, frame) if isinstance(node, ast.Call) else (None, 0)
        if callee is not None and callee.__module__.startswith(_OURS):
            yield from _reached(callee, group, (*inside, function))


def _rules(group: type[Frozen], prefix: tuple[str, ...], inside: tuple[type, ...]) -> Iterator[Stated]:
    for function in _roots(group):
        yield from _function(function, _Frame(group, prefix, {}, {}), {}, ())
    for name, info in group.model_fields.items():
        below, when = group_of(group, name), marker_of(group, name, When)
        if when is not None:
            place = "".join(f"/{step}" for step in (*prefix, name))
            yield Stated(place, "required_blank", _UNANSWERED, (when.condition.value, f"{when.stage.value} file"))
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


def _function(
    function: FunctionType, caller: _Frame, given: Mapping[str, _Piece], tests: tuple[_Piece, ...]
) -> Iterator[Stated]:
    """Yield the rules that a function of ours may state; a function inside itself states nothing new."""
    if function in caller.inside or not function.__module__.startswith(caller.ours):
        return
    inside = (*caller.inside, function)
    frame = replace(caller, scope=function.__globals__, names=given, inside=inside)
    yield from _block(_source(function).body, frame, tests)


@cache
def _source(function: FunctionType) -> ast.FunctionDef:
    """Return the source of a function as it was parsed."""
    (definition,) = ast.parse(dedent(inspect.getsource(function))).body
    assert isinstance(definition, ast.FunctionDef)  # noqa: S101  # what ``FunctionType`` comes from, save for a lambda
    return definition


def _block(nodes: Iterable[ast.AST], frame: _Frame, tests: tuple[_Piece, ...]) -> Iterator[Stated]:
    """Yield the rules of statements in their order, each under the conditions around and before it."""
    for node in nodes:
        if _is_of_other_kind(node, frame):
            continue
        if isinstance(node, ast.If):
            yield from _block([node.test], frame, tests)
            yield from _block(node.body, frame, (*tests, _Piece(node.test, frame)))
            otherwise = (*tests, _Piece(ast.UnaryOp(ast.Not(), node.test), frame))
            yield from _block(node.orelse, frame, otherwise)
            tests = otherwise if isinstance(node.body[0], ast.Return | ast.Continue) else tests
            continue
        if isinstance(node, ast.Call):
            yield from _call(node, frame, tests)
        if isinstance(node, ast.Name):
            yield from _listed(frame.scope.get(node.id), frame, tests)
        yield from _block(ast.iter_child_nodes(node), frame, tests)
        if isinstance(node, ast.Assign):
            frame = replace(frame, names={**frame.names, **_given(node.targets[0], _Piece(node.value, frame))})


def _is_of_other_kind(node: ast.AST, frame: _Frame) -> bool:
    """Say whether a statement is for documents of another kind than the one that is judged."""
    within = ast.walk(node.iter) if isinstance(node, ast.For) else iter([node])
    test = next((choice.test for choice in within if isinstance(choice, ast.If | ast.IfExp)), None)
    if not isinstance(test, ast.Call) or not ast.unparse(test).startswith("isinstance(document, "):
        return False
    wanted = frame.scope.get(ast.unparse(test.args[1]))
    return isinstance(wanted, type) and not issubclass(frame.group, wanted)


def _given(target: ast.expr, piece: _Piece) -> Mapping[str, _Piece]:
    """Return what an assignment gives to names."""
    if isinstance(target, ast.Tuple) and isinstance(piece.node, ast.Tuple):
        pairs = zip(target.elts, piece.node.elts, strict=False)
        return {name.id: _Piece(value, piece.frame) for name, value in pairs if isinstance(name, ast.Name)}
    return {target.id: piece} if isinstance(target, ast.Name) else {}


def _listed(value: object, frame: _Frame, tests: tuple[_Piece, ...]) -> Iterator[Stated]:
    """Yield what rules state that stand together in a list of functions."""
    for function in value if isinstance(value, tuple) else ():
        if isinstance(function, FunctionType):
            yield from _function(function, frame, {}, tests)


def _call(node: ast.Call, frame: _Frame, tests: tuple[_Piece, ...]) -> Iterator[Stated]:
    """Yield the rule that a call states, or those of the function that it calls."""
    if isinstance(node.func, ast.Name) and node.func.id == "Problem":
        yield from _stated(node, frame, tests)
        return
    callee, skipped = _callee(node.func, frame)
    if callee is not None:
        names = [*inspect.signature(callee).parameters][skipped:]
        given = {name: _Piece(value, frame) for name, value in zip(names, node.args, strict=False)}
        yield from _function(callee, frame, given, tests)


def _callee(node: ast.expr, frame: _Frame) -> tuple[FunctionType | None, int]:
    """Find the function behind a call, and how many of its parameters are no arguments of the call."""
    if isinstance(node, ast.Name):
        found, skipped = frame.scope.get(node.id), 0
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        found, skipped = getattr(frame.group, node.attr, None), 1
    else:
        return None, 0
    return (found, skipped) if isinstance(found, FunctionType) else (None, 0)


def _stated(node: ast.Call, frame: _Frame, tests: tuple[_Piece, ...]) -> Iterator[Stated]:
    """Yield the rules that a ``Problem`` states: one, or one for each code with its hint that a function returns."""
    place, *told = [*node.args, *(word.value for word in node.keywords)]
    path = (*frame.prefix, *_location(_Piece(place, frame)))
    looked_at = (word for test in tests for word in _looked_at(test, is_met=True))
    beside = tuple(dict.fromkeys(word for word in looked_at if word not in {*path, *_ALWAYS}))
    for code, hint in _told(told, frame):
        if code:
            yield Stated("".join(f"/{step}" for step in path), code, hint, beside)


def _told(told: list[ast.expr], frame: _Frame) -> Iterator[tuple[str, str]]:
    """Yield code and hint, as they stand there or as a function returns them."""
    first = told[0]
    if not isinstance(first, ast.Starred):
        yield _text(_Piece(first, frame)), _text(_Piece(told[-1], frame))
        return
    callee, _ = _callee(first.value.func, frame) if isinstance(first.value, ast.Call) else (None, 0)
    for returned in _returned(callee) if callee is not None else ():
        if isinstance(returned, ast.Tuple):
            code, hint = (_text(_Piece(text, frame)) for text in returned.elts)
            yield code, hint


def _returned(function: FunctionType) -> Iterator[ast.expr]:
    """Yield what a function may return, as its source says it."""
    for node in ast.walk(_source(function)):
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value


def _resolved(piece: _Piece) -> _Piece:
    """Follow a name to what it was given, as far as the source tells."""
    node, frame = piece
    while isinstance(node, ast.Name) and node.id in frame.names:
        node, frame = frame.names[node.id]
    return _Piece(node, frame)


def _location(piece: _Piece) -> tuple[str, ...]:
    """Return the steps of a place."""
    node, frame = _resolved(piece)
    if not isinstance(node, ast.Tuple):
        return (_ANY,)
    steps: list[str] = []
    for item in node.elts:
        if isinstance(item, ast.Starred):
            steps += _location(_Piece(item.value, frame))
        else:
            steps.append(_text(_Piece(item, frame)) or _ANY)
    return tuple(steps)


def _text(piece: _Piece) -> str:
    """Return a text as it is written; what is only known when it happens is left open."""
    node, frame = _resolved(piece)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(_Piece(value, frame)) or "..." for value in node.values)
    if isinstance(node, ast.IfExp):
        return " or ".join(filter(None, (_text(_Piece(value, frame)) for value in (node.body, node.orelse))))
    value = frame.scope.get(node.id) if isinstance(node, ast.Name) else getattr(node, "value", None)
    return value if isinstance(value, str) else ""


def _looked_at(piece: _Piece, *, is_met: bool) -> Iterator[str]:
    """Yield the fields that a condition looks at, and the codes that meet it."""
    node, frame = _resolved(piece)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        is_met = not is_met
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.IsNot | ast.NotEq | ast.NotIn):
        is_met = not is_met
    if isinstance(node, ast.Attribute):
        yield from _named(node, frame, is_met=is_met)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from _looked_at(_Piece(child, frame), is_met=is_met)


def _named(node: ast.Attribute, frame: _Frame, *, is_met: bool) -> Iterator[str]:
    """Yield the field or code that an attribute is, or what a property of the group looks at."""
    owner = frame.scope.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if isinstance(owner, type) and issubclass(owner, Enum):
        yield from [str(owner[node.attr].value)] if is_met and node.attr in owner.__members__ else []
    elif node.attr in frame.group.model_fields:
        yield node.attr
    else:
        found = inspect.getattr_static(frame.group, node.attr, None)
        if isinstance(found, property) and isinstance(found.fget, FunctionType):
            yield from _of_property(found.fget, frame, is_met=is_met)


def _of_property(function: FunctionType, frame: _Frame, *, is_met: bool) -> Iterator[str]:
    if function in frame.inside:
        return
    within = replace(frame, scope=function.__globals__, names={}, inside=(*frame.inside, function))
    for value in _returned(function):
        yield from _looked_at(_Piece(value, within), is_met=is_met)
