"""A case as a record of HTCDS 2.0, IOM's case data standard, and forms made of such records.

A download is named neutrally. What comes in is JSON like everything else at this door, a table as CSV inside it;
workbooks are read at the command line only (``homeward htcds import``), where nobody else waits for it.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.errors import InvalidInput
from api.flow.htcds import Exported, export_case, prepare_cases, save_forms
from api.rules.access import CASES_READ, CASES_WRITE
from api.rules.htcds.importing import Import, read_table
from api.rules.htcds.loss import LossReason, Problem, Trouble
from api.rules.htcds.tables import LONGEST_CELL, MOST_ROWS, read_records, read_text, table_of, table_of_losses
from api.rules.masks import HINTS
from api.rules.need_to_know import LookPurpose
from api.web.callers import Caller
from api.web.context import CaseInPath, NodeOf, operation_name
from api.web.idempotency import IdempotencyKey, Once
from api.web.problems import PROBLEM_RESPONSES
from api.web.sheets import FILES, Accepted, Format, FormatAsked, Sheet, answer, chosen
from api.web.staff.documents import WithheldView
from schemas.base import CountryCode
from schemas.case_file import CaseFile
from schemas.facts import Level
from schemas.htcds.standard import ATTRIBUTION, STANDARD

router = APIRouter(prefix="/v1", tags=["standard"], generate_unique_id_function=operation_name)
_WIDTHS = (48, 36, 24)
_FEW = 12
"""Labels that are read at a glance."""


class LossView(BaseModel):
    """One thing that the record does not say, or says more coarsely."""

    field: str = Field(description="The place in our form, as a JSON pointer")
    htcds: str | None = Field(description="The standard's field, if it has one")
    reason: LossReason


class RecordOfCase(BaseModel):
    """A case in the words of the standard, and what they do not say."""

    case_uid: str
    attribution: str = ATTRIBUTION
    record: dict[str, str | int | bool | list[str]] = Field(
        description="By the standard's full names; events are numbered: `hte[1]/hte_Country`"
    )
    losses: list[LossView]
    withheld: list[WithheldView] = Field(description="Parts of the documents that you do not see, and why")


Record = dict[str, str | int | float | bool | list[str] | None]


class Records(BaseModel):
    """Records of the standard; one of the two ways."""

    model_config = ConfigDict(extra="forbid")
    records: list[Record] | None = Field(None, max_length=MOST_ROWS, description="Each by the standard's names")
    csv: str | None = Field(None, max_length=MOST_ROWS * LONGEST_CELL, description="A table whose header names them")


class ProblemView(BaseModel):
    """One thing that was not taken over."""

    row: int = Field(description="As the table counts it; the header is row 1")
    column: str = Field(description="The standard's name, or the number of a column that has none")
    reason: Trouble
    code: str | None = Field(None, description="Why the form would refuse it")
    choices: list[str] = Field([], description="For `unknown_code`: what the standard knows there, where that is short")

    @classmethod
    def of(cls, problem: Problem) -> "ProblemView":
        """Show a problem, with the labels that would have been understood."""
        field = STANDARD.get(problem.column) if problem.reason is Trouble.UNKNOWN_CODE else None
        labels = [*field.choices.values()] if field is not None else []
        return cls(**vars(problem), choices=labels if len(labels) <= _FEW else [])


class FormOfRecord(BaseModel):
    """What a row says, as the draft of a case file to be looked through."""

    row: int
    case_uid: str | None = Field(None, description="The case that was opened for it, with `save`")
    content: dict[str, Any]
    problems: list[ProblemView]


class Imported(BaseModel):
    """The forms, and what is wrong with the header."""

    forms: list[FormOfRecord]
    problems: list[ProblemView]


@router.get("/cases/{case_uid}/record", response_model=RecordOfCase, responses=FILES)
def export_record(
    node: NodeOf,
    caller: Caller,
    case_uid: CaseInPath,
    form: FormatAsked = None,
    accept: Accepted = None,
    purpose: Annotated[LookPurpose, Query(description="Why you look; it stands in the log")] = LookPurpose.CASE_WORK,
    level: Annotated[
        Level, Query(description="The most sensitive level to export; L4 too, as far as it was released to you")
    ] = Level.L3,
) -> Any:
    """Export what you may see of a case in HTCDS 2.0, with a report of what the standard cannot express.

    A workbook has the report on its second sheet; CSV has one sheet, and so none.
    """
    caller.require(CASES_READ)
    made = export_case(node, caller, case_uid, purpose, level)
    if (asked := chosen(form, accept)) is Format.JSON:
        return _view(case_uid, made)
    record, losses = table_of([made.export]), table_of_losses(made.export.losses)
    return answer("record", asked, [Sheet("record", *record), Sheet("losses", *losses, widths=_WIDTHS)])


def _view(case_uid: str, made: Exported) -> RecordOfCase:
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in made.export.record.items()}
    return RecordOfCase(
        case_uid=case_uid,
        record=values,
        losses=[LossView(**vars(one)) for one in made.export.losses],
        withheld=[WithheldView(part=one.part, why=one.why, hint=HINTS[one.why]) for one in made.withheld],
    )


@router.post("/records/import", responses={409: PROBLEM_RESPONSES[409]})
async def import_records(
    node: NodeOf,
    caller: Caller,
    body: Annotated[Records, Body()],
    save: Annotated[bool, Query(description="Open a case for each row and save its form as a draft")] = False,
    destination: Annotated[CountryCode | None, Query(description="The corridor; needed with `save`")] = None,
    origin: Annotated[CountryCode | None, Query(description="The corridor; needed with `save`")] = None,
    key: IdempotencyKey = None,
) -> Imported:
    """Read records of HTCDS 2.0 as drafts of case files, each with what was not taken over.

    Column names may be full, short, labels, or paths as XLSForm tools write them. They and their codes stand in the
    standard's codebook (IOM, Human Trafficking Case Data Standard 2.0); to see them filled in, export a case with `GET
    /v1/cases/{case_uid}/record`. A column that is not known is told among `problems`, by its number, and left out.
    Nothing becomes a document: somebody looks through each form, completes it and finalises it.
    """
    caller.require(CASES_WRITE)
    caller.require_write(CaseFile)
    found = await run_in_threadpool(_read, body)
    if not save:
        return _imported(found, [None] * len(found.forms))
    if destination is None or origin is None:
        raise InvalidInput("corridor_missing", "name destination and origin of the cases that are to be opened")
    once = Once(node, caller, key, ["import_records", body.model_dump(), destination, origin])
    opening = prepare_cases(node, caller, destination, origin, len(found.forms))
    opened = await once.do(lambda session: {"cases": opening(session)}, node.clock())
    drafts = [(uid, form.content) for uid, form in zip(opened["cases"], found.forms, strict=True)]
    await run_in_threadpool(save_forms, node, caller, drafts)
    return _imported(found, opened["cases"])


def _read(body: Records) -> Import:
    """Read what was sent in one of the two ways; raises ``InvalidInput`` ``one_of_two`` for none or both."""
    if (body.records is None) == (body.csv is None):
        raise InvalidInput("one_of_two", "send either records or csv")
    table = read_records(body.records) if body.records is not None else read_text(body.csv or "")
    return read_table(table.header, table.rows)


def _imported(found: Import, cases: list[str | None]) -> Imported:
    return Imported(
        forms=[
            FormOfRecord(
                row=form.row,
                case_uid=case_uid,
                content=dict(form.content),
                problems=[ProblemView.of(one) for one in form.problems],
            )
            for form, case_uid in zip(found.forms, cases, strict=True)
        ],
        problems=[ProblemView.of(one) for one in found.problems],
    )
