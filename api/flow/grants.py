"""Leave beyond the access matrix: glass that is broken in an emergency, and a release to which two people agree.

Both end by themselves, both stand in the log under an action of their own, and both are listed for auditors. The words
of a reason are locked like a document; the code is not.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ulid import ULID

from api.errors import InvalidInput, NotFound, NotPermitted
from api.flow.assigning import get_known_case, known_of
from api.flow.evidence import Action, Entry, note
from api.flow.node import Node
from api.rules.access import GRANTS_APPROVE, GRANTS_ASK, Principal
from api.rules.need_to_know import Leave, LookPurpose, may_break_glass, may_release, opens
from api.rules.zones import local_time
from api.store import documents, grants, log
from api.store.case_tables import GrantRow
from api.store.engine import Session
from schemas.base import country_of
from schemas.document import Document, Role
from schemas.facts import Level
from schemas.restricted_annex import Release

GLASS_STAYS_BROKEN = timedelta(hours=8)
"""One shift: long enough for an emergency, short enough to be asked again."""
RELEASE_LASTS = timedelta(hours=72)
"""From asking on: over a weekend, so that a second person can be found."""
_BEGINS: Mapping[Leave, tuple[Action, timedelta]] = {
    Leave.BROKEN_GLASS: (Action.GLASS_BROKEN, GLASS_STAYS_BROKEN),
    Leave.RELEASE: (Action.RELEASE_ASKED, RELEASE_LASTS),
    Leave.TERMS: (Action.TERMS_APPROVED, RELEASE_LASTS),
}
"""What is noted when leave is asked for, taken or given, and how long it lasts."""
_ENDS: Mapping[Leave, Action] = {Leave.RELEASE: Action.RELEASE_USED, Leave.TERMS: Action.TERMS_USED}
"""What is noted when a document makes use of it."""
_WHO_MAY, _RELEASE = "domain 5", "domain 2.J rules 4, 5"
"""The clauses on which a refusal rests: who needs to know, and that two people stand for what is restricted."""
STANDS_FOR = "release"
"""Where a kind that needs a release states it."""
_IS_WORKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What looks like a worker number, and no address."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a code and words that say why, and for a release to whom or of which document."""

    reason: str
    words: str
    purpose: LookPurpose | None = None
    recipient: str | None = None
    document_id: str | None = None


def prepare_break_glass(node: Node, caller: Principal, case_uid: str, wanted: Wanted) -> Callable[[Session], GrantRow]:
    """Return the unit that breaks the glass for the caller in one case, for some hours.

    Raises ``NotPermitted`` ``no_glass_to_break`` for roles that the matrix gives none, ``NotFound`` for a case that
    the caller can't know of.
    """
    if not may_break_glass(caller.roles):
        breakers = ", ".join(role for role in Role if may_break_glass([role]))
        hint = f"an emergency opens something to the roles {breakers} only"
        raise NotPermitted("no_glass_to_break", hint, _WHO_MAY)
    return _prepare(node, caller, case_uid, wanted, Leave.BROKEN_GLASS)


def prepare_ask(node: Node, caller: Principal, case_uid: str, wanted: Wanted) -> Callable[[Session], GrantRow]:
    """Return the unit that asks for a release: to send to a recipient, or to read a document.

    Raises ``InvalidInput`` ``release_of_what`` unless exactly one of both is named and ``purpose_opens_nothing`` for
    an ordinary purpose, ``NotFound`` for a case or document that is not there.
    """
    caller.require(GRANTS_ASK)
    if (wanted.recipient is None) == (wanted.document_id is None):
        raise InvalidInput("release_of_what", "name the recipient to send to, or the document to read, not both")
    if wanted.purpose is None or opens(wanted.purpose) < Level.L4:
        raise InvalidInput("purpose_opens_nothing", "name a purpose that restricted detail is needed for")
    if wanted.document_id is not None:
        with node.database.reader() as session:
            row = documents.find_document(session, caller.agency, wanted.document_id)
            of_case = {one.document_id for one in documents.list_of_case(session, caller.agency, case_uid)}
        if row is None or row.document_id not in of_case:
            raise NotFound
    return _prepare(node, caller, case_uid, wanted, Leave.RELEASE)


