"""Who can look after somebody at home, township by township, by the directories that an agency wrote or was sent."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.flow.directories import find_directories
from api.flow.node import today_of
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name
from schemas.base import YesNoUnknown
from schemas.care_codes import Service
from schemas.dates import Day
from schemas.provider_directory import Provider, ProviderDirectory, ProviderType

router = APIRouter(prefix="/v1", tags=["providers"], generate_unique_id_function=operation_name)


class ProviderView(BaseModel):
    """A provider that works in the township, as one directory tells it."""

    provider: str
    name: str
    type: ProviderType
    is_for_trafficked: YesNoUnknown
    services: list[Service]
    takes_new_cases: YesNoUnknown | None = Field(description="`null` where the directory does not say")
    mailbox: str | None = Field(description="Of the role that takes cases; `null` where the directory names none")
    document_id: str = Field(description="The directory")
    from_agency: str = Field(description="Who wrote the directory")
    as_of: date = Field(description="The day of which the directory tells")

    @classmethod
    def of(cls, directory: ProviderDirectory, row: Provider) -> "ProviderView":
        """Show one row of a directory, without the other townships."""
        told = {name: getattr(row, name) for name in Provider.model_fields if name in cls.model_fields}
        return cls(**told, document_id=directory.id, from_agency=directory.sender, as_of=directory.as_of)


class ProvidersOfTownship(BaseModel):
    """Who works in a township on a day."""

    township: str
    on: date
    is_known: bool = Field(description="Whether any directory is held; without one, nobody in the list says nothing")
    items: list[ProviderView]


@router.get("/providers")
def list_providers(
    node: NodeOf,
    caller: Caller,
    township: Annotated[str, Query(pattern=r"^[A-Z0-9]{3,16}$", description="Its code", examples=["MMR011002"])],
    on: Annotated[Day | None, Query(description="The day; today where it is left out")] = None,
) -> ProvidersOfTownship:
    """See who works in a township on a day, by the newest directory of each agency that wrote one.

    Nobody is an answer too: it is what makes a return unassigned for want of a provider.
    """
    caller.require(f"{ProviderDirectory.facts.scope}:read")
    day = on or today_of(node, caller.agency)
    with node.database.reader() as session:
        directories = find_directories(node, session, caller.agency)
    items = [ProviderView.of(one, row) for one in directories for row in one.covering(township, day)]
    return ProvidersOfTownship(township=township, on=day, is_known=bool(directories), items=items)
