"""Section C: home address and finding directions. What was told stays word for word; codes stand beside it."""

from typing import Annotated, ClassVar

from schemas.attachments import Attachment
from schemas.base import CountryCode, Line, Part, Text
from schemas.codes import IntendedDestination
from schemas.dates import Edtf
from schemas.facts import Level, Need, fact
from schemas.need_to_know import Row
from schemas.needs import Condition, Stage, When
from schemas.places import AdminArea, Place, Settlement
from schemas.relatives import Phone
from schemas.rows import Rows


class LocalPerson(Part):
    """Somebody everyone knows: village head, monk, pastor, teacher, midwife."""

    name: Annotated[Line | None, fact(Level.L2, "Name", need=Need.BASIC)] = None
    role: Annotated[Line | None, fact(Level.L2, "Role")] = None


class Home(Part):
    """Section C."""

    letter: ClassVar[str] = "C"
    title: ClassVar[str] = "Home address and finding directions"
    row: ClassVar[Row] = Row.ADDRESS

    home_country: Annotated[
        CountryCode | None, fact(Level.L2, "Home country", need=Need.BASIC, htcds="prs_MailingCountry")
    ] = None
    admin1: Annotated[
        AdminArea | None, fact(Level.L2, "State, region or province", need=Need.BASIC, htcds="prs_MailingState")
    ] = None
    admin2: Annotated[AdminArea | None, fact(Level.L2, "District")] = None
    admin3: Annotated[
        AdminArea | None,
        fact(Level.L2, "Township", "For Myanmar always asked.", need=Need.CONDITIONAL, htcds="prs_MailingCity"),
        When(Condition.HOME_IN_MYANMAR, Stage.BASIC),
    ] = None
    village_tract_ward: Annotated[Settlement | None, fact(Level.L2, "Village tract or ward", need=Need.FULL)] = None
    village: Annotated[Settlement | None, fact(Level.L2, "Village", need=Need.FULL)] = None
    address_as_told: Annotated[
        Text | None, fact(Level.L2, "Address as told", "Word for word.", need=Need.BASIC, htcds="prs_MailingStreet")
    ] = None
    landmarks: Annotated[
        Text | None,
        fact(Level.L2, "Landmarks", "Pagoda, monastery, school, market, river, bus gate: near what?", need=Need.FULL),
    ] = None
    sketch_map: Annotated[Attachment | None, fact(Level.L2, "Sketch map")] = None
    how_to_reach: Annotated[Text | None, fact(Level.L2, "How to get there", "From the township's town.")] = None
    school: Annotated[Line | None, fact(Level.L2, "School", "The school the person or the siblings went to.")] = None
    known_local_persons: Annotated[Rows[LocalPerson] | None, fact(Level.L2, "Known local persons")] = None
    last_lived_there: Annotated[
        Edtf | None, fact(Level.L2, "Last lived there", "The family may have moved since.", need=Need.FULL)
    ] = None
    intended_destination: Annotated[IntendedDestination | None, fact(Level.L2, "Wants to live", need=Need.FULL)] = None
    intended_address: Annotated[Place | None, fact(Level.L2, "Other address", "If it is not home.")] = None
    contact_phone_home: Annotated[Rows[Phone] | None, fact(Level.L2, "Phones at home", htcds="prs_HomePhone")] = None
