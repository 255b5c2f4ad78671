"""Documents that were sent and received, their receipts, and which cases they speak of."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sql
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select, tuple_

from api.store.engine import table_of
from api.store.tables import DocumentCaseRow, DocumentRow, ReceiptRow


@dataclass(frozen=True)
class NewDocument:
    """A document that is to be stored: the columns of ``DocumentRow``."""

    agency_id: str
    peer: str
    document_id: str
    is_sent: bool
    at: datetime
    envelope_sha256: str
    signed_sha256: str
    supersedes: str | None
    reply_to: str | None
    form: int
    feed_on: date | None
    body: bytes = field(repr=False)
    body_key: bytes = field(repr=False)


class Held(NamedTuple):
    """What tells a document that is held from another one, without its body."""

    agency_id: str
    peer: str
    document_id: str
    is_sent: bool
    envelope_sha256: str
    signed_sha256: str
    form: int


@dataclass(frozen=True)
class NewReceipt:
    """A receipt that is to be kept: the columns of ``ReceiptRow``."""

    agency_id: str
    peer: str
    document_id: str
    is_issued: bool
    status: str
    at: datetime
    data: bytes


_DOCUMENT, _CASE_OF, _RECEIPT = (table_of(row) for row in (DocumentRow, DocumentCaseRow, ReceiptRow))
_ADD = sql.insert(_DOCUMENT).returning(_DOCUMENT.c.seq)
_ADD_CASES, _ADD_RECEIPT = sql.insert(_CASE_OF), sql.insert(_RECEIPT)
_OF_AGENCY = _DOCUMENT.c.agency_id == sql.bindparam("agency")
HELD = sql.select(*(_DOCUMENT.c[name] for name in Held._fields)).where(
    _OF_AGENCY, _DOCUMENT.c.document_id == sql.bindparam("document")
)
_CORRECTIONS = (
    sql.select(_DOCUMENT.c.seq).where(_OF_AGENCY, _DOCUMENT.c.supersedes == sql.bindparam("document")).limit(1)
)
_OF_CASE = (
    sql.select(_CASE_OF.c.document_seq)
    .where(_CASE_OF.c.agency_id == sql.bindparam("agency"), _CASE_OF.c.case_uid == sql.bindparam("uid"))
    .limit(2)
)

_EXCHANGED = (
    sql.select(*(_DOCUMENT.c[name] for name in ("document_id", "is_sent", "reply_to", "form")))
    .join(_CASE_OF, _CASE_OF.c.document_seq == _DOCUMENT.c.seq)
    .where(
        _CASE_OF.c.agency_id == sql.bindparam("agency"),
        _CASE_OF.c.case_uid == sql.bindparam("uid"),
        _DOCUMENT.c.peer == sql.bindparam("peer"),
    )
)
_ROWS_OF_CASE = (
    select(DocumentRow)
    .join(DocumentCaseRow, col(DocumentCaseRow.document_seq) == col(DocumentRow.seq))
    .where(_CASE_OF.c.agency_id == sql.bindparam("agency"), _CASE_OF.c.case_uid == sql.bindparam("uid"))
    .order_by(col(DocumentRow.seq))
)
_MARK_OF_CASES = sql.select(sql.func.max(_CASE_OF.c.document_seq), sql.func.count()).where(
    _CASE_OF.c.agency_id == sql.bindparam("agency"), _CASE_OF.c.case_uid.in_(sql.bindparam("uids", expanding=True))
)
_MARK_OF_FORM = sql.select(sql.func.max(_DOCUMENT.c.seq), sql.func.count()).where(
    _OF_AGENCY, _DOCUMENT.c.form == sql.bindparam("form"), _DOCUMENT.c.body_key.is_not(None)
)


def find_held(session: Session, agency_id: str, document_id: str) -> Held | None:
    """Return what names the document that this agency sent or received under this id: the memory against replay."""
    found = session.connection().execute(HELD, {"agency": agency_id, "document": document_id}).first()
    return None if found is None else Held(*found)


def find_document(session: Session, agency_id: str, document_id: str) -> DocumentRow | None:
    """Return the document that this agency sent or received under this id: the memory against replay, without end."""
    query = select(DocumentRow).where(DocumentRow.agency_id == agency_id, DocumentRow.document_id == document_id)
    return session.exec(query).first()


def add_document(session: Session, document: NewDocument, case_uids: tuple[str, ...]) -> None:
    """Store a document and the cases it speaks of."""
    connection = session.connection()
    seq = connection.execute(_ADD, vars(document)).scalar_one()
    about = [
        {"agency_id": document.agency_id, "case_uid": uid, "document_seq": seq} for uid in dict.fromkeys(case_uids)
    ]
    if about:
        connection.execute(_ADD_CASES, about)


def add_receipt(session: Session, receipt: NewReceipt) -> None:
    """Keep a receipt."""
    session.connection().execute(_ADD_RECEIPT, vars(receipt))


def is_only_one_of_case(session: Session, agency_id: str, case_uid: str) -> bool:
    """Say whether just one document that is held speaks of a case."""
    found = session.connection().execute(_OF_CASE, {"agency": agency_id, "uid": case_uid})
    return len(found.all()) == 1


class Exchanged(NamedTuple):
    """A document that went or came, without what it says."""

    document_id: str
    is_sent: bool
    reply_to: str | None
    form: int


def list_exchanged(session: Session, agency_id: str, peer: str, case_uid: str) -> list[Exchanged]:
    """Return what went to and came from one other agency about a case."""
    found = session.connection().execute(_EXCHANGED, {"agency": agency_id, "uid": case_uid, "peer": peer})
    return [Exchanged(*row) for row in found]


def list_of_case(session: Session, agency_id: str, case_uid: str) -> list[DocumentRow]:
    """Return every document that speaks of a case, in the order in which it came to this agency."""
    return list(session.exec(_ROWS_OF_CASE, params={"agency": agency_id, "uid": case_uid}))


def list_of_form(
    session: Session,
    agency_id: str,
    form: int,
    *,
    since: datetime | None = None,
    limit: int | None = None,
    after: int = 0,
) -> list[DocumentRow]:
    """Return the documents of a form that an agency sent or received, in the order in which they came."""
    query = select(DocumentRow).where(DocumentRow.agency_id == agency_id, DocumentRow.form == form)
    if since is not None:
        query = query.where(col(DocumentRow.at) >= since)
    return list(session.exec(query.where(col(DocumentRow.seq) > after).order_by(col(DocumentRow.seq)).limit(limit)))


def list_answers(session: Session, agency_id: str, form: int, document_id: str) -> list[DocumentRow]:
    """Return a document of a form and those of the same form that answer it."""
    query = select(DocumentRow).where(DocumentRow.agency_id == agency_id, DocumentRow.form == form)
    is_of_it = (col(DocumentRow.document_id) == document_id) | (col(DocumentRow.reply_to) == document_id)
    return list(session.exec(query.where(is_of_it).order_by(col(DocumentRow.seq))))


def mark_of_form(session: Session, agency_id: str, form: int) -> tuple[int, int]:
    """Return the newest number of the documents of a form that can be read, and how many there are.

    Documents never change, so they are the same ones as long as the two numbers are.
    """
    found = session.connection().execute(_MARK_OF_FORM, {"agency": agency_id, "form": form})
    newest, number = found.one()
    return newest or 0, number


def mark_of_cases(session: Session, agency_id: str, case_uids: Collection[str]) -> tuple[int, int]:
    """Return the newest number of the documents that speak of these cases, and how many there are.

    A number that was given earlier may be committed later, which the second tells.
    """
    found = session.connection().execute(_MARK_OF_CASES, {"agency": agency_id, "uids": [*case_uids]})
    newest, number = found.one()
    return newest or 0, number


def find_newest_sent(
    session: Session, agency_id: str, case_uid: str, *, form: int, peer: str | None = None
) -> str | None:
    """Return the id of the newest document of a form that this agency sent to a peer, or to anybody, about a case."""
    query = (
        select(DocumentRow.document_id)
        .join(DocumentCaseRow, col(DocumentCaseRow.document_seq) == col(DocumentRow.seq))
        .where(DocumentCaseRow.agency_id == agency_id, DocumentCaseRow.case_uid == case_uid)
        .where(DocumentRow.form == form, col(DocumentRow.is_sent))
        .order_by(col(DocumentRow.seq).desc())
    )
    return session.exec(query if peer is None else query.where(DocumentRow.peer == peer)).first()


def list_cases_of(session: Session, agency_id: str, seqs: list[int]) -> dict[int, list[str]]:
    """Return which cases each of these documents speaks of."""
    query = select(DocumentCaseRow.document_seq, DocumentCaseRow.case_uid).where(
        DocumentCaseRow.agency_id == agency_id, col(DocumentCaseRow.document_seq).in_(seqs)
    )
    found: dict[int, list[str]] = {}
    for seq, case_uid in session.exec(query.order_by(col(DocumentCaseRow.case_uid))):
        found.setdefault(seq, []).append(case_uid)
    return found


def list_received(
    session: Session, agency_id: str, *, limit: int, after: int = 0, unopened: bool = False
) -> list[DocumentRow]:
    """Return what came in, oldest first, after a cursor.

    The page is found in an index alone, and its rows are read afterwards: PostgreSQL takes those that nobody opened for
    so many that it would rather walk through all that came in.
    """
    page = select(DocumentRow.seq).where(
        DocumentRow.agency_id == agency_id, ~col(DocumentRow.is_sent), col(DocumentRow.seq) > after
    )
    if unopened:
        page = page.where(col(DocumentRow.opened_at).is_(None))
    found = col(DocumentRow.seq).in_(page.order_by(col(DocumentRow.seq)).limit(limit))
    return list(session.exec(select(DocumentRow).where(found).order_by(col(DocumentRow.seq))))


def list_feed(
    session: Session,
    agency_id: str,
    form: int,
    *,
    limit: int,
    since: date | None = None,
    after: tuple[date, str] | None = None,
) -> list[DocumentRow]:
    """Return received documents of one form that nothing newer of the same sender supersedes, soonest date first."""
    newer = aliased(DocumentRow)
    superseded = select(newer.seq).where(
        newer.agency_id == agency_id,
        newer.supersedes == col(DocumentRow.document_id),
        newer.peer == col(DocumentRow.peer),
        newer.form == form,
        ~col(newer.is_sent),
    )
    query = select(DocumentRow).where(
        DocumentRow.agency_id == agency_id, DocumentRow.form == form, ~col(DocumentRow.is_sent), ~superseded.exists()
    )
    if since is not None:
        query = query.where(col(DocumentRow.feed_on) >= since)
    if after is not None:
        query = query.where(tuple_(col(DocumentRow.feed_on), col(DocumentRow.document_id)) > tuple_(*after))
    return list(session.exec(query.order_by(col(DocumentRow.feed_on), col(DocumentRow.document_id)).limit(limit)))


def is_superseded(session: Session, agency_id: str, document_id: str) -> bool:
    """Say whether any document that is held, whoever sent it, says that it supersedes this one."""
    found = session.connection().execute(_CORRECTIONS, {"agency": agency_id, "document": document_id})
    return found.first() is not None


def find_newest_version(session: Session, agency_id: str, document_id: str) -> DocumentRow | None:
    """Return the newest version of a document that is held, by its own sender's corrections; a circle ends anywhere."""
    newest, seen = find_document(session, agency_id, document_id), set[str]()
    while newest is not None and newest.document_id not in seen:
        seen.add(newest.document_id)
        query = select(DocumentRow).where(
            DocumentRow.agency_id == agency_id,
            DocumentRow.supersedes == newest.document_id,
            DocumentRow.form == newest.form,
            col(DocumentRow.is_sent) == newest.is_sent,
        )
        if not newest.is_sent:
            query = query.where(DocumentRow.peer == newest.peer)
        newest = session.exec(query.order_by(col(DocumentRow.seq).desc()).limit(1)).first() or newest
    return newest


