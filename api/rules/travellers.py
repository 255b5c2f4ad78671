"""What a case is too far for, or beside the way of: a return that is announced (domain 4).

After a notice of escape no return is announced before an update ends it; a case that is void withdraws what was
announced; who stays, was transferred, is out of contact or has died does not come; and who came back does not come
again before a new admission.
"""

from collections.abc import Iterator, Mapping
from functools import singledispatch

from schemas.base import CaseUid
from schemas.document import RETURNED, SIDE_STATES, CaseState, Document
from schemas.needs import Problem
from schemas.notice import AdvanceRepatriationNotice

_CAME_BACK = RETURNED - {CaseState.READMITTED}


@singledispatch
def not_expected(document: Document, states: Mapping[CaseUid, CaseState]) -> Iterator[Problem]:
    """Yield who is to come though the sender's own books say otherwise; most kinds announce nobody.

    ``states`` is where the cases stand that the sender knows.
    """
    _ = document, states
    yield from ()


@not_expected.register
def _on_notice(notice: AdvanceRepatriationNotice, states: Mapping[CaseUid, CaseState]) -> Iterator[Problem]:
    """Yield everybody on a notice who comes though the case stands beside the way home."""
    for index, person in enumerate(notice.persons):
        state = states.get(person.case_uid) if person.case_uid is not None else None
        if person.is_travelling and state in SIDE_STATES:
            hint = "the case stands beside the way home; leave the person out, or first record what ends that"
            yield Problem(("persons", index, "case_uid"), "case_not_returning", hint, source="domain 4")
        if person.is_travelling and state in _CAME_BACK and notice.supersedes is None:
            hint = "the person came back; leave the person out, or first send the shelter's file of a new `readmission`"
            yield Problem(("persons", index, "case_uid"), "case_not_returning", hint, source="domain 4")
