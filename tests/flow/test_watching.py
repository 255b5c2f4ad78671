"""What follows from documents is worked out once for each that came, whatever happens in between."""

import json
from dataclasses import replace

import pytest
from sqlmodel import Session, select
from structlog.testing import capture_logs

from api.flow import watch
from api.flow.node import Node
from api.flow.proving import verify_log
from api.flow.timeline import tell
from api.flow.watch import look_anew, prepare_look, read_for_look
from api.sealing.keys import generate_keys
from api.sealing.silence import Silence
from api.sealing.statement import verify_statement
from api.store.case_tables import DeadlineRow
from api.store.documents import list_of_case
from api.store.tables import CaseRow, DocumentCaseRow, DocumentRow, LogRow
from api.store.watch import list_unwatched, unwatch
from schemas.base import AgencyId
from tests.flow.steps import open_case, send_file
from tests.support import Office, World, example


def rows(office: Office, uid: str | None = None) -> dict[tuple[str, str], DeadlineRow]:
    """Return what is stored as due, of one case where it is named."""
    with office.node.database.reader() as session:
        found = [row for row in session.exec(select(DeadlineRow)) if uid in {None, row.case_uid}]
    return {(row.rule, row.subject): row for row in found}


def is_watched(office: Office, uid: str) -> bool:
    with office.node.database.reader() as session:
        return session.exec(select(CaseRow.is_watched).where(CaseRow.case_uid == uid)).one()


def passed(office: Office) -> list[str]:
    with office.node.database.reader() as session:
        lines = [json.loads(line) for line in session.exec(select(LogRow.entry))]
    return [line["code"] for line in lines if line["action"] == "deadline_passed"]


def test_a_case_is_looked_at_once_for_each_document(world: World) -> None:
    uid = open_case(world.shelter)
    assert [look_anew(world.shelter.node) for _ in range(2)] == [1, 0]
    send_file(world.shelter, world.department, uid)
    assert [look_anew(world.shelter.node) for _ in range(2)] == [1, 0]


