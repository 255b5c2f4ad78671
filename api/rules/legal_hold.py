"""Whether a return is held, since the person stays on as a witness: by the newest file of each side that tells of it.

A file that says nothing about it ends none (004 4.7), and no correction does that leaves the question out. Nor does a
file of the other side, which has no say in the proceedings.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from schemas.base import CaseUid, YesNoUnknown, country_of
from schemas.case_file import CaseFile
from schemas.case_sections.wishes_and_justice import ReturnHold
from schemas.document import Document

Told = tuple[CaseFile, ReturnHold]


def hold_in_force(held: Sequence[Document], case_uid: CaseUid | None) -> Told | None:
    """Return the hold of a case with the file that tells it; ``held`` are the documents that count, in any order."""
    newest = {country_of(file.sender): (file, hold) for file, hold in sorted(_told(held, case_uid), key=_written)}
    in_force = (told for told in newest.values() if told[1].hold is YesNoUnknown.YES)
    return max(in_force, key=_written, default=None)


def was_held(held: Sequence[Document], case_uid: CaseUid) -> bool:
    """Say whether any file of a case told of a hold, whatever others say."""
    return any(hold.hold is YesNoUnknown.YES for _, hold in _told(held, case_uid))


def _told(held: Sequence[Document], case_uid: CaseUid | None) -> Iterator[Told]:
    """Yield every version of the files of a case that answers the question."""
    for file in held:
        if isinstance(file, CaseFile) and file.case_uid == case_uid and file.justice and file.justice.return_hold:
            yield file, file.justice.return_hold


def _written(told: Told) -> tuple[datetime, str]:
    return told[0].created_at, told[0].id
