"""Whether a document may be recorded and sent: consent, side, and its place after the documents before it.

A kind declares what it discloses and what it follows (``schemas/guards.py``), what a corridor agreed for it stands in
``api/rules/agreed.py``, and this file judges without knowing a kind by name. Default is no: without a consent that is
given, applies to this recipient, was not taken back and has not ended, a disclosure is refused, save for a vital
interest with a reason and two different people (domain 2.J rule 4).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel

from api.errors import InvalidInput, NotPermitted
from api.rules.after_closure import closed_cases
from api.rules.agreed import agreed_problems
from api.rules.agreements import BUILT_IN, Policies
from api.rules.cautions import cautions_of
from api.rules.consent import NUMBERED, Stand, consent_to, left_out, number_of
from api.rules.handover import unsigned
from api.rules.hearing import WARNINGS
from api.rules.hindrances import hindrances, open_questions
from api.rules.order_of_dates import out_of_order
from api.rules.parties import ANSWERS
from api.rules.policy import DEFAULT_POLICY, CorridorNumbers
from api.rules.references import older_versions, stands_beside
from api.rules.refusing import asked_by, findings_from
from api.rules.travellers import not_expected
from schemas.base import AgencyId, CaseUid
from schemas.case_file import CaseFile
from schemas.consent import ConsentRecord
from schemas.document import CaseState, Document, Side, is_same_worker
from schemas.earlier import newest_version
from schemas.guards import Discloses, Disclosure, Follows
from schemas.needs import Problem

_CONSENT = "domain 2.J; 000 purpose 7"
_VITAL_INTEREST = "domain 2.J rule 4"


class Ground(StrEnum):
    """Why a disclosure is allowed."""

    CONSENT = "consent"
    VITAL_INTEREST = "vital_interest"
    NOTHING_DISCLOSED = "nothing_disclosed"


@dataclass(frozen=True)
class Permit:
    """A document that may be recorded, on which ground, and what its writer should look at twice."""

    document_id: str
    ground: Ground
    at: datetime
    cautions: tuple[Problem, ...] = ()


def may_record(
    document: Document,
    *,
    case_files: Mapping[CaseUid, CaseFile],
    earlier: Sequence[Document],
    side: Side | None,
    now: datetime,
    states: Mapping[CaseUid, CaseState] | None = None,
    policies: Policies = BUILT_IN,
    heard: Sequence[Document] | None = None,
) -> Permit:
    """Return the permit to record a document.

    ``case_files`` are the sender's own newest ones of the cases it speaks of (a consent that somebody else recorded
    is not looked at), ``earlier`` the documents before it as far as they are held, ``side`` the sender's part in the
    case (``None`` where it is not known yet), ``states`` where its cases stand on the sender's books,
    ``policies`` what it agreed for its corridors, ``heard`` those of ``earlier`` whose word opens a gate: without it
    each does. Raises
    ``NotPermitted`` with ``wrong_side``, ``supersedes_unknown``, ``superseded_already``, ``answers_unknown``,
    ``already_answered``, ``consent_missing`` or ``second_person_needed``, and ``InvalidInput`` where it does not fit
    the documents it follows, or what was agreed for the corridor.
    """
    policy = _policy_of(document, case_files, earlier, policies)
    heard = earlier if heard is None else heard
    with asked_by(type(document)):
        if side is not None and side not in document.facts.senders:
            raise NotPermitted("wrong_side", "this kind of document is sent by the other side")
        _check_place(document, earlier)
        _check_fit(document, earlier, heard, policy, states or {})
        ground = _ground_of(document, case_files, earlier, now)
    cautions = (
        *cautions_of(document, policy),
        *open_questions(document, earlier),
        *older_versions(document, earlier),
        *stands_beside(document, earlier),
        *left_out(document, earlier),
        *closed_cases(document, earlier, side),
        *unsigned(document, earlier),
        *out_of_order(document, heard),
    )
    return Permit(document.id, ground, now, cautions)


def _check_place(document: Document, earlier: Sequence[Document]) -> None:
    """Refuse a correction that replaces nothing or forks, and an answer out of place."""
    if document.supersedes is not None:
        _check_correction(document, earlier)
    if document.reply_to is not None:
        _check_answer(document, earlier)


def _check_fit(
    document: Document,
    earlier: Sequence[Document],
    heard: Sequence[Document],
    policy: CorridorNumbers,
    states: Mapping[CaseUid, CaseState],
) -> None:
    """Refuse what does not fit the documents before it, where a case stands, or what the two countries agreed.

    Nobody's word opens a gate who has no part in the case; to warn of a danger anybody's is enough.
    """
    problems = list(dict.fromkeys([*_misfits(document, heard, policy), *not_expected(document, states)]))
    if len(heard) < len(earlier):
        warned = (one for one in _misfits(document, earlier, policy) if one.code in WARNINGS)
        problems.extend(one for one in warned if one not in problems)
    if problems:
        hint = "it does not fit the documents before it, or what was agreed"
        raise InvalidInput(hint=hint, findings=findings_from(problems))


def _misfits(document: Document, earlier: Sequence[Document], policy: CorridorNumbers) -> Iterator[Problem]:
    """Yield what does not fit these documents before it, or what was agreed."""
    if isinstance(document, Follows):
        yield from document.misfits(earlier)
    yield from hindrances(document, earlier)
    yield from agreed_problems(document, earlier, policy)


def _policy_of(
    document: Document, case_files: Mapping[CaseUid, CaseFile], earlier: Sequence[Document], policies: Policies
) -> CorridorNumbers:
    """Return what was agreed for the corridor that the document names, or one that is held about its cases."""
    own = (case_files[uid] for uid in document.case_uids() if uid in case_files)
    corridor = next((named for one in (document, *own, *earlier) if (named := one.find_corridor())), None)
    if corridor is None:
        return DEFAULT_POLICY
    return policies.on(corridor.destination, corridor.origin, document.created_at.date())


def _check_correction(document: Document, earlier: Sequence[Document]) -> None:
    """Refuse a correction of something that is not held or not one's own, and a second one of the same document."""
    own = [held for held in earlier if held.sender == document.sender]
    about = _about(document)
    old = next((held for held in own if held.id == document.supersedes and _about(held) == about), None)
    if old is None:
        raise NotPermitted(
            "supersedes_unknown",
            "a correction replaces an own document of the same kind and case, for the same agency, that is held here; "
            "a first version names none",
        )
    if any(held.supersedes == document.supersedes and held.id != document.id for held in own):
        newest = newest_version(old, own)
        raise NotPermitted("superseded_already", f"it was corrected before; supersede the newest version, {newest.id}")


