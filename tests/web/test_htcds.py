"""A case leaves as a record of HTCDS 2.0 for those who may see it; records come in as drafts to be looked through."""

import csv
import io
from typing import Any

import httpx2
import openpyxl
import pytest

from api.web.sheets import XLSX
from schemas.htcds.standard import ATTRIBUTION
from tests.support import Office
from tests.web.town import Pair, codes, open_case, problem, send_basic

IMPORT = "/v1/records/import"
CORRIDOR = "?save=true&destination=TH&origin=MM"
RECORD = {"FirstName": "Naw Paw", "prs_Birthdate": "2001-05-17", "vic_TypeOfExploitation": "Servitude; Forced begging"}


def _record(office: Office, uid: str, query: str = "", role: str = "SW") -> httpx2.Response:
    return office.http.get(f"/v1/cases/{uid}/record{query}", headers=office.as_role(role))


def _import(office: Office, body: object, query: str = "", role: str = "SW", **headers: str) -> httpx2.Response:
    return office.http.post(f"{IMPORT}{query}", json=body, headers={**office.as_role(role), **headers})


def test_a_case_as_a_record(pair: Pair) -> None:
    """With the losses, the standard's attribution, and where the case stands."""
    uid, _ = send_basic(pair)
    answer = _record(pair.shelter, uid)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["case_uid"], body["attribution"]) == (uid, ATTRIBUTION)
    assert (body["record"]["prs_FirstName"], body["record"]["cas_Status"]) == ("Thidar Wai", "Active")
    assert body["record"]["prs_Citizenship"] == ["MM"]
    assert {"field": "/person/birth/edtf", "htcds": "prs_Birthdate", "reason": "partial_date"} in body["losses"]


