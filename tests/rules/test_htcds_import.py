"""Tables with the standard's names become drafts to be looked through; what was not taken over is said, not guessed."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import HomewardError, InvalidInput, TooMuch
from api.rules.htcds.export import export, up_to
from api.rules.htcds.importing import MOST_REPEATS, Cell, Form, Import, read_table
from api.rules.htcds.loss import Trouble
from api.rules.htcds.names import repeated
from api.rules.htcds.tables import (
    Lines,
    Table,
    bounded,
    read_records,
    read_text,
    table_of,
    table_of_losses,
    table_of_problems,
)
from api.web.sheets import Sheet, csv_of
from schemas.case_body import CaseBody
from schemas.facts import Level
from schemas.htcds.standard import STANDARD
from tests.forms import document

EVENT_QUESTIONS = ("Type", "Date", "Country", "State", "City", "Description")


def _text_of(table: Lines) -> str:
    return "\ufeff" + "".join(csv_of(Sheet("table", *table)))


def _read(text: str) -> Import:
    table = read_text(text)
    return read_table(table.header, table.rows)


def _one(record: Mapping[str, Cell]) -> Form:
    table = read_records([record])
    (form,) = read_table(table.header, table.rows).forms
    return form


TAKEN: dict[str, tuple[dict[str, Cell], dict[str, object], set[tuple[str, Trouble]]]] = {
    "one name": ({"FirstName": "Thidar Wai"}, {"person": {"names": [{"full_text": "Thidar Wai"}]}}, set()),
    "first, middle and second name": (
        {"prs_FirstName": "Nang", "prs_MiddleName": "Kham", "prs_SecondName": "Hseng"},
        {"person": {"names": [{"full_text": "Nang Kham Hseng", "given": "Nang Kham", "family": "Hseng"}]}},
        set(),
    ),
    "a day from a workbook": (
        {"prs_Birthdate": datetime(2001, 5, 17, tzinfo=UTC)},
        {"person": {"birth": {"edtf": "2001-05-17"}}},
        set(),
    ),
    "a date": ({"prs_Birthdate": date(2001, 5, 17)}, {"person": {"birth": {"edtf": "2001-05-17"}}}, set()),
    "days and months in another order": ({"prs_Birthdate": "17/05/2001"}, {}, {("prs_Birthdate", Trouble.BAD_VALUE)}),
    "the Buddhist era": ({"prs_Birthdate": "2544-05-17"}, {}, {("prs_Birthdate", Trouble.BAD_VALUE)}),
    "a label in place of a code": (
        {"prs_Gender": "Not Specified/Unknown"},
        {"person": {"gender": "not_specified"}},
        set(),
    ),
    "gender is not sex": ({"prs_Gender": "Feminine"}, {"person": {"gender": "feminine"}}, set()),
    "a partnership that our list does not have": (
        {"prs_MaritalStatus": "RegisteredPartnership"},
        {},
        {("prs_MaritalStatus", Trouble.NO_CODE_IN_FORM)},
    ),
    "servitude may be three of ours": (
        {"vic_TypeOfExploitation": "Servitude;Forced begging"},
        {"trafficking": {"purpose": ["FORCED_BEGGING"]}},
        {("vic_TypeOfExploitation", Trouble.CODE_COARSER)},
    ),
    "a list of codes": (
        {"vic_MethodsOfControl": ["DebtBondage", "Threatens children/family"]},
        {"trafficking": {"control_methods": ["debt_bondage", "threatens_children_family"]}},
        set(),
    ),
    "one column for each code": (
        {
            "vic_MethodsOfControl/DebtBondage": "1",
            "vic_MethodsOfControl/FalsePromises": "0",
            "vic_MethodsOfControl/TakesEarnings": True,
        },
        {"trafficking": {"control_methods": ["debt_bondage", "takes_earnings"]}},
        set(),
    ),
    "an industry by its label": (
        {"vic_ForcedLabourIndustry": "Water supply; sewerage, waste management and remediation"},
        {"trafficking": {"labour_sector": "E"}},
        set(),
    ),
    "languages of two letters and of libraries": (
        {"prs_PrimaryLanguage": "my", "prs_SecondaryLanguage": "chi"},
        {"person": {"mother_tongue": "mya", "languages": ["zho"]}},
        set(),
    ),
    "a group of languages is no language": (
        {"prs_PrimaryLanguage": "kar"},
        {},
        {("prs_PrimaryLanguage", Trouble.LANGUAGE_COARSER)},
    ),
    "two countries, one of three letters": (
        {"prs_Citizenship": "MMR, TH"},
        {"person": {"nationality": ["MM", "TH"]}},
        set(),
    ),
    "a country in words": ({"prs_MailingCountry": "Burma"}, {}, {("prs_MailingCountry", Trouble.UNKNOWN_CODE)}),
    "a tick is no consent": ({"con_Consent": True}, {}, {("con_Consent", Trouble.CONSENT_NOT_TAKEN_OVER)}),
    "the deprecated tick neither": (
        {"vic_AgreementToManagePersonalData": "TRUE"},
        {},
        {("vic_AgreementToManagePersonalData", Trouble.CONSENT_NOT_TAKEN_OVER)},
    ),
    "a phone is kept, and whether it is safe is asked again": (
        {"prs_HomePhone": "+959799555010"},
        {"home": {"contact_phone_home": [{"raw": "+959799555010", "e164": "+959799555010"}]}},
        set(),
    ),
    "what the form does not ask": (
        {"prs_Email": "x@example.org", "spl_Objectives": "a shop"},
        {},
        {("prs_Email", Trouble.NO_FIELD_IN_FORM), ("spl_Objectives", Trouble.NO_FIELD_IN_FORM)},
    ),
    "restricted detail has no place in a case file": (
        {"vic_TypeOfSexExploitation": "Prostitution", "per[1]/per_RoleDetails": "a man"},
        {},
        {("vic_TypeOfSexExploitation", Trouble.NO_FIELD_IN_FORM), ("per_RoleDetails", Trouble.NO_FIELD_IN_FORM)},
    ),
    "events": (
        {
            "hte[1]/hte_Type": "Recruitment",
            "hte[1]/hte_Date": "2023-08-01",
            "hte[1]/hte_State": "\u1019\u103d\u1014\u103a",
            "hte[2]/hte_Type": "transit",
            "hte[2]/hte_Country": "THA",
            "hte[3]/hte_Type": "Transit",
            "hte[3]/hte_Description": "a bus station",
            "hte[4]/hte_Type": "Exploitation",
            "hte[4]/hte_City": "Samut Sakhon",
        },
        {
            "trafficking": {
                "recruitment_date": "2023-08-01",
                "recruitment_place": {"admin1": {"name_native": "\u1019\u103d\u1014\u103a"}},
                "route": [{"place": {"country": "TH"}}, {"place": {"place_as_told": "a bus station"}}],
                "exploitation_place": {"admin3": {"name_latin": "Samut Sakhon"}},
            }
        },
        set(),
    ),
    "an event of no type": (
        {"hte_City": "Mae Sot", "hte[2]/hte_Type": "Rescue"},
        {},
        {("hte_Type", Trouble.EVENT_WITHOUT_TYPE), ("hte_Type", Trouble.UNKNOWN_CODE)},
    ),
    "recruited twice": (
        {"hte[1]/hte_Type": "Recruitment", "hte[1]/hte_Country": "MM", "hte[2]/hte_Type": "Recruitment"},
        {"trafficking": {"recruitment_place": {"country": "MM"}}},
        {("hte_Type", Trouble.SEVERAL_VALUES)},
    ),
    "a formula": ({"prs_FirstName": "=HYPERLINK(1)"}, {}, {("prs_FirstName", Trouble.FORMULA)}),
    "an apostrophe before what would be computed": (
        {"prs_FirstName": "'-Aye-"},
        {"person": {"names": [{"full_text": "-Aye-"}]}},
        set(),
    ),
    "too long for the form": ({"prs_Salutation": "x" * 201}, {}, {("prs_Salutation", Trouble.BAD_VALUE)}),
    "an area too long for the form": (
        {"prs_MailingState": "x" * 201, "prs_Salutation": "Ma"},
        {"person": {"honorific": "Ma"}},
        {("prs_MailingState", Trouble.BAD_VALUE)},
    ),
    "an unknown code of ours": (
        {"cas_ReferringOrganisation": "Somebody"},
        {},
        {("cas_ReferringOrganisation", Trouble.BAD_VALUE)},
    ),
}


@pytest.mark.parametrize(("record", "content", "troubles"), TAKEN.values(), ids=TAKEN)
def test_how_a_record_is_taken(
    record: dict[str, Cell], content: dict[str, object], troubles: set[tuple[str, Trouble]]
) -> None:
    form = _one(record)
    kept = {name: section for name, section in form.content.items() if any(_leaves(section))}
    assert kept == content
    assert {(one.column, one.reason) for one in form.problems} == troubles


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


def test_problems_name_row_and_column_and_never_a_value() -> None:
    """A column without a name in the standard is told by its number: people type names into the strangest places."""
    found = _read(
        "Thidar Wai,prs_Birthdate,Type,prs_Birthdate\r\nx,2544-01-01,y,2001-01-01\r\n,,,\r\nx,2001-01-01,,\r\n"
    )
    assert [(one.row, one.column, one.reason) for one in found.problems] == [
        (1, "column 1", Trouble.UNKNOWN_COLUMN),
        (1, "column 3", Trouble.AMBIGUOUS_COLUMN),
        (1, "column 4", Trouble.DUPLICATE_COLUMN),
    ]
    assert [form.row for form in found.forms] == [2, 4]
    (bad,) = found.forms[0].problems
    assert (bad.row, bad.column, bad.reason, bad.code) == (2, "prs_Birthdate", Trouble.BAD_VALUE, "buddhist_era")
    report = _text_of(table_of_problems([*found.problems, bad]))
    assert "Thidar" not in report
    assert "2544" not in report


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_any_delimiter_are_read(delimiter: str) -> None:
    """With a byte-order mark, quotes, and a line break inside a cell."""
    lines = [
        delimiter.join(["prs_FirstName", "prs_MailingStreet", "vic_MethodsOfControl"]),
        delimiter.join(["Naw Paw", '"near the bridge, left;\nthen right"', '"DebtBondage;FalsePromises"']),
    ]
    (form,) = _read("\ufeff" + "\r\n".join(lines) + "\r\n").forms
    assert form.problems == ()
    assert form.content["home"] == {"address_as_told": "near the bridge, left;\nthen right"}
    assert form.content["trafficking"] == {"control_methods": ["debt_bondage", "false_promises"]}


BROKEN: dict[str, tuple[str, type[HomewardError], str]] = {
    "nothing": ("", InvalidInput, "no_header"),
    "a header of blanks": (" , ,\n1,2,3\n", InvalidInput, "no_header"),
    "a quote that does not end": ('prs_FirstName\n"Thidar', InvalidInput, "not_csv"),
    "too many rows": ("prs_FirstName\n" + "x\n" * 201, TooMuch, "too_many"),
    "too many columns": (",".join(["x"] * 1001) + "\n", TooMuch, "too_many"),
    "too many cells": (",".join(["x"] * 201) + "\n" + (",".join(["x"] * 201) + "\n") * 200, TooMuch, "too_many"),
    "a cell too long": ("prs_FirstName\n" + "x" * 5001 + "\n", InvalidInput, "too_long"),
    "a header too long": ("x" * 5001 + "\n", InvalidInput, "too_long"),
}


@pytest.mark.parametrize(("text", "error", "code"), BROKEN.values(), ids=BROKEN)
def test_a_table_that_is_refused(text: str, error: type[HomewardError], code: str) -> None:
    with pytest.raises(error) as caught:
        _read(text)
    assert caught.value.code == code


def test_a_list_is_as_long_as_a_cell() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_records([{"vic_MethodsOfControl": ["DebtBondage"] * 500}])
    assert caught.value.code == "too_long"


def _events(kinds: list[str]) -> dict[str, Cell]:
    return {f"hte[{number}]/hte_Type": kind for number, kind in enumerate(kinds, start=1)}


def test_no_more_events_are_read_than_the_form_holds() -> None:
    """Sixty places on the way, a recruitment and an exploitation; a column of a further one is told once, unread."""
    fits = ["Recruitment", *["Transit"] * 60, "Exploitation"]
    table = read_records([_events([*fits, *["Transit"] * 500])])
    found = read_table(table.header, table.rows)
    assert {one.reason for one in found.problems} == {Trouble.TOO_MANY_ROWS}
    assert [one.column for one in found.problems] == [f"column {number}" for number in range(63, 563)]
    (form,) = found.forms
    assert (len(form.content["trafficking"]["route"]), form.problems) == (60, ())


def test_a_place_on_the_way_too_many_is_left_out_alone() -> None:
    """The sixty before it stay."""
    form = _one(_events(["Transit"] * 61))
    assert len(form.content["trafficking"]["route"]) == 60
    assert [(one.column, one.reason) for one in form.problems] == [("hte_Type", Trouble.TOO_MANY_ROWS)]


def test_the_widest_table_that_somebody_fills_in_is_read() -> None:
    """Every field, every code in a column of its own, and all events fit side by side."""
    codes = [f"{name}/{code}" for name, field in STANDARD.items() for code in field.choices if field.is_multiple]
    events = [repeated(f"hte_{name}", row) for row in range(1, MOST_REPEATS + 1) for name in EVENT_QUESTIONS]
    header = [*(name for name in STANDARD if name[:3] != "hte"), *codes, *events]
    assert bounded(Table(header, [["x"] * len(header)])).header == header


def test_what_leaves_as_csv_is_never_computed() -> None:
    """A name, an address or a code that begins like a formula gets an apostrophe, and loses it on the way back."""
    body = CaseBody.model_validate({"person": {"honorific": "=cmd"}, "home": {"address_as_told": "+1"}})
    text = _text_of(table_of([export([body], up_to(Level.L3))]))
    assert text == '\ufeff"prs_Salutation","prs_MailingStreet"\r\n"\'=cmd","\'+1"\r\n'
    (form,) = _read(text).forms
    assert CaseBody.model_validate(form.content) == body


def test_the_losses_as_a_table() -> None:
    """For the second sheet of a workbook."""
    table = table_of_losses(export([document("case_file_basic")], up_to(Level.L3)).losses)
    assert table.header == ("field", "htcds", "reason")
    assert ("/person/birth/edtf", "prs_Birthdate", "partial_date") in table.lines


@settings(max_examples=200)
@given(st.lists(st.lists(st.text(max_size=20), max_size=4), min_size=1, max_size=4))
def test_any_table_is_read_or_refused(rows: list[list[str]]) -> None:
    """Rubbish becomes problems, never an error that nobody foresaw."""
    text = "\n".join(
        ",".join(row) for row in [["prs_FirstName", "prs_Birthdate", "hte_Type", "prs_Citizenship"], *rows]
    )
    try:
        found = _read(text)
    except (InvalidInput, TooMuch):
        return
    json.dumps([dict(form.content) for form in found.forms])
