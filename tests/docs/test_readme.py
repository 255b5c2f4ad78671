"""A stranger follows the README: the two commands are there, and the five minutes by hand work as written."""

import re
from pathlib import Path

import pytest

from api.demo.nodes import free_port
from tests.docs.reading import ROOT, Block, blocks_of, run_in_bash


def _is_make(block: Block) -> bool:
    return block.text.startswith("make ")


def test_the_commands_for_make_are_its_targets() -> None:
    """Whatever the README and the docs tell somebody to make is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {name for page in pages for name in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE)}
    assert {"demo", "test"} <= named <= targets


def test_five_minutes_by_hand_work_as_written(tmp_path: Path) -> None:
    """Every block but those of make, pasted into one shell in order, on free ports: one long story, told once."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    script = "\n".join(block.text for block in blocks_of("README.md", "bash") if not _is_make(block))
    for port in ("8101", "8102"):
        assert f"={port}\n" in script
        script = script.replace(f"={port}\n", f"={free_port()}\n")
    told = run_in_bash(script + '\nprintf "opened: "; cat try/opened.json', tmp_path, seconds=400)

    # what is missing is told by section
    assert re.search(r"^A Case header 0 % - missing: .*Admission date", told, re.MULTILINE)
    assert "ready to trace the family: False" in told
    # the case file is read on the other side, and both receipts are back
    assert "သီတာဝေ" in told
    assert re.search(r"^stored 2\d{3}-.* eyJ", told, re.MULTILINE)
    assert re.search(r"^opened 2\d{3}-.* eyJ", told, re.MULTILINE)
    # an outsider gets a problem and nothing else
    assert '"code":"token_missing"' in told
    # a file is sealed and opened without a node
    assert '"kind":"case_file"' in told.partition("opened: ")[2]


def test_the_map_names_every_folder() -> None:
    """No folder with content of ours is missing on the map, and none is on it that does not exist."""
    text = (ROOT / "README.md").read_text()
    named = {Path(name) for name in re.findall(r"^\| `([\w/]+)/` \|", text, re.MULTILINE)}
    tops = {Path("schemas"), Path("migrations"), Path("examples"), Path("docs"), Path("tests"), Path("requirements")}
    rooms = {path.relative_to(ROOT) for path in (ROOT / "api").iterdir() if (path / "__init__.py").exists()}
    assert tops | rooms <= named
    assert not [str(path) for path in named if not (ROOT / path).is_dir()]


@pytest.mark.parametrize(
    "page", sorted(str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link of a page is a file or folder, and every anchor a heading there."""
    for target in re.findall(r"\]\(([^)#\s]*)(?:#[^)\s]*)?\)", (ROOT / page).read_text()):
        if target and "://" not in target:
            assert ((ROOT / page).parent / target).exists(), target


@pytest.mark.parametrize(
    "page",
    sorted(
        str(p.relative_to(ROOT))
        for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "Dockerfile", ROOT / "compose.yaml"]
    ),
)
def test_pages_stand_alone(page: str) -> None:
    """No page names a path of some machine, or a registry to fetch from."""
    text = (ROOT / page).read_text()
    assert not re.findall(
        r"/work/|/home/\w|/Users/|shared/|pypi\.org|files\.pythonhosted|registry\.npmjs|docker\.io|ghcr\.io", text
    )
