"""A case as a record of HTCDS 2.0: what the standard can say is said rightly, and everything else is reported."""

import json
from collections.abc import Mapping

import pytest

from api.rules.htcds.declared import questions_of
from api.rules.htcds.export import Export, export, up_to
from api.rules.htcds.loss import LossReason
from api.rules.htcds.writing import Value
from schemas.base import Frozen
from schemas.case_body import CaseBody
from schemas.document import CaseState
from schemas.facts import Level
from schemas.htcds.standard import STANDARD
from schemas.needs import Location, pointer
from tests.forms import GONE, document

_NAME = "/person/names"
_KIN = {"names": [{"full_text": "Somebody"}], "alive": "yes"}


def _export(name: str = "case_file_full", edits: Mapping[str, object] | None = None, level: Level = Level.L3) -> Export:
    return export([document(name, edits)], up_to(level))


def _losses(made: Export) -> set[tuple[str, LossReason]]:
    return {(one.field, one.reason) for one in made.losses}


def test_a_whole_case_file() -> None:
    """Every value is one of the standard's fields, codes by their names, events numbered."""
    record = _export().record
    assert {name.rpartition("/")[2] for name in record} <= set(STANDARD)
    assert record["vic_TraffickingStatus"] == "ActualVictimOfTrafficking"
    assert record["vic_MethodsOfControl"] == ("TakesEarnings", "WithholdsDocuments")
    assert record["prs_Citizenship"] == ("MM",)
    assert (record["prs_MailingState"], record["prs_MailingCity"]) == ("Mon", "Kyaikmaraw")
    assert (record["hte[1]/hte_Type"], record["hte[1]/hte_Country"]) == ("Recruitment", "MM")
    assert record["con_Consent"] is True
    assert record["prs_IdentityNumber"] == "၁၀/ကမရ(နိုင်)၁၂၃၄၅၆"


