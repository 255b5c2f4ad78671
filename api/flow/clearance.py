"""How a caller stands to the cases of a document: everything that the rules of need-to-know ask about, gathered once.

Assigned or not, on which side, what was granted, whether the return is over, and, where the matrix asks for it, what
the person agreed to. Nothing is decided here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from api.flow import shelf
from api.flow.node import Node
from api.flow.policies import find_policies
from api.flow.recall import is_held_recalled
from api.flow.standing import find_main_line
from api.rules.access import Principal
from api.rules.agreements import BUILT_IN
from api.rules.consent import agreed_with
from api.rules.field_places import readers_with_consent
from api.rules.masks import Reader, Standing
from api.rules.need_to_know import Leave, LookPurpose, is_over
from api.store import assignments, cases, grants, trail
from api.store.case_tables import GrantRow
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.base import AgencyId, CaseUid
from schemas.document import ConsentPurpose, Document, Side
from schemas.registry import KINDS

_MARKS = [kind.facts.form for kind in KINDS.values() if kind.facts.marks_return]


def reader_of(
    node: Node, session: Session, caller: Principal, document: Document, purpose: LookPurpose = LookPurpose.CASE_WORK
) -> Reader:
    """Return the caller as a reader of a document, standing to each of its cases as this agency's books say."""
    now, uids = node.clock(), document.case_uids()
    is_own = document.sender == caller.agency
    found = _standings(node, session, caller, uids, now)
    left = grants.list_in_force(session, caller.agency, caller.client_id, uids, now)
    found = {
        uid: replace(one, leaves=_leaves([row for row in left if row.case_uid == uid], document, purpose))
        for uid, one in found.items()
    }
    if caller.roles & readers_with_consent(type(document)):
        found = {
            uid: replace(one, consents=_consents(node, session, caller, uid, now, told_by=document.sender))
            if one.is_assigned
            else one
            for uid, one in found.items()
        }
    whole = _together(tuple(found.values()))
    is_recalled = not is_own and is_held_recalled(node, session, caller.agency, document)
    return Reader(caller.roles, caller.agency, purpose, is_own, is_recalled, standing=whole, cases=found)


def reader_of_case(node: Node, session: Session, caller: Principal, case_uid: CaseUid) -> Reader:
    """Return the caller as a reader of what follows from all documents of a case; broken glass opens documents only."""
    standing = _standings(node, session, caller, [case_uid], node.clock())[case_uid]
    return Reader(caller.roles, caller.agency, LookPurpose.CASE_WORK, standing=standing, cases={case_uid: standing})


def _standings(
    node: Node, session: Session, caller: Principal, uids: Collection[CaseUid], now: datetime
) -> Mapping[CaseUid, Standing]:
    """Return assignment, side and whether access has ended, for each case."""
    assigned = assignments.cases_of(session, caller.agency, caller.client_id, uids)
    rows = {uid: row for uid in uids if (row := cases.find_case(session, caller.agency, uid)) is not None}
    ended = _ended(node, session, caller, rows, now)
    origin = {uid for uid, row in rows.items() if row.side == Side.ORIGIN}
    return {uid: Standing(uid in assigned, uid in origin, uid in ended) for uid in uids}


def _ended(
    node: Node, session: Session, caller: Principal, rows: Mapping[CaseUid, CaseRow], now: datetime
) -> frozenset[CaseUid]:
    """Return the cases of a destination agency whose return, and the time of grace after it, are over."""
    ours = {uid: row for uid, row in rows.items() if row.side == Side.DESTINATION}
    returned = trail.first_held(session, caller.agency, ours, _MARKS)
    agreed = find_policies(node, session, caller.agency) if ours else BUILT_IN
    return frozenset(
        uid
        for uid, row in ours.items()
        if uid in returned
        and is_over(
            find_main_line(node, session, row),
            returned[uid],
            timedelta(days=agreed.on(row.destination, row.origin, now.date()).access_grace_days),
            now,
        )
    )


def _leaves(rows: Sequence[GrantRow], document: Document, purpose: LookPurpose) -> frozenset[Leave]:
    """Return what was granted that is good for this document and purpose; a release counts once it is approved."""
    glass = {Leave.BROKEN_GLASS for row in rows if row.what == Leave.BROKEN_GLASS}
    released = {
        Leave.RELEASE
        for row in rows
        if row.what == Leave.RELEASE
        and row.approved_at is not None
        and (row.document_id, row.purpose) == (document.id, purpose)
    }
    return frozenset(glass | released)


def _consents(
    node: Node, session: Session, caller: Principal, uid: CaseUid, now: datetime, *, told_by: AgencyId
) -> frozenset[ConsentPurpose]:
    """Return what the person agreed to share with the caller's agency; what it wrote on health itself, it knows."""
    held = shelf.read_case(node, session, caller.agency, uid)
    own = {ConsentPurpose.SHARE_HEALTH_RESTRICTED} if told_by == caller.agency else set[ConsentPurpose]()
    return agreed_with(caller.agency, uid, held, now.date(), told_by=told_by) | own


def _together(standings: Sequence[Standing]) -> Standing:
    """Return how the caller stands to a document as a whole that speaks of several cases."""
    if len(standings) == 1:
        return standings[0]
    return Standing(
        is_assigned=any(one.is_assigned for one in standings),
        is_origin=any(one.is_origin for one in standings),
        has_ended=bool(standings) and all(one.has_ended for one in standings),
    )
