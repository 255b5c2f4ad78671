"""The register of requirements: each core and important one names the tests that show it, or says *not yet* and why.

That the named tests pass is what the run itself says: they are part of it, and none of them may be skipped.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.reading import ROOT

PAGE = (ROOT / "docs" / "requirements.md").read_text()
ROWS = re.findall(r"^\| (R-\d{3}) \| ([CI]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
SHOWN = [(name, node) for name, _, _, _, proof in ROWS for node in re.findall(r"`([^`]+)`", proof)]


@cache
def _tests_of(file: Path) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(file.read_text())
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_register_is_whole() -> None:
    """Eighty-seven core and important requirements, each once, in order."""
    names = [row[0] for row in ROWS]
    assert len(names) == 87
    assert names == sorted(set(names))
    assert len(re.findall(r"^\| R-", PAGE, re.MULTILINE)) == 87, "a row that is not in form"


@pytest.mark.parametrize(("requirement", "node"), SHOWN, ids=lambda part: part.rpartition("::")[2] or part)
def test_a_requirement_names_a_test_that_is_run(requirement: str, node: str) -> None:
    """The file and the function exist, and nothing lets the test be skipped or fail."""
    _ = requirement
    path, _, name = node.partition("::")
    file = ROOT / path
    assert file.is_file()
    function = _tests_of(file).get(name)
    assert function is not None
    marks = " ".join(ast.unparse(mark) for mark in function.decorator_list)
    assert not re.search(r"\b(skip|skipif|xfail)\b", marks)


def test_what_has_no_test_says_not_yet_and_why() -> None:
    for name, _, _, _, proof in ROWS:
        if "`" not in proof:
            assert re.match(r"\*not yet\*: .{10,}", proof.strip()), name
