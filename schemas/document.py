"""What every document says about itself, whatever its kind.

A document is an immutable, typed statement about a case (or a list of persons), from one agency to one agency. It
names its sender, its recipient, its id and its time inside the signed bytes, so nobody can forward it as if it were
meant for somebody else. A correction is a new document that ``supersedes`` the old one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, NamedTuple

from pydantic import StringConstraints

from schemas.base import AgencyIdField, CaseUid, CaseUidField, DocumentIdField, Frozen, Instant, Text, WorkerId
from schemas.corridor import Corridor
from schemas.facts import Level, fact
from schemas.need_to_know import Row

SCHEMA_VERSION = "1.0"
"""The version of the documents this checkout writes: a new minor adds, a new major breaks."""


class Side(StrEnum):
    """Which part an agency plays in one case. The same agency is origin in one case and destination in another."""

    DESTINATION = "destination"
    ORIGIN = "origin"


class CaseState(StrEnum):
    """How far a case has come, in order (domain 4)."""

    NEW = "NEW"
    ADMITTED = "ADMITTED"
    DECIDED = "DECIDED"
    RETURN_PLANNED = "RETURN_PLANNED"
    RETURN_ACCEPTED = "RETURN_ACCEPTED"
    IN_TRANSIT = "IN_TRANSIT"
    HANDED_OVER = "HANDED_OVER"
    RECEIVED = "RECEIVED"
    UNASSIGNED = "UNASSIGNED"
    ASSIGNED = "ASSIGNED"
    HOME = "HOME"
    REINTEGRATION = "REINTEGRATION"
    CLOSED = "CLOSED"
    REVISITED = "REVISITED"
    READMITTED = "READMITTED"
    ESCAPED = "ESCAPED"
    NOT_RETURNING = "NOT_RETURNING"
    TRANSFERRED = "TRANSFERRED"
    LOST_CONTACT = "LOST_CONTACT"
    DECEASED = "DECEASED"
    VOID = "VOID"


SIDE_STATES = frozenset(
    {
        CaseState.ESCAPED,
        CaseState.NOT_RETURNING,
        CaseState.TRANSFERRED,
        CaseState.LOST_CONTACT,
        CaseState.DECEASED,
        CaseState.VOID,
    }
)
"""Beside the way home: a document puts a case there, another one ends it, and the way goes on where it was."""
BEFORE_RETURN = frozenset(
    {
        CaseState.NEW,
        CaseState.ADMITTED,
        CaseState.DECIDED,
        CaseState.RETURN_PLANNED,
        CaseState.RETURN_ACCEPTED,
        CaseState.IN_TRANSIT,
    }
)
"""The person still waits for the way home."""
SHELTERED = frozenset({CaseState.RECEIVED, CaseState.UNASSIGNED, CaseState.ASSIGNED})
"""In a transit shelter of the own country."""
AT_HOME = frozenset({CaseState.HOME, CaseState.REINTEGRATION})
RETURNED = SHELTERED | AT_HOME | {CaseState.HANDED_OVER, CaseState.CLOSED, CaseState.REVISITED, CaseState.READMITTED}
"""Back over the border, whatever came then. With those before the return and the side states these are all."""
BROKEN_OFF = frozenset({CaseState.NOT_RETURNING, CaseState.TRANSFERRED, CaseState.DECEASED, CaseState.VOID})
"""Nobody waits for anything any more; of the side states, who escaped or was lost is still looked for."""
ENDED = BROKEN_OFF | {CaseState.CLOSED, CaseState.REVISITED}
"""Nothing is left to do, save for the visit that follows a closure."""
CLOSINGS = BROKEN_OFF | {CaseState.CLOSED, CaseState.LOST_CONTACT}
"""What ends the help, as far as it goes; only who has a part in a case makes this of it."""


class Role(StrEnum):
    """What a person or system does for an agency (domain 5)."""

    SW = "SW"
    """shelter worker"""
    CM = "CM"
    """case manager"""
    FO = "FO"
    """focal agency officer"""
    WO = "WO"
    """welfare department or transit shelter officer of the origin country"""
    NG = "NG"
    """NGO service provider"""
    LE = "LE"
    """law-enforcement liaison"""
    HO = "HO"
    """health officer"""
    ST = "ST"
    """statistician"""
    AU = "AU"
    """auditor: who saw what, never content"""
    PI = "PI"
    """partner integration: acts only with delegated scopes"""
    AD = "AD"
    """system administrator: no content"""


class ConsentPurpose(StrEnum):
    """What a person was asked to agree to (domain 2.J)."""

    INTERVIEW_RECORD = "INTERVIEW_RECORD"
    SHARE_BASIC_ORIGIN_WELFARE = "SHARE_BASIC_ORIGIN_WELFARE"
    SHARE_FULL_ORIGIN_WELFARE = "SHARE_FULL_ORIGIN_WELFARE"
    FAMILY_TRACING = "FAMILY_TRACING"
    FAMILY_ASSESSMENT = "FAMILY_ASSESSMENT"
    INFORM_FAMILY_OF_RETURN = "INFORM_FAMILY_OF_RETURN"
    INFORM_FAMILY_OF_ESCAPE = "INFORM_FAMILY_OF_ESCAPE"
    SHARE_HEALTH_RESTRICTED = "SHARE_HEALTH_RESTRICTED"
    SHARE_WITH_NGO_PROVIDER = "SHARE_WITH_NGO_PROVIDER"
    SHARE_WITH_LAW_ENFORCEMENT = "SHARE_WITH_LAW_ENFORCEMENT"
    PHOTO = "PHOTO"
    ANON_STATISTICS = "ANON_STATISTICS"
    FOLLOW_UP_VISITS = "FOLLOW_UP_VISITS"
    POST_CLOSURE_REVISIT = "POST_CLOSURE_REVISIT"


@dataclass(frozen=True)
class KindFacts:
    """What a kind of document declares about itself; no table, migration or route knows a kind by name.

    ``form`` is the neutral number that stands in URLs in place of the kind's name (promise 5). ``senders`` are the
    sides that may send it, ``writers`` the roles there that may write it, ``scope`` the word in front of ``:read`` and
    ``:write`` in a token's scopes. ``row`` is its row in the access matrix, which says who reads it (``own_row`` one
    more, for what one's own agency wrote); a kind about no person has none and names its ``readers`` itself. What
    ``needs_release`` leaves only after a second person agreed, what ``needs_second_officer`` binds a country, so that
    another officer approves it first; what ``marks_return`` says that the return is over.
    ``answered_by`` is the kind that answers it, within ``answer_within``. What is ``about_case`` is posted to one case,
    any other kind speaks of several persons. ``feed_on`` puts received documents into a list that is sorted by the
    date field of that name. ``happened_on`` is the field that tells when the step was made by which it moves a case.
    What ``gives_part`` makes its recipient somebody with a part in the case.
    """

    form: int
    title: str
    source: str
    senders: frozenset[Side]
    writers: frozenset[Role] = frozenset()
    row: Row | None = None
    own_row: Row | None = None
    readers: frozenset[Role] = frozenset()
    needs_release: bool = False
    needs_second_officer: bool = False
    marks_return: bool = False
    scope: str = "casefile"
    about_case: bool = True
    answered_by: str | None = None
    answer_within: timedelta | None = None
    feed_on: str | None = None
    happened_on: str | None = None
    gives_part: bool = True


def is_same_worker(one: str, other: str) -> bool:
    """Say whether two worker numbers are one person's, however they were typed."""
    return one.strip().casefold() == other.strip().casefold()