def list_own_after(session: Session, agency_id: str, document_id: str) -> list[DocumentRow]:
    """Return the documents by which this agency answered or corrected one; what others claim to is theirs."""
    query = select(DocumentRow).where(_own_after(agency_id, document_id))
    return list(session.exec(query.order_by(col(DocumentRow.seq))))


def count_own_after(session: Session, agency_id: str, document_id: str) -> int:
    """Return how many these are."""
    return session.exec(select(sql.func.count()).where(_own_after(agency_id, document_id))).one()


def _own_after(agency_id: str, document_id: str) -> sql.ColumnElement[bool]:
    follows = (col(DocumentRow.reply_to) == document_id) | (col(DocumentRow.supersedes) == document_id)
    return sql.and_(col(DocumentRow.agency_id) == agency_id, follows, col(DocumentRow.is_sent))


def list_receipts(session: Session, agency_id: str, document_id: str) -> list[ReceiptRow]:
    """Return the receipts that were issued or are held for a document."""
    query = select(ReceiptRow).where(ReceiptRow.agency_id == agency_id, ReceiptRow.document_id == document_id)
    return list(session.exec(query.order_by(col(ReceiptRow.at), col(ReceiptRow.status).desc())))


def find_receipt(
    session: Session, agency_id: str, peer: str, document_id: str, *, status: str, is_issued: bool
) -> ReceiptRow | None:
    """Return one receipt, or ``None``."""
    return session.get(ReceiptRow, (agency_id, peer, document_id, is_issued, status))
