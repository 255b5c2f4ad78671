"""Agencies: who is served here, who is trusted, by which descriptors."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from api.store.tables import AgencyRow, DescriptorRow


def find_agency(session: Session, agency_id: str) -> AgencyRow | None:
    """Return the agency, or ``None`` where it is neither served nor trusted."""
    return session.get(AgencyRow, agency_id)


def list_agencies(session: Session) -> list[AgencyRow]:
    """Return all agencies by id."""
    return list(session.exec(select(AgencyRow).order_by(col(AgencyRow.agency_id))))


def list_pulled(session: Session) -> list[str]:
    """Return the ids of the peers whose mailboxes are fetched."""
    return list(session.exec(select(AgencyRow.agency_id).where(col(AgencyRow.is_pulled), ~col(AgencyRow.is_local))))


def list_local(session: Session) -> list[str]:
    """Return the ids of the agencies that this node serves."""
    return list(
        session.exec(select(AgencyRow.agency_id).where(col(AgencyRow.is_local)).order_by(col(AgencyRow.agency_id)))
    )


def list_bound_descriptors(session: Session, agency_id: str) -> list[tuple[int, bytes, str]]:
    """Return every descriptor that was accepted of an agency, oldest first: number, bytes, and what binds them."""
    query = select(DescriptorRow.sequence, DescriptorRow.data, DescriptorRow.bound)
    query = query.where(DescriptorRow.agency_id == agency_id).order_by(col(DescriptorRow.sequence))
    return [(sequence, data, bound) for sequence, data, bound in session.exec(query)]


def list_acceptances(session: Session, agency_id: str) -> list[datetime]:
    """Return when each descriptor of an agency was accepted, oldest first."""
    query = select(DescriptorRow.accepted_at).where(DescriptorRow.agency_id == agency_id)
    return list(session.exec(query.order_by(col(DescriptorRow.sequence))))


def forget_descriptors(session: Session, agency_id: str) -> None:
    """Forget every descriptor of an agency, because it begins anew."""
    session.execute(delete(DescriptorRow).where(col(DescriptorRow.agency_id) == agency_id))


def list_descriptors(session: Session, agency_id: str) -> list[bytes]:
    """Return the bytes of every descriptor that was accepted of an agency, oldest first."""
    return [data for _, data, _ in list_bound_descriptors(session, agency_id)]


def put_agency(session: Session, agency: AgencyRow, descriptor: DescriptorRow) -> None:
    """Store an agency with its newest descriptor; older descriptors stay."""
    session.merge(agency)
    session.merge(descriptor)
