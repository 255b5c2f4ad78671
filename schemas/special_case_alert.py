"""The alert that a case is special: found early, on either side, so that care does not break off at the border.

Either side raises it (004 1.7, 2.10.2); the other acknowledges with a plan. Categories and what has to be ready
travel; a diagnosis does not: ``l4_section_ref`` names a restricted annex that goes its own way (domain 3.3).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.base import CaseUidField, DocumentIdField, Language, Text
from schemas.care_codes import Severity, StaffRole
from schemas.case_sections.needs_and_care import SpecialNeedRow
from schemas.dates import Day
from schemas.document import ConsentPurpose, Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import Planned, Problem, future_dates, refuse
from schemas.rows import MAX_ROWS, Codes


class AlertUrgency(StrEnum):
    """How fast the other side has to act."""

    ROUTINE = "routine"
    PRIORITY = "priority"
    EMERGENCY = "emergency"


class RequestedAction(StrEnum):
    """What the other side is asked to get ready."""

    PREPARE_MEDICAL_REFERRAL = "prepare_medical_referral"
    SAME_SEX_ESCORT = "same_sex_escort"
    FEMALE_SOCIAL_WORKER = "female_social_worker"
    FOSTER_PLACE = "foster_place"
    SECURITY_PLAN = "security_plan"
    INTERPRETER = "interpreter"
    DOCUMENT_ISSUANCE = "document_issuance"
    OTHER = "other"


class SpecialCaseAlert(Document):
    """A case needs special care, and the other side is asked to get ready."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=3,
        title="Special case alert",
        source="004 1.6, 1.7, 2.10.2",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.SW, Role.CM, Role.WO, Role.PI}),
        row=Row.NEEDS,
        scope="alert",
        answered_by="special_case_acknowledgement",
        answer_within=timedelta(days=7),  # five working days (domain 4.1, D04)
    )

    kind: Literal["special_case_alert"] = "special_case_alert"
    case_uid: CaseUidField
    categories: Annotated[
        Annotated[tuple[SpecialNeedRow, ...], Field(min_length=1, max_length=MAX_ROWS)],
        fact(Level.L3, "Categories", "At least one that is open.", need=Need.BASIC),
    ]
    raised_on: Annotated[Day, fact(Level.L1, "Raised on", need=Need.BASIC)]
    raised_by_role: Annotated[StaffRole, fact(Level.L1, "Raised by, as a role", need=Need.BASIC)]
    urgency: Annotated[AlertUrgency, fact(Level.L1, "Urgency", need=Need.BASIC)]
    requested_actions: Annotated[
        Codes[RequestedAction],
        fact(Level.L3, "Please get ready", "An empty list says: nothing yet.", need=Need.BASIC),
    ]
    interpreter_language: Annotated[Language | None, fact(Level.L1, "Interpreter for", "ISO 639-3.")] = None
    continuity_needs: Annotated[
        Text | None, fact(Level.L3, "What must not break off", "What to do, not why; no diagnosis.")
    ] = None
    medicine_supply_until: Annotated[
        Day | None, fact(Level.L3, "Medicine lasts until", "No name of a medicine."), Planned()
    ] = None
    l4_section_ref: Annotated[
        DocumentIdField | None, fact(Level.L1, "Restricted annex", "Its number; it goes to its own recipient.")
    ] = None
    full_case_file_expected_by: Annotated[
        Day | None, fact(Level.L1, "Full case file expected by", "Special cases come first."), Planned()
    ] = None

    @model_validator(mode="after")
    def _says_what_is_open_and_what_to_do(self) -> Self:
        today = self.created_at.date()
        refuse([*self._category_problems(), *self._action_problems(), *future_dates(self, today)])
        return self

    def _category_problems(self) -> Iterator[Problem]:
        """Yield categories that are blank, there twice, found after the alert, or all closed."""
        seen = set()
        for index, row in enumerate(self.categories):
            here = ("categories", index)
            if row.category is None:
                yield Problem((*here, "category"), "required_blank", "name the category")
            elif row.category in seen:
                yield Problem(here, "duplicate_category", "the category is listed twice; keep one row")
            seen.add(row.category)
            if row.identified_on is not None and row.identified_on > self.raised_on:
                yield Problem((*here, "identified_on"), "wrong_order", "a need is found before the alert is raised")
        open_rows = [row for row in self.categories if row.resolved_on is None]
        if not open_rows:
            yield Problem(("categories",), "nothing_open", "an alert needs a category that is open")
        if self.urgency is AlertUrgency.ROUTINE and any(row.severity is Severity.URGENT for row in open_rows):
            yield Problem(("urgency",), "urgency_contradicts", "an urgent need is no routine")

    def _action_problems(self) -> Iterator[Problem]:
        """Yield an interpreter without a language (or the other way round) and a file that was expected before."""
        if (RequestedAction.INTERPRETER in self.requested_actions) != (self.interpreter_language is not None):
            yield Problem(
                ("interpreter_language",), "interpreter_language", "an interpreter comes with a language, and only then"
            )
        if self.full_case_file_expected_by is not None and self.full_case_file_expected_by < self.raised_on:
            yield Problem(
                ("full_case_file_expected_by",), "planned_in_past", "the file is expected after the alert is raised"
            )

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the consent to share the basics, to which the flag of a special case belongs."""
        return (Disclosure(ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE, self.recipient, self.case_uid),)
