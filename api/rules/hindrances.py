"""What keeps somebody from being announced or handed over: a legal hold, and a nationality that is open (domain 4).

Judged by the documents that are held; where there is no case file, nothing is held against anybody. A hold is over as
soon as a newer file says so. A notice may not call a nationality confirmed that the newest file calls open; where the
notice itself tells that it is open, its writer is told to look twice, and it leaves: the answer to the notice is the
only document by which the origin side accepts somebody whose nationality stays open (decision 9).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch

from api.rules.legal_hold import hold_in_force
from schemas.base import CaseUid, CountryCode, country_of
from schemas.case_file import CaseFile
from schemas.codes import NationalityStatus
from schemas.document import Document
from schemas.earlier import current, find_by_id, find_newest
from schemas.family_tracing_result import FamilyTracingResult
from schemas.handover_record import HandoverRecord
from schemas.needs import Problem
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_ack import NoticeAcknowledgement
from schemas.notice_codes import AckDecision
from schemas.tracing_codes import NationalityEvidence

_HOLD = "004 4.7; domain 4"
_NATIONALITY = "004 1.4; domain 4"
_OPEN = frozenset({NationalityStatus.UNDER_VERIFICATION, NationalityStatus.UNDETERMINED, NationalityStatus.STATELESS})
"""What says that it is not confirmed; *claimed* is what the person told, and says nothing of what was found since."""
_ACCEPTING: tuple[type[Document], ...] = (CaseFile, FamilyTracingResult, NoticeAcknowledgement)
"""By which the origin side says whose nationality it takes for confirmed, or accepts; the newest of each counts."""


@singledispatch
def hindrances(document: Document, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield who may not come by what is held; most kinds announce nobody and hand nobody over."""
    _ = document, earlier
    yield from ()


@hindrances.register
def _of_notice(notice: AdvanceRepatriationNotice, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield everybody who comes though held back by law, or whose nationality is told as confirmed and is not."""
    for index, announced in _announced(notice, earlier):
        if announced.is_held_back:
            hint = "a hold stands in the newest file; defer the person, or first record a file in which the hold ended"
            yield Problem(("persons", index, "case_uid"), "legal_hold", hint, source=_HOLD)
        if announced.is_told_confirmed and announced.is_open and not announced.is_accepted:
            hint = "the newest file calls it open; tell here what it is, or first record a file that calls it confirmed"
            yield Problem(("persons", index, "nationality_status"), "nationality_open", hint, source=_NATIONALITY)


@hindrances.register
def _of_handover(record: HandoverRecord, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield everybody whom the side that hands over lets cross though held back by law.

    Who signs what the other side told, or tells better who crossed already, lets nobody cross.
    """
    before = find_by_id(HandoverRecord, earlier, record.supersedes)
    if record.is_countersignature or not record.is_from_destination:
        return
    for index, uid in ((index, person.case_uid) for index, person in enumerate(record.persons) if person.has_crossed):
        is_told = before is not None and uid is not None and before.moves(uid) is not None
        if not is_told and hold_in_force(earlier, uid) is not None:
            hint = "a hold stands in the newest file; who is held stays, or first record a file in which the hold ended"
            yield Problem(("persons", index, "case_uid"), "legal_hold", hint, source=_HOLD)


def open_questions(document: Document, earlier: Sequence[Document]) -> Iterator[Problem]:
    """Yield everybody on a notice whose nationality is neither confirmed nor accepted: to settle before the border."""
    for index, announced in _announced(document, earlier) if isinstance(document, AdvanceRepatriationNotice) else ():
        if not announced.is_told_confirmed and not announced.is_accepted:
            hint = "neither confirmed nor accepted so far; the journey waits for the answer to this notice"
            yield Problem(("persons", index, "nationality_status"), "nationality_open", hint, source=_NATIONALITY)


@dataclass(frozen=True)
class _Announced:
    """Somebody who is to come, and every document that is held about the case, each once."""

    case_uid: CaseUid
    told: NationalityStatus
    origin: CountryCode
    held: Sequence[Document]

    @property
    def is_told_confirmed(self) -> bool:
        """Whether the notice calls the nationality confirmed."""
        return self.told is NationalityStatus.CONFIRMED

    @property
    def is_held_back(self) -> bool:
        """Whether a legal hold stands."""
        return hold_in_force(self.held, self.case_uid) is not None

    @property
    def is_open(self) -> bool:
        """Whether the newest file that answers the question clearly says that the nationality is not confirmed."""
        told = [file.person.nationality_status for file in self._files() if file.person]
        answers = [answer for answer in told if answer is not None]
        return bool(answers) and answers[-1] in _OPEN

    @property
    def is_accepted(self) -> bool:
        """Whether the origin side confirmed the nationality, found papers that prove it, or accepted the person."""
        theirs = [one for one in self.held if country_of(one.sender) == self.origin]
        newest = (find_newest(kind, theirs, self.case_uid) for kind in _ACCEPTING)
        return any(_accepts(one, self.case_uid) for one in newest if one is not None)

    def _files(self) -> tuple[CaseFile, ...]:
        return current(CaseFile, self.held, self.case_uid)


def _announced(notice: AdvanceRepatriationNotice, earlier: Sequence[Document]) -> Iterator[tuple[int, _Announced]]:
    """Yield who comes and has a case, with the place in the list; who has none is traced by a seed."""
    held = defaultdict[CaseUid, list[Document]](list)
    for one in {document.id: document for document in earlier}.values():
        for uid in one.case_uids():
            held[uid].append(one)
    for index, person in enumerate(notice.persons):
        if person.is_travelling and (hers := person.case_uid) is not None:
            yield index, _Announced(hers, person.nationality_status, notice.corridor.origin, held[hers])


@singledispatch
def _accepts(document: Document, case_uid: CaseUid) -> bool:
    """Say whether a document of the origin side takes somebody for its own."""
    _ = document, case_uid
    return False


@_accepts.register
def _by_file(file: CaseFile, _case_uid: CaseUid) -> bool:
    return file.person is not None and file.person.nationality_status is NationalityStatus.CONFIRMED


@_accepts.register
def _by_papers(result: FamilyTracingResult, _case_uid: CaseUid) -> bool:
    return bool(set(result.nationality_evidence_found or ()) - {NationalityEvidence.NONE_FOUND})


@_accepts.register
def _by_answer(answer: NoticeAcknowledgement, case_uid: CaseUid) -> bool:
    rows = (person for person in answer.persons if person.case_uid == case_uid)
    return any(person.decision is AckDecision.ACCEPTED for person in rows)
