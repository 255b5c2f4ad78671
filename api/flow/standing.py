"""Where a case stands, seen by one agency: which side it is on, and the plain columns that lists are sorted by."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from api.flow import shelf
from api.flow.evidence import Action
from api.flow.node import Node
from api.flow.policies import apply_agreement, find_policies
from api.rules.deadlines import find_return_due
from api.rules.hearing import list_unheard
from api.rules.lifecycle import fold, fold_main_line, step
from api.rules.parties import Asked, Ends, find_side, list_moving, may_move, needs_part, partners_of
from api.rules.references import named_by
from api.store import cases, documents, log
from api.store.cases import Standing
from api.store.engine import Session
from api.store.tables import CaseRow
from schemas.base import AgencyId, CaseUid, DocumentId, country_of
from schemas.case_file import CaseFile
from schemas.document import BEFORE_RETURN, SIDE_STATES, CaseState, Document, Side
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
        partners = _partners_of(session, held, document.sender, case_uid)
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
        partners = _partners_of(session, held, document.sender, uid)
        unheard |= {one.id for one in list_unheard(held, ends[uid], partners, named)}
    return [one for one in earlier if one.id not in unheard]


def _of_partners(files: Sequence[CaseFile], document: Document, ends: Ends | None) -> list[CaseFile]:
    """Return the files of the sender's own side, or those of the shelter's where the origin side wrote none."""
    country = country_of(document.sender)
    ours = [file for file in files if country_of(file.sender) == country and file.sender != document.recipient]
    if not ours and ends is not None and ends.origin == country != ends.destination:
        return [file for file in files if country_of(file.sender) == ends.destination]
    return ours


def _partners_of(session: Session, held: Sequence[Document], holder: AgencyId, uid: CaseUid) -> frozenset[AgencyId]:
    return partners_of(held, holder, is_opened_here=was_opened_here(session, holder, uid, held))


def was_opened_here(session: Session, agency: AgencyId, case_uid: CaseUid, held: Sequence[Document]) -> bool:
    """Say whether staff of the agency opened the case, and no document brought it; asked only where it matters."""
    partners = partners_of(held, agency, is_opened_here=True)
    if all(one.sender in partners for one in held):
        return False
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
            brings = known is None or document.sender == holder
            is_only = brings and documents.is_only_one_of_case(session, holder, uid)
            told = _Told(node, session, document, case, uid, holder, is_new=known is None, is_only=is_only)
            case = replace(case, state=told.state(), return_due=told.return_due(), moved_at=now)
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


@dataclass(frozen=True)
class _Told:
    """One more document of a case that may move it; ``is_only`` says that nothing else of the case is held."""

    node: Node
    session: Session
    document: Document
    case: Standing
    uid: CaseUid
    holder: str
    is_new: bool
    is_only: bool

    def state(self) -> CaseState:
        """Return where the case stands now: by its state alone where that tells it.

        No correction can have come before the first document of a case. Where others came before the case was opened,
        they move it now, and so does what somebody told who gets a part in it by this one.
        """
        if self._is_doubtful or (self.is_new and not self.is_only):
            return fold(self.uid, self._counting)
        versions = filter(None, () if self.is_new else (self.document.id, self.document.reply_to))
        is_corrected = any(documents.is_superseded(self.session, self.holder, one) for one in versions)
        state = step(CaseState(self.case.state), self.document, self.uid, is_corrected=is_corrected)
        return fold(self.uid, self._counting) if state is None else state

    def return_due(self) -> date | None:
        """Return the due day, worked out anew where a file may count now that did not; their order decides nothing."""
        if not isinstance(self.document, CaseFile) and not self._is_doubtful:
            return self.case.return_due
        policies = find_policies(self.node, self.session, self.holder)
        return find_return_due(self._counting, self.uid, self.case, policies)

    @cached_property
    def _counting(self) -> list[Document]:
        """Every document that counts."""
        if self.is_only and self.document.reply_to is None:
            return [self.document]
        return _list_moving(self.node, self.session, self.case, self.uid, self.holder)

    @cached_property
    def _is_doubtful(self) -> bool:
        """Say whether only all documents tell whose word counts.

        A stranger's may not, an own one may give a part, and whether an answer was asked for in this case, only the
        case's own documents tell.
        """
        one = self.document
        if one.sender == self.holder:
            return not self.is_new and _gives_part(self.session, one, self.uid)
        if one.reply_to is not None:
            return True
        return not self.is_only and needs_part(one, self.uid) and bool(one.moves(self.uid) or one.ends(self.uid))


def _gives_part(session: Session, document: Document, uid: CaseUid) -> bool:
    """Say whether an own document may be the first by which somebody who told something before gets a part."""
    exchanged = documents.list_exchanged(session, document.sender, document.recipient, uid)
    has_told = any(not one.is_sent for one in exchanged)
    gave = (one for one in exchanged if one.is_sent and one.reply_to is None and FORMS[one.form].facts.gives_part)
    return has_told and all(one.document_id == document.id for one in gave)


def find_main_line(node: Node, session: Session, case: CaseRow) -> CaseState:
    """Return how far along the main line a case came that may be back over the border; what tells it is read if needed.

    A file of a new admission makes no return undone, until the origin side has written after it.
    """
    state, uid = CaseState(case.state), CaseUid(case.case_uid)
    if state not in SIDE_STATES | BEFORE_RETURN:
        return state
    moving = _list_moving(node, session, case, uid, case.agency_id)
    answered = max((one.created_at for one in moving if country_of(one.sender) == case.origin), default=None)
    return fold_main_line(uid, [one for one in moving if answered is None or not _is_alone(one, uid, answered)])


def _is_alone(document: Document, uid: CaseUid, answered: datetime) -> bool:
    """Say whether a document tells of a new admission to which the other side has not written yet."""
    admission = document.admission(uid)
    return admission is not None and admission.is_again and document.created_at > answered


def _list_moving(node: Node, session: Session, ends: Ends, uid: CaseUid, holder: str) -> list[Document]:
    """Return the documents of a case that count, by who sent them."""
    held = shelf.read_case(node, session, holder, uid)
    return list_moving(uid, held, ends, holder, is_opened_here=was_opened_here(session, AgencyId(holder), uid, held))
