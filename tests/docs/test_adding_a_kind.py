"""The page about adding a kind shows a real commit: its files are there, and Git, where it is at hand, agrees."""

import re
import shutil
import subprocess
from dataclasses import fields

import pytest

from schemas.document import KindFacts
from schemas.registry import KINDS
from tests.docs.reading import ROOT

PAGE = (ROOT / "docs" / "adding-a-kind.md").read_text()
FILES = dict(re.findall(r"^\| `([\w./-]+/[\w.-]+)` \| (written|made)", PAGE, re.MULTILINE))


def test_every_file_of_the_table_is_there() -> None:
    assert len(FILES) == 6
    assert [name for name in FILES if not (ROOT / name).is_file()] == []


def test_one_source_file_was_written() -> None:
    """Beside its example and its test: that is the promise of the page."""
    written = [name for name, how in FILES.items() if how == "written"]
    assert [name for name in written if not name.startswith(("examples/", "tests/"))] == [
        "schemas/provider_directory.py"
    ]
    assert "provider_directory" in KINDS


def test_the_commit_holds_exactly_these_files() -> None:
    """In a checkout without its history (an archive, a shallow clone) there is nothing to compare."""
    found = re.search(r"git show ([0-9a-f]{40})", PAGE)
    assert found is not None
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git here")
    shown = subprocess.run(
        [git, "show", "--format=", "--name-only", found.group(1)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if shown.returncode:
        pytest.skip("the history is not here")
    assert sorted(shown.stdout.split()) == sorted(FILES)


def test_every_fact_of_a_kind_is_named() -> None:
    assert [field.name for field in fields(KindFacts) if f"`{field.name}`" not in PAGE] == []


def test_the_methods_it_names_are_asked_for() -> None:
    """Each is one that a document has, or that the rules ask those that have it."""
    named = re.findall(r"^   \| `(\w+)\(", PAGE, re.MULTILINE)
    sources = (ROOT / "schemas" / "document.py").read_text() + (ROOT / "schemas" / "guards.py").read_text()
    assert named
    assert [name for name in named if f"def {name}(" not in sources] == []