def _about(document: Document) -> tuple[str, CaseUid | None, AgencyId]:
    """Return what a correction has in common with what it corrects."""
    return document.kind, document.case_uid, document.recipient


def _check_answer(document: Document, earlier: Sequence[Document]) -> None:
    """Refuse an answer to nothing, one that was not asked for, and a second answer that is no correction."""
    asked = next((held for held in earlier if held.id == document.reply_to), None)
    if asked is None or not _is_asked_by(asked, document):
        raise NotPermitted(
            "answers_unknown",
            "the document that `reply_to` names is not held here, asks for another kind of answer, or came from "
            "somebody else than who gets this one",
        )
    own = [held for held in earlier if held.sender == document.sender and held.kind == document.kind]
    answers = [held for held in own if held.reply_to == document.reply_to]
    if asked.facts.answered_by and answers and document.supersedes not in {held.id for held in answers}:
        stands = newest_version(answers[-1], own)
        raise NotPermitted("already_answered", f"it was answered; correct the answer, `supersedes` {stands.id}")


def _is_asked_by(asked: Document, answer: Document) -> bool:
    """Say whether an answer goes to who asked for it; what answers nothing by its kind may refer to what asks nothing.

    Nobody refers to a document of their own in this way.
    """
    if asked.facts.answered_by is None and answer.kind not in ANSWERS:
        return asked.sender != answer.sender
    return (asked.facts.answered_by, asked.sender) == (answer.kind, answer.recipient)


def _ground_of(
    document: Document, case_files: Mapping[CaseUid, CaseFile], earlier: Sequence[Document], now: datetime
) -> Ground:
    """Return the ground on which everything in the document may be told."""
    disclosures = document.disclosures(earlier) if isinstance(document, Discloses) else ()
    if not disclosures:
        return Ground.NOTHING_DISCLOSED
    today = max(document.created_at.date(), now.date())
    refusals = (_find_refusal(document, disclosure, case_files, earlier, today) for disclosure in disclosures)
    refusal = next((hint for hint in refusals if hint is not None), None)
    if refusal is None:
        return Ground.CONSENT
    override = document.vital_interest
    if override is None:
        raise NotPermitted("consent_missing", refusal, _CONSENT)
    if is_same_worker(override.decided_by, override.approved_by):
        hint = "a vital interest is decided by one person and approved by another"
        raise NotPermitted("second_person_needed", hint, _VITAL_INTEREST)
    return Ground.VITAL_INTEREST


def _find_refusal(
    document: Document,
    disclosure: Disclosure,
    case_files: Mapping[CaseUid, CaseFile],
    earlier: Sequence[Document],
    today: date,
) -> str | None:
    """Find why one disclosure is not covered by consent; nothing where it is."""
    case_file = case_files.get(disclosure.case_uid) if disclosure.case_uid else None
    records = disclosure.carried if disclosure.carried is not None else (case_file.consents or () if case_file else ())
    consent = consent_to(disclosure, records, earlier, today)
    if consent.record is None or not consent.is_given:
        return f"{_REFUSALS[consent.stand]} ({_which(disclosure)})"
    return _EXCLUDED if _tells_what_was_excluded(document, consent.record) else None


def _which(disclosure: Disclosure) -> str:
    """Name a consent by its place in the published list: an error body has no word about health or the police in it."""
    named = ", in a record that names this agency" if disclosure.must_name_recipient else ""
    return f"consent no. {number_of(disclosure.purpose)} {NUMBERED}{named}"


_REFUSALS: Mapping[Stand, str] = {
    Stand.NOT_RECORDED: "record the consent to share this with this recipient first, in your file of each case named",
    Stand.NOT_GIVEN: "the consent to share this with this recipient was not given, or was withdrawn",
    Stand.WITHDRAWN: "the consent to share this with this recipient was withdrawn since; "
    "one that is given anew is dated after the day of the withdrawal",
    Stand.ENDED: "the consent to share this with this recipient has ended; ask again",
}
_EXCLUDED = "the person asked to leave out a field that is filled in"


def _tells_what_was_excluded(document: Document, record: ConsentRecord) -> bool:
    """Say whether a field that the person wanted left out has an answer."""
    return any(_is_filled(document, path) for path in record.excluded_fields or ())


def _is_filled(node: object, path: str) -> bool:
    """Follow a JSON pointer through a document and say whether something is there."""
    for step in path.strip("/").split("/"):
        if isinstance(node, tuple):
            node = node[int(step)] if step.isdecimal() and int(step) < len(node) else None
        else:
            node = (
                getattr(node, step, None) if isinstance(node, BaseModel) and step in type(node).model_fields else None
            )
    return node is not None and node != ()
