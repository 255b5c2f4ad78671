"""What one reader sees of one document: nothing that the matrix does not give, and never a word under a mask."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.rules.field_places import ENVELOPE, readers_of
from api.rules.masks import HINTS, Reader, Standing, View, Withheld, masked
from api.rules.need_to_know import Leave, LookPurpose, Why
from schemas.base import AgencyId, CaseUid
from schemas.document import ConsentPurpose, Role
from schemas.facts import Level
from schemas.registry import KINDS
from tests.forms import document, example

ASSIGNED = Standing(is_assigned=True)
NAMES = ["case_file_full", *(name for name in KINDS if name != "case_file")]


def see(name: str, *roles: Role, how: Standing = ASSIGNED, edits: dict[str, object] | None = None, **more: Any) -> View:
    """Return what somebody sees of an example, standing the same way to each of its cases."""
    made = document(name, edits)
    more = {"purpose": LookPurpose.CASE_WORK, "agency": made.recipient, **more}
    return masked(made, Reader(frozenset(roles), standing=how, cases=dict.fromkeys(made.case_uids(), how), **more))


def leaves(node: object) -> Iterator[object]:
    """Yield every plain value."""
    if isinstance(node, dict):
        for value in node.values():
            yield from leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value)
    else:
        yield node


def test_who_works_on_the_case_sees_the_file_as_it_was_signed() -> None:
    seen = see("case_file_full", Role.SW)
    whole = document("case_file_full").model_dump(mode="json", exclude_none=True)
    assert (seen.content, seen.withheld, seen.level, seen.is_read) == (whole, (), Level.L3, True)


def test_a_liaison_sees_flags_and_no_section_of_the_person() -> None:
    """Without the person's consent: no B, C, D, E; the header as codes; the legal block whole."""
    seen = see("case_file_full", Role.LE)
    assert not {"person", "home", "family", "trafficking", "interim_care", "wishes"} & set(seen.content)
    assert set(seen.content["header"]) <= {
        "facility",
        "admission_kind",
        "referral_source",
        "victim_status",
        "determining_agency",
        "priority",
        "absent",
    }
    assert set(seen.content["special_needs"]) - {"absent"} == {"special_case"}
    assert "proceedings" in seen.content["justice"]
    assert Withheld("B. Person", Why.CONSENT) in seen.withheld
    assert not any(one.part.startswith("D.") for one in seen.withheld), "a role without any part in it is not told"


def test_a_liaison_sees_the_person_who_agreed() -> None:
    agreed = Standing(is_assigned=True, consents=frozenset({ConsentPurpose.SHARE_WITH_LAW_ENFORCEMENT}))
    seen = see("case_file_full", Role.LE, how=agreed)
    assert {"person", "home", "trafficking"} <= set(seen.content)
    assert "family" not in seen.content


def test_a_provider_sees_the_family_in_summary_and_no_story() -> None:
    """What identifies, so that somebody can be found, but neither debts nor violence, and nothing of section E."""
    seen = see("case_file_full", Role.NG)
    assert {"person", "home", "family", "special_needs", "interim_care"} <= set(seen.content)
    assert "father" in seen.content["family"]
    assert not {"household_debt_to", "relationship_before", "broker_known", "contact_restrictions"} & set(
        seen.content["family"]
    )
    assert "trafficking" not in seen.content
    assert "justice" not in seen.content


def test_a_provider_sees_consents_that_name_it_or_nobody() -> None:
    """The one that names a hospital, or another agency, is not a provider's business."""
    seen = see("case_file_full", Role.NG, agency=AgencyId("MM-NGO-1"))
    named = {record.get("recipient_agency") for record in seen.content["consents"]}
    assert named <= {None, "MM-NGO-1"}
    assert len(seen.content["consents"]) < len(example("case_file_full")["consents"])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", [Role.AU, Role.ST, Role.AD])
def test_who_needs_no_content_gets_none(name: str, role: Role) -> None:
    """Auditors at most what is operational; statisticians see rows of figures only; administrators nothing."""
    seen = see(name, role)
    assert seen.level in {None, Level.L1} or (role, name) == (Role.ST, "statistics_record")
    if role is Role.AD and KINDS[example(name)["kind"]].facts.row is not None:
        assert set(seen.content) <= ENVELOPE


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", Role)
def test_who_can_see_a_kind_at_all_follows_from_its_rows(name: str, role: Role) -> None:
    """Whoever is no reader of a kind sees nothing of it, however they stand to the case."""
    kind = KINDS[example(name)["kind"]]
    everything = Standing(True, True, False, frozenset(ConsentPurpose), frozenset(Leave))
    seen = see(name, role, how=everything, purpose=LookPurpose.PROTECTION, is_own=True)
    assert seen.level is None or role in readers_of(kind)


