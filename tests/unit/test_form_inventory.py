"""No question of the printed form is lost: the inventory of pages 1 to 4, and the names of the standard it maps to."""

# ruff: noqa: E501 -- the inventory reads like the form, one group a line

import pytest

from schemas.base import Part
from schemas.case_body import CaseBody, sections
from schemas.case_file import CaseFile
from schemas.facts import Level, Need, facts_of, group_of, marker_of
from schemas.generate import field_table
from schemas.htcds.standard import STANDARD
from schemas.needs import When
from schemas.registry import KINDS
from schemas.restricted_annex import RestrictedAnnex

INVENTORY = {
    "header": "local_refs corridor facility admission_date admission_kind first_admission_date referral_source victim_status "
    "determining_agency definition_country identification_date case_manager priority",
    "header.corridor": "destination origin",
    "header.case_manager": "worker_id mailbox",
    "person": "names honorific sex gender birth age_reported age_as_of age_basis nationality nationality_status id_documents ethnicity "
    "religion mother_tongue languages literacy interpreter_needed marital_status photo distinguishing_marks dependants_present "
    "linked_cases",
    "person.names": "full_text script lang type is_primary given family honorific",
    "person.birth": "edtf precision source calendar_entered",
    "person.id_documents": "type number country status",
    "person.dependants_present": "name age relation case_uid",
    "person.linked_cases": "case_uid relation",
    "home": "home_country admin1 admin2 admin3 village_tract_ward village address_as_told landmarks how_to_reach known_local_persons "
    "last_lived_there intended_destination contact_phone_home",
    "home.admin1": "iso_3166_2 code code_system code_system_version name_native name_latin",
    "home.contact_phone_home": "raw e164 owner safe_to_call best_time",
    "family": "father mother relatives spouse_children primary_caregiver_before household_size dependants_count birth_order_siblings "
    "family_members_abroad livelihood_main livelihood_other land_house household_debt household_debt_to relationship_before "
    "family_involved_in_leaving broker_known why_left last_contact_with_family wish_contact contact_restrictions "
    "what_family_may_be_told",
    "family.father": "names nickname age alive occupation same_address phone",
    "family.relatives": "relation lived_together_before in_contact_now is_caregiver whereabouts_country whereabouts_admin "
    "aware_of_trafficking",
    "family.family_members_abroad": "country admin phone status",
    "family.contact_restrictions": "person_or_role reason text",
    "trafficking": "recruitment_date recruitment_place recruiter_relationship acts means control_methods purpose labour_sector route "
    "exploitation_period debt_or_unpaid_wages summary traffickers_at_large_threat",
    "trafficking.route": "place border_point date",
    "special_needs": "special_case categories",
    "special_needs.categories": "category identified_on identified_by severity action_needed_on_return equipment_or_escort "
    "medicine_supply_days resolved_on",
    "interim_care": "shelter_stays medical_care psychosocial education_training legal_aid interpreter_used services_declined "
    "vaccinations case_worker_visits escape_risk continuity_contact",
    "interim_care.shelter_stays": "facility start end",
    "interim_care.medical_care": "type status needs_continuation",
    "interim_care.psychosocial": "type sessions outcome",
    "interim_care.education_training": "type days certificate",
    "interim_care.case_worker_visits": "date agency",
    "wishes": "return_wish preferred_destination preferred_with fears child_views child_views_expressed travel_need "
    "earliest_return_date barriers safe_migration_info_given",
    "wishes.return_wish": "wish date informed_of_options",
    "justice": "participation proceedings testimony_needed_until legal_counsel compensation_claimed compensation_awarded "
    "unpaid_wages_recovered return_hold",
    "justice.proceedings": "country kind stage next_date",
    "justice.return_hold": "hold consented_by_victim review_date",
    "consents": "purpose recipient recipient_agency decision given_by guardian_name guardian_capacity child_assent language "
    "interpreter_used explained method witness_role date valid_until document_sha256 excluded_fields",
    "completion": "completed_by interview_dates interpreter_id quality quality_note original attachments supervisor_approval",
    "completion.original": "location page_count seal_no",
    "completion.attachments": "type sha256 media_type pages bytes language",
    "": "level full_version_no changed_fields scan_attachments vital_interest case_uid schema_version sender",
}
"""Place in the file, and the questions there. Computed and therefore not entered: is_child, tracing_ready, percent complete."""


def group(place: str) -> type[Part] | type[CaseFile]:
    kind = CaseFile
    for step in filter(None, place.split(".")):
        kind = group_of(kind, step)
    return kind


@pytest.mark.parametrize(("place", "names"), INVENTORY.items())
def test_every_question_of_the_printed_form_exists(place: str, names: str) -> None:
    assert set(names.split()) <= set(group(place).model_fields)


def test_sections_stand_in_the_order_of_the_form() -> None:
    """A to K, none missing, none twice."""
    assert [part.letter for part in sections().values()] == list("ABCDEFGHIJK")


def walk(kind: type[Part], seen: set[type]) -> list[tuple[type[Part], str]]:
    """Every field of a kind, groups inside it included."""
    if kind in seen:
        return []
    seen.add(kind)
    found = []
    for name in kind.model_fields:
        found.append((kind, name))
        inner = group_of(kind, name)
        if inner is not None:
            found += walk(inner, seen)
    return found


FIELDS = [(name, owner, field) for name, kind in KINDS.items() for owner, field in walk(kind, set())]
_HEADER = set(CaseFile.model_fields) - set(CaseBody.model_fields) | {"absent"}


@pytest.mark.parametrize("name", KINDS)
def test_every_question_declares_its_facts(name: str) -> None:
    """Masks, forms and exports are derived from facts, so none may be missing."""
    bare = [
        f"{owner.__name__}.{field}" for kind, owner, field in FIELDS if kind == name and facts_of(owner, field) is None
    ]
    assert [field for field in bare if field.split(".")[1] not in _HEADER] == []


def test_a_conditional_question_names_its_condition_and_no_other_does() -> None:
    for _, owner, field in FIELDS:
        facts, when = facts_of(owner, field), marker_of(owner, field, When)
        assert (facts is not None and facts.need is Need.CONDITIONAL) == (when is not None), f"{owner.__name__}.{field}"


def test_restricted_detail_is_in_the_annex_and_nowhere_else() -> None:
    """L4 is a kind of its own: no case file, notice or acknowledgement has a field for it."""
    levels = {(kind, facts.level) for kind, owner, field in FIELDS if (facts := facts_of(owner, field)) is not None}
    assert ("restricted_annex", Level.L4) in levels
    assert {kind for kind, level in levels if level is Level.L4} == {"restricted_annex"}
    assert all(
        facts_of(RestrictedAnnex, field).level is Level.L4
        for field in (
            "health",
            "medicines",
            "exploitation",
            "self_harm",
            "threat_detail",
            "perpetrators",
            "attachments",
        )
    )


def test_names_of_the_standard_exist() -> None:
    used = {facts.htcds for _, owner, field in FIELDS if (facts := facts_of(owner, field)) is not None and facts.htcds}
    assert used <= set(STANDARD)
    assert len(used) >= 30


def test_the_field_table_shows_every_question() -> None:
    table = field_table()
    assert "| `family.father.names[].full_text` |" in table
    assert "| `header.first_admission_date` | First admission | C (transfer, basic) | L1 |" in table
