"""What the pages say that can be run: their fenced blocks in order, and a shell to run them in."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str


def blocks_of(page: str, *languages: str) -> list[Block]:
    """Return the blocks of a page in these languages, in order."""
    found = [Block(*match) for match in _BLOCK.findall((ROOT / page).read_text())]
    return [block for block in found if block.language in languages]


def clean_environment(**more: str) -> dict[str, str]:
    """Return an environment without settings of ours, in which `homeward` is this checkout's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    return kept | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}", **more}


def run_in_bash(script: str, folder: Path, *, seconds: float, environment: Mapping[str, str] | None = None) -> str:
    """Run a script as bash would when it is pasted, stopping at the first failure, and return its standard output.

    It has a process group of its own, which is ended with it, so nothing that it started outlives the test.
    """
    with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail", "-c", script],
            cwd=folder,
            env=dict(environment or clean_environment()),
            stdout=told,
            stderr=complaints,
            start_new_session=True,
        )
        try:
            process.wait(timeout=seconds)
        finally:
            _end_group(process.pid)
            process.wait()
        told.seek(0)
        complaints.seek(0)
        text = told.read()
        assert process.returncode == 0, f"{text[-1500:]}\n{complaints.read()[-1500:]}"
    return text


def _end_group(leader: int) -> None:
    """End whatever is left of the group that we started."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