@pytest.mark.parametrize("name", NAMES)
def test_a_mask_shows_no_word(name: str) -> None:
    """For a border officer every text of every kind is gone, save what the document says about itself."""
    made = document(name)
    seen = see(name, Role.LE, how=Standing())
    if seen.is_read or KINDS[made.kind].facts.row is None:
        return
    shown = {value for key, part in seen.content.items() if key not in ENVELOPE for value in leaves(part)}
    told = {
        value for value in leaves(example(name)) if isinstance(value, str) and (" " in value or not value.isascii())
    }
    assert not shown & told


def test_a_border_officer_gets_numbers_counts_and_needs() -> None:
    """Number, child, needs, companions; no name, no day, no place, no case (domain 5)."""
    seen = see("advance_repatriation_notice", Role.LE, how=Standing())
    (first, *_) = seen.content["persons"]
    assert {"seq", "is_child", "needs_codes"} <= set(first)
    assert not {"name", "case_uid", "sex", "home_township", "travel_document"} & set(first)
    assert "totals" in seen.content
    assert not {"planned_date", "border_point", "route"} & set(seen.content)
    assert (seen.level, seen.is_read) == (Level.L1, False)


def test_on_a_list_a_provider_sees_rows_of_its_own_cases_only() -> None:
    made = document("advance_repatriation_notice")
    mine = made.case_uids()[0]
    reader = Reader(
        frozenset({Role.NG}), made.recipient, LookPurpose.CASE_WORK, standing=ASSIGNED, cases={CaseUid(mine): ASSIGNED}
    )
    rows = masked(made, reader).content["persons"]
    own = [
        person["seq"] for person in example("advance_repatriation_notice")["persons"] if person.get("case_uid") == mine
    ]
    assert [row["seq"] for row in rows] == own


def test_the_result_of_an_assessment_goes_further_than_the_assessment() -> None:
    seen = see("family_assessment", Role.SW)
    assert {"overall", "recommendation", "assessed_on"} == set(seen.content) - ENVELOPE


def test_an_annex_opens_for_two_people_and_a_purpose() -> None:
    """Health for the health officer, perpetrators for nobody who was not meant."""
    agreed = frozenset({ConsentPurpose.SHARE_HEALTH_RESTRICTED})
    alone = Standing(is_assigned=True, consents=agreed)
    both = Standing(is_assigned=True, consents=agreed, leaves=frozenset({Leave.RELEASE}))
    assert set(see("restricted_annex", Role.HO, how=both, purpose=LookPurpose.HEALTH_CARE).content) & {
        "health",
        "medicines",
    }
    for how, purpose in ((alone, LookPurpose.HEALTH_CARE), (both, LookPurpose.CASE_WORK)):
        seen = see("restricted_annex", Role.HO, how=how, purpose=purpose)
        assert not {"health", "medicines", "exploitation", "perpetrators"} & set(seen.content)
        assert {one.part for one in seen.withheld} == {"Restricted annex"}, "not even the name of a field"


def test_what_the_shelter_found_before_the_return_it_may_read_again() -> None:
    """The same form from the other side is not a shelter worker's business."""
    assert see("needs_assessment", Role.SW, is_own=True).is_read
    assert see("needs_assessment", Role.SW).level is None


def test_why_a_question_is_blank_is_told_to_whoever_sees_the_question() -> None:
    edits = {"/person/absent": {"religion": "asked_declined"}, "/person/religion": None}
    assert see("case_file_full", Role.SW, edits=edits).content["person"]["absent"] == {"religion": "asked_declined"}
    counted = see("case_file_full", Role.SW, edits=edits, purpose=LookPurpose.STATISTICS)
    assert "religion" not in str(counted.content)


def test_who_counts_or_watches_has_not_read() -> None:
    """What is shown to them proves to no sender that the document was opened."""
    assert see("case_file_full", Role.SW).is_read
    assert not see("case_file_full", Role.AU).is_read
    assert not see("case_file_full", Role.SW, purpose=LookPurpose.STATISTICS).is_read


def test_after_the_end_nothing_is_left_but_what_one_wrote() -> None:
    over = Standing(is_assigned=True, has_ended=True)
    assert see("case_file_full", Role.SW, how=over).level is None
    assert see("case_file_full", Role.SW, how=over, is_own=True).is_read


def test_every_reason_that_is_told_has_a_hint() -> None:
    assert set(HINTS) == set(Why)
