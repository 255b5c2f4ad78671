"""What one reader sees of one document: the parts that the rules show, and which others are withheld, and why.

What was signed stays whole on the shelf; a mask is of the view. What may not be seen is absent; where flags are all
that may be seen, codes, flags and numbers that are operational (L1) stay and words go. What a role has no part in is
not even named, nor is what is restricted: a reader learns that there is more only where something can be done about it,
or where it is restricted, their own agency wrote it and theirs is a role that does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from api.rules.field_places import ENVELOPE, Place, inside, is_code, is_row_of_case, own_place, place_of
from api.rules.need_to_know import METADATA_ONLY, Ask, Judgement, Leave, LookPurpose, Sight, Why, judge, opens
from schemas.attachments import BetweenNodes
from schemas.base import AgencyId, CaseUid, Frozen
from schemas.consent import ConsentRecord
from schemas.document import ConsentPurpose, Document, Role
from schemas.facts import Level, group_of, marker_of
from schemas.need_to_know import Row

_JSON = dict[str, Any]
HINTS: Mapping[Why, str] = {
    Why.ROLE: "your role may write this, and has no part in some of it; ask a health officer about health",
    Why.ENDED: "the return is over and so is the time of grace; what your own agency wrote stays readable",
    Why.RECALLED: "the person took back the consent under which it was shared",
    Why.LEVEL: "your role sees flags and codes here, no more",
    Why.CONSENT: "the person has not agreed to share this with your agency",
    Why.GLASS: "in an emergency break the glass: POST /v1/cases/{case_uid}/break-glass",
    Why.RELEASE: "ask for a release, which a second person approves: POST /v1/cases/{case_uid}/releases",
    Why.PURPOSE: "read it again with the purpose that you need it for: ?purpose=",
    Why.NOT_ASSIGNED: "ask a case manager, focal or welfare officer to assign you to the case",
}


@dataclass(frozen=True)
class Standing:
    """How a reader stands to one case."""

    is_assigned: bool = False
    is_origin: bool = False
    has_ended: bool = False
    consents: frozenset[ConsentPurpose] = frozenset()
    leaves: frozenset[Leave] = frozenset()


@dataclass(frozen=True)
class Reader:
    """Who looks at a document, for what, and how they stand to it and to each case that it speaks of."""

    roles: frozenset[Role]
    agency: AgencyId
    purpose: LookPurpose
    is_own: bool = False
    is_recalled: bool = False
    """Whether everything that the document tells was told under a consent that was taken back."""
    standing: Standing = field(default_factory=Standing)
    cases: Mapping[CaseUid, Standing] = field(default_factory=dict)

    @property
    def reads_content(self) -> bool:
        """Whether the reader reads at all, and does not only count or watch over others who do."""
        return opens(self.purpose) > Level.L1 and not self.roles <= METADATA_ONLY

    def judge(self, place: Place, standing: Standing) -> Judgement:
        """Return how much the reader sees of what stands at a place."""
        asked = Ask(self.roles, place.row, place.level, self.purpose, **vars(standing))
        return judge(replace(asked, is_own=self.is_own, is_recalled=self.is_recalled))


@dataclass(frozen=True)
class Withheld:
    """A part that is not shown, or not all of it."""

    part: str
    why: Why


@dataclass(frozen=True)
class View:
    """What a reader sees. ``level`` is the most sensitive level among it, ``None`` where nothing is shown at all."""

    content: Mapping[str, Any]
    withheld: tuple[Withheld, ...]
    level: Level | None
    is_read: bool
    """Whether anything is shown to somebody who reads it, beyond flags, codes and what is operational."""

    @property
    def is_nothing(self) -> bool:
        """Whether the reader is to be answered as if there were no document.

        Who may break the glass is told that there is one: in an emergency nobody should have to guess.
        """
        return self.level is None and not any(one.why is Why.GLASS for one in self.withheld)


def masked(document: Document, reader: Reader) -> View:
    """Return what a reader sees of a document."""
    content = document.model_dump(mode="json", exclude_none=True)
    envelope = {name: value for name, value in content.items() if name in ENVELOPE}
    row, readers = document.facts.row, document.facts.readers
    if row is None:  # about no person
        is_reader = not readers.isdisjoint(reader.roles)
        return View(
            content if is_reader else envelope, (), Level.L1 if is_reader else None, is_reader and reader.reads_content
        )
    masking = _Masking(document, reader)
    shown = masking.group(document, content, Place(row), reader.standing)
    is_read = masking.is_read and (masking.level is not Level.L1 or not masking.withheld)
    return View({**envelope, **shown}, tuple(masking.withheld), masking.level, is_read=is_read)


def seen_consents(records: Iterable[ConsentRecord], reader: Reader) -> tuple[ConsentRecord, ...]:
    """Return the rows of section J that a reader sees: all of them, those that concern its agency, or none."""
    sight = reader.judge(Place(Row.CONSENT), reader.standing).sight
    return tuple(one for one in records if sight > Sight.OWN or (sight is Sight.OWN and one.concerns(reader.agency)))


class _Masking:
    """One walk through one document."""

    def __init__(self, document: Document, reader: Reader) -> None:
        self._document, self._reader = document, reader
        is_of_writer = reader.is_own and not reader.roles.isdisjoint(document.facts.writers)
        self._is_author = document.facts.needs_release and is_of_writer
        self.withheld: dict[Withheld, None] = {}
        self.level: Level | None = None
        self.is_read = False

    def group(self, group: Frozen, content: _JSON, around: Place, standing: Standing) -> _JSON:
        """Return what is seen of a group; nothing where all of it is withheld."""
        kept: _JSON = {}
        answers = {name: value for name, value in content.items() if not self._is_of_frame(group, name)}
        for name, value in answers.items():
            place = place_of(type(group), name, around)
            held = getattr(group, name)
            if isinstance(held, Frozen):
                found: object = self._inside(held, value, place, standing)
            elif held and group_of(type(group), name) is not None:
                rows = zip(held, value, strict=True)
                found = [seen for row, told in rows if (seen := self._inside(row, told, place, standing))]
            else:
                found = value if self._is_shown(type(group), name, place, standing) else None
            if found not in (None, {}) and (found or not held):
                kept[name] = found
        absent = self._absent(group, content, around, standing)
        return {**kept, "absent": absent} if "absent" in content and (kept or absent or not answers) else kept

    def _is_of_frame(self, group: Frozen, name: str) -> bool:
        is_envelope = group is self._document and name in ENVELOPE
        return name == "absent" or is_envelope or marker_of(type(group), name, BetweenNodes) is not None

    def _inside(self, group: Frozen, content: _JSON, place: Place, standing: Standing) -> _JSON:
        """Return what is seen of a group in a field, by how the reader stands to the case that it is about."""
        if is_row_of_case(type(self._document), type(group)):
            standing = self._reader.cases.get(getattr(group, "case_uid", None) or CaseUid(""), Standing())
        if isinstance(group, ConsentRecord) and not group.concerns(self._reader.agency):
            sight = self._judge(place, standing).sight
            if sight is Sight.OWN:
                return {}
        return self.group(group, content, inside(type(self._document), type(group), place), standing)

    def _absent(self, group: Frozen, content: _JSON, around: Place, standing: Standing) -> _JSON:
        """Return why questions have no answer, for the questions that the reader sees."""
        told: _JSON = content.get("absent", {})
        model = type(group)
        return {
            name: why
            for name, why in told.items()
            if self._is_shown(model, name, place_of(model, name, around), standing)
        }

    def _is_shown(self, model: type[Frozen], name: str, place: Place, standing: Standing) -> bool:
        """Say whether one answer is seen, and remember what that comes to."""
        found = self._judge(place, standing)
        if found.sight >= Sight.OWN or (found.sight is Sight.MASKED and is_code(model, name)):
            self.level = max(self.level or place.level, place.level)
            self.is_read = self.is_read or (found.sight >= Sight.OWN and self._reader.reads_content)
            return True
        if found.why not in {None, Why.ROLE} or (self._is_author and place.level is Level.L4):
            part = self._document.facts.title if place.level is Level.L4 else place.part
            self.withheld.setdefault(Withheld(part, found.why or Why.ROLE))
        return False

    def _judge(self, place: Place, standing: Standing) -> Judgement:
        found = self._reader.judge(place, standing)
        own = own_place(type(self._document), place) if self._reader.is_own else None
        return found if own is None else max(found, self._reader.judge(own, standing), key=lambda one: one.sight)