def prepare_approve(node: Node, caller: Principal, grant_id: str) -> Callable[[Session], GrantRow]:
    """Return the unit by which a second person agrees to a release.

    Raises in the unit ``NotFound`` for what is no release of this agency, or of a case that the caller may not know of,
    or has ended, ``NotPermitted``
    ``second_person_needed`` to the one who asked, ``role_may_not_release`` where another role has to approve.
    """
    caller.require(GRANTS_APPROVE)
    now = node.clock()

    def unit(session: Session) -> GrantRow:
        row = grants.find_grant(session, caller.agency, grant_id)
        if row is None or row.what != Leave.RELEASE or row.expires_at <= now:
            raise NotFound
        get_known_case(session, caller, row.case_uid)
        if row.client_id == caller.client_id:
            hint = "a release is asked for by one and approved by another"
            raise NotPermitted("second_person_needed", hint, _RELEASE)
        if not _may_approve(caller, row):
            hint = "a case manager or focal officer approves; for care a health officer may"
            raise NotPermitted("role_may_not_release", hint, _WHO_MAY)
        if row.approved_at is None:
            row.approved_by, row.approved_at = caller.client_id, now
            session.add(row)
            line = Entry(Action.RELEASE_APPROVED, caller.agency, caller.role, row.document_id, row.case_uid)
            note(session, now, line)
        return row

    return unit


def list_to_approve(node: Node, caller: Principal) -> list[GrantRow]:
    """Return the releases that wait for somebody like the caller, newest first, of cases that the caller may know of.

    Raises ``NotPermitted`` ``scope_missing`` to who approves nothing.
    """
    caller.require(GRANTS_APPROVE)
    with node.database.reader() as session:
        waiting = grants.list_waiting(session, caller.agency, Leave.RELEASE, caller.client_id, node.clock())
        known = known_of(session, caller, {row.case_uid for row in waiting})
    return [row for row in waiting if row.case_uid in known and _may_approve(caller, row)]


def _may_approve(caller: Principal, row: GrantRow) -> bool:
    return row.purpose is not None and may_release(caller.roles, LookPurpose(row.purpose))


def who_stands_for(node: Node, caller: Principal, case_uid: str, recipient: str) -> Release:
    """Return who asked for the release under which the caller may send of a case, who approved it, and when.

    Raises ``NotPermitted`` ``release_needed`` where there is none, ``NotFound`` for a case that the caller may not know
    of.
    """
    with node.database.reader() as session:
        get_known_case(session, caller, case_uid)
        row = _get_release(_approved(session, caller, [case_uid], recipient, node.clock()), case_uid)
    return _stated(node, row)


def require_release(node: Node, session: Session, caller: Principal, document: Document, now: datetime) -> None:
    """Use up the releases under which a document may leave, one for each of its cases.

    To be called in the unit that records it. Raises ``NotPermitted`` ``release_needed`` where no second person agreed
    that the caller sends this of a case to this recipient; to protect a life without consent, for that purpose only.
    Raises it with ``release_differs`` where a restricted document names others than the two who stand for it.
    """
    log.take_head(session)  # one at a time, so that nothing leaves twice under one release
    good = _approved(session, caller, document.case_uids(), document.recipient, now)
    if not document.facts.needs_release:
        good = [row for row in good if row.purpose == LookPurpose.PROTECTION]
    for uid in document.case_uids():
        row = _get_release(good, uid)
        stated: Release | None = getattr(document, STANDS_FOR, None)
        if stated is not None and stated != _stated(node, row):
            hint = "leave `release` out: the node names who asked and who approved"
            raise NotPermitted("release_differs", hint, _RELEASE)
        use_up(session, caller, row, document, now)


