"""Whether a return is held, since the person stays on as a witness: what the newest file says that tells of holds.

A file that says nothing about it ends none (004 4.7).
"""

from collections.abc import Sequence

from schemas.base import YesNoUnknown
from schemas.case_file import CaseFile
from schemas.case_sections.wishes_and_justice import ReturnHold


def hold_in_force(files: Sequence[CaseFile]) -> tuple[CaseFile, ReturnHold] | None:
    """Return the hold with the file that tells it; ``files`` are those that count of one case, oldest first."""
    told = [(file, hold) for file in files if (hold := _hold_in(file)) is not None]
    return told[-1] if told and told[-1][1].hold is YesNoUnknown.YES else None


def was_held(files: Sequence[CaseFile]) -> bool:
    """Say whether any of these files told of a hold, whatever others say."""
    return any(hold.hold is YesNoUnknown.YES for file in files if (hold := _hold_in(file)) is not None)


def _hold_in(file: CaseFile) -> ReturnHold | None:
    return file.justice.return_hold if file.justice else None
