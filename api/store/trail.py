"""What an auditor reads of the log: its lines from the newest back, and when documents of some forms came."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, func, select

from api.store.tables import DocumentCaseRow, DocumentRow, LogRow


def list_lines(
    session: Session,
    *,
    limit: int,
    before: int | None = None,
    case_uid: str | None = None,
    document_id: str | None = None,
) -> list[LogRow]:
    """Return lines of the log, newest first, below a place in it; of one case or document where that is named."""
    query = select(LogRow)
    if before is not None:
        query = query.where(col(LogRow.seq) < before)
    if case_uid is not None:
        query = query.where(LogRow.case_uid == case_uid)
    if document_id is not None:
        query = query.where(LogRow.document_id == document_id)
    return list(session.exec(query.order_by(col(LogRow.seq).desc()).limit(limit)))


def first_held(
    session: Session, agency_id: str, case_uids: Collection[str], forms: Collection[int]
) -> dict[str, datetime]:
    """Return for each case when the first document of these forms was recorded or came in, where any did."""
    query = (
        select(DocumentCaseRow.case_uid, func.min(DocumentRow.at))
        .join(DocumentRow, col(DocumentCaseRow.document_seq) == col(DocumentRow.seq))
        .where(DocumentCaseRow.agency_id == agency_id, col(DocumentCaseRow.case_uid).in_(case_uids))
        .where(col(DocumentRow.form).in_(forms))
        .group_by(col(DocumentCaseRow.case_uid))
    )
    return dict(session.exec(query).all()) if case_uids else {}


def cases_with(session: Session, agency_id: str, case_uids: Collection[str], form: int) -> list[str]:
    """Return those of the cases in which a document of this form is held, whoever sent it."""
    query = (
        select(DocumentCaseRow.case_uid)
        .join(DocumentRow, col(DocumentCaseRow.document_seq) == col(DocumentRow.seq))
        .where(DocumentCaseRow.agency_id == agency_id, col(DocumentCaseRow.case_uid).in_(case_uids))
        .where(DocumentRow.form == form)
        .distinct()
    )
    return list(session.exec(query)) if case_uids else []
