"""The agencies that this node serves or trusts."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.rules.access import AGENCIES_READ
from api.store import agencies
from api.web.callers import Caller
from api.web.context import NodeOf, operation_name

router = APIRouter(prefix="/v1", tags=["agencies"], generate_unique_id_function=operation_name)


class AgencyView(BaseModel):
    """An agency that is served here or trusted."""

    agency_id: str
    name: str
    country: str
    is_local: bool
    endpoint: str | None
    descriptor_sequence: int
    pinned_at: datetime


@router.get("/agencies")
def list_agencies(node: NodeOf, caller: Caller) -> list[AgencyView]:
    """List the agencies that are served here or trusted: to these a document can be sent."""
    caller.require(AGENCIES_READ)
    with node.database.reader() as session:
        rows = agencies.list_agencies(session)
    return [
        AgencyView(
            agency_id=row.agency_id,
            name=row.name,
            country=row.country,
            is_local=row.is_local,
            endpoint=row.endpoint,
            descriptor_sequence=row.sequence,
            pinned_at=row.pinned_at,
        )
        for row in rows
    ]
