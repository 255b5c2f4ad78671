"""A corridor: the country a person was found in, and the country that is home."""

from typing import Annotated

from schemas.base import CountryCode, Part, country_of
from schemas.facts import Level, Need, fact


class Corridor(Part):
    """From which country to which; both are the same for an internal case."""

    destination: Annotated[
        CountryCode, fact(Level.L1, "Country of destination", "Where the person was found.", need=Need.BASIC)
    ]
    origin: Annotated[CountryCode, fact(Level.L1, "Country of origin", "Where home is.", need=Need.BASIC)]

    def covers(self, agency: str) -> bool:
        """Say whether an agency's country is one of the two."""
        return country_of(agency) in {self.destination, self.origin}
