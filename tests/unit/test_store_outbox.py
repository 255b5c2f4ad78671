"""The outbox: one row is carried by one carrier at a time, and a carrier that was killed holds nothing for ever."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from api.store import outbox
from api.store.engine import Database, Session
from api.store.outbox import OutboxState
from api.store.tables import AgencyRow, OutboxRow
from api.store.writer import Writer

NOW = datetime(2025, 3, 14, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)


@pytest.fixture
def writer(new_database: Callable[[], Database]) -> Iterator[Writer]:
    made = Writer(new_database())
    made.start()
    made.write(_agencies)
    yield made
    made.stop()


def _agencies(session: Session) -> None:
    for name, endpoint, is_local in (
        ("MM-REACHED", "http://mm.example", False),
        ("MM-FETCHES", None, False),
        ("TH-NEIGHBOUR", None, True),
    ):
        row = AgencyRow(
            agency_id=name, name=name, country=name[:2], is_local=is_local, endpoint=endpoint, sequence=1, pinned_at=NOW
        )
        session.add(row)


def put(writer: Writer, number: int, peer: str = "MM-REACHED", *, due: timedelta = timedelta(0)) -> None:
    """Let an item wait."""

    def unit(session: Session) -> None:
        session.add(
            OutboxRow(
                agency_id="TH-A",
                peer=peer,
                document_id=f"{number:026}",
                what="envelope",
                data=b"",
                sha256="",
                state=OutboxState.WAITING,
                created_at=NOW,
                due_at=NOW + due,
            )
        )

    writer.write(unit)


def claim(writer: Writer, now: datetime = NOW, limit: int = 50, not_for: tuple[str, ...] = ()) -> list[int]:
    """Lease what is due and return the numbers of the items."""
    rows = writer.write(lambda session: outbox.claim_due(session, now, limit=limit, lease=LEASE, not_for=not_for))
    return [int(row.document_id) for row in rows]


def test_what_is_due_is_leased_oldest_first_and_once(writer: Writer) -> None:
    """The longest due goes first; what is leased is not given to anybody else."""
    for number, minutes in ((1, 0), (2, -5), (3, 10)):
        put(writer, number, due=timedelta(minutes=minutes))
    assert claim(writer) == [2, 1]
    assert claim(writer) == []
    assert claim(writer, NOW + timedelta(minutes=10), limit=1) == [2], "the lease has run out"


def test_a_lease_runs_out(writer: Writer) -> None:
    """A carrier that was killed holds nothing for ever; each lease counts as an attempt."""
    put(writer, 1)
    assert claim(writer) == [1]
    assert claim(writer, NOW + LEASE - timedelta(seconds=1)) == []
    assert claim(writer, NOW + LEASE) == [1]
    item = writer.write(lambda session: outbox.find_item(session, "TH-A", "MM-REACHED", f"{1:026}", "envelope"))
    assert item is not None
    assert item.attempts == 2


def test_only_those_are_pushed_to_that_can_be_reached(writer: Writer) -> None:
    """Who fetches its mailbox is not pushed to; a neighbour on this node needs no address; a busy lane is left out."""
    put(writer, 1, "MM-FETCHES")
    put(writer, 2, "TH-NEIGHBOUR")
    put(writer, 3, "MM-REACHED")
    put(writer, 4, "MM-NEVER-HEARD-OF")
    assert claim(writer, not_for=("MM-REACHED",)) == [2]
    assert claim(writer) == [3]


def test_two_carriers_never_hold_one_row(writer: Writer) -> None:
    """Two processes claim at the same time from the same hundred rows: each row goes to exactly one."""
    for number in range(100):
        put(writer, number)
    other = Writer(writer._database)
    other.start()
    claims = [
        one.submit(lambda session: outbox.claim_due(session, NOW, limit=7, lease=LEASE))
        for _ in range(10)
        for one in (writer, other)
    ]
    held = [row.document_id for taken in claims for row in taken.result(timeout=60)]
    other.stop()
    assert len(held) == len(set(held)) == 100


def test_the_mailbox_is_read_from_a_cursor(writer: Writer) -> None:
    """What waits for one peer, oldest first, after a place; receipts that were passed are told apart."""
    for number in range(3):
        put(writer, number, "MM-FETCHES")
    put(writer, 9, "MM-REACHED")
    rows = writer.write(lambda session: outbox.list_mailbox(session, "MM-FETCHES", after=0, limit=2, now=NOW))
    assert [int(row.document_id) for row in rows] == [0, 1]
    rest = writer.write(
        lambda session: outbox.list_mailbox(session, "MM-FETCHES", after=rows[-1].seq or 0, limit=2, now=NOW)
    )
    assert [int(row.document_id) for row in rest] == [2]
    assert writer.write(lambda session: outbox.list_taken_receipts(session, "MM-FETCHES", up_to=99)) == []
    assert writer.write(outbox.count_waiting) == 4


def test_an_item_that_is_not_there_is_an_error(writer: Writer) -> None:
    """`get` raises, `find` does not."""
    with pytest.raises(KeyError):
        writer.write(lambda session: outbox.get_item(session, 99))
    assert writer.write(lambda session: outbox.find_item(session, "TH-A", "MM-REACHED", "none", "envelope")) is None
