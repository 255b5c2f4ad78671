"""Sixty cases of a year counted by the rules and by hand, and the sheets that are made of them."""

import json
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from api.rules.figures import national, register
from api.rules.figures.columns import explain, line_of
from api.rules.figures.episode import CaseHeld
from api.rules.figures.hotspots import coverage_of, hotspots_of
from api.rules.figures.returns import rows_of
from api.rules.figures.row import FigureRow
from api.rules.figures.suppression import ShownTable
from api.rules.figures.tables import ELSEWHERE, Place, crossed, gather, tables_of
from schemas.base import CaseUid
from schemas.codes import Sex
from schemas.figures_codes import AgeGroup
from schemas.return_codes import VictimType
from tests.forms import DOCUMENTS, document, example
from tests.sixty import CITY, COAST, DELTA, DSW, NAMES, NORTH, SOUTH, sixty

KEY = b"a fictional key of thirty-two b."
S1 = CaseUid(example("case_file_full")["case_uid"])


@cache
def of_journey() -> FigureRow:
    """Return the row of the first journey, as it stood at the end of its year."""
    made = [document(path.stem) for path in sorted(DOCUMENTS.glob("*.json"))]
    held = [one for one in made if S1 in one.case_uids() and one.created_at.year == 2025]
    (row,) = rows_of(CaseHeld(S1, DSW, "TH", "MM", held, KEY))
    return row


def of_sixty() -> list[FigureRow]:
    held = ((told, CaseHeld(told.case_uid, DSW, told.destination, "MM", told.documents, KEY)) for told in sixty())
    return [row for _, case in held for row in rows_of(case)]


def table(name: str, k: int | None = None) -> ShownTable:
    return next(one for one in tables_of(of_sixty(), k) if one.name == name)


def counts_at(shown: ShownTable, township: str) -> dict[str, int | None]:
    """Return what a table shows of one place, noughts left out."""
    number = next(n for n, place in enumerate(shown.rows) if place.endswith(township))
    return {code: count for code, count in zip(shown.columns, shown.counts[number], strict=True) if count != 0}


def test_sixty_cases_counted_by_hand() -> None:
    """By place and type with the country, by sex, by age group, by help."""
    types, helped = table("type_and_country"), table("assignment")
    assert counts_at(types, SOUTH) == {"XB_G2G TH": 20}
    assert counts_at(types, CITY) == {"XB_G2G TH": 10, "SELF_RETURN_XB TH": 5}
    assert counts_at(types, NORTH) == {"XB_G2G CN": 12}
    assert counts_at(types, DELTA) == {"INTERNAL": 4}
    assert counts_at(types, COAST) == {"XB_G2G TH": 2}
    assert counts_at(types, "unknown") == {"unknown": 3}
    assert (types.total, dict(zip(types.columns, types.column_totals, strict=True))["XB_G2G TH"]) == (57, 33)
    assert (helped.columns, helped.column_totals) == (("assigned", "not_assigned", "unknown"), (27, 15, 15))
    assert counts_at(helped, CITY) == {"not_assigned": 15}
    assert counts_at(table("sex"), SOUTH) == {"1": 4, "2": 16}
    assert counts_at(table("age_group"), SOUTH) == {"16-17": 5, "18-24": 5, "25-34": 5, "35-49": 5}


def test_all_at_once_adds_up_to_the_same() -> None:
    found = crossed(of_sixty())
    assert sum(one.returns for one in found) == 57
    south = [one for one in found if one.place.endswith(SOUTH) and one.sex == "1"]
    assert sum(one.returns for one in south) == 4
    assert {one.type for one in found if one.place == "unknown"} == {"unknown"}


def test_small_places_are_told_together_outside() -> None:
    """Four, two, one and three returns are told as ten; no total of a place is small or left out."""
    for shown in tables_of(of_sixty(), 5):
        assert [place.split(" ")[-1] for place in shown.rows] == [SOUTH, CITY, NORTH, "others"]
        assert shown.row_totals == (20, 15, 12, 10)
        told = {count for line in (*shown.counts, shown.column_totals) for count in line}
        assert not told & {1, 2, 3, 4}


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("wxyz")), max_size=40), st.integers(2, 7))
def test_every_place_told_has_enough_or_is_the_only_one(told: list[tuple[str, str]], k: int) -> None:
    places = [Place(state, state + name) for state, name in told]
    gathered = gather(((None, place) for place in places), k)
    sums = {to: sum(gathered[place] == to for place in places) for to in gathered.values()}
    assert sum(sums.values()) == len(places)
    assert all(count >= k for count in sums.values()) or set(sums) == {ELSEWHERE}


