"""A check goes only where its answers can stand, and still finds each of them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from schemas.base import Frozen
from schemas.care_codes import AttachmentType
from schemas.dates import Edtf
from schemas.facts import group_of, types_behind
from schemas.needs import leaves
from schemas.registry import KINDS
from tests.forms import document

GROUPS = sorted(
    {*KINDS.values()}.union(
        group
        for kind in KINDS.values()
        for name in kind.model_fields
        for group in types_behind(kind, name)
        if issubclass(group, Frozen)
    ),
    key=lambda group: group.__name__,
)


def everything(node: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Yield every answer, going everywhere; a list of plain answers is one answer."""
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from everything(getattr(node, name), (*place, name))
    elif isinstance(node, tuple) and any(isinstance(row, BaseModel) for row in node):
        for index, row in enumerate(node):
            yield from everything(row, (*place, index))
    else:
        yield place, node


@pytest.mark.parametrize("name", [*KINDS, "case_file_basic", "case_file_full"])
@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param((date, Edtf), id="dates"),
        pytest.param((datetime,), id="instants"),
        pytest.param((str,), id="texts"),
        pytest.param((AttachmentType,), id="files"),
    ],
)
def test_the_short_way_finds_what_the_long_way_finds(name: str, kinds: tuple[type[Any], ...]) -> None:
    made = document("case_file_full" if name == "case_file" else name)
    found = [(place, value) for place, _, _, value in leaves(made, kinds)]
    assert found == [(place, value) for place, value in everything(made) if isinstance(value, kinds)]
    assert found or kinds == (AttachmentType,)


@pytest.mark.parametrize("group", GROUPS)
def test_a_field_holds_groups_or_plain_answers_but_never_both(group: type[Frozen]) -> None:
    """The walks rely on it."""
    for name, info in group.model_fields.items():
        waiting: list[object] = [info.annotation]
        plain: set[type] = set()
        groups: set[type] = set()
        while waiting:
            kind = waiting.pop()
            if isinstance(kind, type) and kind is not type(None):
                (groups if issubclass(kind, Frozen) else plain).add(kind)
            waiting.extend(get_args(kind) if not isinstance(kind, type) else ())
        assert len(groups) <= 1, name
        assert not (groups and plain), name
        assert group_of(group, name) == next(iter(groups), None), name
