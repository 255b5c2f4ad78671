"""Whether somebody is a child on a day, by the newest case file that is held (domain 8, dates 5 to 7)."""

from collections.abc import Iterator, Sequence
from datetime import date

from schemas.ages import IsChild
from schemas.base import CaseUid
from schemas.case_file import CaseFile
from schemas.consent import ConsentRecord, child_alone
from schemas.document import Document
from schemas.needs import Location, Problem


def find_case_file(earlier: Sequence[Document], case_uid: CaseUid | None) -> CaseFile | None:
    """Find the newest version of the case file among the documents of a case."""
    held = [document for document in earlier if isinstance(document, CaseFile) and document.case_uid == case_uid]
    return max(held, key=lambda document: (document.created_at, document.id), default=None)


def find_is_child(earlier: Sequence[Document], case_uid: CaseUid | None, on: date) -> IsChild | None:
    """Find whether the person is a child on a day; ``None`` where no case file is held."""
    file = find_case_file(earlier, case_uid)
    return None if file is None else file.is_child(on)


def given_by_child_alone(
    record: ConsentRecord | None, location: Location, earlier: Sequence[Document], case_uid: CaseUid | None
) -> Iterator[Problem]:
    """Yield a consent that somebody gave alone who is, or may be, a child by the case file that is held."""
    told = None if record is None else find_is_child(earlier, case_uid, record.date)
    if told is not None and told.needs_child_rules:
        yield from child_alone(record, location)
