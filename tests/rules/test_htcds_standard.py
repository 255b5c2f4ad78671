"""HTCDS 2.0 is kept as it was published, and every code of every list has a place in ours or is reported."""

from enum import StrEnum

import pytest

from api.rules.htcds.loss import LossReason, Trouble
from api.rules.htcds.reading import take
from api.rules.htcds.writing import Unwritten, Written, say
from schemas.aftercare_codes import PlanDomain
from schemas.background_codes import ControlMethod, Purpose, RecruiterRelationship
from schemas.codes import DeterminingAgency, Gender, MaritalStatus, VictimStatus
from schemas.htcds.codes import CASE_STATUS, COARSER, SAME
from schemas.htcds.countries import TWO_LETTERS
from schemas.htcds.languages import COLLECTIVE, GROUP_OF, INDIVIDUAL, OTHER_SPELLINGS
from schemas.htcds.standard import ATTRIBUTION, STANDARD
from schemas.restricted_annex import Perpetrator
from schemas.restricted_codes import PerpetratorRole, SexualExploitationType
from schemas.services import PlanItem

OURS: dict[str, type[StrEnum]] = {
    "prs_Gender": Gender,
    "prs_MaritalStatus": MaritalStatus,
    "vic_TraffickingStatus": VictimStatus,
    "vic_TraffickingStatusDecisionMakingOrg": DeterminingAgency,
    "vic_RelationshipToTrafficker": RecruiterRelationship,
    "vic_MethodsOfControl": ControlMethod,
    "vic_TypeOfExploitation": Purpose,
    "vic_TypeOfSexExploitation": SexualExploitationType,
    "per_RoleInProcess": PerpetratorRole,
    "spl_Type": PlanDomain,
}
LISTS = [name for name, field in STANDARD.items() if field.choices]
UNSAID: dict[str, set[StrEnum]] = {
    "prs_MaritalStatus": {MaritalStatus.COHABITING, MaritalStatus.FORCED_MARRIAGE},
    "vic_RelationshipToTrafficker": {
        RecruiterRelationship.AGENCY,
        RecruiterRelationship.ONLINE,
        RecruiterRelationship.OTHER,
    },
    "vic_TypeOfExploitation": {Purpose.UNKNOWN},
    "vic_TypeOfSexExploitation": {SexualExploitationType.OTHER},
    "spl_Type": {PlanDomain.PREVENTION_WATCHDOG, PlanDomain.MONITORING},
}
"""Codes of ours for which the standard has none."""


def test_the_whole_standard_is_there() -> None:
    """83 fields, 21 lists of codes, and five references that are no lists."""
    assert len(STANDARD) == 83
    assert len(LISTS) == 21
    references = {name: field.reference for name, field in STANDARD.items() if field.reference}
    assert references == {
        "org_ShippingCountry": "ISO 3166",
        "prs_PrimaryLanguage": "ISO 639-2",
        "prs_SecondaryLanguage": "ISO 639-2",
        "prs_Citizenship": "ISO 3166",
        "prs_MailingCountry": "ISO 3166",
    }
    assert "CC BY 4.0" in ATTRIBUTION
    assert "No endorsement" in ATTRIBUTION


def test_its_typos_are_kept() -> None:
    """Whoever mends them can no longer exchange with anybody."""
    assert STANDARD["vic_RelationshipToTrafficker"].choices["Unaquainted"] == "Unaquainted"
    assert STANDARD["hte_PostalCode"].label == "PostalCode"
    assert STANDARD["vic_TraffickingStatusDecisionMakingOrg"].choices["NonPoliceGovernmentalOrganization"]
    assert "Organisation" in STANDARD["cas_ReferringOrganisation"].name
    assert STANDARD["prs_Gender"].choices["NonSpecifiedUnknown"] == "Not Specified/Unknown"
    assert "\u2019" in STANDARD["prs_HighestLevelOfEducation"].choices["MastersOrEquivalentLevel"]


def test_a_sentence_in_place_of_a_list_is_no_code() -> None:
    """A hint to use ISO 639-2 stands where the codes should stand."""
    for name in ("prs_PrimaryLanguage", "prs_Citizenship", "prs_MailingCountry"):
        assert STANDARD[name].choices == {}
    found = list(take("prs_PrimaryLanguage", "Use ISO 639-2 language codes standard"))
    assert Trouble.UNKNOWN_CODE in found


@pytest.mark.parametrize("name", OURS)
def test_each_code_of_ours_is_said_or_reported(name: str) -> None:
    """No third way: a code is written, or its loss is told."""
    for code in OURS[name]:
        value = (code,) if STANDARD[name].is_multiple else code
        said = _say(name, value)
        told = [one.value for one in said if isinstance(one, Written)]
        lost = {one.reason for one in said if isinstance(one, Unwritten)}
        if code in UNSAID.get(name, set()):
            assert (told, lost) == ([], {LossReason.CODE_NOT_IN_STANDARD}), code
        else:
            assert len(told) == 1, code
            assert lost == ({LossReason.CODE_COARSER} if code in COARSER.get(name, {}) else set()), code


def _say(name: str, value: object) -> list[Written | Unwritten]:
    """Say a code as its question holds it: two of the lists stand in rows."""
    if name == "per_RoleInProcess":
        assert isinstance(value, tuple)
        value = (Perpetrator(role=value[0]),)
    if name == "spl_Type":
        value = (PlanItem.model_validate({"domain": value}),)
    return list(say(name, None, value))


@pytest.mark.parametrize("name", LISTS)
def test_each_code_of_the_standard_is_taken_or_reported(name: str) -> None:
    """Under its name and under its label alike."""
    for code, label in STANDARD[name].choices.items():
        by_name, by_label = list(take(name, code)), list(take(name, label))
        assert len(by_name) == 1, code
        assert by_name == by_label, code


def test_tables_of_codes_name_codes_that_exist_and_are_unequivocal() -> None:
    """What is read back was written by one code of ours only."""
    for table in (SAME, COARSER):
        for name, codes in table.items():
            assert set(codes.values()) <= set(STANDARD[name].choices), name
    for name, codes in SAME.items():
        assert len(set(codes.values())) == len(codes), name
        assert not set(codes) & set(COARSER.get(name, {})), name
    assert set(CASE_STATUS.values()) <= set(STANDARD["cas_Status"].choices)


def test_languages() -> None:
    """Mon is not Mongolian: ``mon`` is somebody else's code, and ISO 639-2 has none for ``mnw``."""
    assert not set(GROUP_OF) & INDIVIDUAL
    assert set(GROUP_OF.values()) <= INDIVIDUAL | COLLECTIVE
    assert set(OTHER_SPELLINGS.values()) <= INDIVIDUAL | COLLECTIVE
    assert not INDIVIDUAL & COLLECTIVE
    assert {code: GROUP_OF.get(code) for code in ("ksw", "blk", "mnw", "rhg")} == {
        "ksw": "kar",
        "blk": "kar",
        "mnw": "mkh",
        "rhg": "inc",
    }
    assert {"mya", "tha", "lao", "khm", "vie", "zho", "shn", "kac"} <= INDIVIDUAL
    assert (OTHER_SPELLINGS["bur"], OTHER_SPELLINGS["my"], OTHER_SPELLINGS["chi"]) == ("mya", "mya", "zho")
    assert (TWO_LETTERS["MMR"], len(TWO_LETTERS)) == ("MM", 249)
