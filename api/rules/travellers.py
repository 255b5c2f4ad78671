"""Who can be announced: nobody who is beside the way home (domain 4, side states).

After a notice of escape no return is announced before an update ends it; a case that is void withdraws what was
announced; and who stays, was transferred, is out of contact or has died does not come.
"""

from collections.abc import Iterator, Mapping

from schemas.base import CaseUid
from schemas.document import SIDE_STATES, CaseState, Document
from schemas.needs import Problem
from schemas.notice import AdvanceRepatriationNotice


def not_expected(document: Document, states: Mapping[CaseUid, CaseState]) -> Iterator[Problem]:
    """Yield everybody on a notice who is to come though the sender's own books say otherwise.

    ``states`` is where the cases stand that the sender knows.
    """
    for index, person in enumerate(document.persons if isinstance(document, AdvanceRepatriationNotice) else ()):
        state = states.get(person.case_uid) if person.case_uid is not None else None
        if person.is_travelling and state in SIDE_STATES:
            hint = "the case stands beside the way home; leave the person out, or first record what ends that"
            yield Problem(("persons", index, "case_uid"), "case_not_returning", hint)
