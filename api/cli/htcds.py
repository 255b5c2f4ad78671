"""HTCDS 2.0 for files, without a node: export what was opened, import what was sent, check a table."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from api.cli.opening import read_file
from api.errors import InvalidInput
from api.rules.checking import check_from_peer
from api.rules.htcds.export import Export, export, up_to
from api.rules.htcds.importing import Cell, Import, read_table
from api.rules.htcds.loss import Problem
from api.rules.htcds.tables import Lines, Table, read_records, read_text, table_of, table_of_problems
from schemas.facts import Level
from schemas.htcds.standard import ATTRIBUTION

app = typer.Typer(help="Case files to and from HTCDS 2.0, IOM's case data standard.", no_args_is_help=True)
_ZIP = b"PK\x03\x04"
_RECORDS: TypeAdapter[list[dict[str, Cell]]] = TypeAdapter(list[dict[str, Cell]])

Tables = Annotated[Path, typer.Argument(help="CSV in UTF-8, an Excel workbook, or JSON records; - is standard input.")]


@app.command("export")
def export_(
    files: Annotated[list[Path], typer.Argument(help="Documents of ONE case as JSON, as `homeward open` writes them.")],
    csv: Annotated[bool, typer.Option("--csv", help="One table instead of JSON; without the losses.")] = False,
    restricted: Annotated[bool, typer.Option("--restricted", help="What is restricted (L4) too.")] = False,
) -> None:
    """Write one case as a record of the standard, with what the standard cannot express; to standard output."""
    documents = [check_from_peer(read_file(file)).document for file in files]
    if len({uid for document in documents for uid in document.case_uids()}) != 1:
        raise InvalidInput("not_one_case", "name documents of one case")
    made = export(documents, up_to(Level.L4 if restricted else Level.L3))
    sys.stdout.write(_csv(table_of([made])) if csv else _json(_told(made)))


@app.command("import")
def import_(file: Tables) -> None:
    """Read a table as drafts of case files, one for each row; JSON to standard output, problems to standard error."""
    found = _read(file)
    _report(_problems(found))
    sys.stdout.write(_json([{"row": form.row, "content": form.content} for form in found.forms]))


@app.command()
def check(file: Tables) -> None:
    """Say what of a table would not be taken over, by row and column; exit code 1 if anything would not."""
    problems = _problems(_read(file))
    sys.stdout.write(_csv(table_of_problems(problems)))
    if problems:
        raise typer.Exit(1)


def _told(made: Export) -> dict[str, Any]:
    losses = [{"field": one.field, "htcds": one.htcds, "reason": one.reason} for one in made.losses]
    return {"attribution": ATTRIBUTION, "record": dict(made.record), "losses": losses}


def _csv(table: Lines) -> str:
    from api.web.sheets import Sheet, csv_of  # noqa: PLC0415  # no other command has to wait for the web

    return "".join(csv_of(Sheet("table", *table)))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _problems(found: Import) -> list[Problem]:
    return [*found.problems, *(one for form in found.forms for one in form.problems)]


def _report(problems: Iterable[Problem]) -> None:
    for one in problems:
        code = f" ({one.code})" if one.code else ""
        sys.stderr.write(f"row {one.row}, {one.column}: {one.reason}{code}\n")


def _read(file: Path) -> Import:
    """Read a table, told by its bytes what it is; raises ``InvalidInput`` for what is none."""
    data = read_file(file)
    table = _workbook(data) if data.startswith(_ZIP) else _text(data)
    return read_table(table.header, table.rows)


def _workbook(data: bytes) -> Table:
    from api.cli.workbook import read_workbook  # noqa: PLC0415  # no other command has to carry its library

    return read_workbook(data)


def _text(data: bytes) -> Table:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("not_utf8", "save the table as CSV in UTF-8") from None
    if not text.lstrip().startswith(("[", "{")):
        return read_text(text)
    try:
        return read_records(_RECORDS.validate_json(text))
    except ValidationError:
        raise InvalidInput("not_records", "JSON has to be a list of records, each an object of plain values") from None
