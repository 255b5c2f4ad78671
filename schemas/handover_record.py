"""The hand-over at the border: each side signs a record of its own, and the two must tell the same (004 1.6).

A record that replies to the other side's countersigns it. Whatever the two tell differently stands in the list of
discrepancies of the one who signs second, so nothing is settled by silence. One record alone is a hand-over that only
one side has confirmed. The custody of the paper original passes with it: pages, seal, and the scan it matches.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import CaseUid, DocumentIdField, Instant, YesNoUnknown
from schemas.case_file import CaseFile
from schemas.case_sections.trafficking import BorderPoint
from schemas.corridor import Corridor
from schemas.document import CaseState, ConsentPurpose, Document, KindFacts, Role, Side
from schemas.earlier import find_by_id, find_newest, newest_version, unreplaced
from schemas.episodes import of_this_episode, told_already
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.handover_person import Discrepancy, HandoverOfficer, HandoverPerson
from schemas.listed import twice_listed
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.notice import AdvanceRepatriationNotice
from schemas.notice_ack import NoticeAcknowledgement
from schemas.notice_codes import AckDecision
from schemas.return_codes import HandoverItem, HandoverOutcome
from schemas.rows import Rows

HandoverId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{2,39}$")]
"""The number of one hand-over; the same in both sides' records."""


@dataclass(frozen=True)
class Difference:
    """One thing that two records tell differently: about whom, and what; never the values."""

    seq: int | None
    item: HandoverItem


class HandoverRecord(Document):
    """What one side saw and signed at the border."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=15,
        title="Hand-over record",
        source="004 1.6",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.SW, Role.FO, Role.WO}),
        row=Row.HANDOVER,
        marks_return=True,
        scope="handover",
        about_case=False,
        answered_by="handover_record",
        answer_within=timedelta(hours=72),
        happened_on="at",
    )

    kind: Literal["handover_record"] = "handover_record"
    handover_id: Annotated[HandoverId, fact(Level.L1, "Hand-over", "The same on both sides.", need=Need.BASIC)]
    corridor: Annotated[Corridor, fact(Level.L1, "Corridor", need=Need.BASIC)]
    notice_ref: Annotated[DocumentIdField | None, fact(Level.L1, "Notice", "The version that held.")] = None
    at: Annotated[Instant, fact(Level.L2, "Handed over at", need=Need.BASIC)]
    border_point: Annotated[BorderPoint, fact(Level.L2, "Border crossing", need=Need.BASIC)]
    persons: Annotated[
        Annotated[tuple[HandoverPerson, ...], Field(min_length=1, max_length=500)],
        fact(Level.L2, "Persons", "Everyone on the notice, and whoever came besides.", need=Need.BASIC),
    ]
    from_officer: Annotated[
        HandoverOfficer | None, fact(Level.L1, "Handed over by", "For the country of destination.", need=Need.BASIC)
    ] = None
    to_officer: Annotated[
        HandoverOfficer | None, fact(Level.L1, "Taken over by", "For the country of origin.", need=Need.BASIC)
    ] = None
    immigration_cleared: Annotated[YesNoUnknown, fact(Level.L1, "Cleared by immigration", need=Need.BASIC)]
    discrepancies: Annotated[
        Rows[Discrepancy], fact(Level.L2, "Discrepancies", "Whatever the other side, the notice or the file tells.")
    ] = ()

    @model_validator(mode="after")
    def _record_agrees_with_itself(self) -> Self:
        refuse([*_own_problems(self), *future_dates(self, self.created_at.date())])
        return self

    @property
    def is_countersignature(self) -> bool:
        """Whether this is the second of the two records."""
        return self.reply_to is not None

    @property
    def is_from_destination(self) -> bool:
        """Whether the side that hands over has signed it."""
        return self.sender[:2] == self.corridor.destination

    def find_corridor(self) -> Corridor | None:
        """Return the corridor of the return."""
        return self.corridor

    def case_uids(self) -> tuple[CaseUid, ...]:
        """Return the case of every person who has one."""
        return tuple(person.case_uid for person in self.persons if person.case_uid is not None)

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that who crossed is in transit by the first record and handed over by the second."""
        if not any(person.case_uid == case_uid and person.has_crossed for person in self.persons):
            return None
        return CaseState.HANDED_OVER if self.is_countersignature else CaseState.IN_TRANSIT

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return what the side that hands over tells: that the person comes, and the original that is handed over.

        A person without a case gave the consent with the notice; what the origin side confirms tells nothing new.
        """
        if not self.is_from_destination:
            return ()
        return tuple(
            Disclosure(
                ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE
                if person.original_file.handed
                else ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE,
                self.recipient,
                person.case_uid,
            )
            for person in self.persons
            if person.case_uid is not None and person.has_crossed
        )

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield who crossed before, and what does not fit the notice, the files and the other side's record."""
        notice = find_by_id(AdvanceRepatriationNotice, earlier, self.notice_ref)
        if notice is not None:
            yield from _notice_misfits(self, notice, _deferred(notice, earlier))
        for index, person in enumerate(self.persons):
            yield from told_already(self, earlier, person.case_uid, ("persons", index, "case_uid"))
            file = find_newest(CaseFile, earlier, person.case_uid) if person.case_uid else None
            if file is not None:
                yield from _custody_misfits(self, index, person, file)
        other = find_by_id(Document, earlier, self.reply_to)
        if other is not None:
            yield from _countersigning_misfits(self, newest_version(other, earlier))
        for signed in self.waiting(earlier):
            if signed.handover_id == self.handover_id:
                hint = f"the other side signed this hand-over before: countersign its record, `reply_to` {signed.id}"
                yield Problem(("reply_to",), "signed_by_other_side", hint, source="domain 3.10")

    def waiting(self, earlier: Sequence[Document]) -> Iterator["HandoverRecord"]:
        """Yield what the other side signed of the same persons' crossing and this side did not, for a first record."""
        if self.is_countersignature or self.supersedes is not None:
            return
        answered = {one.reply_to for one in earlier if one.sender == self.sender}
        theirs = [one for one in unreplaced(earlier) if isinstance(one, HandoverRecord)]
        for one in {each.id: each for each in theirs}.values():
            is_first = not one.is_countersignature and (one.sender, one.recipient) == (self.recipient, self.sender)
            if is_first and one.id not in answered and self._shares_a_crossing(one, earlier):
                yield one

    def _shares_a_crossing(self, other: "HandoverRecord", earlier: Sequence[Document]) -> bool:
        """Say whether both tell of a person who crossed since the case was last taken in."""
        shared = [uid for uid in self.case_uids() if self.moves(uid) and uid in other.case_uids() and other.moves(uid)]
        return any(other in of_this_episode(HandoverRecord, earlier, uid) for uid in shared)

    def lists(self, seq: int | None, item: HandoverItem) -> bool:
        """Say whether a discrepancy is listed."""
        return any((row.seq, row.item) == (seq, item) for row in self.discrepancies)


