"""Every journey that comes with the project plays to its end, as somebody would play it from a shell."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "examples" / "scenarios"
DEMO = [sys.executable, "-m", "api.cli", "demo"]
JOURNEYS = sorted([*SCENARIOS.glob("s*.yaml"), *SCENARIOS.glob("more/*.yaml")])


def test_these_are_all() -> None:
    assert [file.stem for file in JOURNEYS] == ["group_return", "readmission", "sent_twice", "s1", "s2", "s4", "s5"]


@pytest.mark.parametrize("file", JOURNEYS, ids=lambda file: str(file.stem))
def test_a_journey_comes_out_as_expected(place: Path, file: Path) -> None:
    """Exit code 0, nothing marked; each line of the end is there, and nothing that an outsider could use."""
    done = subprocess.run([*DEMO, "--scenario", file], capture_output=True, text=True, check=False, timeout=180)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-4000:] + done.stderr[-2000:]
    assert "✗" not in done.stdout
    for shown in (
        "compared by the others",
        "bytes on the wire",
        "receipt verified with its public key",
        "At the end",
        "What an outsider gets",
        "all as expected",
        "Everything came out as expected.",
    ):
        assert shown in done.stdout


def test_each_refusal_that_the_journeys_name_is_played() -> None:
    """What the four journeys say must fail stands in their files as a step that is refused."""
    wanted = {
        "s1": {"not_located", "discrepancy_unlisted"},
        "s2": {"assessment_not_positive", "unknown_field", "child_unaccompanied", "auto_negative", "release_needed"},
        "s4": {"child_rules_apply", "unknown_code", "child_unaccompanied"},
        "s5": {"contact_restricted", "restriction_dropped"},
    }
    for name, codes in wanted.items():
        text = (SCENARIOS / f"{name}.yaml").read_text()
        assert [code for code in sorted(codes) if f"refused: {code}\n" not in text] == []
