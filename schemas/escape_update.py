"""News after an escape, from either side: where the person is, how, and whether she or he is back (domain 3.4)."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.base import CaseUid, CaseUidField, DocumentIdField, Text, YesNoUnknown
from schemas.dates import Day
from schemas.document import CaseState, ConsentPurpose, Document, KindFacts, Role, Side
from schemas.earlier import find_by_id
from schemas.escape_codes import EscapeStatus, FoundBy, FoundCondition
from schemas.escape_notice import EscapeNotice
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.places import Place

FOUND = frozenset({EscapeStatus.LOCATED_SAFE, EscapeStatus.RETURNED_TO_SHELTER, EscapeStatus.HOME})
"""The person has been found, or is back."""


class EscapeUpdate(Document):
    """What is known since the notice."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=7,
        title="Update after an escape",
        source="004 1.10",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.SW, Role.CM, Role.FO, Role.WO}),
        row=Row.ESCAPE,
        scope="escape",
    )

    kind: Literal["escape_update"] = "escape_update"
    case_uid: CaseUidField
    escape_ref: Annotated[DocumentIdField, fact(Level.L1, "Escape notice", "Its number.", need=Need.BASIC)]
    status: Annotated[EscapeStatus, fact(Level.L1, "Status", need=Need.BASIC)]
    located_on: Annotated[Day | None, fact(Level.L2, "Located on")] = None
    located_at: Annotated[Place | None, fact(Level.L2, "Located at", "As exactly as is safe to write.")] = None
    condition: Annotated[FoundCondition | None, fact(Level.L2, "Condition", "No diagnosis.")] = None
    found_by: Annotated[FoundBy | None, fact(Level.L2, "Found by")] = None
    wants_to_come_back: Annotated[YesNoUnknown | None, fact(Level.L3, "Wants to come back into care")] = None
    next_step: Annotated[Text | None, fact(Level.L3, "Next step")] = None

    @model_validator(mode="after")
    def _says_what_is_known(self) -> Self:
        refuse([*self._problems(), *future_dates(self, self.created_at.date())])
        return self

    def _problems(self) -> Iterator[Problem]:
        is_found = self.status in FOUND
        for name in ("located_on", "condition"):
            if is_found and getattr(self, name) is None:
                yield Problem((name,), "required_blank", "who was found was found on a day, in some condition")
        if self.status is EscapeStatus.LOCATED_SAFE and self.condition is FoundCondition.IN_DANGER:
            yield Problem(("condition",), "condition_contradicts", "located safe is not in danger; leave it open")

    def ends(self, case_uid: CaseUid) -> frozenset[CaseState]:
        """Return that being back, here or at home, ends an escape."""
        is_back = self.status in {EscapeStatus.RETURNED_TO_SHELTER, EscapeStatus.HOME}
        return frozenset({CaseState.ESCAPED}) if is_back and case_uid == self.case_uid else frozenset()

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the consent to share the basics."""
        return (Disclosure(ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE, self.recipient, self.case_uid),)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a problem where there is no such notice of this case, or the person was found before leaving."""
        notice = find_by_id(EscapeNotice, earlier, self.escape_ref)
        if notice is None or notice.case_uid != self.case_uid:
            yield Problem(("escape_ref",), "escape_unknown", "name the notice of this case that is held here")
        elif self.located_on is not None and self.located_on < notice.escape_discovered_at.date():
            yield Problem(("located_on",), "wrong_order", "nobody is found before the escape was discovered")
