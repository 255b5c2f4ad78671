"""What is due: rows that follow from a case's documents, with what people added to them, a snooze and a barrier.

A deadline is named by agency, case, rule and subject. Working it out anew changes what follows from the documents and
keeps what people added; one that is due on another day was not told yet.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sql
from sqlmodel import Session, col, select

from api.store.case_tables import AssignmentRow, DeadlineRow
from api.store.engine import table_of
from api.store.tables import DocumentRow

_DEADLINE = table_of(DeadlineRow)


class Key(NamedTuple):
    """What names a deadline."""

    agency_id: str
    case_uid: str
    rule: str
    subject: str


@dataclass(frozen=True)
class NewDeadline:
    """What the documents say about a deadline: columns of ``DeadlineRow``."""

    rule: str
    subject: str
    warn_at: datetime
    due_at: datetime
    owners: str
    met_at: datetime | None
    met_by: str | None


_NAMES = tuple(NewDeadline.__dataclass_fields__)


@dataclass(frozen=True)
class Hearer:
    """Of which deadlines somebody is told: if not of all, then of the cases and rules that are named here.

    ``forms_kept`` are the documents of which nothing is told.
    """

    assigned_to: str | None = None
    rules: Collection[str] | None = None
    forms_kept: Collection[int] = ()


@dataclass(frozen=True)
class Wanted:
    """Which open deadlines a list is about. ``informing`` says for how long a rule only informs."""

    now: datetime
    informing: Mapping[Any, timedelta]
    severity: str | None = None
    rule: str | None = None
    owner: str | None = None
    case_uid: str | None = None
    is_snoozed: bool | None = None
    hearer: Hearer = Hearer()


def put_deadlines(session: Session, agency_id: str, case_uid: str, found: Iterable[NewDeadline]) -> None:
    """Store the deadlines of a case as they follow from its documents; what is due no more is gone."""
    here = (_DEADLINE.c.agency_id == agency_id, _DEADLINE.c.case_uid == case_uid)
    rows = session.connection().execute(sql.select(*(_DEADLINE.c[name] for name in _NAMES)).where(*here))
    before = {(one.rule, one.subject): one for one in (NewDeadline(*row) for row in rows)}
    after = {(one.rule, one.subject): one for one in found}
    for rule, subject in before.keys() - after.keys():
        gone = (_DEADLINE.c.rule == rule, _DEADLINE.c.subject == subject)
        session.connection().execute(sql.delete(_DEADLINE).where(*here, *gone))
    for key, one in after.items():
        if key not in before:
            values = {"agency_id": agency_id, "case_uid": case_uid, **vars(one)}
            session.connection().execute(sql.insert(_DEADLINE), values)
        elif before[key] != one:
            moved = {} if before[key].due_at == one.due_at else {"told_at": None}
            _change(session, Key(agency_id, case_uid, *key), **vars(one), **moved)


def _change(session: Session, key: Key, **values: Any) -> None:
    same = (_DEADLINE.c[name] == part for name, part in key._asdict().items())
    session.connection().execute(sql.update(_DEADLINE).where(*same).values(**values))


def is_stored(session: Session, agency_id: str, case_uid: str, found: Collection[NewDeadline]) -> bool:
    """Say whether these are the deadlines that are stored for a case already."""
    query = select(DeadlineRow).where(DeadlineRow.agency_id == agency_id, DeadlineRow.case_uid == case_uid)
    stored = {NewDeadline(*(getattr(row, name) for name in _NAMES)) for row in session.exec(query)}
    return stored == set(found)


def find_deadline(session: Session, key: Key) -> DeadlineRow | None:
    """Return a deadline as it stands, or ``None``."""
    return session.get(DeadlineRow, tuple(key), populate_existing=True)


def find_told(session: Session, key: Key, hearer: Hearer) -> DeadlineRow | None:
    """Return an open deadline of which somebody is told, or ``None``."""
    same = (col(getattr(DeadlineRow, name)) == part for name, part in key._asdict().items())
    query = _open(key.agency_id).where(*same, *_told_to(hearer))
    found: DeadlineRow | None = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    return found


def put_off(session: Session, key: Key, until: datetime | None, code: str | None) -> None:
    """Keep until when a deadline is not to remind anybody, and why; ``None`` wakes it."""
    _change(session, key, snoozed_until=until, snooze_code=code)


def name_barrier(session: Session, key: Key, barrier: str | None) -> None:
    """Keep what stands in the way."""
    _change(session, key, barrier=barrier)


def mark_told(session: Session, key: Key, now: datetime) -> None:
    """Keep that a deadline that passed was told."""
    _change(session, key, told_at=now)


def list_alerts(
    session: Session, agency_id: str, wanted: Wanted, *, limit: int, after: tuple[datetime, str, str, str] | None = None
) -> list[DeadlineRow]:
    """Return what somebody is reminded of, soonest due first."""
    place = (col(DeadlineRow.due_at), col(DeadlineRow.case_uid), col(DeadlineRow.rule), col(DeadlineRow.subject))
    query = _open(agency_id).where(col(DeadlineRow.warn_at) <= wanted.now, *_filters(wanted))
    if after is not None:
        query = query.where(sql.tuple_(*place) > sql.tuple_(*after))
    return list(session.exec(query.order_by(*place).limit(limit)))


def count_alerts(session: Session, agency_id: str, wanted: Wanted) -> int:
    """Return of how much somebody is reminded."""
    query = _open(agency_id).where(col(DeadlineRow.warn_at) <= wanted.now, *_filters(wanted))
    return session.scalar(sql.select(sql.func.count()).select_from(query.subquery())) or 0


def _open(agency_id: str) -> Any:
    return select(DeadlineRow).where(DeadlineRow.agency_id == agency_id, col(DeadlineRow.met_at).is_(None))


def _filters(wanted: Wanted) -> list[Any]:
    """Return the conditions of a list; without a word about it, a snooze hides everything but a breach."""
    informs = sql.or_(
        *(
            sql.and_(col(DeadlineRow.rule) == rule, col(DeadlineRow.warn_at) > wanted.now - period)
            for rule, period in wanted.informing.items()
        )
    )
    is_past = col(DeadlineRow.due_at) < wanted.now
    is_breach = sql.and_(is_past, sql.not_(informs))
    severities = {"info": informs, "warn": sql.and_(sql.not_(is_past), sql.not_(informs)), "breach": is_breach}
    is_asleep = sql.and_(
        col(DeadlineRow.snoozed_until).is_not(None),
        sql.func.coalesce(col(DeadlineRow.snoozed_until) > wanted.now, False),
    )
    snoozed = {None: sql.or_(sql.not_(is_asleep), is_breach), True: is_asleep, False: sql.not_(is_asleep)}
    found: list[Any] = [snoozed[wanted.is_snoozed], *_told_to(wanted.hearer)]
    if wanted.severity is not None:
        found.append(severities[wanted.severity])
    if wanted.rule is not None:
        found.append(col(DeadlineRow.rule).startswith(wanted.rule, autoescape=True))
    if wanted.owner is not None:
        found.append(col(DeadlineRow.owners).contains(wanted.owner, autoescape=True))
    if wanted.case_uid is not None:
        found.append(DeadlineRow.case_uid == wanted.case_uid)
    return found


def _told_to(hearer: Hearer) -> list[Any]:
    """Return the conditions under which somebody is told of a deadline at all."""
    found: list[Any] = []
    if hearer.assigned_to is not None:
        found.append(_is_assigned(hearer.assigned_to))
    if hearer.rules is not None:
        found.append(col(DeadlineRow.rule).in_(hearer.rules))
    if hearer.forms_kept:
        found.append(sql.not_(_is_about(hearer.forms_kept)))
    return found


def _is_about(forms: Collection[int]) -> Any:
    return sql.exists().where(
        col(DocumentRow.agency_id) == col(DeadlineRow.agency_id),
        col(DocumentRow.document_id) == col(DeadlineRow.subject),
        col(DocumentRow.form).in_(forms),
    )


def _is_assigned(client_id: str) -> Any:
    return sql.exists().where(
        col(AssignmentRow.agency_id) == col(DeadlineRow.agency_id),
        col(AssignmentRow.case_uid) == col(DeadlineRow.case_uid),
        col(AssignmentRow.client_id) == client_id,
    )


def list_untold(
    session: Session, agencies: Collection[str], now: datetime, *, informing: Collection[str], limit: int
) -> list[Key]:
    """Return the deadlines that passed and were not told yet, oldest first; those that only inform are never told."""
    columns = (_DEADLINE.c.agency_id, _DEADLINE.c.case_uid, _DEADLINE.c.rule, _DEADLINE.c.subject)
    query = (
        sql.select(*columns)
        .where(_DEADLINE.c.agency_id.in_(agencies), _DEADLINE.c.met_at.is_(None), _DEADLINE.c.due_at < now)
        .where(_DEADLINE.c.told_at.is_(None), _DEADLINE.c.rule.not_in(informing))
        .order_by(_DEADLINE.c.due_at)
        .limit(limit)
    )
    return [Key(*row) for row in session.connection().execute(query)]
