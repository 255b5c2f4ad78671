"""Who is told that something is due, or that there is a document: nobody whom the matrix keeps from it."""

import pytest

from api.rules.field_places import readers_of
from api.rules.need_to_know import METADATA_ONLY
from api.rules.watch.deadline import Rule
from api.rules.watch.table import RULES
from api.rules.watch.told import forms_kept_from, rules_told_to
from schemas.document import Role
from schemas.registry import FORMS, KINDS

ANNEX = KINDS["restricted_annex"].facts.form
KEPT = {
    "a health officer of an escape": (Role.HO, Rule.FAMILY_INFORMED),
    "a health officer of a hold by a court": (Role.HO, Rule.HOLD_REVIEW),
    "the police of tracing": (Role.LE, Rule.TRACING_RESULT),
    "the police of an assessment": (Role.LE, Rule.ASSESSMENT_AGE),
    "a shelter worker of visits at home": (Role.SW, Rule.FOLLOW_UP),
    "a partner system of a hand-over": (Role.PI, Rule.HANDOVER_SIGNED),
    "a provider of a hand-over": (Role.NG, Rule.HANDOVER_SIGNED),
}


@pytest.mark.parametrize(("role", "rule"), KEPT.values(), ids=KEPT)
def test_a_rule_is_kept_from_whom_the_matrix_keeps_what_it_is_about(role: Role, rule: Rule) -> None:
    assert rule not in rules_told_to(frozenset({role}))
    assert rule in rules_told_to(frozenset({role, Role.CM}))


def test_whose_a_rule_is_is_told_of_it() -> None:
    """An owner who is not reminded would let it pass."""
    for rule, watch in RULES.items():
        for owner in watch.owners:
            assert rule in rules_told_to(frozenset({owner})), (rule, owner)


def test_only_what_is_about_no_one_is_told_to_everybody() -> None:
    """Of a receipt or an answer the alert is kept from whom its document is kept from."""
    about_nobody = {Rule.RECEIPT, Rule.SECOND_CONTACT, Rule.ANSWER, Rule.STATISTICS, Rule.HOT_SPOTS}
    assert rules_told_to(frozenset()) == about_nobody


def test_who_is_told_of_no_kind_reads_none_but_by_consent() -> None:
    """What can be read without asking anybody is no secret."""
    for role in Role:
        for form in forms_kept_from(frozenset({role})):
            kind = FORMS[form]
            assert role not in kind.facts.writers
            assert kind.facts.needs_release or role not in readers_of(kind), (role, kind)


@pytest.mark.parametrize("role", [Role.CM, Role.HO, Role.FO])
def test_of_an_annex_those_are_told_who_write_it_or_break_the_glass(role: Role) -> None:
    assert ANNEX not in forms_kept_from(frozenset({role}))


@pytest.mark.parametrize("role", [Role.SW, Role.WO, Role.NG, Role.LE, Role.PI, Role.ST])
def test_of_an_annex_nobody_is_told_who_may_see_a_part_of_some(role: Role) -> None:
    """Whether this one has that part, the one who asks shall not learn."""
    assert ANNEX in forms_kept_from(frozenset({role}))


def test_an_auditor_is_told_of_everything() -> None:
    """Each line of the log is theirs to read anyway."""
    for role in METADATA_ONLY:
        assert rules_told_to(frozenset({role})) == frozenset(Rule)
        assert forms_kept_from(frozenset({role})) == frozenset()
