"""No field of the later forms is lost: the inventory of domain 3.10 to 3.16 and 4, kind by kind."""

# ruff: noqa: E501 -- the inventory reads like the list it was made from, one group a line

from typing import Any

import pytest

from api.rules.field_places import readers_of
from schemas.base import Frozen
from schemas.facts import Level
from schemas.needs import group_of
from schemas.registry import KINDS

INVENTORY = {
    # 3.10
    "handover_record": "handover_id notice_ref at border_point persons from_officer to_officer discrepancies immigration_cleared",
    "handover_record.persons": "seq case_uid identity_confirmed_by outcome condition belongings_list medicine_kit money documents original_file",
    "handover_record.persons.money": "amount currency",
    "handover_record.persons.original_file": "handed pages seal_no matches_scan_sha256",
    "handover_record.from_officer": "agency role signed_at method",
    "handover_record.to_officer": "agency role signed_at method",
    # 3.11
    "reception_record": "arrived_at facility border_stay_days stay_choice services kit_issued police_interview",
    "reception_record.stay_choice": "offered chosen_days reason",
    "reception_record.services": "service outcome",
    "reception_record.police_interview": "held consented",
    "needs_assessment": "stage immediate_needs psychosocial social medical special_categories_found desired_plan interviewer_role language previous_interviews_reused",
    "needs_assessment.psychosocial": "distress referral",
    "needs_assessment.social": "family education livelihood debt documents legal",
    "needs_assessment.medical": "info_given offered answer done_on follow_up_needed exception_reason treatment_before_home",
    "assessment_review": "assessment_ref reviewed_on with_victim age_days outcome waived_reason",
    "departure_record": "departed_at mode to review_ref review_waived preparatory_visit",
    # 3.12
    "service_provider_assignment": "meeting_ref provider outcome unassigned_reason support_model packet_scope accepted_on services_planned township_covered",
    "service_provider_assignment.minimum_support": "child_steps transport_cash reintegration_grant",
    "follow_up_report": "due_date interval visit_date mode visitors seen not_seen_reason living_now subjects domain_scores indicators services new_needs risk_change special_case_change family_involvement next_due recommendation sensitive_detail readmission_needed",
    "follow_up_report.living_now": "area accompanied",
    "follow_up_report.domain_scores": "family_home education health occupation justice community prevention_watchdog monitoring",
    "follow_up_report.indicators": "safe not_retrafficked self_reliant accepted_by_family accepted_by_community in_school_or_work income_enough debt_reduced benefits_or_compensation_received knows_legal_process solves_own_problems watchdog_member",
    # 3.13
    "case_closure": "closed_on reason contact_attempts evaluation indicators victim_informed victim_view last_follow_up_ref revisit_due retention_class approved_by approver_role",
    "readmission": "closure_ref reason episode_no new_plan readmitted_on",
    # 3.14
    "family_contact_message": "direction form language written_on carrier visit_ref read_by_staff screening_reason content relation delivered_on outcome reply_expected phone",
    "family_contact_message.phone": "safe_to_call minutes consented",
    "case_worker_visit": "quarter facility visited_on agencies persons_met letters_carried",
    # 2.J rule 3
    "consent_withdrawal": "records asks recalled services_continue",
    "consent_withdrawal.records": "purpose recipient recipient_agency decision given_by guardian_capacity child_assent language method witness_role date",
    # 3.15
    "statistics_record": "stat_id reporting_body age_at_return age_at_recruitment age_group_at_return age_group_at_recruitment sex home_township source_village source_state recruitment_date destination_country purposes return_date referral_source provider_assigned victim_type identified_by identified_at not_assigned family_assessment_negative is_child special_case border_point days_in_shelter within_6_months notice_days file_level_at_return original_handed return_mode support_model readmission",
    # 3.16
    "meeting_agenda": "meeting stage held_on corridor city participants items",
    "meeting_agenda.items": "no topic case_uid document_refs barrier due decision responsible do_by percent persons",
}
FORMS = [
    "handover_record",
    "reception_record",
    "needs_assessment",
    "assessment_review",
    "service_provider_assignment",
    "follow_up_report",
    "case_closure",
    "readmission",
    "departure_record",
    "family_contact_message",
    "case_worker_visit",
    "consent_withdrawal",
    "statistics_record",
    "meeting_agenda",
]
LATER = sorted({place.partition(".")[0] for place in INVENTORY})


def group(place: str) -> type[Frozen]:
    name, *steps = place.split(".")
    kind: type[Frozen] = KINDS[name]
    for step in steps:
        found = group_of(kind, step)
        assert found is not None
        kind = found
    return kind


@pytest.mark.parametrize(("place", "names"), INVENTORY.items())
def test_every_field_of_the_list_exists(place: str, names: str) -> None:
    assert set(names.split()) <= set(group(place).model_fields)


@pytest.mark.parametrize(("name", "form"), list(zip(FORMS, range(15, 29), strict=True)))
def test_each_kind_has_its_number_a_source_and_people_who_write_and_read_it(name: str, form: int) -> None:
    facts = KINDS[name].facts
    assert facts.form == form
    assert facts.source
    assert facts.senders
    assert facts.writers
    assert readers_of(KINDS[name])


@pytest.mark.parametrize("name", LATER)
def test_whoever_sees_no_content_writes_and_reads_none(name: str) -> None:
    """System administrators never do; a partner's system gets what it is meant to act on and no more (domain 5)."""
    facts = KINDS[name].facts
    readers = readers_of(KINDS[name])
    assert "AD" not in facts.writers | readers
    assert "PI" not in facts.writers
    assert ("PI" in readers) == (name == "consent_withdrawal")
    assert ("ST" in readers) == (name == "statistics_record")


@pytest.mark.parametrize("name", LATER)
def test_a_story_is_never_operational(name: str) -> None:
    """Free text is sensitive, or it identifies; L1 holds codes, numbers and references."""
    schema = KINDS[name].model_json_schema()
    groups = {name: schema, **schema["$defs"]}
    told = [
        f"{group}.{field}"
        for group, found in groups.items()
        for field, declared in found.get("properties", {}).items()
        if declared.get("x-level") == Level.L1 and _is_story(declared)
    ]
    assert told == []


def _is_story(declared: dict[str, Any]) -> bool:
    """Say whether a field of a JSON Schema holds the texts of a form, of 600 or 1,500 characters."""
    return any(kind.get("maxLength") in {600, 1500} for kind in [declared, *declared.get("anyOf", [])])


def test_stories_are_recognised() -> None:
    """The test above would see them."""
    declared = KINDS["case_closure"].model_json_schema()["properties"]
    assert _is_story(declared["victim_view"])
    assert _is_story(declared["evaluation"])
    assert not _is_story(declared["closed_on"])
