"""HTCDS 2.0 at the command line: a file is exported, imported and checked without a node, workbooks too."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from api.cli.workbook import MOST_PARTS, read_workbook
from api.errors import HomewardError, InvalidInput, TooMuch
from api.rules.htcds.tables import Table
from tests.cli.conftest import Homeward
from tests.forms import example


def _book(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


@pytest.fixture
def document(folder: Path) -> Path:
    file = folder / "document.json"
    file.write_text(json.dumps(example("case_file_full")))
    return file


def test_a_document_is_exported(homeward: Homeward, document: Path) -> None:
    """As JSON with its losses, or as a table."""
    told = homeward("htcds", "export", document)
    assert (told.code, told.err) == (0, "")
    made = json.loads(told.out)
    assert made["record"]["prs_FirstName"] == "Thidar Wai"
    assert {"field": "/person/birth/edtf", "htcds": "prs_Birthdate", "reason": "partial_date"} in made["losses"]
    assert "No endorsement by IOM" in made["attribution"]
    assert homeward("htcds", "export", "--csv", document).out.startswith('"prs_Salutation",')


def test_documents_of_two_cases_are_not_one(homeward: Homeward, folder: Path, document: Path) -> None:
    other = folder / "other.json"
    other.write_text(json.dumps(example("case_closure") | {"case_uid": "01JP0ZK8W3T5N7Q9R1S2V4X6Y9"}))
    refused = homeward("htcds", "export", document, other)
    assert (refused.code, refused.err.partition(":")[0]) == (1, "not_one_case")


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_tables_of_each_kind_are_imported(homeward: Homeward, folder: Path, kind: str) -> None:
    """The problems go to standard error, by row and column."""
    table = Table(["First Name", "prs_PrimaryLanguage"], [["Naw Paw", "kar"]])
    file = folder / f"table.{kind}"
    record = dict(zip(table.header, table.rows[0], strict=True))
    contents = {
        "csv": "\ufeffFirst Name;prs_PrimaryLanguage\nNaw Paw;kar\n".encode(),
        "json": json.dumps([record]).encode(),
        "xlsx": _book(list(table.header), list(table.rows[0])),
    }
    file.write_bytes(contents[kind])
    done = homeward("htcds", "import", file)
    assert (done.code, done.err) == (0, "row 2, prs_PrimaryLanguage: language_coarser\n")
    assert json.loads(done.out) == [{"row": 2, "content": {"person": {"names": [{"full_text": "Naw Paw"}]}}}]
    checked = homeward("htcds", "check", file)
    assert (checked.code, checked.out.splitlines()[1]) == (1, '"2","prs_PrimaryLanguage","language_coarser",""')


def test_a_good_table_is_checked(homeward: Homeward, folder: Path) -> None:
    (folder / "good.csv").write_text("prs_FirstName\nNaw Paw\n")
    assert homeward("htcds", "check", "good.csv").code == 0


NOT_TABLES = {
    "another encoding": (b"\xff\xfep\x00", "not_utf8"),
    "JSON that is no list": (b'{"prs_FirstName": "x"}', "not_records"),
    "nested JSON": (b'[{"prs_FirstName": {"x": 1}}]', "not_records"),
    "a zip that is no workbook": (b"PK\x03\x04rubbish", "not_xlsx"),
}


@pytest.mark.parametrize(("data", "code"), NOT_TABLES.values(), ids=NOT_TABLES)
def test_what_is_no_table(homeward: Homeward, folder: Path, data: bytes, code: str) -> None:
    """One line, with the code and the mend, and nothing of what the file holds."""
    (folder / "file").write_bytes(data)
    refused = homeward("htcds", "import", "file")
    assert (refused.code, refused.out, refused.err.partition(":")[0]) == (1, "", code)


def _zip(parts: int, size: int) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(parts):
            archive.writestr(f"xl/{number}.xml", b" " * size)
    return sink.getvalue()


def test_a_formula_in_a_workbook_is_handed_on_as_one() -> None:
    """Not as what it came to: nobody knows who computed that."""
    table = read_workbook(_book(["prs_FirstName", "prs_NumberOfChildren"], ["=1+1", 2], [None, None], ["x", True]))
    assert table.rows == [["=1+1", 2], ["x", True]]


BOMBS: dict[str, tuple[bytes, type[HomewardError], str]] = {
    "one that unpacks to too much": (_zip(2, 30_000_000), TooMuch, "too_large"),
    "one of too many parts": (_zip(MOST_PARTS + 1, 1), TooMuch, "too_large"),
    "one without sheets": (_zip(1, 1), InvalidInput, "not_xlsx"),
    "one with too many rows": (_book(*[["prs_FirstName"]] * 300), TooMuch, "too_many"),
    "an empty one": (_book(), InvalidInput, "not_xlsx"),
}


@pytest.mark.parametrize(("data", "error", "code"), BOMBS.values(), ids=BOMBS)
def test_workbooks_that_are_refused(data: bytes, error: type[HomewardError], code: str) -> None:
    with pytest.raises(error) as caught:
        read_workbook(data)
    assert caught.value.code == code
