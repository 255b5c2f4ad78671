"""The figures of a year are frozen: signed as they may leave, kept as bytes, told in the log, and never changed.

An erratum is one more signed statement beside them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from api.errors import Conflict, NotFound
from api.flow.evidence import Action, Entry, note
from api.flow.figures import read_year
from api.flow.node import Node, today_of
from api.rules.access import Principal
from api.rules.figures.snapshot import ErratumReason, YearFigures, YearTotals, changes_between, digest_of, totals_of
from api.sealing.digest import sha256_hex
from api.sealing.signed import SignedType, payload_of, sign
from api.store import snapshots
from api.store.case_tables import SnapshotRow
from api.store.engine import Session
from schemas.base import AgencyId


@dataclass(frozen=True)
class Kept:
    """Figures that were frozen: the statement, the signed bytes, and their digest."""

    figures: YearFigures
    signed: bytes
    sha256: str
    made_at: datetime


def prepare_snapshot(node: Node, principal: Principal, year: int) -> Callable[[Session], Kept]:
    """Return the unit of work that freezes a year.

    Raises ``Conflict`` with ``year_not_over`` before its last day, and ``already_frozen`` the second time.
    """
    agency = principal.agency
    if today_of(node, agency) < date(year, 12, 31):
        raise Conflict("year_not_over", "a year is frozen on its last day or later")
    if list_kept(node, agency, year):
        raise _already_frozen()
    kept = _sign(node, agency, YearFigures(**_new(node, agency, year), number=0))

    def unit(session: Session) -> Kept:
        if snapshots.find_snapshot(session, agency, year, 0) is not None:
            raise _already_frozen()
        return _keep(session, kept, Entry(Action.FIGURES_FROZEN, agency, principal.role, code=str(year)))

    return unit


def prepare_erratum(node: Node, principal: Principal, year: int, reason: ErratumReason) -> Callable[[Session], Kept]:
    """Return the unit of work that corrects what was frozen.

    Raises ``NotFound`` where nothing was, and ``Conflict`` ``nothing_changed`` where it would tell the same.
    """
    agency = principal.agency
    before = next(reversed(list_kept(node, agency, year)), None)
    if before is None:
        raise NotFound("not_frozen", "freeze the year first")
    number = before.figures.number + 1
    after = YearFigures(**_new(node, agency, year), number=number, corrects=before.sha256, reason=reason)
    if after.told == before.figures.told:
        raise Conflict("nothing_changed", "the figures are those that were told last")
    changes = tuple(changes_between(before.figures, after))
    kept = _sign(node, agency, after.model_copy(update={"changes": changes}))

    def unit(session: Session) -> Kept:
        if snapshots.find_snapshot(session, agency, year, number) is not None:
            raise Conflict("stored_meanwhile", "somebody else corrected it first; look at it")
        return _keep(session, kept, Entry(Action.FIGURES_CORRECTED, agency, principal.role, code=str(year)))

    return unit


def list_kept(node: Node, agency: AgencyId, year: int) -> list[Kept]:
    """Return what was frozen of a year: the snapshot, then its errata in order."""
    with node.database.reader() as session:
        rows = snapshots.list_snapshots(session, agency, year)
    return [
        Kept(YearFigures.model_validate_json(payload_of(row.data)), row.data, row.sha256, row.made_at) for row in rows
    ]


def _new(node: Node, agency: AgencyId, year: int) -> dict[str, object]:
    """Return what is told of a year now, as it may leave."""
    read = read_year(node, agency, year)
    totals: YearTotals = totals_of(year, read.rows, read.dropped, read.tally, node.limits.smallest_cell)
    told = {name: getattr(totals, name) for name in YearTotals.model_fields}
    return {**told, "agency": agency, "made_at": node.clock(), "rows_sha256": digest_of(read.rows)}


def _sign(node: Node, agency: AgencyId, figures: YearFigures) -> Kept:
    """Sign figures with the agency's key."""
    key = node.keys_of(agency).signing_key(figures.made_at)
    signed = sign(figures.model_dump_json().encode(), SignedType.FIGURES, key)
    return Kept(figures, signed, sha256_hex(signed), figures.made_at)


def _keep(session: Session, kept: Kept, line: Entry) -> Kept:
    """Store signed figures and note it in the same commit."""
    figures = kept.figures
    row = SnapshotRow(
        agency_id=figures.agency,
        year=figures.year,
        number=figures.number,
        made_at=kept.made_at,
        sha256=kept.sha256,
        data=kept.signed,
    )
    snapshots.add_snapshot(session, row)
    note(session, kept.made_at, line)
    return kept


def _already_frozen() -> Conflict:
    return Conflict("already_frozen", "a year is frozen once; correct it with an erratum")
