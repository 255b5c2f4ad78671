"""Whatever a case file holds: the standard says the same again after a table, and no report holds a value."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from api.rules.htcds.export import export, up_to
from api.rules.htcds.importing import read_table
from api.rules.htcds.loss import LossReason
from api.rules.htcds.tables import read_text, table_of
from api.web.sheets import Sheet, csv_of
from schemas.background_codes import ControlMethod, Purpose, RecruiterRelationship
from schemas.case_body import CaseBody
from schemas.codes import DeterminingAgency, Gender, MaritalStatus, VictimStatus
from schemas.facts import Level
from schemas.pruning import declared

_TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
    lambda text: not text.startswith("'")
)
_LATIN = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGH-", min_size=1, max_size=12).filter(
    lambda text: any(map(str.isalpha, text))
)
_DATES = st.one_of(
    st.dates(date(1950, 1, 1), date(2024, 12, 31)).map(str),
    st.sampled_from(["2001", "2001-05", "2001-05-17~", "2020/2021"]),
)
_AREA = st.fixed_dictionaries({"name_latin": _LATIN}, optional={"name_native": st.just("\u1019\u103d\u1014\u103a")})
_PLACE = st.fixed_dictionaries(
    {},
    optional={
        "country": st.sampled_from(["MM", "TH", "CN"]),
        "admin1": _AREA,
        "admin3": _AREA,
        "place_as_told": _TEXTS,
    },
)
_LANGUAGES = st.sampled_from(["mya", "tha", "ksw", "blk", "mnw", "shn", "zho", "zzj"])


def _some(codes: type) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([code.value for code in codes]), min_size=1, unique=True)


def _any(codes: type) -> st.SearchStrategy[str]:
    return st.sampled_from([code.value for code in codes])


BODIES = st.fixed_dictionaries(
    {},
    optional={
        "header": st.fixed_dictionaries(
            {},
            optional={
                "victim_status": _any(VictimStatus),
                "determining_agency": _any(DeterminingAgency),
                "case_manager": st.fixed_dictionaries({"worker_id": st.just("N1-017")}),
            },
        ),
        "person": st.fixed_dictionaries(
            {},
            optional={
                "names": st.lists(
                    st.fixed_dictionaries({"full_text": _TEXTS}, optional={"given": _TEXTS, "family": _TEXTS}),
                    min_size=1,
                    max_size=3,
                ),
                "honorific": _TEXTS,
                "gender": _any(Gender),
                "birth": st.fixed_dictionaries({"edtf": _DATES}),
                "nationality": st.lists(st.sampled_from(["MM", "TH", "LA"]), min_size=1, unique=True),
                "mother_tongue": _LANGUAGES,
                "languages": st.lists(_LANGUAGES, min_size=1, unique=True),
                "marital_status": _any(MaritalStatus),
                "id_documents": st.lists(
                    st.fixed_dictionaries({"number": _TEXTS}, optional={"type": st.sampled_from(["nrc", "passport"])}),
                    max_size=2,
                ),
            },
        ),
        "home": st.fixed_dictionaries(
            {},
            optional={
                "home_country": st.sampled_from(["MM", "VN"]),
                "admin1": _AREA,
                "admin3": _AREA,
                "address_as_told": _TEXTS,
            },
        ),
        "trafficking": st.fixed_dictionaries(
            {},
            optional={
                "recruitment_date": _DATES,
                "recruitment_place": _PLACE,
                "recruiter_relationship": _any(RecruiterRelationship),
                "control_methods": _some(ControlMethod),
                "purpose": _some(Purpose),
                "labour_sector": st.sampled_from(["A", "A03", "C10", "U"]),
                "route": st.lists(st.fixed_dictionaries({}, optional={"place": _PLACE, "date": _DATES}), max_size=3),
                "exploitation_period": _DATES,
                "exploitation_place": _PLACE,
            },
        ),
    },
)
_ASKED_AGAIN = {LossReason.CODE_COARSER, LossReason.LANGUAGE_COARSER}


@settings(max_examples=150)
@given(BODIES)
def test_what_the_standard_can_say_comes_back(content: dict[str, object]) -> None:
    """Through a table of text and back, the same record is said again; only what is coarser is asked again."""
    body = CaseBody.model_validate(content)
    made = export([body], up_to(Level.L3))
    if not made.record:
        return
    table = read_text("".join(csv_of(Sheet("record", *table_of([made])))))
    (form,) = read_table(table.header, table.rows).forms
    again = export([CaseBody.model_validate(form.content)], up_to(Level.L3))
    coarser = {one.htcds for one in made.losses if one.reason in _ASKED_AGAIN} - {"vic_ForcedLabourIndustry"}
    sure = {name: value for name, value in made.record.items() if name not in coarser}
    assert {name: value for name, value in again.record.items() if name not in coarser} == sure
    assert {one.column for one in form.problems} <= coarser


@settings(max_examples=60)
@given(BODIES)
def test_no_loss_holds_a_value(content: dict[str, object]) -> None:
    """Whatever was entered, its place is made of declared names and row numbers."""
    made = export([CaseBody.model_validate(content)], up_to(Level.L3))
    for one in made.losses:
        place = tuple(int(step) if step.isdecimal() else step for step in one.field.split("/")[1:])
        assert declared(CaseBody, place) == place, one.field
