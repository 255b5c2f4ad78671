"""What a meeting's agenda is made of: the cases of a corridor, page by page, and what stands beside them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from api.store.case_tables import CaseLinkRow, DeadlineRow
from api.store.tables import CaseRow


def list_corridor(
    session: Session,
    agency_id: str,
    ends: tuple[str, str],
    *,
    ended: Collection[str],
    closed: str,
    closed_since: datetime,
    disputed: str,
    after: str,
    limit: int,
) -> list[CaseRow]:
    """Return cases of a corridor (destination, origin) that have not ended, by id, after an id.

    One whose end is looked into, by the open deadline of the rule ``disputed``, has not. Of those that are closed what
    moved since an instant comes too, for the visit that follows a closure. A case that somebody merged into another
    one is spoken about there.
    """
    merged = select(CaseLinkRow.into_uid).where(
        CaseLinkRow.agency_id == agency_id, CaseLinkRow.case_uid == col(CaseRow.case_uid)
    )
    in_question = select(DeadlineRow.case_uid).where(
        DeadlineRow.agency_id == agency_id,
        DeadlineRow.case_uid == col(CaseRow.case_uid),
        DeadlineRow.rule == disputed,
        col(DeadlineRow.met_at).is_(None),
    )
    is_open = or_(
        col(CaseRow.state).not_in(ended),
        (col(CaseRow.state) == closed) & (col(CaseRow.moved_at) >= closed_since),
        in_question.exists(),
    )
    query = select(CaseRow).where(
        CaseRow.agency_id == agency_id,
        CaseRow.destination == ends[0],
        CaseRow.origin == ends[1],
        is_open,
        ~merged.exists(),
        col(CaseRow.case_uid) > after,
    )
    return list(session.exec(query.order_by(col(CaseRow.case_uid)).limit(limit)))


def list_barriers(session: Session, agency_id: str, case_uids: Sequence[str], *, rule: str) -> Mapping[str, str]:
    """Return what somebody recorded to keep each of these cases from meeting a rule, if anything."""
    query = select(DeadlineRow.case_uid, DeadlineRow.barrier).where(
        DeadlineRow.agency_id == agency_id,
        col(DeadlineRow.case_uid).in_(case_uids),
        DeadlineRow.rule == rule,
        col(DeadlineRow.met_at).is_(None),
        col(DeadlineRow.barrier).is_not(None),
    )
    return {uid: barrier for uid, barrier in session.exec(query) if barrier}
