"""Sixty fictional cases of one year, as documents: few enough to count by hand, many enough for small counts.

Twenty came home to a township in the south, fifteen to one in the city, twelve to one in the north (from China), four
and two to neighbours in the delta, one to a place that nobody knows, three did not agree to be a row, and three have
not come home.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ulid import ULID

from schemas.base import AgencyId, CaseUid
from schemas.document import Document
from tests.cases import case_file
from tests.forms import GONE, document

DSW = AgencyId("MM-DSW")
SOUTH, CITY, NORTH, DELTA, COAST = "MMR011002", "MMR013041", "MMR015307", "MMR017001", "MMR017026"
RETURNED = "2025-08-19"
_SHELTERS = {"TH": "TH-SHELTER-N1", "CN": "CN-SHELTER-R1", "MM": "MM-TS-YGN"}
_BIRTHS = ("2009-01-15", "2003-01-15", "1995-01-15", "1985-01-15")
"""Sixteen, twenty-two, thirty and forty years old on the day of the return."""
_PURPOSES = ("DOMESTIC_SERVITUDE", "FORCED_MARRIAGE", "SEXUAL_EXPLOITATION")
NAMES = ("Thidar Wai", "သီတာဝေ", "Kyaikmaraw", "pagoda", "N1/2568/044")
"""What the files of all of them tell and no figure may."""


@dataclass(frozen=True)
class Told:
    """A case and its documents."""

    case_uid: CaseUid
    destination: str
    documents: tuple[Document, ...]


@cache
def sixty() -> tuple[Told, ...]:
    """Return the sixty cases."""
    return tuple(_told(number, plan) for number, plan in enumerate(_plans()))


@dataclass(frozen=True)
class _Plan:
    """What is special about one case."""

    township: str | None
    destination: str = "TH"
    victim_type: str = "XB_G2G"
    helped: str | None = "assigned"
    consent: str = "given"
    is_back: bool = True


def _plans() -> Iterator[_Plan]:
    yield from (_Plan(SOUTH) for _ in range(20))
    yield from (_Plan(CITY, helped="unassigned") for _ in range(10))
    yield from (_Plan(CITY, victim_type="SELF_RETURN_XB", helped="unassigned") for _ in range(5))
    yield from (_Plan(NORTH, destination="CN", helped=None) for _ in range(12))
    yield from (_Plan(DELTA, destination="MM", victim_type="INTERNAL") for _ in range(4))
    yield from (_Plan(COAST) for _ in range(2))
    yield _Plan(None)
    yield from (_Plan(SOUTH, consent="refused") for _ in range(3))
    yield from (_Plan(SOUTH, is_back=False) for _ in range(3))


def _told(number: int, plan: _Plan) -> Told:
    uid = CaseUid(str(ULID()))
    made = [_file(uid, number, plan)]
    if plan.is_back and plan.victim_type == "XB_G2G":
        made.append(_handover(uid, plan))
    if plan.is_back:
        made.append(_reception(uid, plan))
    if plan.is_back and plan.helped is not None:
        made.append(_help(uid, plan, is_child=number % 4 == 0))
    return Told(uid, plan.destination, tuple(made))


def _file(uid: CaseUid, number: int, plan: _Plan) -> Document:
    places: Mapping[str, object] = {"/home/admin3": GONE, "/home/home_country": "TH"}
    if plan.township is not None:
        places = {"/home/admin3/code": plan.township, "/home/admin1/code": plan.township[:6]}
    edits = {
        "/id": str(ULID()),
        "/sender": _SHELTERS[plan.destination],
        "/header/corridor/destination": plan.destination,
        "/person/sex": 1 if number % 5 == 0 else 2,
        "/trafficking/purpose": [_PURPOSES[number % 3]],
        "/consents/5/decision": plan.consent,
        **places,
    }
    return case_file(uid, birth=_BIRTHS[number % 4], on="2025-03-10", edits=edits)


def _handover(uid: CaseUid, plan: _Plan) -> Document:
    edits = {
        "/id": str(ULID()),
        "/sender": _SHELTERS[plan.destination],
        "/corridor/destination": plan.destination,
        "/persons/0/case_uid": uid,
    }
    return document("handover_record", edits)


def _reception(uid: CaseUid, plan: _Plan) -> Document:
    refs = {} if plan.victim_type == "XB_G2G" else {"/handover_ref": GONE}
    edits = {"/id": str(ULID()), "/case_uid": uid, "/victim_type": plan.victim_type, **refs}
    return document("reception_record", edits)


def _help(uid: CaseUid, plan: _Plan, *, is_child: bool) -> Document:
    edits: dict[str, object] = {"/id": str(ULID()), "/case_uid": uid, "/is_child": "true" if is_child else "false"}
    if plan.helped == "unassigned":
        edits |= {"/outcome": "unassigned", "/unassigned_reason": "no_provider_in_township", "/provider": GONE}
        edits |= {"/accepted_on": GONE, "/recipient": "TH-SHELTER-N1"}
    return document("service_provider_assignment", edits)
