"""The figures of a year as a statistician, a focal officer and the Central Body get them."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from ulid import ULID

from schemas.document import Document
from tests.forms import document
from tests.sixty import CITY, NAMES, SOUTH, sixty
from tests.support import Office, World
from tests.web.figures_town import shelve
from tests.web.town import Pair, look, open_branch, problem

YEAR = "/v1/figures/2025"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = ["/register", "/sheet", "/totals", "/totals?for=internal", "/places", "/crossed"]


@pytest.fixture(scope="module")
def year(world: World) -> Office:
    """Let a department hold the sixty cases."""
    office = open_branch(world.department)
    world.clock.set("2025-11-30")
    for told in sixty():
        shelve(office, told.documents, told.destination)
    return office


@pytest.fixture
def office(year: Office) -> Iterator[Office]:
    """Give the department on the last day of the year."""
    year.clock.set("2025-12-31")
    return year


@pytest.fixture(scope="module")
def eight(world: World) -> Office:
    """Let a department hold every eighth of them: some of each type, and one who did not agree to be a row."""
    office = open_branch(world.department)
    world.clock.set("2025-11-30")
    for told in sixty()[::8]:
        shelve(office, told.documents, told.destination)
    return office


@pytest.fixture
def few(eight: Office) -> Iterator[Office]:
    """Give that department on the last day of the year."""
    eight.clock.set("2025-12-31")
    return eight


@pytest.fixture(scope="module")
def nobody(world: World) -> Office:
    """Give a department without cases: who may ask does not depend on what there is."""
    return open_branch(world.department)


@pytest.fixture
def small(pair: Pair) -> Office:
    """Give a department of its own, with the first eight cases."""
    pair.department.clock.set("2025-12-31")
    for told in sixty()[:8]:
        shelve(pair.department, told.documents, told.destination)
    return pair.department


def get(office: Office, path: str, *roles: str, **headers: str) -> httpx2.Response:
    return office.http.get(f"{YEAR}{path}", headers={**office.as_role(*(roles or ("ST",))), **headers})


def body(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def book(answer: httpx2.Response) -> Workbook:
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX), answer.text
    return load_workbook(io.BytesIO(answer.content))


def lines(answer: httpx2.Response) -> list[list[str]]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_register_page_by_page(office: Office) -> None:
    """Forty-five rows, each once; three returns are counted only (004 2.12)."""
    seen, cursor = [], ""
    while True:
        page = body(get(office, f"/register?limit=30{cursor}"))
        assert (page["rows"], page["counted_only"], page["counted_twice"]) == (45, 3, 0)
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len({item["other"].split(";")[0] for item in seen}) == len(seen) == 45
    assert list(seen[0]) == list(page["headers"])
    assert sum(item["home_township"] == SOUTH for item in seen) == 20
    assert {item["returned_on"] for item in seen} == {"2025-08-19"}


def test_the_register_as_csv(few: Office) -> None:
    """With the mark by which Excel knows the script, under a name that says nothing."""
    answer = get(few, "/register?format=csv")
    header, *rows = lines(answer)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert header[:3] == ["Age", "Sex", "Home township"]
    assert len(rows) == 5
    assert answer.headers["content-disposition"] == 'attachment; filename="register-2025.csv"'


def test_the_national_sheet_as_a_workbook(few: Office) -> None:
    """Its header stays while one scrolls, its second sheet explains the codes, and nothing in it calculates."""
    found = book(get(few, "/sheet", accept=XLSX))
    page, codes = found.worksheets
    assert (page.freeze_panes, page.max_row, codes.title) == ("A2", 8, "Codes")
    assert [cell.value for cell in page[1]][:3] == ["Age", "Sex", "Source village"]
    assert (page["A2"].data_type, page["B2"].data_type) == ("n", "s")
    assert ("Type of victim", "INTERNAL", "trafficked inside the country") in set(codes.values)
    assert page.column_dimensions["H"].width > page.column_dimensions["A"].width


@pytest.mark.parametrize("path", FILES)
def test_no_export_tells_who_somebody_is(few: Office, path: str) -> None:
    """No name, no number of a case, no word of the files, in JSON, CSV or a workbook."""
    mark = "&" if "?" in path else "?"
    told = get(few, f"{path}{mark}limit=200").text + get(few, f"{path}{mark}format=csv").text
    found = book(get(few, f"{path}{mark}format=xlsx"))
    told += json.dumps([list(page.values) for page in found.worksheets], ensure_ascii=False, default=str)
    assert not [secret for secret in (*NAMES, *(one.case_uid for one in sixty())) if secret in told]


def test_totals_for_outside_leave_small_counts_out(office: Office) -> None:
    """Nothing from one to four, in any table or file; places with few returns are told together."""
    totals = body(get(office, "/totals", "FO"))
    assert (totals["returns"], totals["counted_only"], totals["smallest_cell"]) == (57, None, 5)
    for table in totals["tables"]:
        told = {count for line in (*table["counts"], table["column_totals"], table["row_totals"]) for count in line}
        assert not told & {1, 2, 3, 4}
    rows = lines(get(office, "/totals?format=csv", "FO"))[1:]
    assert not {row[3] for row in rows if row[0] != "metrics"} & {"1", "2", "3", "4"}
    assert ["type_and_country", "others", "INTERNAL", "x"] in rows


def test_totals_for_inside_leave_nothing_out(office: Office) -> None:
    totals = body(get(office, "/totals?for=internal", "FO"))
    (types,) = (table for table in totals["tables"] if table["name"] == "type_and_country")
    assert types["column_totals"] == [4, 5, 12, 33, 3]
    assert (totals["counted_only"], totals["smallest_cell"]) == (3, None)
    pages = book(get(office, "/totals?for=internal&format=xlsx", "FO"))
    assert pages.sheetnames == [*(t["name"].replace("_", " ") for t in totals["tables"]), "Metrics", "Codes"]
    shares = {one["id"]: one for one in totals["measures"]}
    assert (shares["not_assigned"]["numerator"], shares["not_assigned"]["denominator"]) == (15, 42)
    assert shares["negative"]["value"] is None


def test_the_places_where_help_is_wanted(office: Office) -> None:
    """The city first: fifteen returns, and nobody could be assigned (004 4.1)."""
    places = body(get(office, "/places?for=internal", "FO"))
    assert places["hotspots"][0]["place"].endswith(CITY)
    assert {one["state"]: one["not_covered"] for one in places["coverage"]}["MMR013"] == 1
    header, first, *_ = lines(get(office, "/places?format=csv", "FO"))
    assert (header[:4], first[3]) == (["Rank", "Place", "Returns", "Covered"], "no")


WHO: dict[str, tuple[str, str, int]] = {
    "statistician-rows": ("/register", "ST", 200),
    "officer-of-the-shelter-rows": ("/sheet", "WO", 200),
    "focal-officer-rows": ("/register", "FO", 403),
    "police-rows": ("/sheet", "LE", 403),
    "auditor-rows": ("/register", "AU", 403),
    "shelter-worker-totals": ("/totals", "SW", 403),
    "police-totals": ("/totals", "LE", 200),
    "auditor-totals": ("/totals", "AU", 200),
    "partner-totals": ("/totals", "PI", 200),
    "focal-officer-inside": ("/totals?for=internal", "FO", 200),
    "police-inside": ("/totals?for=internal", "LE", 403),
    "partner-inside": ("/places?for=internal", "PI", 403),
    "auditor-all-at-once": ("/crossed", "AU", 403),
    "administrator": ("/snapshots", "AD", 403),
}


@pytest.mark.parametrize(("path", "role", "status"), WHO.values(), ids=WHO)
def test_who_sees_rows_and_who_totals(nobody: Office, path: str, role: str, status: int) -> None:
    """Rows are for who keeps them, small counts for inside, totals for more (domain 5, statistics)."""
    assert get(nobody, path, role).status_code == status


def test_a_narrow_token_sees_no_figures(nobody: Office) -> None:
    """A scope narrows what a role may."""
    headers = Office.as_role(nobody, "WO", scopes="cases:read")
    problem(nobody.http.get(f"{YEAR}/totals", headers=headers), 403, "scope_missing")


def test_what_is_no_year_is_not_found(nobody: Office) -> None:
    problem(nobody.http.get("/v1/figures/soon/totals", headers=nobody.as_role("ST")), 404, "not_found")
    problem(get(nobody, "/totals?for=everybody"), 422, "invalid_request")
    problem(get(nobody, "/register?format=pdf"), 422, "invalid_request")
    assert body(nobody.http.get("/v1/figures/2024/totals", headers=nobody.as_role("ST")))["returns"] == 0


def test_another_agency_has_figures_of_its_own(small: Office, pair: Pair) -> None:
    other = open_branch(pair.department)
    assert body(get(other, "/register"))["rows"] == 0
    case = f"/v1/cases/{sixty()[0].case_uid}/figures"
    problem(other.http.get(case, headers=other.as_role("WO")), 404, "not_found")
    problem(small.http.get(f"/v1/cases/{ULID()}/figures", headers=small.as_role("WO")), 404, "not_found")


def reported(sender: str, recipient: str, **over: object) -> Document:
    """Return a row that somebody reports: the return of the first case, a boy of sixteen."""
    row: dict[str, object] = {
        "id": str(ULID()),
        "sender": sender,
        "recipient": recipient,
        "stat_id": "4f" * 32,
        "reporting_body": "ATU",
        "sex": 1,
        "age_at_return": 16,
        "age_group_at_return": "16-17",
        "age_at_recruitment": 14,
        "age_group_at_recruitment": "12-15",
        "is_child": "true",
    }
    return document("statistics_record", {f"/{name}": value for name, value in {**row, **over}.items()})


def test_a_return_that_the_police_tell_too_is_counted_once(small: Office) -> None:
    """The same sex, age, township, day and country by another agency is the same return; it says how many (004 4.8)."""
    before = body(get(small, "/sheet"))["rows"]
    twin = reported("MM-ATU", small.agency)
    alone = reported("MM-ATU", small.agency, stat_id="5e" * 32, home_township="MMR001001", source_state="MMR001")
    shelve(small, [twin, alone])
    page = body(get(small, "/sheet?limit=200"))
    assert (page["rows"], page["counted_twice"]) == (before + 1, 1)
    assert {item["source"] for item in page["items"]} == {"DSW", "ATU"}


def test_what_another_country_reports_is_its_own_figure(small: Office) -> None:
    shelve(small, [reported("TH-ATU", small.agency, home_township="MMR001001")])
    assert body(get(small, "/sheet"))["rows"] == 8


def test_a_row_that_was_corrected_counts_as_it_is_now(small: Office) -> None:
    old = reported("MM-ATU", small.agency, home_township="MMR001001")
    new = reported("MM-ATU", small.agency, home_township="MMR001002", supersedes=old.id)
    shelve(small, [old, new])
    townships = [item["source_township"] for item in body(get(small, "/sheet?limit=200"))["items"]]
    assert ("MMR001001" in townships, townships.count("MMR001002")) == (False, 1)


def test_the_form_of_a_case_is_filled_in_and_can_be_sent(small: Office, pair: Pair) -> None:
    """A welfare officer adds what no document says, and the row then says it too (004 2.12)."""
    path = f"/v1/cases/{sixty()[0].case_uid}/figures"
    (form,) = body(small.http.get(path, headers=small.as_role("WO")))["items"]
    assert form["may_be_a_row"]
    assert form["blanks"] == ["family_assessment_negative"]
    answers = {one["name"]: one["answer"] for one in form["questions"]}
    assert (answers["age_at_return"], answers["family_assessment_negative"]) == (16, None)
    content = {**form["content"], "recipient": pair.shelter.agency, "family_assessment_negative": False}
    sent = small.http.post("/v1/forms/27", json=content, headers=small.as_role("WO"))
    assert sent.status_code == 201, sent.text
    page = body(get(small, "/register?limit=200"))
    assert page["rows"] == 8
    told = [item["other"] for item in page["items"] if form["content"]["stat_id"].startswith(item["other"][4:16])]
    assert "family_assessment_negative=no" in told[0]


@pytest.mark.parametrize("role", ["ST", "FO", "AU", "LE", "PI"])
def test_who_counts_never_learns_which_pseudonym_is_whose(small: Office, role: str) -> None:
    """Rows are for statisticians, a named case is for who works on it; whether there is one makes no difference."""
    answers = [
        small.http.get(f"/v1/cases/{uid}/figures", headers=small.as_role(role)) for uid in (sixty()[0].case_uid, ULID())
    ]
    assert look(answers[0]) == look(answers[1])
    code = "role_may_not_see_case_figures" if role == "ST" else "scope_missing"
    problem(answers[0], 403, code)


def test_nothing_is_told_of_who_did_not_agree_to_be_a_row(few: Office) -> None:
    """That it counts in the totals is all; on the page for print as well."""
    officer = few.as_role("WO")
    told = {one.case_uid: few.http.get(f"/v1/cases/{one.case_uid}/figures", headers=officer) for one in sixty()[::8]}
    (kept,) = (uid for uid, answer in told.items() if not all(form["may_be_a_row"] for form in body(answer)["items"]))
    nothing = {"may_be_a_row": False, "content": None, "blanks": [], "questions": []}
    assert body(told[kept])["items"] == [nothing]
    (page,) = book(few.http.get(f"/v1/cases/{kept}/figures?format=xlsx", headers=officer)).worksheets
    assert [row[:2] for row in page.values] == [("Question", "Answer"), ("May be a row", "no")]


def test_the_form_can_be_printed_on_one_page(small: Office) -> None:
    answer = small.http.get(f"/v1/cases/{sixty()[0].case_uid}/figures?format=xlsx", headers=small.as_role("WO"))
    (page,) = book(answer).worksheets
    assert page.sheet_properties.pageSetUpPr is not None
    assert (page.sheet_properties.pageSetUpPr.fitToPage, page.page_setup.paperSize) == (True, 9)
    assert [row[0] for row in page.values][-1] == "Notes of the case manager"
    assert answer.headers["content-disposition"] == 'attachment; filename="form.xlsx"'


def test_a_case_without_a_return_has_no_form(small: Office) -> None:
    told = sixty()[-1]
    shelve(small, told.documents)
    path = f"/v1/cases/{told.case_uid}/figures"
    assert body(small.http.get(path, headers=small.as_role("WO"))) == {"items": []}
    assert book(small.http.get(f"{path}?format=xlsx", headers=small.as_role("WO"))).sheetnames == ["Form"]


def test_the_side_that_sends_home_has_figures_too(pair: Pair) -> None:
    """A shelter asks for who went home from its country."""
    pair.shelter.clock.set("2025-12-31")
    for told in sixty()[:8]:
        shelve(pair.shelter, told.documents)
    asked = "/totals?for=internal"
    assert body(get(pair.shelter, asked, "FO"))["returns"] == 0
    assert body(get(pair.shelter, f"{asked}&side=destination", "FO"))["returns"] == 8
