"""The commands as an operator types them, in this process (fast) or as a process of their own."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from api.cli import main

PASSPHRASE = "four fictional random words"


@dataclass(frozen=True)
class Done:
    """What a command left behind: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    def refused(self, code: str) -> bool:
        """Tell whether it ended as every refusal ends: exit code 1, one line that begins with the code, no output."""
        line = self.err.removesuffix("\n")
        return (self.code, self.out) == (1, "") and "\n" not in line and line.partition(":")[0] == code


class Homeward(Protocol):
    """Runs a command; ``given`` is its standard input."""

    def __call__(self, *arguments: str | Path, given: str | bytes = b"") -> Done:
        """Run it."""
        ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder with nothing set but the data directory."""
    for name in [name for name in os.environ if name.startswith("HOMEWARD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOMEWARD_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def homeward(folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Homeward:
    """Run commands in this process."""

    def run(*arguments: str | Path, given: str | bytes = b"") -> Done:
        data = given.encode() if isinstance(given, str) else given
        monkeypatch.setattr(sys, "argv", ["homeward", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        capfdbinary.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        sys.stdout.flush()
        told = capfdbinary.readouterr()
        return Done(int(str(code)), told.out.decode(), told.err.decode())

    return run


@pytest.fixture
def process(folder: Path) -> Homeward:
    """Run commands as processes of their own."""

    def run(*arguments: str | Path, given: str | bytes = b"") -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *map(str, arguments)],
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def found(homeward: Homeward) -> Callable[..., Done]:
    """Set a node up."""

    def init(*more: str, agency: str = "TH-SHELTER-N1") -> Done:
        return homeward("init", "--agency", agency, "--name", "A shelter in the north", *more)

    return init
