"""What a kind of document asks of the rules before it may leave: consents, and a place in the order of things.

A kind that tells somebody something about a person ``Discloses``; one that continues or answers an earlier document
``Follows``. The rules ask for these two and know no kind by name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from schemas.base import AgencyId, CaseUid
from schemas.consent import ConsentRecord
from schemas.document import ConsentPurpose, Document
from schemas.needs import Problem


@dataclass(frozen=True)
class Disclosure:
    """One thing that is told about one person, the consent it needs, and where that consent is found.

    ``carried`` are records inside the document itself; without them the case file of ``case_uid`` is asked.
    """

    purpose: ConsentPurpose
    recipient: AgencyId
    case_uid: CaseUid | None = None
    carried: tuple[ConsentRecord, ...] | None = None
    must_name_recipient: bool = False


@runtime_checkable
class Discloses(Protocol):
    """A kind of document that needs the consent of the person, or of each person it lists."""

    def disclosures(self, earlier: Sequence[Document] = (), /) -> tuple[Disclosure, ...]:
        """Return everything that the document tells, each with the consent that it needs.

        What the recipient was told before, in one of the ``earlier`` documents, may need none.
        """
        ...


@runtime_checkable
class Follows(Protocol):
    """A kind of document that has to fit the ones before it."""

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield what does not fit the earlier documents; those that are not known here are judged elsewhere."""
        ...
