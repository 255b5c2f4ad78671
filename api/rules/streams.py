"""What goes on beside the way home: tracing, assessment, consent, legal hold and special needs (domain 4).

``streams_of`` is a fold like the state itself: both sides hold the same documents, so both come to the same words, in
whatever order they came and however often. Each word is asked where the decision stands (``watch/``, ``consent.py``),
and none is guessed: that an assessment goes on, no document tells.

``seen_by`` leaves out what a reader need not know. A stream stands where the answer stands that it is read from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from api.rules.consent import Consent, Stand, consent_to, find_file
from api.rules.field_places import Place
from api.rules.legal_hold import was_held
from api.rules.masks import Reader
from api.rules.need_to_know import Sight
from api.rules.watch.answers import answered, replies
from api.rules.watch.case import Phase, Watched
from api.rules.watch.clock import day_of
from api.rules.watch.family import assessment_age, find_assessment
from api.rules.withdrawal import is_recalled
from schemas.assessment_codes import AssessmentResult
from schemas.assessment_review import PASSING, AssessmentReview
from schemas.care_codes import ConsentDecision
from schemas.case_file import CaseFile
from schemas.document import ConsentPurpose, Document
from schemas.earlier import versions_of
from schemas.facts import Level
from schemas.family_assessment import FamilyAssessment
from schemas.family_tracing_request import FamilyTracingRequest
from schemas.family_tracing_result import FamilyTracingResult
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.special_case_alert import SpecialCaseAlert
from schemas.tracing_codes import TracingOutcome


class Tracing(StrEnum):
    """Whether the family is looked for, and was found; nothing about whether a home is good (004 1.8(4))."""

    NOT_REQUESTED = "not_requested"
    REQUESTED = "requested"
    IN_PROGRESS = "in_progress"
    LOCATED = "located"
    NOT_FOUND = "not_found"
    """it ended without a living relative: not found, no such address, no access, nobody alive"""
    STOPPED = "stopped"


class Assessment(StrEnum):
    """What the assessment of the family that was visited last came to."""

    NONE = "none"
    POSITIVE = "positive"
    WITH_SUPPORT = "with_support"
    NEGATIVE = "negative"
    INCONCLUSIVE = "inconclusive"
    STALE = "stale"
    """it was positive, and nobody goes home on it: too old without a waiver (D11), or a review found it wanting"""


class Legal(StrEnum):
    """Whether somebody stays on as a witness."""

    NONE = "none"
    ON_HOLD = "on_hold"
    RELEASED = "released"
    """a file told of a hold once, and the newest one tells of none, or the way home was broken off"""


class Special(StrEnum):
    """Whether the person needs special care, and whether the other side has taken that on."""

    NONE = "none"
    FLAGGED = "flagged"
    """in the case file; nobody was alerted"""
    ALERTED = "alerted"
    """an alert waits for its answer"""
    ACKNOWLEDGED = "acknowledged"
    """every alert was answered; an answer holds the plan"""


@dataclass(frozen=True)
class Streams:
    """Where each stream stands; ``None`` where a reader is not told.

    Consent is how the consents stand on which the way home rests: to share the basics, to share the whole file and to
    trace the family. Of those that were asked for it is the one that stops most.
    """

    tracing: Tracing | None
    assessment: Assessment | None
    consent: Stand | None
    legal: Legal | None
    special: Special | None


def streams_of(case: Watched, now: datetime) -> Streams:
    """Return where the streams of a case stand: the same from the same documents, in whatever order they came."""
    return Streams(_tracing(case), _assessment(case, now), _consent(case, now), _legal(case), _special(case))


_TRACED: Final[Mapping[TracingOutcome, Tracing]] = {
    TracingOutcome.IN_PROGRESS: Tracing.IN_PROGRESS,
    TracingOutcome.STOPPED: Tracing.STOPPED,
    **{outcome: Tracing.LOCATED for outcome in TracingOutcome if outcome.is_located},
}
_ASSESSED: Final[Mapping[AssessmentResult, Assessment]] = {
    AssessmentResult.POSITIVE: Assessment.POSITIVE,
    AssessmentResult.POSITIVE_WITH_SUPPORT: Assessment.WITH_SUPPORT,
    AssessmentResult.NEGATIVE: Assessment.NEGATIVE,
    AssessmentResult.INCONCLUSIVE: Assessment.INCONCLUSIVE,
}
_ASKED: Final = (
    ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE,
    ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE,
    ConsentPurpose.FAMILY_TRACING,
)
_WHAT_STOPS_MOST: Final = (Stand.WITHDRAWN, Stand.NOT_GIVEN, Stand.ENDED, Stand.GIVEN, Stand.NOT_RECORDED)


def _tracing(case: Watched) -> Tracing:
    """Return what was told last: a request that nobody answered, or a result at the place of its first version."""
    waiting = [one for one in case.all(FamilyTracingRequest) if not _is_answered(case, one)]
    told: list[Document] = [*waiting, *case.all(FamilyTracingResult)]
    last = max(told, key=lambda one: (case.told_first(one), one.id), default=None)
    if isinstance(last, FamilyTracingResult):
        return _TRACED.get(last.status, Tracing.NOT_FOUND)
    return Tracing.NOT_REQUESTED if last is None else Tracing.REQUESTED


def _is_answered(case: Watched, request: FamilyTracingRequest) -> bool:
    """Say whether somebody reported about a request, or about what it corrects."""
    return any(replies(case, version) for version in versions_of(request, case.counting))


def _assessment(case: Watched, now: datetime) -> Assessment:
    assessment = find_assessment(case)
    if assessment is None:
        return Assessment.NONE
    is_over = any(now > age.due_at and age.met is None for age in assessment_age(case))
    if assessment.is_positive and (is_over or not _passes(case, assessment)):
        return Assessment.STALE
    return _ASSESSED[assessment.overall.result]


def _passes(case: Watched, assessment: FamilyAssessment) -> bool:
    """Say whether the last review of an assessment lets somebody go home, where there was one."""
    reviews = [one for one in case.all(AssessmentReview) if one.assessment_ref == assessment.id]
    return not reviews or reviews[-1].outcome in PASSING


def _consent(case: Watched, now: datetime) -> Stand:
    """Return how the consents stand that the newest file of a partner records, for the agency that it went to."""
    held = case.as_it_came
    file = find_file(case.case_uid, held)
    if file is None:
        return Stand.NOT_RECORDED
    on, records = day_of(now, case.destination), file.consents or ()
    asked = (Disclosure(purpose, file.recipient, case.case_uid) for purpose in _ASKED)
    found = {_stand(consent_to(one, records, held, on, given_by=file.sender)) for one in asked}
    return next(stand for stand in _WHAT_STOPS_MOST if stand in found)


def _stand(consent: Consent) -> Stand:
    """Return how a consent stands; one that the record itself takes back was withdrawn as well."""
    is_withdrawn = consent.record is not None and consent.record.decision is ConsentDecision.WITHDRAWN
    return Stand.WITHDRAWN if is_withdrawn else consent.stand


def _legal(case: Watched) -> Legal:
    if case.hold is not None and not case.is_past(Phase.LIFE):
        return Legal.ON_HOLD
    return Legal.RELEASED if was_held(case.counting, case.case_uid) else Legal.NONE


def _special(case: Watched) -> Special:
    if not case.is_special:
        return Special.NONE
    alerts = case.all(SpecialCaseAlert)
    if not alerts:
        return Special.FLAGGED
    return Special.ACKNOWLEDGED if all(answered(case, alert) for alert in alerts) else Special.ALERTED


@dataclass(frozen=True)
class ReadFrom:
    """Where the answer stands that a stream is read from, and the kinds of documents that tell it."""

    place: Place
    kinds: tuple[type[Document], ...]


READ_FROM: Final[Mapping[str, ReadFrom]] = {
    "tracing": ReadFrom(Place(Row.TRACING, Level.L2), (FamilyTracingRequest, FamilyTracingResult)),
    "assessment": ReadFrom(Place(Row.ASSESSMENT_RESULT, Level.L3), (FamilyAssessment, AssessmentReview)),
    "consent": ReadFrom(Place(Row.CONSENT, Level.L1), (CaseFile,)),
    "legal": ReadFrom(Place(Row.JUSTICE, Level.L3), (CaseFile,)),
    "special": ReadFrom(Place(Row.NEEDS, Level.L1), (CaseFile, SpecialCaseAlert)),
}
_SEEN: Final = frozenset({Sight.MASKED, Sight.WHOLE})
"""A stream is a code; who sees only what concerns the own agency (``Sight.OWN``) is not told of the whole."""


def seen_by(reader: Reader, case: Watched, streams: Streams) -> Streams:
    """Return what a reader may know of the streams: as much as of the answers in documents that they are read from.

    The streams speak of what both sides told, so nothing is left of them to a destination agency whose time has ended.
    """
    hidden = {one.name: None for one in fields(streams) if not _is_seen(reader, case, READ_FROM[one.name])}
    return replace(streams, **hidden)


def _is_seen(reader: Reader, case: Watched, source: ReadFrom) -> bool:
    got = (one for one in case.counting if one.sender != case.agency and isinstance(one, source.kinds))
    asking = replace(reader, is_own=False, is_recalled=any(is_recalled(one, case.as_it_came) for one in got))
    return asking.judge(source.place, reader.standing).sight in _SEEN
