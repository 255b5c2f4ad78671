"""Who writes into a closed case is told so: that it is closed and that it goes on can't both be (004 3.6; decision 9).

It blocks nothing, since what happened has to be told. It is told of what the own side closed, and of any closure to who
tells a step of the return itself, which it did not expect.
"""

from collections.abc import Iterator, Sequence

from api.rules.lifecycle import FOR_GOOD
from api.rules.parties import partners_of
from schemas.base import CaseUid, country_of
from schemas.case_closure import CaseClosure
from schemas.document import CLOSINGS, CaseState, Document, Side
from schemas.earlier import about, current
from schemas.episodes import of_this_episode
from schemas.needs import Location, Problem

_FOLLOWS_CLOSURE = CLOSINGS | {CaseState.READMITTED, CaseState.REVISITED}


def closed_cases(document: Document, earlier: Sequence[Document], side: Side | None) -> Iterator[Problem]:
    """Yield every case of a document that is closed, with what the writer may do about it."""
    for uid in dict.fromkeys(document.case_uids()):
        closure = None if document.moves(uid) in _FOLLOWS_CLOSURE else _find_closure(document, earlier, uid)
        if closure is not None:
            yield Problem(_place(document, uid), "case_closed", _hint(document, closure, side), "004 3.6", closure.kind)


def _find_closure(document: Document, earlier: Sequence[Document], uid: CaseUid) -> CaseClosure | None:
    """Find the newest closure that stands in question: of who has a part in the case, in this episode or for good."""
    held = about(earlier, uid)
    partners, episode = partners_of(held, document.sender), of_this_episode(CaseClosure, held, uid)
    standing = [one for one in current(CaseClosure, held, uid) if one in episode or one.moves(uid) in FOR_GOOD]
    place, is_return = country_of(document.sender), document.facts.marks_return
    told = [one for one in standing if one.sender in partners and (is_return or country_of(one.sender) == place)]
    told = [one for one in told if one.id != document.supersedes]  # its correction is what the caution would ask for
    return next(reversed(told), None)


def _hint(document: Document, closure: CaseClosure, side: Side | None) -> str:
    """Say who closed the case, and what this writer, or who closed it, can do."""
    who = "your agency" if closure.sender == document.sender else closure.sender
    may_reopen = side is Side.ORIGIN and closure.moves(closure.case_uid) not in FOR_GOOD
    again = ", or take it in again (form 22)" if may_reopen else ""
    how = f"have that closure corrected, as `TOLD_BY_MISTAKE` if it was one{again}"
    return f"{who} closed this case by {closure.id}: {how}"


def _place(document: Document, uid: CaseUid) -> Location:
    """Return where a document names a case: in its header, or with a person."""
    persons = enumerate(getattr(document, "persons", ()))
    rows = (index for index, person in persons if getattr(person, "case_uid", None) == uid)
    return ("case_uid",) if document.case_uid == uid else ("persons", next(rows, 0), "case_uid")
