"""What a withdrawn consent stops, whom it has to reach, and what may no longer be read (domain 2.J rule 3).

Nothing that was sent disappears; nothing new may follow. On the day of a withdrawal the withdrawal wins, until the
person gives the consent anew on a later day. A withdrawal counts whichever partner of the case sent it and in whatever
order it came; that of somebody who has no part in the case is kept and stops nothing (``api/rules/parties.py``). Whom
it reaches follows from what the documents disclose and carry, so a new kind needs no line here.

Documents are taken in the order in which they came.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from api.rules.parties import partners_of, withdrawers_of
from schemas.base import AgencyId, CaseUid, DocumentId
from schemas.consent import ConsentRecord
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import ConsentPurpose, Document
from schemas.earlier import about, current
from schemas.guards import Discloses, Disclosure


@dataclass(frozen=True)
class Reached:
    """One agency that has to learn of a withdrawal: what it was told, and which of the rows concern it.

    ``documents`` is empty for an agency that was told nothing under the consent but keeps the record of it.
    """

    recipient: AgencyId
    documents: tuple[DocumentId, ...]
    records: tuple[ConsentRecord, ...]


def is_withdrawn(
    disclosure: Disclosure, given: ConsentRecord, earlier: Sequence[Document], *, given_by: AgencyId | None = None
) -> bool:
    """Say whether a consent that was given was taken back since, for this purpose and this recipient.

    ``given_by`` is whose file says that it was given: it takes that back too, whatever its part.
    """
    return any(
        row.date >= given.date
        for held in withdrawals_of(disclosure.case_uid, earlier, also_by=given_by)
        if (row := held.withdraws(disclosure.purpose, disclosure.recipient)) is not None
    )


def withdrawals_of(
    case_uid: CaseUid | None, held: Sequence[Document], *, also_by: AgencyId | None = None
) -> tuple[ConsentWithdrawal, ...]:
    """Return the withdrawals that count in a case, oldest first.

    One that its own sender corrected does not count, nor one of an agency that is no partner, save ``also_by``. Before
    anything else came every one counts: a withdrawal may overtake the file.
    """
    found = [one for one in held if isinstance(one, ConsentWithdrawal) and one.case_uid == case_uid]
    if not found:
        return ()
    counting = {*withdrawers_of(about(held, case_uid)), also_by}
    return tuple(one for one in current(ConsentWithdrawal, found, case_uid) if one.sender in counting)


def reached_by(
    records: Iterable[ConsentRecord], case_uid: CaseUid, held: Sequence[Document], agency: AgencyId
) -> tuple[Reached, ...]:
    """Return every agency that relies on these consents, each with the rows that concern it and no others.

    It was told something under them by ``agency``, or it got the record of them from there, or gave it.
    """
    ordered = sorted(held, key=lambda one: (one.created_at, one.id))
    about = [one for one in ordered if isinstance(one, Discloses) and case_uid in one.case_uids()]
    documents: dict[AgencyId, dict[DocumentId, None]] = {}
    rows: dict[AgencyId, dict[int, ConsentRecord]] = {}
    for number, record in enumerate(records):
        for document in about:
            told = [one for one in _disclosures(document, held) if one.case_uid == case_uid]
            is_sent = document.sender == agency
            peer = document.recipient if is_sent else document.sender
            is_told = is_sent and any(_stops(record, one, document) for one in told)
            if is_told or any(_speaks_of(record, one) for one in told):
                rows.setdefault(peer, {})[number] = record
                documents.setdefault(peer, {}).update({document.id: None} if is_told else {})
    return tuple(Reached(peer, tuple(documents[peer]), tuple(found.values())) for peer, found in rows.items())


def left_to_tell(withdrawal: ConsentWithdrawal, held: Sequence[Document], agency: AgencyId) -> tuple[Reached, ...]:
    """Return who still has to learn of a withdrawal from ``agency``, which made it or got it.

    Who made it tells everyone it reaches. Who got it passes it on to those whom it told something itself, which is
    left to the one who can know them. Nobody is told of a consent that was given anew.
    """
    is_first = withdrawal.sender == agency and withdrawal.reply_to is None
    among = held if is_first else [one for one in held if one.sender == agency]
    case_uid, known = withdrawal.case_uid, withdrawals_of(withdrawal.case_uid, held)
    left = []
    for one in reached_by(withdrawal.records, case_uid, among, agency):
        peer = one.recipient
        rows = tuple(
            row
            for row in one.records
            if not _knows(peer, row, known) and not _is_given_anew(row, peer, case_uid, held, not_by=peer)
        )
        if rows:
            left.append(Reached(peer, one.documents, rows))
    return tuple(left)


def to_tell(case_uid: CaseUid, held_by_agency: Sequence[Document], agency: AgencyId) -> tuple[Reached, ...]:
    """Return whom an agency's own withdrawals in a case did not reach yet, each once."""
    own = (one for one in withdrawals_of(case_uid, held_by_agency) if one.sender == agency)
    return _merged(left for one in own for left in left_to_tell(one, held_by_agency, agency))


