"""What somebody could learn from two looks at the figures, or from rows of their own making, stays unknown."""

from collections.abc import Iterator

import pytest
from ulid import ULID

from schemas.document import Document
from tests.forms import document
from tests.sixty import sixty
from tests.support import Office
from tests.web.figures_town import shelve
from tests.web.town import Pair

YEAR = "/v1/figures/2025"
LOOKS = ["/totals", "/places", "/totals?for=internal", "/crossed"]


@pytest.fixture
def office(pair: Pair) -> Iterator[Office]:
    """Give a department with thirteen returns that it learned of in November, in the middle of December."""
    pair.department.clock.set("2025-11-20")
    for told in sixty()[:13]:
        shelve(pair.department, told.documents, told.destination)
    pair.department.clock.set("2025-12-10")
    yield pair.department
    pair.department.clock.set("2025-12-31")


def look(office: Office, path: str, role: str) -> dict[str, object]:
    answer = office.http.get(f"{YEAR}{path}", headers=office.as_role(role))
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def one_more_return(office: Office) -> None:
    told = sixty()[13]
    shelve(office, told.documents, told.destination)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/totals", "LE"),
        ("/totals", "FO"),
        ("/places", "PI"),
        ("/totals?for=internal", "ST"),
        ("/places?for=internal", "ST"),
        ("/crossed", "ST"),
    ],
)
def test_two_looks_in_one_month_do_not_differ_by_a_return(office: Office, path: str, role: str) -> None:
    """What leaves the agency, or is for who may not see every case, is told up to the end of the last month."""
    before = look(office, path, role)
    assert before["up_to"] == "2025-11-30"
    one_more_return(office)
    assert look(office, path, role) == before
    office.clock.set("2025-12-31T17:29:00+00:00")
    assert look(office, path, role) == before
    office.clock.set("2025-12-31T17:31:00+00:00")  # in Myanmar the month is over
    assert look(office, path, role) != before


@pytest.mark.parametrize("path", ["/totals?for=internal", "/crossed"])
@pytest.mark.parametrize("role", ["FO", "WO"])
def test_who_may_see_every_case_sees_the_figures_of_this_moment(office: Office, path: str, role: str) -> None:
    before = look(office, path, role)
    assert "up_to" not in before or before["up_to"] is None
    one_more_return(office)
    assert look(office, path, role) != before


@pytest.mark.parametrize("path", LOOKS)
def test_every_look_at_totals_stands_in_the_log(office: Office, path: str) -> None:
    """By role and year, as a look at rows does."""
    look(office, path, "FO")
    told = office.http.get("/v1/audit?limit=200", headers=office.as_role("AU")).json()["items"]
    looks = [(one["by"], one["code"]) for one in told if one["action"] == "figures_read"]
    assert looks == [("FO", "2025")]


def made_up(sender: str, office: Office, number: int) -> list[Document]:
    """Return rows of form 27 for nobody, each from a township of its own code and so no duplicates."""
    edits = {"/sender": sender, "/recipient": office.agency, "/home_township": "MMR011002", "/age_at_return": 24}
    return [
        document("statistics_record", {**edits, "/id": str(ULID()), "/stat_id": f"{n:064x}"}) for n in range(number)
    ]


def test_a_row_of_ones_own_agency_that_belongs_to_no_case_counts_nothing(office: Office) -> None:
    """Rows of the agency are read from its cases; what somebody there types fills such a row or is nothing."""
    before = look(office, "/totals?for=internal", "FO")
    shelve(office, made_up(office.agency, office, 6))
    assert look(office, "/totals?for=internal", "FO") == before


def test_rows_that_another_body_reports_lift_no_count_over_the_threshold(pair: Pair) -> None:
    """Three returns to a place stay hidden, however many rows the police tell of that place."""
    office = pair.department
    office.clock.set("2025-11-20")
    told = sixty()
    for one in [*told[:3], *told[20:40]]:
        shelve(office, one.documents, one.destination)
    places = {place for place, _ in _places(office)}
    shelve(office, made_up("MM-ATU", office, 6))
    assert {place for place, _ in _places(office)} == places
    assert all(count is None or count == 0 or count >= 5 for _, count in _places(office))


def _places(office: Office) -> list[tuple[str, int | None]]:
    office.clock.set("2025-12-10")
    answer = office.http.get(f"{YEAR}/totals", headers=office.as_role("FO"))
    assert answer.status_code == 200, answer.text
    table = answer.json()["tables"][0]
    office.clock.set("2025-11-20")
    return list(zip(table["rows"], table["row_totals"], strict=True))
