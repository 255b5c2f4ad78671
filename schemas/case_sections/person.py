"""Section B: who the person is. What can be computed (is it a child?) is not entered."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.ages import BirthSpan, spans_told
from schemas.attachments import Attachment
from schemas.base import CaseUidField, CountryCode, Language, Line, Part, Text, YesNoUnknown
from schemas.codes import (
    AgeBasis,
    BirthSource,
    Calendar,
    DatePrecision,
    Gender,
    IdDocumentStatus,
    IdDocumentType,
    LinkedCaseRelation,
    Literacy,
    MaritalStatus,
    NationalityStatus,
    Relation,
    Sex,
)
from schemas.dates import Day, Edtf
from schemas.digits import RawNumber, normalised_number
from schemas.facts import Level, Need, fact
from schemas.names import Names
from schemas.need_to_know import Row
from schemas.needs import Condition, Stage, When
from schemas.relatives import Age
from schemas.rows import Codes, Rows


class Birth(Part):
    """When the person was born, who says so, and in which calendar it was told."""

    edtf: Annotated[
        Edtf | None,
        fact(
            Level.L2,
            "Date of birth",
            "The year alone is enough: 2001, 2001-05 or 2001~.",
            need=Need.BASIC,
            htcds="prs_Birthdate",
        ),
    ] = None
    precision: Annotated[DatePrecision | None, fact(Level.L2, "How exact")] = None
    source: Annotated[BirthSource | None, fact(Level.L2, "Who says so")] = None
    calendar_entered: Annotated[
        Calendar | None, fact(Level.L2, "Calendar it was told in", "The date itself is entered in the common era.")
    ] = None


class IdDocument(Part):
    """A paper that proves who somebody is, or the statement that there is none."""

    type: Annotated[IdDocumentType | None, fact(Level.L2, "Kind of paper", need=Need.BASIC)] = None
    number: Annotated[
        RawNumber | None, fact(Level.L2, "Number", "As printed, in any digits.", htcds="prs_IdentityNumber")
    ] = None
    country: Annotated[CountryCode | None, fact(Level.L2, "Issued by")] = None
    status: Annotated[IdDocumentStatus | None, fact(Level.L2, "Where it is")] = None

    @property
    def normalised(self) -> str | None:
        """The number as it is compared: ASCII digits and capitals."""
        return normalised_number(self.number) if self.number else None


class Dependant(Part):
    """Somebody who is there with the person and depends on them; a child may be a victim too."""

    name: Annotated[Names | None, fact(Level.L2, "Name")] = None
    age: Annotated[Age | None, fact(Level.L2, "Age")] = None
    relation: Annotated[Relation | None, fact(Level.L2, "Relation", need=Need.BASIC)] = None
    case_uid: Annotated[CaseUidField | None, fact(Level.L2, "Own case", "If there is a case of its own.")] = None


class LinkedCase(Part):
    """Another case that belongs to this one."""

    case_uid: Annotated[CaseUidField | None, fact(Level.L2, "Case", need=Need.BASIC)] = None
    relation: Annotated[LinkedCaseRelation | None, fact(Level.L3, "Why they belong together", need=Need.BASIC)] = None


class Person(Part):
    """Section B."""

    letter: ClassVar[str] = "B"
    title: ClassVar[str] = "Person"
    row: ClassVar[Row] = Row.IDENTITY

    names: Annotated[
        Names | None,
        fact(Level.L2, "Names", "Every name in every script that is known.", need=Need.BASIC, htcds="prs_FirstName"),
    ] = None
    honorific: Annotated[
        Line | None, fact(Level.L2, "Honorific", "Ma, Ko, Saw, Naw, Nang, Sai, Mi, Nai ...", htcds="prs_Salutation")
    ] = None
    sex: Annotated[
        Sex | None, fact(Level.L2, "Sex", "ISO 5218: 1 male, 2 female, 0 not known, 9 not applicable.", need=Need.BASIC)
    ] = None
    gender: Annotated[
        Gender | None, fact(Level.L3, "Gender", "Only if the person wants to say.", htcds="prs_Gender")
    ] = None
    birth: Annotated[
        Birth | None,
        fact(Level.L2, "Birth", "Birth or age, one of them at least.", need=Need.CONDITIONAL, htcds="prs_Birthdate"),
        When(Condition.NO_AGE_TOLD, Stage.BASIC),
    ] = None
    age_reported: Annotated[Age | None, fact(Level.L2, "Age as told")] = None
    age_as_of: Annotated[
        Day | None, fact(Level.L2, "On which day", need=Need.CONDITIONAL), When(Condition.AGE_TOLD, Stage.BASIC)
    ] = None
    age_basis: Annotated[
        AgeBasis | None,
        fact(Level.L2, "How it is counted", "A running year counts more than completed years.", need=Need.CONDITIONAL),
        When(Condition.AGE_TOLD, Stage.BASIC),
    ] = None
    nationality: Annotated[
        Codes[CountryCode] | None, fact(Level.L2, "Nationality", need=Need.BASIC, htcds="prs_Citizenship")
    ] = None
    nationality_status: Annotated[
        NationalityStatus | None, fact(Level.L2, "How sure the nationality is", need=Need.BASIC)
    ] = None
    id_documents: Annotated[Rows[IdDocument] | None, fact(Level.L2, "Papers", htcds="prs_IdentityNumber")] = None
    ethnicity: Annotated[Line | None, fact(Level.L3, "Ethnicity", "In the person's own words.")] = None
    religion: Annotated[Line | None, fact(Level.L3, "Religion", "In the person's own words.")] = None
    mother_tongue: Annotated[
        Language | None, fact(Level.L2, "Mother tongue", "ISO 639-3.", need=Need.BASIC, htcds="prs_PrimaryLanguage")
    ] = None
    languages: Annotated[Codes[Language] | None, fact(Level.L2, "Other languages", htcds="prs_SecondaryLanguage")] = (
        None
    )
    literacy: Annotated[Literacy | None, fact(Level.L2, "Reads and writes")] = None
    interpreter_needed: Annotated[YesNoUnknown | None, fact(Level.L1, "Needs an interpreter", need=Need.BASIC)] = None
    marital_status: Annotated[
        MaritalStatus | None, fact(Level.L3, "Marital status", need=Need.FULL, htcds="prs_MaritalStatus")
    ] = None
    photo: Annotated[Attachment | None, fact(Level.L2, "Photo", "Only with consent; never on notices.")] = None
    distinguishing_marks: Annotated[Text | None, fact(Level.L2, "Distinguishing marks", "For tracing only.")] = None
    dependants_count: Annotated[
        Annotated[int, Field(ge=0, le=30)] | None,
        fact(Level.L2, "Dependants present, number", need=Need.BASIC),
    ] = None
    dependants_present: Annotated[
        Rows[Dependant] | None, fact(Level.L2, "Dependants present", "Mother and child travel together.")
    ] = None
    linked_cases: Annotated[Rows[LinkedCase] | None, fact(Level.L2, "Linked cases")] = None

    def birth_spans(self, told_on: date) -> tuple[BirthSpan, ...]:
        """Return what the birth date says, then the age; ``told_on`` stands in for a missing ``age_as_of``."""
        birth = self.birth.edtf if self.birth is not None else None
        return spans_told(birth, self.age_reported, self.age_as_of or told_on, self.age_basis)