def _own_problems(record: HandoverRecord) -> Iterator[Problem]:
    """Yield rows that are there twice, agencies outside the corridor, and the officer of the own side missing."""
    seqs = [person.seq for person in record.persons]
    yield from twice_listed(seqs, record.case_uids())
    if record.case_uid is not None:
        yield Problem(("case_uid",), "case_in_header", "the cases are those of the persons; leave it out")
    for name, agency in (("sender", record.sender), ("recipient", record.recipient)):
        if not record.corridor.covers(agency):
            yield Problem((name,), "outside_corridor", "the agency's country is not one of the corridor's two")
    own = "from_officer" if record.is_from_destination else "to_officer"
    if getattr(record, own) is None:
        yield Problem((own,), "own_signature_missing", "the officer of the side that writes the record has signed it")
    for index, row in enumerate(record.discrepancies):
        if row.seq is not None and row.seq not in seqs:
            yield Problem(("discrepancies", index, "seq"), "unknown_person", "a discrepancy is about a listed person")


def _deferred(notice: AdvanceRepatriationNotice, earlier: Sequence[Document]) -> frozenset[int]:
    """Return the numbers of those whom the newest answer to a notice deferred; nobody waits for them at the border."""
    answers = [held for held in earlier if isinstance(held, NoticeAcknowledgement) and held.reply_to == notice.id]
    newest = max(answers, key=lambda answer: (answer.created_at, answer.id), default=None)
    persons = newest.persons if newest is not None else ()
    return frozenset(person.seq for person in persons if person.decision is AckDecision.DEFERRED)


