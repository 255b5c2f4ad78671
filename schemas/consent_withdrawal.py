"""A person takes a consent back: everyone who received something under it is told (domain 2.J rule 3).

It is never refused for want of a reason, needs no consent itself, and never costs a service (rule 1). What was sent
stays in the evidence; nothing new is disclosed (``api/rules/withdrawal.py``).
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.aftercare_codes import WithdrawalRequest
from schemas.base import AgencyId, CaseUidField, DocumentIdField
from schemas.care_codes import ConsentDecision
from schemas.consent import ConsentRecord
from schemas.document import ConsentPurpose, Document, KindFacts, Role, Side
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Problem, future_dates, refuse
from schemas.rows import Codes, SomeCodes


class ConsentWithdrawal(Document):
    """What one recipient has to stop.

    Who receives it stops what `asks` names, and tells those whom it told in its turn: the recalls of the case say who
    they are, and pass it on. What rested on the consent alone is refused from then on. No form answers it; the receipt
    says that it was opened.
    """

    facts: ClassVar[KindFacts] = KindFacts(
        form=26,
        title="Withdrawal of consent",
        source="domain 2.J; 000 purpose 7",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.SW, Role.CM}),
        row=Row.CONSENT,
        scope="consent",
        gives_part=False,
    )

    kind: Literal["consent_withdrawal"] = "consent_withdrawal"
    case_uid: CaseUidField
    records: Annotated[
        Annotated[tuple[ConsentRecord, ...], Field(min_length=1, max_length=60)],
        fact(Level.L1, "Withdrawn", "One row for each purpose, with the decision *withdrawn*.", need=Need.BASIC),
    ]
    asks: Annotated[SomeCodes[WithdrawalRequest], fact(Level.L1, "The person asks to", need=Need.BASIC)] = (
        WithdrawalRequest.STOP_USING,
    )
    recalled: Annotated[
        Codes[DocumentIdField], fact(Level.L1, "Recalled", "Documents that the recipient received.")
    ] = ()
    services_continue: Annotated[
        Literal[True], fact(Level.L1, "Services go on", "Withdrawing never costs a service.")
    ] = True

    @model_validator(mode="after")
    def _withdraws_and_nothing_else(self) -> Self:
        refuse([*self._problems(), *future_dates(self, self.created_at.date())])
        return self

    def _problems(self) -> Iterator[Problem]:
        """Yield a row that withdraws nothing, and a purpose that is there twice."""
        keys = [(row.purpose, row.recipient, row.recipient_agency) for row in self.records]
        for index, row in enumerate(self.records):
            if row.decision is not ConsentDecision.WITHDRAWN:
                yield Problem(
                    ("records", index, "decision"),
                    "not_a_withdrawal",
                    "every row here is a withdrawal",
                    source="domain 2.J rule 3",
                )
        if len(set(keys)) != len(keys):
            yield Problem(("records",), "duplicate_consent", "withdraw each purpose once")
        if self.vital_interest is not None:
            yield Problem(
                ("vital_interest",),
                "withdrawal_needs_none",
                "a withdrawal discloses nothing",
                source="domain 2.J rule 3",
            )

    def withdraws(self, purpose: ConsentPurpose, recipient: AgencyId) -> ConsentRecord | None:
        """Find the newest row that takes back the consent to tell a recipient for a purpose."""
        fitting = [row for row in self.records if row.purpose is purpose and row.recipient_agency in {None, recipient}]
        return max(fitting, key=lambda row: row.date, default=None)

    def misfits(self, earlier: Sequence[Document]) -> Iterator[Problem]:
        """Yield recalled documents that went to somebody else, or are about another case."""
        for index, ref in enumerate(self.recalled):
            sent = [held for held in earlier if held.id == ref]
            if sent and not any(
                held.recipient == self.recipient and self.case_uid in held.case_uids() for held in sent
            ):
                yield Problem(("recalled", index), "other_recipient", "recall what this recipient received")
