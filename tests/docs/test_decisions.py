"""Decisions that list something are compared with what they list; every one says context, decision, consequences."""

import re
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from api.store import attachment_tables, case_tables, tables
from tests.docs.reading import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
IDS = {"agency_id", "peer", "document_id", "case_uid", "client_id", "seq", "body", "body_key"}


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_context_decision_and_consequences(page: Path) -> None:
    """Its number is the one of its file, and it has the three parts in order."""
    text = page.read_text()
    assert re.match(rf"# {int(page.name[:4])}\. \w", text)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_each_plain_column_has_its_reason() -> None:
    """Whatever is neither an id, nor part of a primary key, nor locked stands in the table, and nothing else does."""
    _ = tables, case_tables, attachment_tables
    listed = re.findall(
        r"^\| `(\w+\.\w+)` \| \S", (ROOT / "docs/decisions/0004-plain-columns.md").read_text(), re.MULTILINE
    )
    plain = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.name not in IDS and (not column.primary_key or column.name == "form")
    }
    assert len(listed) == len(set(listed))
    assert set(listed) == plain


@pytest.mark.parametrize("name", ["base", "dev"])
def test_each_library_has_its_reason(name: str) -> None:
    """The table lists what the requirements list, in name and number."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    wanted = [re.split(r"[\[<>=]", line)[0] for line in lines if line and not line.startswith(("#", "-"))]
    text = (ROOT / "docs/decisions/0002-libraries.md").read_text()
    part = text.split("`requirements/dev.in`")[name == "dev"]
    assert sorted(re.findall(r"^\| ([\w-]+) \| \w", part.replace("| library | why |", ""), re.MULTILINE)) == sorted(
        wanted
    )
