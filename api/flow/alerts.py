"""What people add to a deadline: a snooze with its reason, and the barrier that keeps a return from happening.

Each act is noted in the log with its code, in the same commit. Who is not told of a deadline does nothing with it: an
act finds its row as the list does. Both go by the role alone and open no document (docs/decisions/0010).
"""

from collections.abc import Callable
from datetime import datetime

from api.errors import NotFound
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.rules.access import Principal
from api.rules.watch.snooze import SnoozeReason, check_snooze
from api.rules.watch.told import forms_kept_from, rules_told_to
from api.store import deadlines
from api.store.case_tables import DeadlineRow
from api.store.deadlines import Hearer, Key
from api.store.engine import Session
from schemas.figures_codes import Barrier

Act = Callable[[Session], DeadlineRow]


def hearer_of(caller: Principal) -> Hearer:
    """Return of which deadlines the caller is told: of cases that she or he may know of, by the role alone."""
    return Hearer(
        assigned_to=None if caller.sees_every_case else caller.client_id,
        rules=rules_told_to(caller.roles),
        forms_kept=forms_kept_from(caller.roles),
    )


def prepare_snooze(node: Node, caller: Principal, key: Key, until: datetime, reason: SnoozeReason) -> Act:
    """Return the unit of work that puts a reminder off; raises as ``check_snooze`` does."""
    now = node.clock()

    def change(session: Session, row: DeadlineRow) -> None:
        check_snooze(row.rule, row.due_at, row.barrier, until=until, now=now)
        deadlines.put_off(session, key, until, reason)

    return _act(caller, key, now, Action.SNOOZED, f"{key.rule}:{reason}", change)


def prepare_wake(node: Node, caller: Principal, key: Key) -> Act:
    """Return the unit of work that ends a snooze."""
    return _act(
        caller,
        key,
        node.clock(),
        Action.WOKEN,
        key.rule,
        lambda session, _row: deadlines.put_off(session, key, None, None),
    )


def prepare_barrier(node: Node, caller: Principal, key: Key, barrier: Barrier) -> Act:
    """Return the unit of work that names what stands in the way."""
    return _act(
        caller,
        key,
        node.clock(),
        Action.BARRIER_NAMED,
        f"{key.rule}:{barrier}",
        lambda session, _row: deadlines.name_barrier(session, key, barrier),
    )


def _act(
    caller: Principal,
    key: Key,
    now: datetime,
    action: Action,
    code: str,
    change: Callable[[Session, DeadlineRow], None],
) -> Act:
    """Return a unit of work on an open deadline, with its line; raises ``NotFound`` where there is none."""

    def unit(session: Session) -> DeadlineRow:
        row = deadlines.find_told(session, key, hearer_of(caller))
        if row is None:
            raise NotFound
        change(session, row)
        note(session, now, Entry(action, key.agency_id, caller.role, case_uid=key.case_uid or None, code=code))
        return deadlines.find_deadline(session, key) or row

    return unit
