"""A relative: a key to finding the family, so names in both scripts matter more than anything else (004 1.5(ii)).

On a Myanmar identity record the father's name is the identifier. Whether somebody may be called is asked for each
number, and unknown means no call.
"""

from typing import Annotated

from pydantic import Field

from schemas.base import CountryCode, Language, Line, Part, Text, YesNoUnknown
from schemas.codes import Relation
from schemas.digits import Phone164, RawNumber
from schemas.facts import Level, Need, fact
from schemas.names import Names
from schemas.places import AdminArea
from schemas.rows import Rows

Age = Annotated[int, Field(ge=0, le=120)]
"""A person's age in years, as told."""


class Phone(Part):
    """One telephone number: as told, as it can be dialled, and whether calling it is safe."""

    raw: Annotated[RawNumber | None, fact(Level.L2, "Number as told", "In any digits.", need=Need.BASIC)] = None
    e164: Annotated[Phone164 | None, fact(Level.L2, "Number to dial", "With the country's code: +95...")] = None
    owner: Annotated[Line | None, fact(Level.L2, "Whose phone it is")] = None
    safe_to_call: Annotated[YesNoUnknown, fact(Level.L2, "Safe to call", "Unknown means: no call.")] = (
        YesNoUnknown.UNKNOWN
    )
    best_time: Annotated[Line | None, fact(Level.L2, "Best time to call")] = None


class Kin(Part):
    """Somebody of the family whose relation is known from the place in the form: father, mother."""

    names: Annotated[Names | None, fact(Level.L2, "Names", "In both scripts if possible.", need=Need.FULL)] = None
    nickname: Annotated[Line | None, fact(Level.L2, "Nickname", "What the village calls them.")] = None
    age: Annotated[Age | None, fact(Level.L2, "Age")] = None
    alive: Annotated[YesNoUnknown | None, fact(Level.L2, "Alive", need=Need.FULL)] = None
    occupation: Annotated[Line | None, fact(Level.L2, "Occupation")] = None
    same_address: Annotated[YesNoUnknown | None, fact(Level.L2, "Lives at the person's home address")] = None
    address: Annotated[Text | None, fact(Level.L2, "Address, if another one")] = None
    phone: Annotated[Phone | None, fact(Level.L2, "Phone")] = None
    nrc_number: Annotated[RawNumber | None, fact(Level.L2, "Identity card number")] = None
    lived_together_before: Annotated[YesNoUnknown | None, fact(Level.L2, "Lived together before")] = None
    in_contact_now: Annotated[YesNoUnknown | None, fact(Level.L2, "In contact now")] = None
    is_caregiver: Annotated[YesNoUnknown | None, fact(Level.L2, "Took care of the person")] = None
    whereabouts_country: Annotated[CountryCode | None, fact(Level.L2, "Country where they are now")] = None
    whereabouts_admin: Annotated[AdminArea | None, fact(Level.L2, "Area where they are now")] = None
    aware_of_trafficking: Annotated[YesNoUnknown | None, fact(Level.L3, "Knows what happened")] = None
    language: Annotated[Language | None, fact(Level.L2, "Language they speak")] = None


class Relative(Kin):
    """Somebody of the family, or close like family, and how they are related."""

    relation: Annotated[
        Relation | None, fact(Level.L2, "Relation", "How they are related to the person.", need=Need.BASIC)
    ] = None


class FamilyMemberAbroad(Part):
    """A member of the family who lives in another country; the family to find may be there."""

    relation: Annotated[Relation | None, fact(Level.L2, "Relation")] = None
    country: Annotated[CountryCode | None, fact(Level.L2, "Country", need=Need.FULL)] = None
    admin: Annotated[AdminArea | None, fact(Level.L2, "Area")] = None
    phone: Annotated[Phone | None, fact(Level.L2, "Phone")] = None
    status: Annotated[Line | None, fact(Level.L2, "Status there", "Working, detained, studying ...")] = None


Relatives = Rows[Relative]
"""Several relatives."""