def test_a_pass_that_is_killed_begins_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is stored of it, and the next one stores everything once."""
    uid = open_case(world.shelter)
    send_file(world.shelter, world.department, uid)
    before = watch.DERIVATIONS

    monkeypatch.setattr(watch, "DERIVATIONS", (*before, _broken))
    look_anew(world.shelter.node)
    assert (rows(world.shelter, uid), is_watched(world.shelter, uid)) == ({}, False)
    monkeypatch.setattr(watch, "DERIVATIONS", before)
    look_anew(world.shelter.node)
    first = {key: row.due_at for key, row in rows(world.shelter).items()}
    assert ("D01", "") in first
    assert is_watched(world.shelter, uid)
    look_anew(world.shelter.node)
    assert {key: row.due_at for key, row in rows(world.shelter).items()} == first


def _broken(*_: object) -> None:
    raise RuntimeError("the lights went out")


def test_a_document_that_comes_while_a_case_is_read_is_not_missed(world: World) -> None:
    """What was read before it is thrown away, and the case is looked at again."""
    node, uid = world.shelter.node, open_case(world.shelter)
    with node.database.reader() as session:
        (row,) = list_unwatched(session, world.shelter.agency, limit=5)
        look = read_for_look(node, session, row)
    send_file(world.shelter, world.department, uid)
    node.writer.write(prepare_look(node, look, world.clock()))
    assert (rows(world.shelter), is_watched(world.shelter, uid)) == ({}, False)
    look_anew(node)
    assert ("D01", "") in rows(world.shelter)


def test_two_who_look_at_the_same_time_do_it_once(world: World) -> None:
    node, uid = world.shelter.node, open_case(world.shelter)
    with node.database.reader() as session:
        (row,) = list_unwatched(session, world.shelter.agency, limit=5)
        look = read_for_look(node, session, row)
    world.clock.wait(days=30)
    waiting = [node.writer.submit(prepare_look(node, look, world.clock())) for _ in range(3)]
    assert [one.result() for one in waiting] == [None, None, None]
    for _ in range(2):
        look_anew(node)
    assert is_watched(world.shelter, uid)
    assert passed(world.shelter) == ["D02"]


def test_a_deadline_on_another_day_is_told_again(world: World) -> None:
    """The admission was corrected: the return was late, is not any more, and becomes late once more."""
    uid = open_case(world.shelter)
    basic = send_file(world.shelter, world.department, uid)
    world.shelter.deliver()
    world.clock.set("2025-09-11T09:00:00+07:00")
    look_anew(world.shelter.node)
    assert passed(world.shelter).count("D01") == 1
    header = {
        **example("case_file_basic")["header"],
        "admission_date": "2025-03-14",
        "first_admission_date": "2025-03-14",
    }
    send_file(world.shelter, world.department, uid, header=header, supersedes=basic)
    look_anew(world.shelter.node)
    assert (passed(world.shelter).count("D01"), rows(world.shelter)["D01", ""].told_at) == (1, None)
    world.clock.set("2025-09-16T09:00:00+07:00")
    for _ in range(2):
        look_anew(world.shelter.node)
    assert passed(world.shelter).count("D01") == 2


def test_silence_is_signed_and_a_late_receipt_stands_beside_it(world: World) -> None:
    """Nobody took what was sent for a week: the sender can show that, by its key, also after the receipt came (6)."""
    shelter = world.shelter
    uid = open_case(shelter)
    basic = send_file(shelter, world.department, uid)
    sent_at = world.clock()
    world.clock.wait(days=5)
    look_anew(shelter.node)
    told_at = world.clock()
    world.clock.wait(days=1)
    shelter.deliver()
    look_anew(shelter.node)
    with shelter.node.database.reader() as session:
        events = tell(session, shelter.agency, uid, list_of_case(session, shelter.agency, uid))
    [passed_by] = [event for event in events if event.code == "D06a"]
    held = [event for event in events if event.action == "receipt_held"]
    assert [event.code for event in held] == ["stored"]
    assert held[0].log_index is not None
    assert passed_by.log_index is not None
    assert held[0].log_index > passed_by.log_index
    assert passed_by.statement is not None
    keys = shelter.node.keys_of(shelter.agency).public()
    silence = verify_statement(Silence, passed_by.statement.encode(), keys=keys, now=world.clock())
    assert (silence.rule, silence.document_id, silence.case_uid, silence.by) == ("D06a", basic, uid, shelter.agency)
    assert sent_at < silence.due_at < silence.at == told_at
    assert verify_log(shelter.node)[0] > passed_by.log_index


def test_without_a_key_that_is_valid_a_deadline_is_told_later(world: World) -> None:
    """Nothing unsigned is written; what follows from the documents is worked out all the same."""
    shelter = world.shelter
    uid = open_case(shelter)
    world.clock.wait(days=4000)
    look_anew(shelter.node)
    assert passed(shelter) == []
    assert is_watched(shelter, uid)
    fresh = generate_keys(AgencyId(shelter.agency), world.clock())
    shelter.node = replace(shelter.node, keyring={shelter.agency: fresh})
    look_anew(shelter.node)
    assert "D02" in passed(shelter)


def test_an_unreadable_case_holds_up_nobody(world: World) -> None:
    """Its key is gone from the database; the others are looked at, and it is tried again."""
    broken, good = open_case(world.shelter), open_case(world.shelter)
    for uid in (broken, good):
        send_file(world.shelter, world.department, uid)
    _spoil(world.shelter, broken)
    look_anew(world.shelter.node)
    assert (is_watched(world.shelter, broken), is_watched(world.shelter, good)) == (False, True)


def test_a_case_that_breaks_stops_no_other_and_what_passed_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A document fell off the calendar somewhere in our rules: its own case waits, and nothing of it is in the log."""
    broken, good = open_case(world.shelter), open_case(world.shelter)

    def fall(_node: Node, _session: Session, row: CaseRow, *_: object) -> None:
        if row.case_uid == broken:
            raise OverflowError("Mali was born in the year 0")

    monkeypatch.setattr(watch, "DERIVATIONS", (*watch.DERIVATIONS, fall))
    world.clock.wait(days=30)
    with capture_logs() as told:
        look_anew(world.shelter.node)
    assert (is_watched(world.shelter, broken), is_watched(world.shelter, good)) == (False, True)
    assert passed(world.shelter) == ["D02"]
    assert [line["error"] for line in told if line["event"] == "case_unwatched"] == ["OverflowError"]
    assert "Mali" not in f"{told}{caplog.text}"


def test_each_case_has_its_turn_however_often_others_are_due_anew(world: World) -> None:
    """Two that can't be read stand at the head, and a peer makes the others due anew at each turn."""
    shelter = world.shelter
    uids = sorted(open_case(shelter) for _ in range(6))
    for uid in uids[:2]:
        send_file(shelter, world.department, uid)
        _spoil(shelter, uid)
    for _ in range(3):
        look_anew(shelter.node, limit=2)
        again = [(shelter.agency, uid) for uid in uids[:4]]
        shelter.node.writer.write(lambda session: unwatch(session, again))  # noqa: B023  # it has run when this returns
    assert all(is_watched(shelter, uid) for uid in uids[4:])


def _spoil(office: Office, uid: str) -> None:
    """Write a body that no key opens."""
    with office.node.database.reader() as session:
        seq = session.exec(select(DocumentCaseRow.document_seq).where(DocumentCaseRow.case_uid == uid)).one()

    def unit(session: Session) -> None:
        row = session.get_one(DocumentRow, seq)
        row.body = row.body[:-1] + bytes([row.body[-1] ^ 1])
        session.add(row)

    office.node.writer.write(unit)
