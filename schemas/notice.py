"""The advance repatriation notice: names ahead of a return, so that families can be found (004 1.4(4), 2.4).

It stands alone: where there is no case file, a tracing seed tells enough to start. Every change is a new version that
supersedes the one before. Needs are codes; there is no room for a reason.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.ages import IsChild, is_child_on
from schemas.base import AgencyId, AgencyIdField, CaseUid, Frozen, Instant, Part
from schemas.care_codes import StaffRole
from schemas.case_sections.trafficking import BorderPoint
from schemas.codes import Sex
from schemas.corridor import Corridor
from schemas.dates import Day
from schemas.document import CaseState, ConsentPurpose, Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.listed import twice_listed
from schemas.need_to_know import Row
from schemas.needs import Planned, Problem, future_dates, refuse
from schemas.notice_codes import Channel, DateStatus, LogisticNeed, ReturnMode, TransportMode
from schemas.notice_person import NoticePerson
from schemas.places import Place
from schemas.rows import Rows
from schemas.services import child_problems_at

NoticeId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{2,39}$")]
"""The sender's own number for a planned return; the same in all its versions."""
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""Local time at the border."""
Number = Annotated[int, Field(ge=0, le=500)]


class Leg(Part):
    """One stop of the journey."""

    place: Annotated[Place | None, fact(Level.L2, "Place", need=Need.BASIC)] = None
    mode: Annotated[TransportMode | None, fact(Level.L1, "By")] = None
    eta: Annotated[Instant | None, fact(Level.L1, "Expected"), Planned()] = None


class Escort(Part):
    """The one who leads the group, as a role."""

    role: Annotated[StaffRole, fact(Level.L1, "Role", need=Need.BASIC)]
    agency: Annotated[AgencyIdField, fact(Level.L1, "Agency", need=Need.BASIC)]
    gender: Annotated[Literal["female", "male"] | None, fact(Level.L1, "Gender")] = None


class EscortCount(Frozen):
    """How many escorts, by gender."""

    female: Annotated[Number, fact(Level.L1, "Women")] = 0
    male: Annotated[Number, fact(Level.L1, "Men")] = 0


class NeedTotal(Frozen):
    """How many persons need one thing."""

    need: Annotated[LogisticNeed, fact(Level.L1, "Need")]
    count: Annotated[Annotated[int, Field(ge=1, le=500)], fact(Level.L1, "Persons")]


class Totals(Frozen):
    """The group in numbers; they must equal the list, so that a lost row is noticed."""

    male: Annotated[Number, fact(Level.L1, "Men and boys")]
    female: Annotated[Number, fact(Level.L1, "Women and girls")]
    other: Annotated[Number, fact(Level.L1, "Other or not known")]
    children: Annotated[Number, fact(Level.L1, "Children", "Uncertain counts as a child.")]
    special: Annotated[Number, fact(Level.L1, "Special cases")]
    needs: Annotated[tuple[NeedTotal, ...], fact(Level.L1, "Needs")] = ()


def totals_of(persons: Sequence[NoticePerson]) -> Totals:
    """Return the numbers of those who are still meant to come; needs in the order of their code list."""
    coming = [person for person in persons if person.is_travelling]
    sexes = Counter(person.sex for person in coming)
    needs = Counter(need for person in coming for need in person.needs_codes)
    return Totals(
        male=sexes[Sex.MALE],
        female=sexes[Sex.FEMALE],
        other=len(coming) - sexes[Sex.MALE] - sexes[Sex.FEMALE],
        children=sum(person.is_child is not IsChild.FALSE for person in coming),
        special=sum(person.special_case for person in coming),
        needs=tuple(NeedTotal(need=need, count=needs[need]) for need in LogisticNeed if needs[need]),
    )


class AdvanceRepatriationNotice(Document):
    """A planned return of one or more persons."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=9,
        title="Advance repatriation notice",
        source="004 1.4(4), 2.4",
        senders=frozenset({Side.DESTINATION}),
        writers=frozenset({Role.FO, Role.PI}),
        row=Row.NOTICE,
        scope="notice",
        about_case=False,
        answered_by="notice_acknowledgement",
        answer_within=timedelta(days=5),
        feed_on="planned_date",
    )

    kind: Literal["advance_repatriation_notice"] = "advance_repatriation_notice"
    notice_id: Annotated[NoticeId, fact(Level.L1, "Notice", need=Need.BASIC)]
    notice_version: Annotated[Annotated[int, Field(ge=1, le=999)], fact(Level.L1, "Version", need=Need.BASIC)]
    corridor: Annotated[Corridor, fact(Level.L1, "Corridor", need=Need.BASIC)]
    channel: Annotated[Channel, fact(Level.L1, "Channel", need=Need.BASIC)]
    return_mode: Annotated[ReturnMode, fact(Level.L1, "Mode of return", need=Need.BASIC)]
    planned_date: Annotated[Day, fact(Level.L2, "Planned for", need=Need.BASIC), Planned()]
    planned_time: Annotated[ClockTime | None, fact(Level.L2, "At")] = None
    date_status: Annotated[DateStatus, fact(Level.L1, "Date is", need=Need.BASIC)]
    border_point: Annotated[BorderPoint, fact(Level.L2, "Border crossing", need=Need.BASIC)]
    route: Annotated[Rows[Leg], fact(Level.L2, "Route")] = ()
    transport_mode: Annotated[TransportMode | None, fact(Level.L1, "Transport")] = None
    lead_escort: Annotated[Escort | None, fact(Level.L1, "Leading escort")] = None
    escorts: Annotated[EscortCount | None, fact(Level.L1, "Escorts")] = None
    receiving_facility: Annotated[AgencyIdField | None, fact(Level.L1, "Asked to receive")] = None
    requesting_confirmation_by: Annotated[Day | None, fact(Level.L1, "Please confirm by"), Planned()] = None
    totals: Annotated[Totals, fact(Level.L1, "Totals", "Computed; they must equal the list.", need=Need.BASIC)]
    persons: Annotated[
        Annotated[tuple[NoticePerson, ...], Field(min_length=1, max_length=500)],
        fact(Level.L2, "Persons", need=Need.BASIC),
    ]

    @model_validator(mode="after")
    def _list_and_dates_agree(self) -> Self:
        today = self.created_at.date()
        refuse(
            [*_version_problems(self), *_date_problems(self, today), *_list_problems(self), *future_dates(self, today)]
        )
        return self

    def find_corridor(self) -> Corridor | None:
        """Return the corridor of the return."""
        return self.corridor

    def case_uids(self) -> tuple[CaseUid, ...]:
        """Return the case of every person who has one."""
        return tuple(person.case_uid for person in self.persons if person.case_uid is not None)

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that a notice plans the return of everyone on it who is meant to come."""
        is_coming = any(person.case_uid == case_uid and person.is_travelling for person in self.persons)
        return CaseState.RETURN_PLANNED if is_coming else None

    def disclosures(self, earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return one disclosure for each person on the list; without a case the row carries the consent.

        None is needed for who does not come any more, if the row tells this recipient no more than the version that
        is superseded did: a withdrawn consent must not hinder telling that somebody stays.
        """
        told = self._rows_told_before(earlier)
        return tuple(
            Disclosure(
                ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE,
                self.recipient,
                person.case_uid,
                carried=None if person.case_uid else tuple(filter(None, [person.consent])),
            )
            for person in self.persons
            if person.is_travelling or not person.tells_no_more_than(told.get(person.seq))
        )

    def _rows_told_before(self, earlier: Sequence[Document]) -> Mapping[int, NoticePerson]:
        """Return the rows of the version that this one supersedes, if the same recipient got it."""
        for document in earlier:
            if isinstance(document, AdvanceRepatriationNotice) and document.id == self.supersedes:
                is_same = (document.sender, document.recipient) == (self.sender, self.recipient)
                return {person.seq: person for person in document.persons} if is_same else {}
        return {}

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield what does not follow the notice before it, what was sent already, and a child called an adult."""
        for document in earlier:
            if not isinstance(document, AdvanceRepatriationNotice):
                continue
            if document.id == self.supersedes:
                if document.notice_id != self.notice_id:
                    yield Problem(("notice_id",), "other_notice", "a new version keeps the number of the notice")
                if document.notice_version + 1 != self.notice_version:
                    yield Problem(("notice_version",), "version_gap", "the version is one more than the one before")
            if document.id != self.id and document.version_key == self.version_key:
                yield Problem(
                    ("notice_version",), "notice_sent_already", "this version was sent; supersede it with the next one"
                )
        for index, person in enumerate(self.persons):
            if person.is_travelling:
                here = ("persons", index, "is_child")
                yield from child_problems_at(here, person.is_child, earlier, person.case_uid, self.created_at.date())

    @property
    def version_key(self) -> tuple[AgencyId, AgencyId, str, int]:
        """Whose notice it is, for whom, its number and its version: there is one document of each."""
        return self.sender, self.recipient, self.notice_id, self.notice_version


def _version_problems(notice: AdvanceRepatriationNotice) -> Iterator[Problem]:
    """Yield a version that does not fit, a case outside the list, and agencies outside the corridor."""
    if (notice.notice_version == 1) != (notice.supersedes is None):
        yield Problem(
            ("supersedes",), "version_contradicts", "version 1 is the first; later ones supersede the one before"
        )
    if notice.case_uid is not None:
        yield Problem(("case_uid",), "case_in_header", "the cases are those of the persons; leave it out")
    for name, agency in (("sender", notice.sender), ("recipient", notice.recipient)):
        if not notice.corridor.covers(agency):
            yield Problem((name,), "outside_corridor", "the agency's country is not one of the corridor's two")


def _date_problems(notice: AdvanceRepatriationNotice, today: date) -> Iterator[Problem]:
    """Yield a return that lies in the past, and a confirmation that would come too late."""
    if notice.planned_date < today:
        yield Problem(("planned_date",), "planned_in_past", "a notice announces; the planned day has passed")
    asked_by = notice.requesting_confirmation_by
    if asked_by is not None and asked_by >= notice.planned_date:
        yield Problem(
            ("requesting_confirmation_by",), "confirmation_too_late", "ask for an answer before the planned day"
        )
    if asked_by is not None and asked_by < today:
        yield Problem(("requesting_confirmation_by",), "planned_in_past", "ask for an answer in days to come")


def _list_problems(notice: AdvanceRepatriationNotice) -> Iterator[Problem]:
    """Yield who is there twice, companions who are not listed, children called adults, and wrong totals."""
    seqs = [person.seq for person in notice.persons]
    yield from twice_listed(seqs, notice.case_uids())
    for index, person in enumerate(notice.persons):
        if not set(person.travels_with) <= set(seqs):
            yield Problem(("persons", index, "travels_with"), "unknown_companion", "a companion has to be on this list")
        if person.is_child is IsChild.FALSE and _may_be_child(person, notice.created_at.date()):
            hint = "by this row the person may be a child; uncertain is treated as a child"
            yield Problem(("persons", index, "is_child"), "child_contradicts", hint)
    if notice.totals != totals_of(notice.persons):
        yield Problem(
            ("totals",), "totals_mismatch", "the totals have to equal the list of those who are meant to come"
        )


def _may_be_child(person: NoticePerson, on: date) -> bool:
    """Say whether somebody who comes may be under age by what the row itself tells; with nothing told nobody is."""
    span = person.birth_span(on)
    return person.is_travelling and span is not None and is_child_on(span, on).needs_child_rules