SAID: dict[str, tuple[dict[str, object], dict[str, Value | None], set[tuple[str, LossReason]]]] = {
    "a whole day of birth": ({"/person/birth/edtf": "2001-05-17"}, {"prs_Birthdate": "2001-05-17"}, set()),
    "a year of birth": (
        {"/person/birth/edtf": "2001"},
        {"prs_Birthdate": None},
        {("/person/birth/edtf", LossReason.PARTIAL_DATE)},
    ),
    "a day that is not sure": (
        {"/person/birth/edtf": "2001-05-17~"},
        {"prs_Birthdate": None},
        {("/person/birth/edtf", LossReason.PARTIAL_DATE)},
    ),
    "one name without a family name": (
        {},
        {"prs_FirstName": "Thidar Wai", "prs_SecondName": None},
        {(f"{_NAME}/0", LossReason.SEVERAL_NAMES)},
    ),
    "given and family name": (
        {f"{_NAME}/1/given": "Thidar", f"{_NAME}/1/family": "Wai"},
        {"prs_FirstName": "Thidar", "prs_SecondName": "Wai"},
        set(),
    ),
    "family name first": (
        {f"{_NAME}/1": {"full_text": "Wang Li", "given": "Li", "family": "Wang", "is_primary": True}},
        {"prs_FirstName": "Li", "prs_SecondName": "Wang"},
        {(f"{_NAME}/1/full_text", LossReason.NAME_SPLIT)},
    ),
    "tokens that repeat": (
        {f"{_NAME}/1/full_text": "Aung Aung"},
        {"prs_FirstName": "Aung Aung"},
        set(),
    ),
    "a name that a trafficker gave": (
        {f"{_NAME}/1/type": "name_used_in_exploitation"},
        {"prs_FirstName": "သီတာဝေ"},
        {(f"{_NAME}/1", LossReason.SEVERAL_NAMES)},
    ),
    "Karen": (
        {"/person/mother_tongue": "ksw"},
        {"prs_PrimaryLanguage": "kar"},
        {("/person/mother_tongue", LossReason.LANGUAGE_COARSER)},
    ),
    "Pa'o": (
        {"/person/mother_tongue": "blk"},
        {"prs_PrimaryLanguage": "kar"},
        {("/person/mother_tongue", LossReason.LANGUAGE_COARSER)},
    ),
    "Burmese": ({"/person/mother_tongue": "mya"}, {"prs_PrimaryLanguage": "mya"}, set()),
    "a language of nowhere near": (
        {"/person/mother_tongue": "zzj"},
        {"prs_PrimaryLanguage": None},
        {("/person/mother_tongue", LossReason.CODE_NOT_IN_STANDARD)},
    ),
    "two further languages": (
        {},
        {"prs_SecondaryLanguage": "mya"},
        {("/person/languages/1", LossReason.SEVERAL_VALUES)},
    ),
    "sex without gender": ({}, {"prs_Gender": None}, {("/person/sex", LossReason.NO_FIELD_IN_STANDARD)}),
    "prefers not to say": (
        {"/person/gender": "prefers_not_to_say"},
        {"prs_Gender": "NonSpecifiedUnknown"},
        {("/person/gender", LossReason.CODE_COARSER)},
    ),
    "a forced marriage is no marriage": (
        {"/person/marital_status": "forced_marriage"},
        {"prs_MaritalStatus": None},
        {("/person/marital_status", LossReason.CODE_NOT_IN_STANDARD)},
    ),
    "domestic servitude": (
        {"/trafficking/purpose": ["DOMESTIC_SERVITUDE", "DEBT_BONDAGE", "FORCED_BEGGING"]},
        {"vic_TypeOfExploitation": ("Servitude", "ForcedBegging")},
        {("/trafficking/purpose/0", LossReason.CODE_COARSER), ("/trafficking/purpose/1", LossReason.CODE_COARSER)},
    ),
    "a stranger, as the standard spells it": (
        {"/trafficking/recruiter_relationship": "stranger"},
        {"vic_RelationshipToTrafficker": "Unaquainted"},
        set(),
    ),
    "a division of industry": (
        {"/trafficking/labour_sector": "A03"},
        {"vic_ForcedLabourIndustry": "A_AgricultureForestryAndFishing"},
        {("/trafficking/labour_sector", LossReason.CODE_COARSER)},
    ),
    "a phone of which nobody knows whether it is safe": (
        {},
        {"prs_HomePhone": None},
        {("/home/contact_phone_home/0", LossReason.NOT_SAFE_TO_CALL)},
    ),
    "a phone that is safe": (
        {"/home/contact_phone_home/0/safe_to_call": "yes"},
        {"prs_HomePhone": "+959799555010"},
        {("/home/contact_phone_home/0/raw", LossReason.NO_FIELD_IN_STANDARD)},
    ),
    "a passport's number is no national one": (
        {"/person/id_documents": [{"type": "passport", "number": "MF000001"}]},
        {"prs_IdentityNumber": None},
        {("/person/id_documents/0/number", LossReason.NO_FIELD_IN_STANDARD)},
    ),
    "children left behind": (
        {"/family/spouse_children": [{**_KIN, "relation": relation} for relation in ("husband", "son", "daughter")]},
        {"prs_NumberOfChildren": 2},
        {("/family/spouse_children/0/relation", LossReason.NO_FIELD_IN_STANDARD)},
    ),
    "only a husband": (
        {"/family/spouse_children": [{**_KIN, "relation": "husband"}]},
        {"prs_NumberOfChildren": 0},
        {("/family/spouse_children/0/relation", LossReason.NO_FIELD_IN_STANDARD)},
    ),
    "a state by its own script": (
        {"/home/admin1/name_latin": GONE},
        {"prs_MailingState": "မွန်ပြည်နယ်"},
        {("/home/admin1/code", LossReason.NO_FIELD_IN_STANDARD)},
    ),
    "a place on the way": (
        {"/trafficking/route": [{"date": "2023-09-02", "place": {"country": "TH", "place_as_told": "a bus station"}}]},
        {
            "hte[2]/hte_Type": "Transit",
            "hte[2]/hte_Date": "2023-09-02",
            "hte[2]/hte_Country": "TH",
            "hte[2]/hte_Description": "a bus station",
        },
        set(),
    ),
    "an answer that was declined": (
        {"/person/marital_status": GONE, "/person/absent": {"marital_status": "asked_declined"}},
        {"prs_MaritalStatus": None},
        {("/person/marital_status", LossReason.REASON_FOR_BLANK)},
    ),
}


@pytest.mark.parametrize(("edits", "values", "losses"), SAID.values(), ids=SAID)
def test_how_an_answer_is_said(
    edits: dict[str, object], values: dict[str, Value | None], losses: set[tuple[str, LossReason]]
) -> None:
    made = _export(edits=edits)
    assert {name: made.record.get(name) for name in values} == values
    assert losses <= _losses(made)
    if not losses and edits:
        assert not set(edits) & {field for field, _ in _losses(made)}


def test_the_family_is_never_taken_for_the_person() -> None:
    """Names, numbers and phones of relatives have no field, whatever their questions are called."""
    made = _export()
    told = json.dumps(made.record, ensure_ascii=False)
    family = document("case_file_full").model_dump(mode="json")["family"]
    father = family["father"]["names"][0]["full_text"]
    assert father not in told
    assert ("/family/father/names/0/full_text", LossReason.NO_FIELD_IN_STANDARD) in _losses(made)
    assert "prs_Deceased" not in made.record


@pytest.mark.parametrize(
    "name", ["case_file_full", "case_file_basic", "restricted_annex", "case_closure", "service_provider_assignment"]
)
def test_every_answer_is_said_or_reported(name: str) -> None:
    """Walked by itself, over everything that the document holds: no third way."""
    whole = document(name)
    reported = {one.field for one in export([whole], up_to(Level.L4)).losses}
    silent = [path for path, _ in _answers(whole, ()) if path not in reported and not _under(path, reported)]
    assert [path for path in silent if not _has_name(type(whole), path)] == []


