"""What the rehearsals need: a folder for their folders, and settings in the way that must not count."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a rehearsal a folder for its folders; nothing may be left in it."""
    temporary = Path(tempfile.mkdtemp(prefix="hw-", dir="/tmp"))  # a short one: sockets lie in it
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("HOMEWARD_DATABASE_URL", "postgresql://nowhere.example/none")
    (tmp_path / ".env").write_text("HOMEWARD_DATABASE_URL=postgresql://nowhere.example/none\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield tmp_path
    assert list(temporary.iterdir()) == [], "nothing is left behind"
    temporary.rmdir()
