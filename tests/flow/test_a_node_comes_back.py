"""What is backed up is one moment of a node that runs, on either database, and it can be loaded into the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from api.errors import InvalidInput, NodeError
from api.flow.backup import pack, put_back, unpack
from api.flow.node import Node
from api.flow.proving import prove
from api.sealing.archive import lock_archive, open_archive
from api.sealing.keys import PrivateKeySet
from api.sealing.vault import NodeKeys, Vault
from api.store.engine import Database, open_database
from api.store.writer import Writer
from schemas.base import AgencyId
from tests.flow.secrets_of_a_person import found_in, secrets_in
from tests.flow.steps import play_first_journey, rows_of, send_file, settle
from tests.support import Office, World

PASSPHRASE = "four fictional random words"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """Give a database in which nothing is, not even tables."""
    database = open_database(f"sqlite:///{tmp_path / 'restored.db'}")
    yield database
    database.close()


@contextmanager
def restored(office: Office, database: Database) -> Iterator[Node]:
    """Restore the backup of a node into another database, and open a node on it."""
    put_back(database, unpack(iter(list(pack(office.node.database, {}, office.clock(), None)))), office.node.blobs)
    node = replace(office.node, database=database, writer=Writer(database))
    node.writer.start()
    yield node
    node.writer.stop()


def test_a_whole_journey_comes_back(world: World, empty: Database) -> None:
    """Every document opens, the log is the same to the last line, and the sealed file holds no word of anybody."""
    _, entered = play_first_journey(world)
    for line in lock_archive(pack(world.shelter.node.database, {}, world.clock(), None), PASSPHRASE):
        assert found_in(line, secrets_in(entered)) == []
    before = prove(world.shelter.node)
    with restored(world.shelter, empty) as node:
        assert prove(node) == before
        assert before.opened == len(rows_of(world.shelter))


def test_what_was_waiting_goes_out_once_more(world: World, empty: Database) -> None:
    """The backup is older than the delivery: the department answers the same envelope with the same receipt."""
    document_id = send_file(world.shelter, world.department)
    with restored(world.shelter, empty) as node:
        settle(world.shelter)
        (row,) = rows_of(world.department)
        office = replace(world.shelter, node=node)
        assert office.deliver() == 1
        assert rows_of(world.department) == [row]
        assert row.document_id == document_id


def test_a_node_that_writes_meanwhile_is_caught_at_one_moment(world: World, empty: Database) -> None:
    """Rows that come while the backup is read are not in it: neither half of a commit, nor a log without its head."""
    send_file(world.shelter, world.department)
    lines = pack(world.shelter.node.database, {}, world.clock(), None)
    first = [next(lines), next(lines), next(lines)]
    send_file(world.shelter, world.department)
    put_back(empty, unpack(iter([*first, *lines])), world.shelter.node.blobs)
    node = replace(world.shelter.node, database=empty, writer=Writer(empty))
    assert prove(node).opened == 1
    assert prove(world.shelter.node).opened == 2


def test_new_rows_are_numbered_behind_the_restored_ones(
    world: World, new_database: Callable[[], Database], empty: Database
) -> None:
    """Into PostgreSQL too, whatever it was taken from."""
    send_file(world.shelter, world.department)
    target = new_database()
    with restored(world.shelter, target) as node:
        office = replace(world.shelter, node=node)
        assert prove(node).opened == 1
        from api.flow.evidence import Action, Entry, note  # noqa: PLC0415

        node.writer.write(lambda session: note(session, office.clock(), Entry(Action.EXPORTED, "TH-SHELTER-N1", "AD")))
        assert prove(node).lines == prove(world.shelter.node).lines + 1
    with pytest.raises(NodeError) as refused:
        put_back(target, unpack(pack(world.shelter.node.database, {}, world.clock(), None)), node.blobs)
    assert refused.value.code == "database_not_empty"


def test_a_line_of_the_log_that_was_changed_is_found(world: World) -> None:
    """By whoever can write to the database: an entry, or a line cut off at the end."""
    send_file(world.shelter, world.department)
    database = world.shelter.node.database
    with database.writing.begin() as connection:
        connection.execute(text("UPDATE log SET entry = leaf WHERE seq = 1"))
    with pytest.raises(NodeError) as found:
        prove(world.shelter.node)
    assert (found.value.code, found.value.hint.split(" is")[0]) == ("log_altered", "line 1")
    send_file(world.department, world.shelter)
    with world.department.node.database.writing.begin() as connection:
        connection.execute(text("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)"))
    with pytest.raises(NodeError) as cut:
        prove(world.department.node)
    assert cut.value.code == "log_altered"


def test_a_backup_that_lacks_rows_is_not_loaded(world: World, empty: Database) -> None:
    """The count at its end tells; nothing is loaded then."""
    lines = list(pack(world.shelter.node.database, {}, world.clock(), None))
    place = next(number for number, line in enumerate(lines) if line.startswith(b'["TH-SHELTER-N1"'))
    with pytest.raises(InvalidInput) as short:
        put_back(empty, unpack(iter([*lines[:place], *lines[place + 1 :]])), world.shelter.node.blobs)
    assert short.value.code == "backup_incomplete"
    with pytest.raises(InvalidInput):
        put_back(empty, unpack(iter(lines[:-1])), world.shelter.node.blobs)
    put_back(empty, unpack(iter(lines)), world.shelter.node.blobs)


def test_an_archive_of_many_segments(tmp_path: Path) -> None:
    """Whole however it is cut, in segments that can't be swapped, left out or repeated."""
    data = bytes(range(256)) * 12_000
    whole = b"".join(lock_archive([data[:5], data[5:2_000_000], data[2_000_000:]], PASSPHRASE))
    file = tmp_path / "archive"
    file.write_bytes(whole)
    with file.open("rb") as stream:
        assert b"".join(open_archive(stream.read, PASSPHRASE)) == data
    header, segment = len(whole) - len(data) - 3 * 16, (1 << 20) + 16
    parts = [whole[header + number * segment : header + (number + 1) * segment] for number in range(3)]
    for order in ((1, 0, 2), (0, 2), (0, 0, 1, 2), (0, 1)):
        file.write_bytes(whole[:header] + b"".join(parts[number] for number in order))
        with file.open("rb") as stream, pytest.raises(Exception, match="backup_passphrase"):
            list(open_archive(stream.read, PASSPHRASE))


def test_a_key_that_is_not_this_nodes_opens_nothing(world: World) -> None:
    """Restored keys that do not belong to the database are found by the proof."""
    send_file(world.shelter, world.department)
    other = replace(world.shelter.node, vault=Vault(NodeKeys.generate()))
    with pytest.raises(Exception, match=r"descriptor_altered|vault"):
        prove(other)
    without: dict[AgencyId, PrivateKeySet] = {}
    with pytest.raises(NodeError, match="agency_keys_missing"):
        prove(replace(world.shelter.node, keyring=without))
