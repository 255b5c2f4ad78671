"""A sheet is text: whatever somebody typed, no program calculates it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from api.rules.formulas import as_written, harmless
from api.web.sheets import CSV, XLSX, Format, Sheet, answer, chosen, csv_of

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "\uff1d1", "\uff0b1", "\uff20x"]


@pytest.mark.parametrize("text", FORMULAS, ids=repr)
def test_what_looks_like_a_formula_is_text_in_csv(text: str) -> None:
    assert harmless(text) == f"'{text}"


TORN: dict[str, tuple[str, str]] = {
    "after a semicolon": ("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)"),
    "at the very beginning": (";=1", ";'=1"),
    "after spaces": ("x ; =1", "x ; '=1"),
    "on a second line": ("x\n-1", "x\n'-1"),
    "after a quote that ends nothing": ('x;"=1', "x;\"'=1"),
    "twice": ("=1;+2;@3", "'=1;'+2;'@3"),
    "after an apostrophe of one's own": ("x;'=1", "x;''=1"),
}


@pytest.mark.parametrize(("text", "cell"), TORN.values(), ids=TORN)
def test_what_would_be_a_formula_where_lines_are_parted_at_semicolons(text: str, cell: str) -> None:
    """A cell that is not the first of its line is torn at its semicolon there, quotes or not."""
    assert harmless(text) == cell


@pytest.mark.parametrize("text", ["MMR011002", "2023-08", "0-11", "", "a; b", "a - b", "ကျိုက်မရော"], ids=repr)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text(st.sampled_from("a;\t\r\n \"'=-")))
def test_what_was_made_harmless_is_read_again_as_it_was_written(text: str) -> None:
    assert as_written(harmless(text)) == text


def test_every_cell_stands_in_quotes_and_what_is_left_out_is_a_blank() -> None:
    assert list(csv_of(Sheet("Any", ("one", "two"), [("a;b", None), (7, 0.5)]))) == [
        '"one","two"\r\n',
        '"a;b",""\r\n',
        '"7","0.5"\r\n',
    ]


@given(st.lists(st.sampled_from("ab;\t\n \"'=+"), max_size=12).map("".join))
def test_no_reader_that_parts_at_semicolons_finds_a_formula(text: str) -> None:
    line = "".join(csv_of(Sheet("Any", ("one", "two"), [("first", text)])))
    found = csv.reader(io.StringIO(line, newline=""), delimiter=";")
    assert not [cell for row in found for cell in row if cell.startswith(("=", "+"))]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=2, max_size=2)))
def test_every_line_is_read_back(rows: list[list[str]]) -> None:
    """Commas, quotes, line ends and any script, by somebody else's reader."""
    text = "".join(csv_of(Sheet("Any", ("one", "two"), rows)))
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found == [["one", "two"], *([harmless(cell) for cell in row] for row in rows)]


ASKED: dict[str, tuple[Format | None, str | None, Format]] = {
    "nothing": (None, None, Format.JSON),
    "anything": (None, "*/*", Format.JSON),
    "json": (None, "application/json", Format.JSON),
    "csv": (None, CSV, Format.CSV),
    "a-workbook-rather-than-csv": (None, f"{XLSX}, {CSV};q=0.5", Format.XLSX),
    "a-browser": (None, "text/html,application/xhtml+xml,*/*;q=0.8", Format.JSON),
    "the-address-before-the-header": (Format.CSV, XLSX, Format.CSV),
}


@pytest.mark.parametrize(("told", "accept", "form"), ASKED.values(), ids=ASKED)
def test_which_form_is_answered(told: Format | None, accept: str | None, form: Format) -> None:
    assert chosen(told, accept) is form


def test_a_workbook_calculates_nothing() -> None:
    """Formulas, links and numbers in text stay text; numbers are numbers; blanks are blank."""
    texts = [*FORMULAS, "https://example.org", "007", "{=1}"]
    sheets = [
        Sheet("One", ("Text", "Number"), [(text, number) for number, text in enumerate(texts)]),
        Sheet("Two", (), ()),
    ]
    whole = b"".join(_body(sheets))
    page = load_workbook(io.BytesIO(whole)).worksheets[0]
    cells = [row[0] for row in page.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells] == [None] * len(texts)
    assert [row[1].value for row in page.iter_rows(min_row=2)] == list(range(len(texts)))


def _body(sheets: list[Sheet]) -> list[bytes]:
    from api.web.sheets import _xlsx  # noqa: PLC0415  # the answer's own iterator is asynchronous

    return list(_xlsx(sheets))


@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX])
def test_the_name_of_a_file_says_what_form_it_has(form: Format) -> None:
    found = answer("figures-2025", form, [Sheet("One", ("a",), ())])
    assert found.headers["content-disposition"] == f'attachment; filename="figures-2025.{form}"'
    assert found.headers["x-content-type-options"] == "nosniff"