def _under(path: str, reported: set[str]) -> bool:
    return any(path.startswith(f"{place}/") for place in reported)


def _answers(group: Frozen, here: Location) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for question in questions_of(type(group)):
        value, place = getattr(group, question.name), (*here, question.name)
        if value is None or value == type(group).model_fields[question.name].default:
            continue
        rows = value if isinstance(value, tuple) else (value,)
        inner = [(index, row) for index, row in enumerate(rows) if isinstance(row, Frozen)]
        for index, row in inner:
            found += _answers(row, (*place, index) if isinstance(value, tuple) else place)
        if not inner:
            found.append((pointer(place), value))
    return found


def _has_name(model: type[Frozen], path: str) -> bool:
    """Say whether some question on the way to a place declares a name of the standard."""
    current: type[Frozen] | None = model
    for step in path.strip("/").split("/"):
        if current is None or step.isdigit():
            continue
        question = next(one for one in questions_of(current) if one.name == step)
        if question.facts.htcds:
            return True
        current = question.group
    return False


def test_what_may_not_be_seen_is_not_exported() -> None:
    """A reader of identifying data (L2) gets no trafficking, and the report says so."""
    made = _export(level=Level.L2)
    assert {name for name in made.record if name.startswith(("vic_Type", "vic_Methods", "hte"))} == set()
    assert ("/trafficking/purpose", LossReason.LEVEL_RESTRICTED) in _losses(made)
    assert made.record["prs_FirstName"] == "Thidar Wai"
    assert "prs_FirstName" not in _export(level=Level.L1).record


def test_restricted_detail_leaves_only_when_it_was_chosen() -> None:
    """L4 is a second step, whoever asks."""
    annex = {
        "/exploitation": {"sexual_exploitation_types": ["private_sexual_services", "other"]},
        "/perpetrators": [{"role": "recruiter_or_intermediary", "detail": "a neighbour"}, {"role": "transporter"}],
    }
    closed = export([document("restricted_annex", annex)], up_to(Level.L3))
    assert closed.record == {}
    assert ("/exploitation", LossReason.LEVEL_RESTRICTED) in _losses(closed)
    chosen = export([document("restricted_annex", annex)], up_to(Level.L4))
    assert chosen.record == {
        "vic_TypeOfSexExploitation": ("PrivateSexualServices",),
        "per[1]/per_RoleInProcess": ("RecruiterOrIntermediary",),
        "per[1]/per_RoleDetails": "a neighbour",
        "per[2]/per_RoleInProcess": ("Transporter",),
    }
    assert ("/exploitation/sexual_exploitation_types/1", LossReason.CODE_NOT_IN_STANDARD) in _losses(chosen)


def test_a_closed_case() -> None:
    """Where the case stands comes from its state, why it was closed from the closure."""
    made = export([document("case_file_basic"), document("case_closure")], up_to(Level.L3), state=CaseState.CLOSED)
    assert (made.record["cas_Status"], made.record["cas_ReasonForCaseClosure"]) == ("Closed", "REINTEGRATED")
    open_ = export([document("case_file_basic")], up_to(Level.L3), state=CaseState.RETURN_PLANNED)
    assert open_.record["cas_Status"] == "Active"


def test_who_goes_on_helping() -> None:
    """An assignment is an outgoing referral, and each step of its plan a support plan."""
    made = export([document("service_provider_assignment")], up_to(Level.L3))
    assert made.record["cas_ReferredOrganisation"]
    assert made.record["cas_OutgoingReferralDate"]
    assert made.record["spl[1]/spl_Type"] in STANDARD["spl_Type"].choices


CONSENTS = {"given": True, "refused": False, "withdrawn": False, "not_asked": None}


@pytest.mark.parametrize(("decision", "said"), CONSENTS.items(), ids=CONSENTS)
def test_the_consent_to_the_interview_is_all_that_the_standard_asks(decision: str, said: bool | None) -> None:
    """The last record counts, and every other consent is reported."""
    records = document("case_file_full").model_dump(mode="json", exclude_none=True)["consents"]
    later = {**records[0], "decision": decision, "date": "2025-04-01"}
    body = CaseBody.model_validate({"consents": [*records, later]})
    made = export([body], up_to(Level.L3))
    assert made.record.get("con_Consent") == said
    assert ("/consents/1/decision", LossReason.NO_FIELD_IN_STANDARD) in _losses(made)


def test_a_report_holds_no_value() -> None:
    """Places, names of the standard, reasons."""
    report = json.dumps([[one.field, one.htcds, one.reason] for one in _export().losses], ensure_ascii=False)
    for value in ("Thidar", "Kyaikmaraw", "2001", "သီတာ", "acquaintance from"):
        assert value not in report
