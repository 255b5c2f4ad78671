"""What the figures are made of holds, without measuring anything: limits, shares, and rows that a node can read."""

from collections import Counter
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from api.flow import shelf
from api.store.tables import DocumentRow
from benchmarks.bench.__main__ import SECTIONS
from benchmarks.bench.archive import COLUMNS, PER_CASE, Archive, templates
from benchmarks.bench.section import RATE, Row, Section, share_of
from benchmarks.soak.memory import Growth, Watch
from tests.support import World

CASES = 3


def test_a_row_stands_beside_its_limit() -> None:
    """A rate is told as a share of its limit, a time as a multiple of it, and the median is what counts."""
    rate = Row("accepted", RATE, [90, 110, 100], 400)
    time = Row("at rest", "ms", [30.0], 20, "bare work")
    assert (rate.middle, rate.beside) == (100, "25.0% of 400")
    assert time.beside == "1.50 × 20.0 (bare work)"
    assert "| accepted | per second | 100 | 90.0 | 110 | 25.0% of 400 |" in Section("a", "b", [rate]).as_markdown()


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.95, 96), (0.99, 100), (1.0, 100)])
def test_a_share_of_all_is_not_above(share: float, value: int) -> None:
    """Of the numbers from 1 to 100, p99 is the last but none."""
    assert share_of([*range(100, 0, -1)], share) == value


def test_each_section_is_there() -> None:
    """What can be asked for by name is what the page describes."""
    assert set(SECTIONS) == {"start", "accepted", "latency", "drain", "bundle", "attachments", "lists"}


@pytest.fixture
def archive(world: World) -> Archive:
    """Give an archive of a few cases of a department."""
    shelter, department = world.shelter, world.department
    keys = shelter.node.keys_of(shelter.agency)
    return Archive(department.node, templates(department.node, keys, keys.public()), CASES * PER_CASE)


def test_what_fills_the_lists_is_read_by_the_node(world: World, archive: Archive) -> None:
    """Each document opens in its own place, passes its schema, and names its own id and case."""
    made = [(table, dict(zip(COLUMNS[table].split(), row, strict=True))) for table, row in archive.rows()]
    rows = [DocumentRow(**row) for table, row in made if table == "document"]
    cases = {row["case_uid"] for table, row in made if table == "case"}
    held = shelf.read_all(world.department.node, rows)
    assert [one.id for one in held] == [row.document_id for row in rows]
    assert Counter(one.kind for one in held).total() == CASES * PER_CASE
    assert cases == set(archive.recent)
    assert cases <= {uid for one in held for uid in one.case_uids()}


def test_the_log_of_an_archive_is_whole(archive: Archive) -> None:
    """There is a line for each document, numbered from the first, and the head covers them all."""
    lines = [row for table, row in archive.rows() if table == "log"]
    assert [line[0] for line in lines] == [*range(CASES * PER_CASE)]
    assert archive.frontier.size == CASES * PER_CASE


@dataclass
class Life:
    """A process as memory is looked at, at the times that a test says."""

    held: list[float]

    def growth(self) -> Growth:
        """Let it be watched every ten seconds."""
        watch = Watch(SimpleNamespace(agency="TH-SHELTER-N1"))  # type: ignore[arg-type]  # only its name is asked for
        watch._life = [(10.0 * number, held) for number, held in enumerate(self.held)]
        return watch.growth()


def test_a_process_that_settles_does_not_grow() -> None:
    """What it takes while it gets warm is not counted."""
    growth = Life([80, 120, 150, *([160] * 20)]).growth()
    assert (growth.warm_mb, growth.end_mb, growth.mb_an_hour, growth.findings) == (160, 160, 0, [])


def test_a_process_that_grows_is_found() -> None:
    """It is told how fast it grows."""
    (finding,) = Life([100 + 2 * number for number in range(30)]).growth().findings
    assert finding.endswith("720 an hour")


def test_a_short_life_is_told_and_not_judged() -> None:
    """Nobody can say after seconds whether a process grows."""
    assert Life([100, 100, 100, 100, 140, 180]).growth().findings == []
