"""The victim case file: sections A to K, basic at admission, full as soon as it can be (004 1.4(3), 1.5, 1.6).

One kind serves both: at *basic*, sections D to J may be absent and a scan stands in for them; at *full*, no required
question is blank and none was never asked. Consent to share is a record in section J; which one is needed follows
from what the file tells, whatever level it claims. Restricted detail is a kind of
its own (``restricted_annex.py``) and has no place here.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ValidationInfo, model_validator

from schemas.base import CaseUid, CaseUidField, country_of
from schemas.case_body import CaseBody
from schemas.case_rules import contradictions, missing_answers
from schemas.codes import AdmissionKind
from schemas.corridor import Corridor
from schemas.document import Admission, CaseState, ConsentPurpose, Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import TOLERANT, Problem, Stage, refuse
from schemas.telling import tells_more_than_basic


class CaseFile(CaseBody, Document):
    """The form. ``level`` says how complete it claims to be, and is held to it."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=1,
        title="Victim case file",
        source="004 1.4(3), 1.5, 1.6",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.SW, Role.CM, Role.WO, Role.PI}),
        row=Row.HEADER,
        scope="casefile",
    )

    kind: Literal["case_file"] = "case_file"
    case_uid: CaseUidField
    level: Annotated[Stage, fact(Level.L1, "Level", "Basic at admission, full when complete.", need=Need.BASIC)]

    @model_validator(mode="after")
    def _keeps_the_rules_of_the_form(self, info: ValidationInfo) -> Self:
        today = self.created_at.date()
        is_tolerant = bool(info.context and info.context.get(TOLERANT))
        missing = () if is_tolerant else missing_answers(self, self.level, today)
        refuse([*self._header_problems(), *contradictions(self, today), *missing])
        return self

    def _header_problems(self) -> Iterator[Problem]:
        """Both agencies are in the countries of the corridor."""
        corridor = self.find_corridor()
        for name, agency in (("sender", self.sender), ("recipient", self.recipient)):
            if corridor is not None and not corridor.covers(agency):
                yield Problem((name,), "outside_corridor", "the agency's country is not one of the corridor's two")

    def find_corridor(self) -> Corridor | None:
        """Return the corridor of the case."""
        return self.header.corridor if self.header else None

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the one consent this needs: to share a full file if it tells what only a full one does."""
        is_full = self.level is Stage.FULL or tells_more_than_basic(self)
        purpose = ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE if is_full else ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE
        return (Disclosure(purpose, self.recipient, self.case_uid, carried=self.consents or ()),)

    def admission(self, case_uid: CaseUid) -> Admission | None:
        """Return the day of the admission that a shelter of the destination side tells of itself."""
        corridor, day = self.find_corridor(), self.header.admission_date if self.header else None
        is_abroad = corridor is not None and country_of(self.sender) == corridor.destination
        if self.header is None or day is None or not is_abroad or case_uid != self.case_uid:
            return None
        return Admission(day, self.header.admission_kind is AdmissionKind.READMISSION)

    def moves(self, case_uid: CaseUid) -> CaseState | None:
        """Return that a case file admits its case."""
        return CaseState.ADMITTED if case_uid == self.case_uid else None
