"""Where a case stands, seen by one agency: which side it is on, and the plain columns that lists are sorted by."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from api.flow import shelf
from api.flow.evidence import Action
from api.flow.node import Node
from api.flow.policies import apply_agreement, find_policies
from api.rules.deadlines import find_admission, find_return_due
from api.rules.hearing import list_unheard
from api.rules.lifecycle import fold, fold_main_line, step
from api.rules.parties import Asked, Ends, decides, find_side, list_moving, may_move, partners_of
from api.rules.references import named_by
from api.store import cases, documents, log
from api.store.cases import Standing
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.base import AgencyId, CaseUid, DocumentId, country_of
from schemas.case_file import CaseFile
from schemas.document import SIDE_STATES, CaseState, Document, Side
from schemas.registry import FORMS


def find_case_file(
    session: Session, held: Sequence[Document], document: Document, case_uid: CaseUid, ends: Ends | None
) -> CaseFile | None:
    """Return the newest case file of a case that may speak for its consents when a document is sent.

    It is the sender's own; only where it wrote none, a partner's on its own side: nobody who receives something, and no
    stranger, supplies the consent to send it. Only where the origin side wrote none, it answers under what the person
    agreed to at the shelter, whose case it is: ``ends`` is what the sender itself knows about who is on which side.
    """
    files = [file for file in held if isinstance(file, CaseFile)]
    found = [file for file in files if file.sender == document.sender]
    if files and not found:
        is_opened_here = _was_opened_here(session, document.sender, case_uid)
        partners = partners_of(held, document.sender, is_opened_here=is_opened_here)
        found = _of_partners([file for file in files if file.sender in partners], document, ends)
    return max(found, key=lambda file: (file.created_at, file.id), default=None)


def list_heard(
    session: Session,
    document: Document,
    earlier: Sequence[Document],
    cases_of: Mapping[CaseUid, Sequence[Document]],
    ends: Mapping[CaseUid, Ends | None],
) -> list[Document]:
    """Return the documents before one whose word may open a gate for it; that of a stranger to a case opens none.

    What its sender names, in it or in what it wrote before, it relies on.
    """
    own = (one for one in earlier if one.sender == document.sender)
    named = frozenset(wanted for one in (document, *own) for _, wanted in named_by(one))
    unheard = set[DocumentId]()
    for uid, held in cases_of.items():
        partners = partners_of(held, document.sender, is_opened_here=True)
        is_doubtful = any(one.sender not in partners for one in held)
        if is_doubtful and not _was_opened_here(session, document.sender, uid):
            partners = partners_of(held, document.sender)
        unheard |= {one.id for one in list_unheard(held, ends[uid], partners, named)}
    return [one for one in earlier if one.id not in unheard]


def _of_partners(files: Sequence[CaseFile], document: Document, ends: Ends | None) -> list[CaseFile]:
    """Return the files of the sender's own side, or those of the shelter's where the origin side wrote none."""
    country = country_of(document.sender)
    ours = [file for file in files if country_of(file.sender) == country and file.sender != document.recipient]
    if not ours and ends is not None and ends.origin == country != ends.destination:
        return [file for file in files if country_of(file.sender) == ends.destination]
    return ours


def _was_opened_here(session: Session, agency: AgencyId, case_uid: CaseUid) -> bool:
    """Say whether staff of the agency opened the case, and no document brought it."""
    lines = (json.loads(row.entry) for row in log.list_entries_of(session, case_uid=case_uid, document_ids=[]))
    return any((line["action"], line["agency"]) == (Action.CASE_OPENED, agency) for line in lines)


def find_own_side(session: Session, document: Document, referred: Iterable[Document]) -> Side | None:
    """Return which side the sender of an own document is on, or ``None`` where nothing that it holds says so.

    The document names its corridor, or one that it answers or corrects does, or its case is known.
    """
    ends: Ends | None = next((named for held in (document, *referred) if (named := held.find_corridor())), None)
    if ends is None:
        known = (cases.find_standing(session, document.sender, uid) for uid in document.case_uids())
        ends = next((standing for standing in known if standing is not None), None)
    return None if ends is None else find_side(ends, document.sender)


def move_cases(node: Node, session: Session, document: Document, holder: str, side: Side | None, now: datetime) -> None:
    """Move every case that a document speaks of, opening those that its holder, on this side, has not heard of.

    The document is stored before. The log's head is taken first, so that two documents of one case never move it at
    the same instant. A document that may move nothing is kept; what is worked out from a case's documents is due anew.
    """
    log.take_head(session)
    apply_agreement(node, session, document, holder)
    asked = _list_asked(session, document, holder)
    for uid in document.case_uids():
        known = cases.find_standing(session, holder, uid)
        case = known or _unheard_of(document, side, now)
        if case is None:
            continue
        if may_move(document, case, holder, asked):
            state = _state_after(node, session, document, case, uid, holder=holder, is_new=known is None)
            case = replace(_with_return_due(node, session, case, document, holder), state=state, moved_at=now)
        elif known is None:
            continue
        cases.put_standing(session, holder, uid, case, opened_as=side if known is None else None)


def _list_asked(session: Session, document: Document, holder: str) -> frozenset[Asked]:
    """Return what the holder sent and a received document answers, with whom and what it asked."""
    if document.reply_to is None or document.sender == holder:
        return frozenset()
    asked = documents.find_held(session, holder, document.reply_to)
    if asked is None or not asked.is_sent:
        return frozenset()
    return frozenset({(document.reply_to, asked.peer, FORMS[asked.form].facts.answered_by)})


def _unheard_of(document: Document, side: Side | None, now: datetime) -> Standing | None:
    """Return a case as it begins, if the document says between which countries it is."""
    corridor = document.find_corridor()
    if corridor is None or side is None:
        return None
    return Standing(corridor.destination, corridor.origin, CaseState.NEW, moved_at=now)


def _state_after(
    node: Node, session: Session, document: Document, case: Standing, uid: CaseUid, *, holder: str, is_new: bool
) -> CaseState:
    """Return where a case stands after one more document: by its state alone where that tells it.

    No correction can have come before the first document of a case. Where others came before the case was opened,
    they move it now, and so does what somebody told who gets a part in it by this one.
    """
    if is_new:
        is_first = documents.is_only_one_of_case(session, holder, uid)
        state = step(CaseState.NEW, document, uid, is_corrected=False) if is_first else None
    else:
        versions = filter(None, (document.id, document.reply_to))
        is_corrected = any(documents.is_superseded(session, holder, one) for one in versions)
        is_doubtful = decides(document, uid) if document.sender != holder else _gives_part(session, document, uid)
        state = None if is_doubtful else step(CaseState(case.state), document, uid, is_corrected=is_corrected)
    return _fold_all(node, session, case, uid, holder) if state is None else state


def _gives_part(session: Session, document: Document, uid: CaseUid) -> bool:
    """Say whether an own document may be the first by which somebody who told something before gets a part."""
    exchanged = documents.list_exchanged(session, document.sender, document.recipient, uid)
    has_told = any(not one.is_sent for one in exchanged)
    asked = (one for one in exchanged if one.is_sent and one.reply_to is None)
    return has_told and all(one.document_id == document.id for one in asked)


def find_main_line(node: Node, session: Session, case: CaseRow) -> CaseState:
    """Return how far along the main line a case came; its documents are read only where a side state hides it."""
    state, uid = CaseState(case.state), CaseUid(case.case_uid)
    if state not in SIDE_STATES:
        return state
    return fold_main_line(uid, _list_moving(node, session, case, uid, case.agency_id))


def _fold_all(node: Node, session: Session, ends: Ends, uid: CaseUid, holder: str) -> CaseState:
    """Return the state that all documents of a case tell together, as far as their senders may move it."""
    return fold(uid, _list_moving(node, session, ends, uid, holder))


def _list_moving(node: Node, session: Session, ends: Ends, uid: CaseUid, holder: str) -> list[Document]:
    """Return the documents of a case that count, by who sent them."""
    held = shelf.read_case(node, session, holder, uid)
    return list_moving(uid, held, ends, holder, is_opened_here=was_opened_here(session, holder, uid, held))


def was_opened_here(session: Session, holder: str, uid: CaseUid, held: Iterable[Document]) -> bool:
    """Say whether staff opened a case; asked only where a document decides something in it."""
    return any(decides(one, uid) for one in held) and _was_opened_here(session, AgencyId(holder), uid)


def _with_return_due(node: Node, session: Session, case: Standing, document: Document, holder: str) -> Standing:
    """Take the due day from the newest document that names one, by what was agreed, in whatever order they arrive."""
    is_newer = case.return_due_told_at is None or case.return_due_told_at <= document.created_at
    if not is_newer or find_admission(document) is None:
        return case
    due = find_return_due(document, case, find_policies(node, session, holder))
    return replace(case, return_due=due, return_due_told_at=document.created_at)