def _notice_misfits(
    record: HandoverRecord, notice: AdvanceRepatriationNotice, deferred: frozenset[int]
) -> Iterator[Problem]:
    """Yield who was to come and is not told of, who was not and is no extra, and another crossing."""
    announced = {(person.seq, person.case_uid) for person in notice.persons}
    told = {(person.seq, person.case_uid) for person in record.persons}
    expected = {(row.seq, row.case_uid) for row in notice.persons if row.is_travelling and row.seq not in deferred}
    if not expected <= told:
        yield Problem(("persons",), "person_missing", "say what became of everyone who was meant to come")
    for index, person in enumerate(record.persons):
        is_extra = person.outcome is HandoverOutcome.EXTRA_PERSON
        if is_extra == ((person.seq, person.case_uid) in announced):
            hint = "extra is who is not on the notice, and only who is not"
            yield Problem(("persons", index, "outcome"), "extra_person_contradicts", hint)
    if record.border_point != notice.border_point and not record.lists(None, HandoverItem.BORDER_POINT):
        yield Problem(("border_point",), "discrepancy_unlisted", "the notice names another crossing; list it")


def _custody_misfits(record: HandoverRecord, index: int, person: HandoverPerson, file: CaseFile) -> Iterator[Problem]:
    """Yield a scan that is not held, and pages or a seal other than the file says, where that is not listed."""
    original, here = person.original_file, ("persons", index, "original_file")
    expected = file.completion.original if file.completion else None
    if not original.handed:
        return
    attached = (*(file.scan_attachments or ()), *((file.completion and file.completion.attachments) or ()))
    if original.matches_scan_sha256 and original.matches_scan_sha256 not in {scan.sha256 for scan in attached}:
        yield Problem((*here, "matches_scan_sha256"), "scan_unknown", "no scan of this case has that digest")
    if expected is None or record.lists(person.seq, HandoverItem.ORIGINAL_FILE):
        return
    if expected.page_count not in {None, original.pages}:
        yield Problem((*here, "pages"), "discrepancy_unlisted", "the file counts other pages; list it")
    if expected.seal_no not in {None, original.seal_no}:
        yield Problem((*here, "seal_no"), "discrepancy_unlisted", "the file names another seal; list it")


def _countersigning_misfits(record: HandoverRecord, other: Document) -> Iterator[Problem]:
    """Yield what can't be countersigned, and differences from the other side's record that are not listed."""
    if not isinstance(other, HandoverRecord) or other.is_countersignature or other.sender != record.recipient:
        yield Problem(("reply_to",), "countersigns_nothing", "countersign the first record, which the other side wrote")
        return
    if other.handover_id != record.handover_id:
        yield Problem(("handover_id",), "other_handover", "both records carry the number of one hand-over")
    for difference in differences(other, record):
        if not record.lists(difference.seq, difference.item):
            hint = f"list what differs from {other.id}, which stands: {difference.item.value}"
            yield Problem(("discrepancies",), "discrepancy_unlisted", hint)


_PERSON_ITEMS = {
    "outcome": HandoverItem.OUTCOME,
    "condition": HandoverItem.CONDITION,
    "belongings_list": HandoverItem.BELONGINGS,
    "medicine_kit": HandoverItem.MEDICINE_KIT,
    "money": HandoverItem.MONEY,
    "documents": HandoverItem.DOCUMENTS,
    "original_file": HandoverItem.ORIGINAL_FILE,
}


def differences(first: HandoverRecord, second: HandoverRecord) -> tuple[Difference, ...]:
    """Return what two records of one hand-over tell differently, in the order of the second.

    A person whom only the first lists is a difference of the group, since the second has no row for it.
    """
    found = []
    if first.border_point != second.border_point:
        found.append(Difference(None, HandoverItem.BORDER_POINT))
    if first.immigration_cleared != second.immigration_cleared:
        found.append(Difference(None, HandoverItem.IMMIGRATION))
    rows = {person.seq: person for person in first.persons}
    if rows.keys() - {person.seq for person in second.persons}:
        found.append(Difference(None, HandoverItem.PERSON))
    for person in second.persons:
        before = rows.get(person.seq)
        if before is None or before.case_uid != person.case_uid:
            found.append(Difference(person.seq, HandoverItem.PERSON))
        else:
            found += [
                Difference(person.seq, item)
                for name, item in _PERSON_ITEMS.items()
                if _differ(getattr(before, name), getattr(person, name))
            ]
    return tuple(found)


def _differ(one: object, other: object) -> bool:
    """Say whether two answers differ; a blank tells nothing, and papers in any order are the same papers."""
    if one is None or other is None:
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) != set(other)
    return one != other