def use_up(session: Session, caller: Principal, row: GrantRow, document: Document, now: datetime) -> None:
    """Keep and note which document makes use of leave; that was the one time."""
    row.used_at, row.document_id = now, document.id
    session.add(row)
    action = _ENDS[Leave(row.what)]
    note(session, now, Entry(action, caller.agency, caller.role, document.id, row.case_uid or None))


def _approved(
    session: Session, caller: Principal, case_uids: Collection[str], recipient: str, now: datetime
) -> list[GrantRow]:
    """Return the releases that a second person approved, for the caller to send of these cases to a recipient."""
    left = grants.list_in_force(session, caller.agency, caller.client_id, case_uids, now)
    wanted = (Leave.RELEASE, recipient)
    return [row for row in left if (row.what, row.recipient) == wanted and row.approved_at is not None]


def _get_release(good: Iterable[GrantRow], case_uid: str) -> GrantRow:
    """Return the release of a case; raises ``NotPermitted`` ``release_needed`` where there is none."""
    row = next((one for one in good if one.case_uid == case_uid), None)
    if row is None:
        raise NotPermitted(
            "release_needed",
            "ask for a release to this recipient, and let a second person approve it: "
            "POST /v1/cases/{case_uid}/releases; it serves only the one who asked for it",
            _RELEASE,
        )
    return row


def _stated(node: Node, row: GrantRow) -> Release:
    """Return a release as a restricted document states it."""
    return Release(
        decided_by=_worker_of(node, row.client_id),
        approved_by=_worker_of(node, row.approved_by or ""),
        approved_on=local_time(row.approved_at or row.asked_at, country_of(row.agency_id)).date(),
    )


def _worker_of(node: Node, client_id: str) -> str:
    """Return a client's id as a worker number; an issuer may name people by what is theirs, which does not leave."""
    if _IS_WORKER.fullmatch(client_id):
        return client_id
    return f"worker-{node.vault.lookup('worker number', client_id)[:16]}"


def words_of(node: Node, row: GrantRow) -> str:
    """Return the reason in words; raises ``NotFound`` where it was erased."""
    if row.body_key is None:
        raise NotFound("erased")
    return node.vault.unlock(row.body, row.body_key, _context(row.agency_id, row.grant_id)).decode()


def _context(agency: str, grant_id: str) -> str:
    return f"access_grant,{agency}/{grant_id},body,1"


def _prepare(
    node: Node, caller: Principal, case_uid: str, wanted: Wanted, what: Leave
) -> Callable[[Session], GrantRow]:
    """Return the unit that stores what was asked for and notes it."""
    now = node.clock()
    with node.database.reader() as session:
        get_known_case(session, caller, case_uid)
    new_row = row_of(node, caller, case_uid, wanted, what, now)

    def unit(session: Session) -> GrantRow:
        row = new_row()
        session.add(row)
        line = Entry(
            _BEGINS[what][0],
            agency=caller.agency,
            by=caller.role,
            document_id=wanted.document_id,
            case_uid=case_uid,
            peer=wanted.recipient,
            code=wanted.reason,
        )
        note(session, now, line)
        return row

    return unit


def row_of(
    node: Node, caller: Principal, case_uid: str, wanted: Wanted, what: Leave, now: datetime
) -> partial[GrantRow]:
    """Return what makes the row of what was asked for, its words locked; a unit that runs again makes another."""
    grant_id = str(ULID())
    locked = node.vault.lock(wanted.words.encode(), _context(caller.agency, grant_id))
    return partial(
        GrantRow,
        grant_id=grant_id,
        agency_id=caller.agency,
        case_uid=case_uid,
        what=what,
        purpose=wanted.purpose,
        document_id=wanted.document_id,
        recipient=wanted.recipient,
        client_id=caller.client_id,
        role=caller.role,
        reason=wanted.reason,
        asked_at=now,
        expires_at=now + _BEGINS[what][1],
        body=locked.body,
        body_key=locked.key,
    )
