"""Section D: the family, for tracing and assessment.

The largest section (004 1.5(ii)). What the family may never be told is as important as where it lives.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.background_codes import (
    ContactMeans,
    ContactRestrictionReason,
    FamilyInvolvement,
    HouseholdDebt,
    LandHouse,
    MayBeTold,
    RelationshipBefore,
    WhyLeft,
    WishContact,
)
from schemas.base import Line, Part, Text, YesNoUnknown
from schemas.codes import Relation
from schemas.dates import Edtf
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Condition, TravelsWithBasic, When
from schemas.relatives import FamilyMemberAbroad, Kin, Relatives
from schemas.rows import Codes, Rows

Count = Annotated[int, Field(ge=0, le=60)]
Livelihood = Annotated[str, Field(pattern=r"^[A-U](\d{2})?$")]
"""A section or division of ISIC: A, A03, C10."""


class LastContact(Part):
    """When and how the family was last heard of."""

    date: Annotated[Edtf | None, fact(Level.L2, "When", need=Need.FULL)] = None
    means: Annotated[ContactMeans | None, fact(Level.L2, "How")] = None


class ContactRestriction(Part):
    """Somebody who must not be approached, and why."""

    person_or_role: Annotated[
        Line | None, fact(Level.L3, "Who", "A person or a role: the village head, an uncle.", need=Need.BASIC)
    ] = None
    reason: Annotated[ContactRestrictionReason | None, fact(Level.L3, "Reason", need=Need.BASIC)] = None
    text: Annotated[Text | None, fact(Level.L3, "In words")] = None


class Family(Part):
    """Section D."""

    letter: ClassVar[str] = "D"
    title: ClassVar[str] = "Family background"
    row: ClassVar[Row] = Row.FAMILY

    father: Annotated[
        Kin | None, fact(Level.L2, "Father", "On an identity card the father's name is the key.", need=Need.FULL)
    ] = None
    mother: Annotated[Kin | None, fact(Level.L2, "Mother", need=Need.FULL)] = None
    relatives: Annotated[
        Annotated[Relatives, Field(max_length=6)] | None,
        fact(Level.L2, "Other relatives", "Up to six; at least one if no parent can be found.", need=Need.CONDITIONAL),
        When(Condition.NO_PARENT_TO_FIND),
    ] = None
    spouse_children: Annotated[
        Relatives | None,
        fact(
            Level.L2,
            "Spouse and children",
            "Also children left behind.",
            need=Need.FULL,
            htcds="prs_NumberOfChildren",
        ),
    ] = None
    primary_caregiver_before: Annotated[
        Relation | None, fact(Level.L2, "Took care of the child", need=Need.CONDITIONAL), When(Condition.CHILD)
    ] = None
    household_size: Annotated[Count | None, fact(Level.L2, "People in the household", need=Need.FULL)] = None
    dependants_count: Annotated[Count | None, fact(Level.L2, "Dependants in the household", need=Need.FULL)] = None
    birth_order_siblings: Annotated[
        Text | None, fact(Level.L2, "Birth order and siblings", "Second of four, elder brother ...")
    ] = None
    family_members_abroad: Annotated[
        Rows[FamilyMemberAbroad] | None, fact(Level.L2, "Family abroad", need=Need.FULL)
    ] = None
    livelihood_main: Annotated[
        Livelihood | None, fact(Level.L2, "Main livelihood", "ISIC section or division.", need=Need.FULL)
    ] = None
    livelihood_other: Annotated[Line | None, fact(Level.L2, "Other livelihood, in words", need=Need.FULL)] = None
    land_house: Annotated[LandHouse | None, fact(Level.L2, "Land and house")] = None
    household_debt: Annotated[HouseholdDebt | None, fact(Level.L2, "Debt", need=Need.FULL)] = None
    household_debt_to: Annotated[Line | None, fact(Level.L3, "Debt to whom")] = None
    relationship_before: Annotated[
        RelationshipBefore | None, fact(Level.L3, "Life with the family before", need=Need.FULL)
    ] = None
    family_involved_in_leaving: Annotated[
        FamilyInvolvement | None, fact(Level.L3, "Family's part in the leaving", need=Need.FULL)
    ] = None
    broker_known: Annotated[
        YesNoUnknown | None, fact(Level.L3, "Broker known to family or village", need=Need.FULL)
    ] = None
    why_left: Annotated[Codes[WhyLeft] | None, fact(Level.L2, "Why left", need=Need.FULL)] = None
    last_contact_with_family: Annotated[LastContact | None, fact(Level.L2, "Last contact", need=Need.FULL)] = None
    wish_contact: Annotated[WishContact | None, fact(Level.L2, "Wants contact", need=Need.FULL)] = None
    contact_restrictions: Annotated[
        Rows[ContactRestriction] | None,
        fact(Level.L3, "Not to be approached", "Who must not learn of it. An empty list says: none.", need=Need.FULL),
        TravelsWithBasic(),
    ] = None
    what_family_may_be_told: Annotated[
        Codes[MayBeTold] | None,
        fact(Level.L2, "Family may be told", "What is not ticked stays untold.", need=Need.FULL),
        TravelsWithBasic(),
    ] = None
