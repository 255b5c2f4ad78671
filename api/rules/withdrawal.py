"""What a withdrawn consent stops, and whom it has to reach (domain 2.J rule 3).

Nothing that was sent disappears; nothing new may follow. On the day of a withdrawal the withdrawal wins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.base import AgencyId, CaseUid, DocumentId
from schemas.consent import ConsentRecord
from schemas.consent_withdrawal import ConsentWithdrawal
from schemas.document import ConsentPurpose, Document
from schemas.guards import Discloses, Disclosure


@dataclass(frozen=True)
class Reached:
    """One agency that received something under a consent, and what."""

    recipient: AgencyId
    documents: tuple[DocumentId, ...]


def is_withdrawn(disclosure: Disclosure, given: ConsentRecord, earlier: Sequence[Document]) -> bool:
    """Say whether a consent that was given was taken back since, for this purpose and this recipient."""
    return any(
        row.date >= given.date
        for held in earlier
        if isinstance(held, ConsentWithdrawal) and held.case_uid == disclosure.case_uid
        if (row := held.withdraws(disclosure.purpose, disclosure.recipient)) is not None
    )


def reached_under(
    case_uid: CaseUid, purposes: Iterable[ConsentPurpose], sent: Sequence[Document]
) -> tuple[Reached, ...]:
    """Return every agency that was told something under these consents, so that each gets the withdrawal.

    ``sent`` are the documents that the agency itself has sent about the case.
    """
    wanted = frozenset(purposes)
    found: dict[AgencyId, list[DocumentId]] = {}
    for document in sorted(sent, key=lambda held: (held.created_at, held.id)):
        told = document.disclosures(sent) if isinstance(document, Discloses) else ()
        if any(one.case_uid == case_uid and one.purpose in wanted for one in told):
            found.setdefault(document.recipient, []).append(document.id)
    return tuple(Reached(recipient, tuple(documents)) for recipient, documents in found.items())
