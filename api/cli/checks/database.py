"""The database under the node: reached, current, whole; its log, its documents, and what waits in its outbox."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from api.cli.checks.finding import RESTORE_KEYS, Finding, ok, warn, wrong
from api.cli.outbox import age, reason_of
from api.errors import HomewardError
from api.flow.node import Node
from api.flow.proving import open_samples, verify_log
from api.flow.shelf import find_document
from api.settings import Settings
from api.store import agencies
from api.store.documents import list_of_form
from api.store.engine import Database
from api.store.inspection import find_damage
from api.store.migrate import get_revision, is_current
from api.store.waiting import count_waiting_by_reason
from schemas.corridor_policy import CorridorPolicy
from schemas.provider_directory import ProviderDirectory

WAITS_LONG = timedelta(days=1)
"""What waits longer than a line is usually down needs somebody who looks."""
_RELIED_ON = (CorridorPolicy.facts.form, ProviderDirectory.facts.form)
RESTORE = "stop the node and `homeward restore` the newest backup; keep the damaged one for whoever looks into it"


def check_database(settings: Settings, database: Database) -> Iterator[Finding]:
    """Look whether the database answers, is at the right revision, and is whole."""
    place = settings.url.rpartition("@")[2]
    try:
        revision, current = get_revision(database), is_current(database)
    except HomewardError as error:
        yield wrong(f"the database does not answer: {place}", error.hint)
        return
    if not current:
        stands = f"at revision {revision}" if revision else "empty"
        yield wrong(f"the database is {stands}, which is not this version's", "run `homeward migrate`")
        return
    damage = find_damage(database)
    if damage:
        yield wrong(f"the database is damaged: {damage[0]}", RESTORE)
    else:
        yield ok(f"the database is whole and at revision {revision}: {place}")


def check_contents(node: Node, progress: Callable[[int, int], None]) -> Iterator[Finding]:
    """Look whether the log is what was written and documents open."""
    try:
        size, root = verify_log(node, progress)
        yield ok(f"the log is what was written: {size} lines, root {root[:16]}...")
    except HomewardError as error:
        yield wrong(f"the log was altered: {error.hint}", "find out who can write to the database; then " + RESTORE)
    try:
        yield ok(f"documents open under the node's key ({open_samples(node)} tried)")
    except HomewardError as error:
        mend = f"{RESTORE_KEYS} that belongs to this database"
        yield wrong(f"a document does not open: {error.code}", mend)


def check_relied_on(node: Node) -> Iterator[Finding]:
    """Look whether every document can be read that holds for all cases: one that can't is left out, not refused."""
    with node.database.reader() as session:
        agencies_here = agencies.list_local(session)
        rows = [row for one in agencies_here for form in _RELIED_ON for row in list_of_form(session, one, form)]
    for row in rows:
        if row.body_key is not None and find_document(node, row) is None:
            what = f"form {row.form} of {row.agency_id} can't be read, so it does not hold: {row.document_id}"
            yield wrong(what, f"let it be agreed on and sent once more, with {row.peer}; or {RESTORE}")


def check_outbox(node: Node, now: datetime) -> Iterator[Finding]:
    """Look at what waits, for whom, and why."""
    with node.database.reader() as session:
        groups = count_waiting_by_reason(session)
    if not groups:
        yield ok("nothing waits in the outbox")
    for group in groups:
        many = "1 item waits" if group.count == 1 else f"{group.count} items wait"
        what = f"{many} for {group.peer} since {age(group.oldest, now)}: {group.reason or 'not tried yet'}"
        has_waited_long = now - group.oldest >= WAITS_LONG
        yield warn(what, reason_of(group)) if has_waited_long or group.reason else ok(what)
