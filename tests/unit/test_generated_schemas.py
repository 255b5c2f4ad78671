"""What partners read is what the models say: schemas and field table are made from the declarations."""

import json
from pathlib import Path

import pytest

from schemas import generate
from schemas.registry import KINDS


def test_the_committed_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever changes a field runs the generator; a check names the files that differ."""
    assert generate.main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", KINDS)
def test_a_schema_is_of_the_dialect_it_names_and_carries_the_facts(name: str) -> None:
    schema = json.loads(generate.json_schema_of(KINDS[name]))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"kind", "id", "sender", "recipient", "created_at"} <= set(schema["required"])
    assert '"x-level"' in json.dumps(schema)
    assert schema["additionalProperties"] is False


def test_a_missing_file_is_named_and_then_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "_ROOT", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "docs/fields.md" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
