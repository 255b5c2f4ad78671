"""What the family may be told, by the newest case file that answers the question (004 1.10, 3.1; domain 2.D)."""

from collections.abc import Iterable, Iterator, Sequence

from schemas.background_codes import MayBeTold
from schemas.base import CaseUid
from schemas.case_file import CaseFile
from schemas.document import Document
from schemas.needs import Location, Problem


def find_permissions(earlier: Sequence[Document], case_uid: CaseUid | None) -> frozenset[MayBeTold] | None:
    """Find what the family may be told; ``None`` where no case file says it."""
    answers = [
        (held.created_at, held.id, held.family.what_family_may_be_told)
        for held in earlier
        if isinstance(held, CaseFile) and held.case_uid == case_uid and held.family is not None
    ]
    told = [codes for *_, codes in sorted(answers, key=lambda answer: answer[:2]) if codes is not None]
    return frozenset(told[-1]) if told else None


def told_problems(
    location: Location, told: Iterable[MayBeTold], earlier: Sequence[Document], case_uid: CaseUid | None
) -> Iterator[Problem]:
    """Yield a problem where more is told than the person allowed."""
    allowed = find_permissions(earlier, case_uid)
    if allowed is not None and frozenset(told) - allowed:
        yield Problem(
            location,
            "told_more_than_allowed",
            "the person did not allow the family to be told that",
            source="004 1.10, 3.1",
        )
