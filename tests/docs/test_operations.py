"""An operator follows the operations page: a node from nothing, a backup, a restore; and every setting is told."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from api.settings import Settings
from tests.docs.reading import ROOT, blocks_of, run_in_bash

PAGE = "docs/operations.md"
TELLERS = {"_log.warning", "_log.error", "_log.exception", "_log.critical", "_alone"}
"""What writes a line into the log that somebody should look at; the last one gives the name of the event on."""


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value == "":
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _row(name: str, field: FieldInfo) -> str:
    choices = f" One of {', '.join(f'`{c}`' for c in get_args(field.annotation))}." if _is_choice(field) else ""
    told = (field.description or "").rstrip(".")
    return f"| `HOMEWARD_{name.upper()}` | {_default(field)} | {told}.{choices} |"


def _is_choice(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is Literal


def settings_table() -> str:
    """Return the table of settings as the code says it."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join(["| setting | default | what it is |", "|---|---|---|", *rows])


def test_the_table_of_settings_is_what_the_code_says() -> None:
    """Each setting stands in the table with its default and its description; paste the left side when it differs."""
    told = re.search(r"<!-- settings.*?-->\n(.*?)\n?<!-- /settings -->", (ROOT / PAGE).read_text(), re.DOTALL)
    assert told is not None
    assert settings_table() == told.group(1).strip()


def _events() -> Iterator[str]:
    """Yield the name of every event that the code may log and that is not in the course of things."""
    for file in (ROOT / "api").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in TELLERS:
                name = call.args[0]
                yield str(name.value) if isinstance(name, ast.Constant) else ast.unparse(name)


def test_the_table_of_events_names_all_that_is_logged() -> None:
    """Whoever finds a line in the log finds it on the page, and the page promises none that is never written."""
    table = (ROOT / PAGE).read_text().partition("| event | meaning |\n|---|---|\n")[2].partition("\n\n")[0]
    told = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert len(told) == len(set(told))
    assert set(told) == set(_events()) - {"event"}


def test_a_node_is_made_backed_up_restored_and_migrated(tmp_path: Path) -> None:
    """Every bash block of the page in order: the restored node knows its agency."""
    told = run_in_bash("\n".join(block.text for block in blocks_of(PAGE, "bash")), tmp_path, seconds=240)
    assert "Nothing waits" in told
    assert told.count("documents    0 opened under the restored keys") == 3
    assert "written and proven: keys.rotated.backup" in told
    assert "TH-" in told.rpartition("restored ")[2]
