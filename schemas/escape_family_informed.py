"""The answer to an escape notice: who of the family was informed, or why nobody was (004 1.10; domain 3.4).

The relative who must not be told is refused here: such a record is not a note beside the rule, it is against it.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from schemas.background_codes import MayBeTold
from schemas.base import CaseUidField, DocumentIdField, Instant, Text
from schemas.care_codes import StaffRole
from schemas.codes import Relation
from schemas.contact_limits import HINT, contact_problems, limits_of
from schemas.document import ConsentPurpose, Document, KindFacts, Role, Side
from schemas.earlier import find_by_id
from schemas.escape_codes import FamilyReaction, InformingAllowed, NotInformedReason
from schemas.escape_notice import EscapeNotice
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row
from schemas.needs import Problem, refuse
from schemas.permissions import told_problems
from schemas.rows import Codes


class EscapeFamilyInformed(Document):
    """The family was informed of an escape, or was not, with the reason."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=6,
        title="Family informed of an escape",
        source="004 1.10",
        senders=frozenset({Side.ORIGIN}),
        writers=frozenset({Role.FO, Role.WO}),
        row=Row.ESCAPE,
        scope="escape",
    )

    kind: Literal["escape_family_informed"] = "escape_family_informed"
    case_uid: CaseUidField
    reply_to: DocumentIdField
    informed_at: Annotated[Instant | None, fact(Level.L2, "Informed at", need=Need.BASIC)] = None
    by_role: Annotated[StaffRole, fact(Level.L1, "By, as a role", need=Need.BASIC)]
    whom: Annotated[Codes[Relation], fact(Level.L2, "Whom", "The relation only.", need=Need.BASIC)] = ()
    told: Annotated[Codes[MayBeTold], fact(Level.L2, "Told beside the escape")] = ()
    reaction: Annotated[FamilyReaction | None, fact(Level.L2, "Reaction", need=Need.BASIC)] = None
    not_informed_reason: Annotated[NotInformedReason | None, fact(Level.L2, "Not informed because")] = None
    note: Annotated[Text | None, fact(Level.L3, "Note")] = None

    @model_validator(mode="after")
    def _informed_or_not(self) -> Self:
        refuse(list(self._problems()))
        return self

    def _problems(self) -> Iterator[Problem]:
        is_informed = self.informed_at is not None
        if is_informed == (self.not_informed_reason is not None):
            yield Problem(
                ("not_informed_reason",), "informed_or_reason", "say when the family was informed, or why it was not"
            )
        elif is_informed and not self.whom:
            yield Problem(("whom",), "required_blank", "say whom, by relation")
        elif is_informed and self.reaction is None:
            yield Problem(("reaction",), "required_blank", "say how the family took it")
        elif not is_informed and (self.whom or self.told or self.reaction):
            yield Problem(("whom",), "told_to_nobody", "if nobody was informed, nothing was told")
        if self.informed_at is not None and self.informed_at > self.created_at:
            yield Problem(("informed_at",), "future_date", "the family is informed before it is told here")

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return the consent to inform the family, for the agency that did."""
        if self.informed_at is None:
            return ()
        return (Disclosure(ConsentPurpose.INFORM_FAMILY_OF_ESCAPE, self.sender, self.case_uid),)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield a problem where somebody was told who must not be, or more than was allowed."""
        yield from contact_problems(("whom",), self.whom, limits_of(earlier, self.case_uid))
        yield from told_problems(("told",), self.told, earlier, self.case_uid)
        notice = find_by_id(EscapeNotice, earlier, self.reply_to)
        if notice is not None:
            yield from self._beyond(notice)

    def _beyond(self, notice: EscapeNotice) -> Iterator[Problem]:
        """Yield what goes beyond the notice."""
        if notice.case_uid != self.case_uid:
            yield Problem(("case_uid",), "other_case", "the case is that of the notice")
        if self.informed_at is None:
            return
        if self.informed_at < notice.escape_discovered_at:
            yield Problem(("informed_at",), "wrong_order", "the family can't hear of it before it was discovered")
        if not notice.informs_family:
            yield Problem(("whom",), "family_not_to_be_informed", "the notice says that nobody may be informed")
        informing = notice.family_informing
        if informing.allowed is InformingAllowed.LIMITED and not set(self.whom) <= set(informing.may_inform):
            yield Problem(("whom",), "contact_restricted", HINT, source="004 3.1")
        if not set(self.told) <= set(informing.may_be_told):
            yield Problem(("told",), "told_more_than_allowed", "the notice does not allow the family to be told that")
