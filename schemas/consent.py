"""Section J: what the person agreed to, one record for each purpose and recipient, append-only.

The rules that one record can keep by itself are kept here: a guardian has a capacity, a child's refusal is not
overruled by a guardian alone, restricted health needs a named recipient (domain 2.J rules 1 to 6).
``decisive_record`` is the one place that says which record counts: the last one written for that purpose and
recipient.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.ages import BirthSpan, is_child_on
from schemas.base import AgencyId, AgencyIdField, Language, Line, Part, Sha256, YesNoUnknown
from schemas.care_codes import (
    ChildAssent,
    ConsentDecision,
    ConsentMethod,
    Explained,
    GivenBy,
    GuardianCapacity,
    RecipientClass,
    StaffRole,
)
from schemas.dates import Day
from schemas.document import ConsentPurpose
from schemas.facts import Level, Need, fact
from schemas.needs import Location, Planned, Problem, refuse
from schemas.rows import Codes, Rows

FieldPointer = Annotated[str, StringConstraints(pattern=r"^(/[a-z0-9_]{1,60}){1,8}$")]
"""A JSON pointer of declared names and row numbers."""
NAMED_RECIPIENT = frozenset({ConsentPurpose.SHARE_HEALTH_RESTRICTED})
"""Purposes for which a class of recipients is not enough (rule 5)."""

ORIGIN_WELFARE_ONLY = frozenset({ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE, ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE})
"""Purposes that name the class of recipients themselves."""


class ConsentRecord(Part):
    """One decision about one purpose and one recipient."""

    letter: ClassVar[str] = "J"
    title: ClassVar[str] = "Consent record"

    purpose: Annotated[
        ConsentPurpose,
        fact(Level.L1, "Purpose", "What the person was asked to agree to.", need=Need.BASIC, htcds="con_Consent"),
    ]
    recipient: Annotated[RecipientClass | None, fact(Level.L1, "Recipients", "To whom it applies.")] = None
    recipient_agency: Annotated[
        AgencyIdField | None, fact(Level.L1, "Named agency", "Needed for restricted health details.")
    ] = None
    decision: Annotated[
        ConsentDecision, fact(Level.L1, "Decision", "Refusing never reduces services.", need=Need.BASIC)
    ]
    given_by: Annotated[GivenBy | None, fact(Level.L1, "Decided by")] = None
    guardian_name: Annotated[Line | None, fact(Level.L2, "Guardian's name")] = None
    guardian_capacity: Annotated[GuardianCapacity | None, fact(Level.L1, "Guardian's capacity")] = None
    child_assent: Annotated[ChildAssent | None, fact(Level.L1, "The child's own answer")] = None
    language: Annotated[Language | None, fact(Level.L1, "Language of the explanation")] = None
    interpreter_used: Annotated[YesNoUnknown | None, fact(Level.L1, "With an interpreter")] = None
    explained: Annotated[
        Codes[Explained] | None, fact(Level.L1, "Explained", "Which of the seven points were explained.")
    ] = None
    method: Annotated[ConsentMethod | None, fact(Level.L1, "How it was given")] = None
    witness_role: Annotated[StaffRole | None, fact(Level.L1, "Witness, as a role")] = None
    date: Annotated[Day, fact(Level.L1, "Date", need=Need.BASIC)]
    valid_until: Annotated[Day | None, fact(Level.L1, "Valid until"), Planned()] = None
    document_sha256: Annotated[Sha256 | None, fact(Level.L1, "Digest of the signed paper")] = None
    excluded_fields: Annotated[
        Rows[FieldPointer] | None, fact(Level.L1, "Not to be shared", "Fields the person wants left out.")
    ] = None

    @model_validator(mode="after")
    def _keeps_its_own_rules(self) -> Self:
        refuse(list(_record_problems(self)))
        return self

    @property
    def is_given(self) -> bool:
        """Whether the person agreed."""
        return self.decision is ConsentDecision.GIVEN

    def concerns(self, agency: AgencyId) -> bool:
        """Say whether it names that agency, or none in particular."""
        return self.recipient_agency in {None, agency}

    def has_ended(self, on: Day) -> bool:
        """Say whether the time for which it was given is over."""
        return self.valid_until is not None and self.valid_until < on


Consents = Annotated[tuple[ConsentRecord, ...], Field(max_length=200)]
"""Append-only: the order of the rows is the order in which they were written."""


def _record_problems(record: ConsentRecord) -> Iterator[Problem]:
    """Yield what one record contradicts by itself."""
    if record.purpose in ORIGIN_WELFARE_ONLY and record.recipient not in {None, RecipientClass.ORIGIN_WELFARE}:
        yield Problem(
            ("recipient",),
            "recipient_contradicts_purpose",
            "this purpose is to share with the welfare of origin only",
            source="domain 2.J",
        )
    if record.valid_until and record.valid_until < record.date:
        yield Problem(
            ("valid_until",), "ends_before_start", "consent can't end before it was given", source="domain 2.J"
        )
    if not record.is_given:
        return
    if record.given_by is None:
        yield Problem(("given_by",), "consent_giver_missing", "say who gave consent", source="domain 2.J")
    if record.given_by in {GivenBy.GUARDIAN, GivenBy.CHILD_ASSENT_AND_GUARDIAN} and record.guardian_capacity is None:
        yield Problem(
            ("guardian_capacity",),
            "guardian_capacity_missing",
            "say in which capacity the guardian decides",
            source="domain 2.J rule 2",
        )
    if record.child_assent is ChildAssent.NO and record.given_by is not GivenBy.AUTHORITY_BEST_INTEREST:
        yield Problem(
            ("child_assent",),
            "assent_refused",
            "the child said no; only an authority may decide in its best interest",
            source="domain 2.J rule 2",
        )
    if record.given_by is GivenBy.CHILD_ASSENT_AND_GUARDIAN and record.child_assent is not ChildAssent.YES:
        yield Problem(("child_assent",), "assent_missing", "record the child's own yes", source="domain 2.J rule 2")
    if record.purpose in NAMED_RECIPIENT and record.recipient_agency is None:
        yield Problem(
            ("recipient_agency",),
            "recipient_not_named",
            "this purpose needs the agency by its id",
            source="domain 2.J rule 5",
        )


def decisive_record(
    consents: tuple[ConsentRecord, ...],
    purpose: ConsentPurpose,
    recipient: AgencyId | None,
    on: date,
    *,
    is_named: bool = False,
) -> ConsentRecord | None:
    """Find the record that counts: the last one written that applies to the recipient and has begun.

    A record that names another agency does not apply; one that names none applies to every agency, unless
    ``is_named`` asks for the name.
    """
    applying = [
        record
        for record in consents
        if record.purpose is purpose
        and record.date <= on
        and (record.recipient_agency == recipient or (record.recipient_agency is None and not is_named))
    ]
    return applying[-1] if applying else None


def consent_problems(
    consents: tuple[ConsentRecord, ...], location: Location, birth: BirthSpan | None
) -> Iterator[Problem]:
    """Yield records that are there twice, and consents that a child gave alone (rule 2)."""
    seen: set[tuple[object, ...]] = set()
    for index, record in enumerate(consents):
        key = (record.purpose, record.recipient, record.recipient_agency, record.decision, record.date)
        if key in seen:
            yield Problem((*location, index), "duplicate_consent", "this decision is already recorded; remove one")
        seen.add(key)
        if is_child_on(birth, record.date).needs_child_rules:
            yield from child_alone(record, (*location, index))


def child_alone(record: ConsentRecord | None, location: Location) -> Iterator[Problem]:
    """Yield a consent that a child gave alone (rule 2); whoever asks knows that it is one."""
    if record is not None and record.is_given and record.given_by is GivenBy.SELF:
        yield Problem(
            (*location, "given_by"),
            "child_consent_alone",
            "for a child a guardian or authority decides too",
            source="domain 2.J rule 2",
        )