class VitalInterest(Frozen):
    """A disclosure without consent, to protect a life.

    A reason and a second person stand for it (domain 2.J rule 4).
    """

    reason: Annotated[Text, fact(Level.L3, "Reason", "Why waiting for consent would put a life at risk.")]
    decided_by: Annotated[WorkerId, fact(Level.L1, "Decided by")]
    approved_by: Annotated[WorkerId, fact(Level.L1, "Approved by", "A second person, not the one who decided.")]


class Admission(NamedTuple):
    """When a shelter of the destination side took somebody in, and whether that was once more."""

    day: date
    is_again: bool


class Document(Frozen):
    """The header that every kind shares. ``id`` with ``recipient`` names an envelope; ``created_at`` is its ``iat``."""

    facts: ClassVar[KindFacts]

    kind: str
    schema_version: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3}\.\d{1,4}$")] = SCHEMA_VERSION
    id: DocumentIdField
    case_uid: CaseUidField | None = None
    sender: AgencyIdField
    recipient: AgencyIdField
    created_at: Instant
    supersedes: DocumentIdField | None = None
    reply_to: DocumentIdField | None = None
    vital_interest: VitalInterest | None = None

    def case_uids(self) -> tuple[CaseUid, ...]:
        """Return every case that the document speaks of; a list of persons speaks of several."""
        return () if self.case_uid is None else (self.case_uid,)

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return how far the document takes a case, or ``None`` where it moves none."""
        _ = case_uid
        return None

    def ends(self, case_uid: CaseUid) -> frozenset[CaseState]:
        """Return the side states of a case that the document ends."""
        _ = case_uid
        return frozenset()

    def admission(self, case_uid: CaseUid) -> Admission | None:
        """Return when a shelter of the destination side took the person of a case in, if the document says so."""
        _ = case_uid
        return None

    def find_corridor(self) -> Corridor | None:
        """Return the corridor that the document names, if it names one."""
        return None

    @property
    def takes_back(self) -> bool:
        """Whether a correction says that what it corrects was never so."""
        return False
