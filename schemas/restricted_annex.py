"""The restricted annex: what only a named recipient may know, as a kind of its own (level L4).

Health that is named, medicines by name, details of sexual exploitation, self-harm, perpetrators. It is never part of
a case file, needs a consent that names the recipient agency, and two people stand for its release (domain 2.E, 2.G,
2.I, 2.J rule 5; security.md).
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.attachments import Attachment
from schemas.background_codes import RecruiterRelationship
from schemas.base import CaseUidField, Line, Part, RoleMailbox, Summary, Text, WorkerId, YesNoUnknown
from schemas.care_codes import CareStatus
from schemas.dates import Day
from schemas.document import ConsentPurpose, Document, KindFacts, Role, Side, is_same_worker
from schemas.facts import Level, Need, fact
from schemas.guards import Disclosure
from schemas.need_to_know import Row, Under
from schemas.needs import Planned, Problem, future_dates, refuse
from schemas.restricted_codes import HealthCategory, PerpetratorRole, SelfHarmRisk, SexualExploitationType
from schemas.rows import Codes, Rows


class HealthRestricted(Part):
    """One condition that is named, and what keeps its treatment going."""

    category: Annotated[HealthCategory | None, fact(Level.L4, "Condition", need=Need.BASIC)] = None
    detail: Annotated[Text | None, fact(Level.L4, "In words")] = None
    diagnosed_on: Annotated[Day | None, fact(Level.L4, "Found on")] = None
    status: Annotated[CareStatus | None, fact(Level.L4, "Treatment")] = None
    treating_unit: Annotated[RoleMailbox | None, fact(Level.L4, "Treating unit", "A role address.")] = None
    referral_needed: Annotated[YesNoUnknown | None, fact(Level.L4, "Needs a referral")] = None


class Medicine(Part):
    """A medicine by name, so that no dose is missed on the way."""

    name: Annotated[Line | None, fact(Level.L4, "Medicine", need=Need.BASIC)] = None
    dose: Annotated[Line | None, fact(Level.L4, "Dose and times")] = None
    since: Annotated[Day | None, fact(Level.L4, "Since")] = None
    supply_until: Annotated[Day | None, fact(Level.L4, "Supply lasts until"), Planned()] = None


class ExploitationDetail(Part):
    """What the summary in section E leaves out."""

    sexual_exploitation_types: Annotated[
        Codes[SexualExploitationType] | None,
        fact(Level.L4, "Kinds of sexual exploitation", htcds="vic_TypeOfSexExploitation"),
    ] = None
    images_online: Annotated[YesNoUnknown | None, fact(Level.L4, "Images are online")] = None
    pregnancy_resulting: Annotated[YesNoUnknown | None, fact(Level.L4, "Pregnancy resulting")] = None
    detail: Annotated[Summary | None, fact(Level.L4, "In words", "Only what a recipient must know to help.")] = None


class SelfHarm(Part):
    """The risk that the person hurts herself or himself, and what helps."""

    risk: Annotated[SelfHarmRisk | None, fact(Level.L4, "Risk", need=Need.BASIC)] = None
    last_episode: Annotated[Day | None, fact(Level.L4, "Last episode")] = None
    what_helps: Annotated[Text | None, fact(Level.L4, "What helps")] = None


class Perpetrator(Part):
    """Somebody who did it; for the liaison of law enforcement only, with a consent of its own."""

    role: Annotated[
        PerpetratorRole | None, fact(Level.L4, "Part in it", need=Need.BASIC, htcds="per_RoleInProcess")
    ] = None
    names_as_told: Annotated[Line | None, fact(Level.L4, "Names, as told")] = None
    relationship: Annotated[RecruiterRelationship | None, fact(Level.L4, "Relationship")] = None
    detail: Annotated[Text | None, fact(Level.L4, "In words", htcds="per_RoleDetails")] = None


class Release(Part):
    """Two people who stand for it that this leaves."""

    decided_by: Annotated[WorkerId, fact(Level.L1, "Decided by")]
    approved_by: Annotated[WorkerId, fact(Level.L1, "Approved by", "A second person.")]
    approved_on: Annotated[Day, fact(Level.L1, "Approved on")]


class RestrictedAnnex(Document):
    """Half a page that travels alone."""

    facts: ClassVar[KindFacts] = KindFacts(
        form=2,
        title="Restricted annex",
        source="004 3.5; 000 need to know",
        senders=frozenset({Side.DESTINATION, Side.ORIGIN}),
        writers=frozenset({Role.HO, Role.CM}),
        row=Row.EXPLOITATION,
        needs_release=True,
        scope="restricted",
    )

    kind: Literal["restricted_annex"] = "restricted_annex"
    case_uid: CaseUidField
    health: Annotated[Rows[HealthRestricted] | None, fact(Level.L4, "Health"), Under(Row.HEALTH)] = None
    medicines: Annotated[Rows[Medicine] | None, fact(Level.L4, "Medicines"), Under(Row.HEALTH)] = None
    exploitation: Annotated[
        ExploitationDetail | None, fact(Level.L4, "Exploitation detail", htcds="vic_TypeOfSexExploitation")
    ] = None
    self_harm: Annotated[SelfHarm | None, fact(Level.L4, "Self-harm"), Under(Row.HEALTH)] = None
    threat_detail: Annotated[
        Text | None, fact(Level.L4, "Danger from traffickers, in words"), Under(Row.PERPETRATORS)
    ] = None
    perpetrators: Annotated[
        Rows[Perpetrator] | None, fact(Level.L4, "Perpetrators", htcds="per_RoleInProcess"), Under(Row.PERPETRATORS)
    ] = None
    attachments: Annotated[
        Annotated[Rows[Attachment], Field(max_length=20)] | None,
        fact(Level.L4, "Medical papers"),
        Under(Row.HEALTH),
    ] = None
    release: Annotated[Release, fact(Level.L1, "Released by", "Two people, always.", need=Need.BASIC)]

    @model_validator(mode="after")
    def _says_something_and_two_people_stand_for_it(self) -> Self:
        problems = list(future_dates(self, self.created_at.date()))
        if is_same_worker(self.release.decided_by, self.release.approved_by):
            problems.append(
                Problem(
                    ("release", "approved_by"),
                    "second_person_needed",
                    "a second person has to approve",
                    source="domain 2.J rule 5",
                )
            )
        if not self.purposes():
            problems.append(Problem((), "annex_empty", "an annex without content is not sent"))
        refuse(problems)
        return self

    def purposes(self) -> tuple[ConsentPurpose, ...]:
        """Return the consents that the content needs."""
        restricted = (self.health, self.medicines, self.exploitation, self.self_harm, self.attachments)
        enforcement = (self.threat_detail, self.perpetrators)
        needed = []
        if any(restricted):
            needed.append(ConsentPurpose.SHARE_HEALTH_RESTRICTED)
        if any(enforcement):
            needed.append(ConsentPurpose.SHARE_WITH_LAW_ENFORCEMENT)
        return tuple(needed)

    def disclosures(self, _earlier: Sequence[Document] = ()) -> tuple[Disclosure, ...]:
        """Return every consent this needs, each naming the recipient agency."""
        return tuple(
            Disclosure(purpose, self.recipient, self.case_uid, must_name_recipient=True) for purpose in self.purposes()
        )
