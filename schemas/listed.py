"""Several persons on one list: a notice of a journey, a record of a hand-over."""

from collections.abc import Iterator, Sequence

from schemas.base import CaseUid
from schemas.needs import Problem


def twice_listed(seqs: Sequence[int], case_uids: Sequence[CaseUid]) -> Iterator[Problem]:
    """Yield running numbers and cases that stand on a list twice."""
    if len(set(seqs)) != len(seqs):
        yield Problem(("persons",), "duplicate_seq", "every person has a number of its own")
    if len(set(case_uids)) != len(case_uids):
        yield Problem(("persons",), "duplicate_person", "the same case is listed twice")
