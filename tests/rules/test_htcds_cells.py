"""Columns and cells as the standard's users write them: four spellings of a name, five separators, and its traps."""

import pytest

from api.rules.htcds.loss import Trouble
from api.rules.htcds.names import Column, find_column, in_order
from api.rules.htcds.separators import join, split
from schemas.htcds.standard import STANDARD

LISTS = [name for name, field in STANDARD.items() if field.choices]
SHARED = {"Type", "Longitude", "Latitude"}
"""Short names or labels that several fields share."""

COLUMNS: dict[str, tuple[str, str, int, str | None]] = {
    "full name": ("prs_Birthdate", "prs_Birthdate", 1, None),
    "full name in capitals, with spaces": (" PRS_BIRTHDATE ", "prs_Birthdate", 1, None),
    "byte-order mark": ("\ufeffprs_FirstName", "prs_FirstName", 1, None),
    "short name": ("FirstName", "prs_FirstName", 1, None),
    "label": ("First Name", "prs_FirstName", 1, None),
    "label with a slash": ("Mailing Zip/Postal Code", "prs_MailingPostalCode", 1, None),
    "British organisation": ("ReferringOrganisation", "cas_ReferringOrganisation", 1, None),
    "American organization": (
        "Trafficking Status Decision Making Organization",
        "vic_TraffickingStatusDecisionMakingOrg",
        1,
        None,
    ),
    "path of a survey": ("data/person/prs_Gender", "prs_Gender", 1, None),
    "path with hyphens": ("person-prs_Gender", "prs_Gender", 1, None),
    "row of a repeat": ("hte[3]/hte_Country", "hte_Country", 3, None),
    "group that says whose type it is": ("hte[2]/Type", "hte_Type", 2, None),
    "section that says whose type it is": ("Support Plan/Type", "spl_Type", 1, None),
    "column of one code": ("vic_MethodsOfControl/DebtBondage", "vic_MethodsOfControl", 1, "DebtBondage"),
    "column of one label": ("MethodsOfControl/Debt bondage", "vic_MethodsOfControl", 1, "DebtBondage"),
    "code that begins with a digit": (
        "vic_RecruitmentWebsitesAndApps/4Sale",
        "vic_RecruitmentWebsitesAndApps",
        1,
        "4Sale",
    ),
}


@pytest.mark.parametrize(("header", "name", "row", "code"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_is_known_by_each_of_its_spellings(header: str, name: str, row: int, code: str | None) -> None:
    assert find_column(header) == Column(STANDARD[name], row, code)


@pytest.mark.parametrize("name", STANDARD)
def test_each_field_is_found_by_full_name_short_name_and_label(name: str) -> None:
    """Unless several are called so; then it is said, not guessed."""
    field = STANDARD[name]
    assert find_column(name) == Column(field)
    for spelling in (field.name, field.label):
        expected = Trouble.AMBIGUOUS_COLUMN if spelling in SHARED else Column(field)
        assert find_column(spelling) == expected, spelling


@pytest.mark.parametrize("header", ["Unacquainted", "prs_Birthday", "", "Thidar Wai", "x/y/z", "hte[2]/nothing"])
def test_a_column_that_the_standard_does_not_have(header: str) -> None:
    assert find_column(header) is Trouble.UNKNOWN_COLUMN


def test_columns_stand_in_the_order_of_the_standard() -> None:
    """Rows of a repeat one after the other."""
    columns = ["con_Consent", "hte[2]/hte_City", "hte[1]/hte_Type", "hte[1]/hte_City", "prs_FirstName"]
    assert in_order(columns) == [
        "prs_FirstName",
        "hte[1]/hte_City",
        "hte[1]/hte_Type",
        "hte[2]/hte_City",
        "con_Consent",
    ]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("separator", [";", "; ", ",", ", ", "|", " ", "\n", "\r\n"])
def test_all_codes_of_a_list_survive_one_cell(name: str, separator: str) -> None:
    """As names and as labels, although labels hold semicolons, commas, slashes and curly apostrophes."""
    field = STANDARD[name]
    codes = list(field.choices)
    assert split(field, separator.join(codes)) == (codes, 0)
    assert split(field, separator.join(field.choices.values())) == (codes, 0)
    assert split(field, join(codes)) == (codes, 0)


@pytest.mark.parametrize("name", LISTS)
def test_no_name_of_a_code_holds_a_separator(name: str) -> None:
    """So what we write can be split by anybody."""
    assert not set(" ;,|\n") & set("".join(STANDARD[name].choices))


TRAPS: dict[str, tuple[str, str, list[str], int]] = {
    "a label with a semicolon": (
        "vic_ForcedLabourIndustry",
        "Water supply; sewerage, waste management and remediation",
        ["E_WaterSupplySewerageWasteManagement"],
        0,
    ),
    "two of them": (
        "vic_ForcedLabourIndustry",
        "Public administration and defence; compulsory social security;Education",
        ["O_PublicAdministrationAndDefence", "P_Education"],
        0,
    ),
    "a label that begins with another label": (
        "vic_RecruitmentWebsitesAndApps",
        "Facebook;Facebook Messenger",
        ["Facebook", "FacebookMessenger"],
        0,
    ),
    "a straight apostrophe": (
        "prs_HighestLevelOfEducation",
        "Master's or Equivalent Level",
        ["MastersOrEquivalentLevel"],
        0,
    ),
    "another case": ("prs_Gender", "feminine", ["Feminine"], 0),
    "a code twice": ("vic_MethodsOfControl", "DebtBondage;Debt bondage", ["DebtBondage"], 0),
    "a typo that was mended": ("vic_RelationshipToTrafficker", "Unacquainted", [], 1),
    "a code among unknown words": ("vic_MethodsOfControl", "Beaten; Debt bondage; Starved", ["DebtBondage"], 2),
    "empty pieces": ("vic_MethodsOfControl", ";;DebtBondage; ;", ["DebtBondage"], 0),
    "many pieces": ("vic_MethodsOfControl", "x;DebtBondage|" * 300, ["DebtBondage"], 300),
    "a code that is only the beginning of a word": ("vic_MethodOfRecruitment", "AtWorkshop", [], 1),
}


@pytest.mark.parametrize(("name", "text", "codes", "unknown"), TRAPS.values(), ids=TRAPS)
def test_traps_of_the_lists(name: str, text: str, codes: list[str], unknown: int) -> None:
    assert split(STANDARD[name], text) == (codes, unknown)
