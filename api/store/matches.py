"""By what cases are found to be alike, as keyed hashes, and which ones a person merged, as one agency sees them."""

from collections.abc import Collection

import sqlalchemy as sql
from sqlmodel import Session, col, delete, select

from api.store.case_tables import CaseLinkRow, MatchKeyRow


def put_keys(session: Session, agency_id: str, case_uid: str, keys: Collection[str]) -> None:
    """Store by which keys a case is found from now on; what stays the same is not written again."""
    here = (col(MatchKeyRow.agency_id) == agency_id, col(MatchKeyRow.case_uid) == case_uid)
    held = frozenset(session.exec(select(MatchKeyRow.key).where(*here)))
    gone, new = held - frozenset(keys), frozenset(keys) - held
    if gone:
        session.exec(delete(MatchKeyRow).where(*here, col(MatchKeyRow.key).in_(gone)))
    if new:
        rows = [{"agency_id": agency_id, "key": key, "case_uid": case_uid} for key in sorted(new)]
        session.execute(sql.insert(MatchKeyRow), rows)


def list_candidates(
    session: Session, agency_id: str, keys: Collection[str], *, besides: Collection[str], limit: int
) -> list[str]:
    """Return the cases of an agency that share the most of these keys, best first, besides some."""
    shared = sql.func.count()
    query = (
        select(MatchKeyRow.case_uid)
        .where(
            MatchKeyRow.agency_id == agency_id,
            col(MatchKeyRow.key).in_(keys),
            col(MatchKeyRow.case_uid).not_in(besides),
        )
        .group_by(col(MatchKeyRow.case_uid))
        .order_by(shared.desc(), col(MatchKeyRow.case_uid))
        .limit(limit)
    )
    return list(session.exec(query))


def find_link(session: Session, agency_id: str, case_uid: str) -> CaseLinkRow | None:
    """Return into which case one was merged, with the reason, or ``None``."""
    return session.get(CaseLinkRow, (agency_id, case_uid))


def list_links(session: Session, agency_id: str, case_uids: Collection[str]) -> list[CaseLinkRow]:
    """Return what was merged from or into any of these cases, in order of the ids."""
    query = select(CaseLinkRow).where(
        CaseLinkRow.agency_id == agency_id,
        col(CaseLinkRow.case_uid).in_(case_uids) | col(CaseLinkRow.into_uid).in_(case_uids),
    )
    return list(session.exec(query.order_by(col(CaseLinkRow.case_uid)))) if case_uids else []


def list_merged_from(session: Session, agency_id: str, into_uid: str) -> list[str]:
    """Return the cases that were merged into one, in order of their ids."""
    query = select(CaseLinkRow.case_uid).where(CaseLinkRow.agency_id == agency_id, CaseLinkRow.into_uid == into_uid)
    return list(session.exec(query.order_by(col(CaseLinkRow.case_uid))))
