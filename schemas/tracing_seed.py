"""The least with which tracing can start when there is no case file: the China channel (004 1.4(4), 2.4)."""

from datetime import date
from typing import Annotated

from schemas.ages import BirthSpan, spans_told
from schemas.base import CountryCode, Part, Text
from schemas.codes import AgeBasis, Sex
from schemas.dates import Day, Edtf
from schemas.facts import Level, Need, fact
from schemas.names import Names
from schemas.places import AdminArea, Settlement
from schemas.relatives import Age, Phone, Relative
from schemas.rows import Codes, Rows


class TracingSeed(Part):
    """Who is looked for, and where: names in all scripts, age, township, village, parents, a phone."""

    names: Annotated[
        Names,
        fact(Level.L2, "Names", "Every name in every script that is known.", need=Need.BASIC, htcds="prs_FirstName"),
    ]
    sex: Annotated[Sex | None, fact(Level.L2, "Sex", need=Need.BASIC)] = None
    birth: Annotated[Edtf | None, fact(Level.L2, "Date of birth")] = None
    age_reported: Annotated[Age | None, fact(Level.L2, "Age as told")] = None
    age_as_of: Annotated[Day | None, fact(Level.L2, "On which day")] = None
    age_basis: Annotated[AgeBasis | None, fact(Level.L2, "How it is counted")] = None
    nationality: Annotated[Codes[CountryCode] | None, fact(Level.L2, "Nationality")] = None
    admin1: Annotated[AdminArea | None, fact(Level.L2, "State, region or province")] = None
    admin3: Annotated[AdminArea | None, fact(Level.L2, "Township")] = None
    village: Annotated[Settlement | None, fact(Level.L2, "Village")] = None
    village_as_told: Annotated[Text | None, fact(Level.L2, "Village as told", "Word for word, with landmarks.")] = None
    relatives: Annotated[Rows[Relative] | None, fact(Level.L2, "Parents and relatives")] = None
    phones: Annotated[Rows[Phone] | None, fact(Level.L2, "Known phones")] = None
    last_lived_there: Annotated[Edtf | None, fact(Level.L2, "Last lived there")] = None

    def birth_spans(self, told_on: date) -> tuple[BirthSpan, ...]:
        """Return what the birth date says, then the age; ``told_on`` stands in for a missing ``age_as_of``."""
        return spans_told(self.birth, self.age_reported, self.age_as_of or told_on, self.age_basis)