def test_hot_spots_begin_where_no_help_is() -> None:
    """The city, where nobody could be assigned; then what nobody knows; covered places last (004 4.1)."""
    spots = hotspots_of(tables_of(of_sixty(), None))
    order = [(spot.rank, spot.place.split(" ")[-1], spot.returns, spot.is_covered) for spot in spots]
    assert order[:3] == [(1, CITY, 15, False), (2, NORTH, 12, None), (3, SOUTH, 20, True)]
    assert spots[1].by_type["XB_G2G CN"] == 12
    states = {one.state: one for one in coverage_of(spots)}
    assert (states["MMR013"].not_covered, states["MMR013"].returns_not_covered) == (1, 15)
    assert (states["MMR011"].covered, states["MMR015"].not_known) == (2, 1)


def test_hot_spots_tell_nothing_that_the_tables_leave_out() -> None:
    """Where the counts of help are left out, whether there is help is left out too."""
    spots = {spot.place.split(" ")[-1]: spot for spot in hotspots_of(tables_of(of_sixty(), 5))}
    assert (spots["others"].assigned, spots["others"].is_covered) == (None, None)
    assert (spots[CITY].is_covered, spots[CITY].not_assigned) == (False, 15)


def test_the_register_has_the_nine_columns_of_the_clause() -> None:
    """004 2.12, in its order; only who came from government to government, and agreed to be a row."""
    assert [column.header for column in register.COLUMNS] == [
        "Age",
        "Sex",
        "Home township",
        "Date of recruitment",
        "Destination country",
        "Type of trafficking",
        "Date of return",
        "Referral information",
        "Other information",
    ]
    row = of_journey()
    *plain, other = line_of(register.COLUMNS, row)
    assert plain == [
        24,
        "2",
        "MMR011002",
        "2023-08",
        "TH",
        "DOMESTIC_SERVITUDE",
        "2025-08-19",
        "hotline; MM-NGO-A",
    ]
    assert "notice_days=25" in str(other)
    assert len(list(register.register_of(of_sixty()))) == 45


def test_the_national_sheet_has_the_fields_of_the_clause() -> None:
    """004 4.8: its fields in its order, then what it disaggregates by; all four types."""
    assert [column.header for column in national.COLUMNS] == [
        "Age",
        "Sex",
        "Source village",
        "Source township",
        "Source state/region",
        "Month/year of recruitment",
        "Month/year of repatriation",
        "Purpose of trafficking",
        "Type of victim",
        "Identified by",
        "Identified at",
        "Source of the statistics",
    ]
    row = of_journey()
    assert line_of(national.COLUMNS, row)[2:7] == ("unknown", "MMR011002", "MMR011", "2023-08", "2025-08")
    assert len(list(national.sheet_of(of_sixty()))) == 54


def test_every_code_of_a_sheet_is_explained() -> None:
    for columns in (register.COLUMNS, national.COLUMNS):
        known = {one.code for one in explain(columns)}
        coded = [column for column in columns if column.key in {"sex", "type", "identified_by", "identified_at"}]
        told = {str(column.tell(row)) for row in of_sixty() for column in coded}
        assert told - {"unknown"} <= known


def test_no_row_tells_who_it_is() -> None:
    """No name, no number of a case, no story, in any row or sheet."""
    everything = json.dumps(
        [
            [row.model_dump(mode="json"), line_of(register.COLUMNS, row), line_of(national.COLUMNS, row)]
            for row in of_sixty()
        ],
        ensure_ascii=False,
    )
    for secret in (*NAMES, *(told.case_uid for told in sixty())):
        assert secret not in everything


_TOWNSHIPS = st.sampled_from(["MMR011002", "MMR011003", "MMR013041", "MMR013042", "MMR015307", None])
_ANY_ROW = st.builds(
    lambda township, sex, type_, group: {
        "home_township": township,
        "source_state": township and township[:6],
        "sex": sex,
        "victim_type": type_,
        "age_group_at_return": group,
    },
    _TOWNSHIPS,
    st.sampled_from(Sex),
    st.sampled_from(VictimType),
    st.sampled_from(AgeGroup),
)


@given(st.lists(_ANY_ROW, max_size=60))
def test_what_the_tables_have_in_common_is_told_in_all_of_them(told: list[dict[str, object]]) -> None:
    """The totals of the places: left out of one table and told in another they would give away what is missing."""
    pattern = of_journey()
    shown = tables_of([pattern.model_copy(update=over) for over in told], 5)
    assert len({(table.rows, table.row_totals, table.total) for table in shown}) == 1
    totals = shown[0].row_totals
    assert (None in totals) == (0 < len(told) < 5)
