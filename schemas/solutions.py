"""Where a person is to live for good; shared by decisions, assessments and departures (domain 2.9)."""

from enum import StrEnum


class DurableSolution(StrEnum):
    """Where somebody is to live for good (domain 2.9; the list of best-interest decisions adds one).

    Not going home is an answer too (000: not safe to return).
    """

    FAMILY = "FAMILY"
    OTHER_RELATIVE = "OTHER_RELATIVE"
    INDEPENDENT_LIVING_HOME_AREA = "INDEPENDENT_LIVING_HOME_AREA"
    NEW_COMMUNITY = "NEW_COMMUNITY"
    ALTERNATIVE_CARE_ORIGIN = "ALTERNATIVE_CARE_ORIGIN"
    DESTINATION_INTEGRATION = "DESTINATION_INTEGRATION"
    THIRD_COUNTRY = "THIRD_COUNTRY"
    MAINTAIN_ARRANGEMENTS = "MAINTAIN_ARRANGEMENTS"
    PENDING = "PENDING"

    @property
    def is_with_family(self) -> bool:
        """Whether it means living with somebody of the family, whose home has to be good."""
        return self in {DurableSolution.FAMILY, DurableSolution.OTHER_RELATIVE}

    @property
    def is_return(self) -> bool:
        """Whether it means going back to the country of origin."""
        return self.is_with_family or self in {
            DurableSolution.INDEPENDENT_LIVING_HOME_AREA,
            DurableSolution.NEW_COMMUNITY,
            DurableSolution.ALTERNATIVE_CARE_ORIGIN,
        }

    @property
    def is_stay(self) -> bool:
        """Whether it means living somewhere else for good."""
        return self in {DurableSolution.DESTINATION_INTEGRATION, DurableSolution.THIRD_COUNTRY}
