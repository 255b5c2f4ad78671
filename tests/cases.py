"""Fictional case files of the journeys of a child (S2) and of somebody who escaped (S5), made of the example."""

from collections.abc import Mapping

from api.rules.checking import check_own
from schemas.case_file import CaseFile
from tests.forms import edited, example

S1 = example("case_file_basic")["case_uid"]
S2 = example("special_case_alert")["case_uid"]
S5 = example("escape_notice")["case_uid"]
STEPFATHER = {"person_or_role": "the stepfather", "reason": "person_involved"}
FATHER = {"person_or_role": "father", "reason": "person_involved"}


def case_file(
    case_uid: str,
    *,
    birth: str,
    on: str = "2025-01-15",
    restrictions: tuple[Mapping[str, object], ...] = (),
    may_be_told: tuple[str, ...] = ("alive_and_safe_only",),
    edits: Mapping[str, object] | None = None,
) -> CaseFile:
    """Return a basic file with the family's restrictions, written on a day."""
    data = edited("case_file_basic", edits or {})
    data["case_uid"], data["created_at"] = case_uid, f"{on}T10:00:00+07:00"
    data["header"] |= {"admission_date": on, "identification_date": on}
    data["person"] |= {"birth": {"edtf": birth}}
    for told in ("age_reported", "age_as_of", "age_basis"):
        data["person"].pop(told)
    for record in data["consents"]:
        record |= {
            "date": on,
            "given_by": "child_assent_and_guardian",
            "guardian_capacity": "shelter_director",
            "child_assent": "yes",
        }
    assessment = {**data["consents"][0], "purpose": "FAMILY_ASSESSMENT"}
    data["consents"].append(assessment)
    data["family"] = {"contact_restrictions": list(restrictions), "what_family_may_be_told": list(may_be_told)}
    made = check_own(data)
    assert isinstance(made, CaseFile)
    return made
