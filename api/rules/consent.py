"""How a consent stands: the one answer for what may be sent, what may be shown, and who is counted.

The newest record that applies counts, unless it was taken back since or has ended (domain 2.J). Whose withdrawal
counts is decided in ``api/rules/withdrawal.py``. Whoever asks says where the records are looked up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from api.rules.parties import partners_of
from api.rules.withdrawal import is_withdrawn
from schemas.base import AgencyId, CaseUid
from schemas.case_file import CaseFile
from schemas.consent import NAMED_RECIPIENT, ConsentRecord, decisive_record
from schemas.document import ConsentPurpose, Document
from schemas.earlier import about, find_newest
from schemas.guards import Disclosure
from schemas.needs import Problem

NUMBERED = "of section J, in the order of the schema ConsentPurpose"
"""How an answer says what the number of a consent means."""


class Stand(StrEnum):
    """What became of a consent; only the first one opens anything."""

    GIVEN = "given"
    NOT_RECORDED = "not_recorded"
    """no record applies to the purpose and the recipient"""
    NOT_GIVEN = "not_given"
    """the record says something else: refused, withdrawn, not asked"""
    WITHDRAWN = "withdrawn"
    """it was given, and a withdrawal since takes it back"""
    ENDED = "ended"


@dataclass(frozen=True)
class Consent:
    """How a consent stands, and the record that says so, where there is one."""

    stand: Stand
    record: ConsentRecord | None = None

    @property
    def is_given(self) -> bool:
        """Whether the person agrees."""
        return self.stand is Stand.GIVEN


def consent_to(
    disclosure: Disclosure,
    records: tuple[ConsentRecord, ...],
    held: Sequence[Document],
    on: date,
    *,
    lasts_to: date | None = None,
    given_by: AgencyId | None = None,
) -> Consent:
    """Return how the consent to a disclosure stands on a day, by these records and the withdrawals that are held.

    ``lasts_to`` is the day on which it must not have ended, where that is another than the day on which it is asked;
    ``given_by`` is whose records they are, where that may be somebody who is no partner in the case.
    """
    found = decisive_record(
        records, disclosure.purpose, disclosure.recipient, on, is_named=disclosure.must_name_recipient
    )
    if found is None:
        return Consent(Stand.NOT_RECORDED)
    if not found.is_given:
        return Consent(Stand.NOT_GIVEN, found)
    if is_withdrawn(disclosure, found, held, given_by=given_by):
        return Consent(Stand.WITHDRAWN, found)
    return Consent(Stand.ENDED if found.has_ended(lasts_to or on) else Stand.GIVEN, found)


def agreed_with(
    agency: AgencyId, case_uid: CaseUid, held: Sequence[Document], on: date, *, told_by: AgencyId | None = None
) -> frozenset[ConsentPurpose]:
    """Return the purposes for which the person's data may be shown at an agency on a day; none without a case file.

    ``told_by`` wrote what is to be shown, so its own file answers for it; where it wrote none, the newest of a partner.
    """
    file = find_file(case_uid, held, told_by=told_by)
    if file is None:
        return frozenset()
    asked = (
        Disclosure(purpose, agency, case_uid, must_name_recipient=purpose in NAMED_RECIPIENT)
        for purpose in ConsentPurpose
    )
    records = file.consents or ()
    return frozenset(one.purpose for one in asked if consent_to(one, records, held, on, given_by=file.sender).is_given)


def left_out(document: Document, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield that a new version of a file is silent of consents that stood; whoever ended one says so in a record.

    The purposes are told by their numbers: no answer has a word about health or the police in it.
    """
    before = next((one for one in earlier if one.id == document.supersedes), None)
    if not (isinstance(document, CaseFile) and isinstance(before, CaseFile)):
        return
    told = {_key(one) for one in document.consents or ()}
    silent = {one.purpose for one in _standing(before, document, earlier) if _key(one) not in told}
    if silent:
        numbers = ", ".join(str(number_of(purpose)) for purpose in ConsentPurpose if purpose in silent)
        hint = f"missing here, though they stood before: no. {numbers}, {NUMBERED}; records are only added"
        yield Problem(("consents",), "consents_left_out", hint, source="domain 2.J")


def _standing(file: CaseFile, document: Document, earlier: Sequence[Document]) -> Iterator[ConsentRecord]:
    """Yield the consents of a file that were given when the document is written: neither ended nor taken back."""
    last = {_key(one): one for one in file.consents or ()}
    for record in last.values():
        asked = Disclosure(record.purpose, record.recipient_agency or document.recipient, file.case_uid)
        is_over = record.has_ended(document.created_at.date()) or is_withdrawn(asked, record, earlier)
        if record.is_given and not is_over:
            yield record


def _key(record: ConsentRecord) -> tuple[ConsentPurpose, AgencyId | None]:
    return record.purpose, record.recipient_agency


def number_of(purpose: ConsentPurpose) -> int:
    """Return the place of a purpose in the published list, by which answers name it."""
    return tuple(ConsentPurpose).index(purpose) + 1


def find_file(case_uid: CaseUid, held: Sequence[Document], *, told_by: AgencyId | None = None) -> CaseFile | None:
    """Find the file that answers for what an agency told: its own, else a partner's; no stranger supplies a consent."""
    own = find_newest(CaseFile, [one for one in held if one.sender == told_by], case_uid)
    partners = partners_of(about(held, case_uid))
    return own or find_newest(CaseFile, [one for one in held if one.sender in partners], case_uid)