def to_pass_on(case_uid: CaseUid, held_by_agency: Sequence[Document], agency: AgencyId) -> tuple[Reached, ...]:
    """Return whom an agency still has to tell of withdrawals in a case that others sent to it, each once."""
    received = (one for one in withdrawals_of(case_uid, held_by_agency) if one.recipient == agency)
    return _merged(left for one in received for left in left_to_tell(one, held_by_agency, agency))


def _merged(reached: Iterable[Reached]) -> tuple[Reached, ...]:
    """Return each recipient once, with everything that it was told and every row that concerns it."""
    found: dict[AgencyId, Reached] = {}
    for one in reached:
        before = found.get(one.recipient, Reached(one.recipient, (), ()))
        documents = tuple(dict.fromkeys((*before.documents, *one.documents)))
        records = (*before.records, *(row for row in one.records if row not in before.records))
        found[one.recipient] = Reached(one.recipient, documents, records)
    return tuple(found.values())


def is_recalled(document: Document, held: Sequence[Document]) -> bool:
    """Say whether everything that a document tells was recalled, and not yet allowed anew.

    A document that tells nothing about a person, or that tells of others too, is not recalled.
    """
    told = _disclosures(document, held)
    return bool(told) and all(_is_taken_back(one, document, held) for one in told)


def _is_taken_back(told: Disclosure, document: Document, held: Sequence[Document]) -> bool:
    """Say whether a withdrawal stands against one thing that a document tells."""
    rows = [
        row
        for one in withdrawals_of(told.case_uid, held, also_by=document.sender)
        if not _was_known(one, document) and (row := one.withdraws(told.purpose, told.recipient)) is not None
    ]
    return any(not _is_given_anew(row, told.recipient, told.case_uid, held, not_by=document.recipient) for row in rows)


def _was_known(withdrawal: ConsentWithdrawal, document: Document) -> bool:
    """Say whether a document was sent in spite of a withdrawal: on a consent given anew, or to protect a life."""
    is_later = document.created_at > withdrawal.created_at
    return is_later and (document.sender == withdrawal.sender or document.vital_interest is not None)


def _disclosures(document: Document, held: Sequence[Document]) -> tuple[Disclosure, ...]:
    """Return what a document tells about persons."""
    return document.disclosures(held) if isinstance(document, Discloses) else ()


def _stops(record: ConsentRecord, told: Disclosure, document: Document) -> bool:
    """Say whether a withdrawn row is about something that a document told."""
    return record.purpose is told.purpose and record.recipient_agency in {None, told.recipient, document.recipient}


def _speaks_of(record: ConsentRecord, told: Disclosure) -> bool:
    """Say whether a document carries a given consent that a withdrawn row takes back, whole or in part."""
    return any(
        one.is_given
        and one.purpose is record.purpose
        and (None in {one.recipient_agency, record.recipient_agency} or one.recipient_agency == record.recipient_agency)
        for one in told.carried or ()
    )


def _knows(peer: AgencyId, row: ConsentRecord, withdrawals: Iterable[ConsentWithdrawal]) -> bool:
    """Say whether an agency sent or was sent a withdrawal that covers the row."""
    return any(
        one.purpose is row.purpose and one.recipient_agency in {None, row.recipient_agency} and one.date >= row.date
        for held in withdrawals
        if peer in {held.sender, held.recipient}
        for one in held.records
    )


def _is_given_anew(
    row: ConsentRecord, recipient: AgencyId, case_uid: CaseUid | None, held: Sequence[Document], *, not_by: AgencyId
) -> bool:
    """Say whether the consent was given on a later day; nobody supplies the consent to what was sent to himself."""
    return any(given > row.date for given in _given_days(row.purpose, recipient, case_uid, held, not_by))


def _given_days(
    purpose: ConsentPurpose, recipient: AgencyId, case_uid: CaseUid | None, held: Sequence[Document], not_by: AgencyId
) -> Iterator[date]:
    """Yield the days on which a consent was given, by the records that partners in the case carry."""
    partners = partners_of(about(held, case_uid))
    for document in held:
        if document.sender == not_by or case_uid not in document.case_uids():
            continue
        for record in (record for one in _disclosures(document, held) for record in one.carried or ()):
            applies = record.purpose is purpose and record.recipient_agency in {None, recipient}
            if applies and record.is_given and document.sender in partners:
                yield record.date