def test_a_case_as_a_table_and_as_a_workbook(pair: Pair) -> None:
    """The name of the file says nothing; the workbook has the losses on its second sheet."""
    uid, _ = send_basic(pair)
    text = _record(pair.shelter, uid, "?format=csv")
    assert (text.headers["content-type"], text.headers["content-disposition"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="record.csv"',
    )
    header, row = csv.reader(io.StringIO(text.content.decode("utf-8-sig")))
    assert dict(zip(header, row, strict=True))["prs_FirstName"] == "Thidar Wai"
    book = _record(pair.shelter, uid, "?format=xlsx")
    assert (book.headers["content-type"], book.headers["content-disposition"]) == (
        XLSX,
        'attachment; filename="record.xlsx"',
    )
    sheets = openpyxl.load_workbook(io.BytesIO(book.content))
    assert sheets.sheetnames == ["record", "losses"]
    assert [cell.value for cell in sheets["record"][1]] == header
    assert ("/person/birth/edtf", "prs_Birthdate", "partial_date") in list(sheets["losses"].values)


def test_an_export_stands_in_the_log(pair: Pair) -> None:
    """The look at the document and the export beside it, by role and with the purpose."""
    uid, _ = send_basic(pair)
    _record(pair.shelter, uid, "?purpose=protection")
    timeline = pair.shelter.http.get(f"/v1/cases/{uid}/timeline", headers=pair.shelter.as_role("SW")).json()
    looked, exported = timeline["events"][-2:]
    assert (looked["action"], looked["by"]) == ("looked_at", "SW")
    assert (exported["action"], exported["by"], exported["code"]) == ("exported", "SW", "protection")


def test_an_export_holds_what_its_reader_may_see(pair: Pair) -> None:
    """An officer of the focal agency who does not work on the case gets no trafficking, a liaison nobody's name."""
    uid, _ = send_basic(pair)
    officer = _record(pair.shelter, uid, role="FO").json()
    assert officer["record"]["prs_FirstName"] == "Thidar Wai"
    assert "vic_TypeOfExploitation" not in officer["record"]
    assert ("E. Trafficking summary", "not_assigned") in [(one["part"], one["why"]) for one in officer["withheld"]]
    liaison = _record(pair.shelter, uid, role="LE")
    assert not [name for name in liaison.json()["record"] if name.startswith(("prs_", "hte"))]
    assert "Thidar" not in liaison.text
    problem(_record(pair.shelter, uid, role="NG"), 404, "not_found")
    problem(_record(pair.shelter, uid, role="ST"), 403, "scope_missing")


def test_restricted_detail_needs_a_release_too(pair: Pair) -> None:
    """That it was asked for is not enough: what is not released is not seen, and so not exported."""
    uid, _ = send_basic(pair)
    answer = _record(pair.shelter, uid, "?level=L4&purpose=protection")
    assert answer.status_code == 200, answer.text
    assert not [name for name in answer.json()["record"] if name.startswith(("per", "vic_TypeOfSex"))]


def test_a_case_that_is_not_there_or_has_no_file(pair: Pair) -> None:
    """An unknown case, another agency's and one without a case file are answered alike."""
    uid, _ = send_basic(pair)
    empty = open_case(pair.shelter)
    for office, case in ((pair.shelter, "0" * 26), (pair.shelter, empty), (pair.department, uid)):
        problem(_record(office, case, role="SW"), 404, "not_found")
    problem(_record(pair.shelter, uid, "?format=pdf"), 422, "invalid_request")


def test_records_become_forms_to_be_looked_through(pair: Pair) -> None:
    """Nothing is saved unless it is asked for."""
    answer = _import(pair.shelter, {"records": [RECORD]})
    assert answer.status_code == 200, answer.text
    (form,) = answer.json()["forms"]
    assert (form["row"], form["case_uid"]) == (2, None)
    assert form["content"]["person"]["names"] == [{"full_text": "Naw Paw"}]
    assert form["problems"] == [
        {"row": 2, "column": "vic_TypeOfExploitation", "reason": "code_coarser", "code": None, "choices": []},
    ]
    listed = pair.shelter.http.get("/v1/cases", headers=pair.shelter.as_role("SW")).json()
    assert listed["items"] == []


def test_forms_are_saved_as_drafts_of_new_cases(pair: Pair) -> None:
    """A case for each row; somebody goes on where the table ended."""
    table = "prs_FirstName,prs_Gender,Thidar\r\nNaw Paw,Feminine,x\r\nSai Lin,Masculine,y\r\n"
    answer = _import(pair.shelter, {"csv": table}, CORRIDOR)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["problems"] == [
        {"row": 1, "column": "column 3", "reason": "unknown_column", "code": None, "choices": []}
    ]
    for form, name in zip(body["forms"], ("Naw Paw", "Sai Lin"), strict=True):
        path = f"/v1/cases/{form['case_uid']}/forms/1/draft"
        draft = pair.shelter.http.get(path, headers=pair.shelter.as_role("SW"))
        assert draft.status_code == 200, draft.text
        assert draft.json()["content"]["person"]["names"] == [{"full_text": name}]


def test_a_repeated_import_opens_the_same_cases(pair: Pair) -> None:
    """The line broke, the call is made again: no case twice, no draft overwritten."""
    body, key = {"records": [RECORD, RECORD]}, {"idempotency-key": "import-of-today"}
    first, again = (_import(pair.shelter, body, CORRIDOR, **key) for _ in range(2))
    assert first.json() == again.json()
    assert len({form["case_uid"] for form in first.json()["forms"]}) == 2
    problem(_import(pair.shelter, {"records": [RECORD]}, CORRIDOR, **key), 409, "idempotency_key_reused")


REFUSED: dict[str, tuple[object, str, int, str]] = {
    "neither of two": ({}, "", 422, "one_of_two"),
    "both": ({"records": [], "csv": "x"}, "", 422, "one_of_two"),
    "no header": ({"csv": ""}, "", 422, "no_header"),
    "not CSV": ({"csv": 'prs_FirstName\n"x'}, "", 422, "not_csv"),
    "no corridor": ({"records": [RECORD]}, "?save=true", 422, "corridor_missing"),
    "somebody else's corridor": (
        {"records": [RECORD]},
        "?save=true&destination=CN&origin=VN",
        422,
        "corridor_not_ours",
    ),
    "too many": ({"csv": "prs_FirstName\n" + "x\n" * 201}, "", 413, "too_many"),
}


@pytest.mark.parametrize(("body", "query", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_an_import_that_is_refused(pair: Pair, body: Any, query: str, status: int, code: str) -> None:
    problem(_import(pair.shelter, body, query), status, code)


def test_a_nested_record_is_no_record(pair: Pair) -> None:
    """And what is wrong is told without what was sent."""
    answer = _import(pair.shelter, {"records": [{"prs_FirstName": {"Naw": "Paw"}}]})
    problem(answer, 422, "invalid_request")
    assert codes(answer)
    assert "Paw" not in answer.text
    problem(_import(pair.shelter, {"records": []}, role="ST"), 403, "scope_missing")
