"""A child does not agree alone, whichever form carries its consent: a guardian or an authority decides too."""

import pytest

from schemas.document import Document
from schemas.guards import Follows
from schemas.needs import Problem
from tests.cases import case_file
from tests.forms import codes, document

CONSENT: dict[str, object] = {
    "purpose": "FAMILY_TRACING",
    "decision": "given",
    "given_by": "self",
    "date": "2025-03-01",
}
GUARDED: dict[str, object] = {**CONSENT, "given_by": "guardian", "guardian_capacity": "appointed"}
CHILD: dict[str, object] = {"/tracing_seed/birth": "2012-05-01", "/tracing_seed/age_reported": None}
ADULT: dict[str, object] = {"/tracing_seed/birth": "1990-05-01", "/tracing_seed/age_reported": None}
REQUEST, NOTICE, ASSESSMENT, REPORT = (
    "family_tracing_request",
    "advance_repatriation_notice",
    "family_assessment",
    "follow_up_report",
)


def alone(name: str, edits: dict[str, object]) -> set[str]:
    """Return where a form says that a child agreed alone."""
    return {path for path, code in codes(name, edits) if code == "child_consent_alone"}


@pytest.mark.parametrize(
    ("name", "where", "edits"),
    [
        pytest.param(REQUEST, "/consent", CHILD, id="who-is-looked-for"),
        pytest.param(NOTICE, "/persons/0/consent", {"/persons/0/is_child": "true"}, id="who-is-announced"),
        pytest.param(NOTICE, "/persons/0/consent", {"/persons/0/is_child": "uncertain"}, id="who-may-be-a-child"),
        pytest.param(ASSESSMENT, "/consents/0", {"/population": "child", "/consents": []}, id="whose-family-is-seen"),
    ],
)
def test_who_is_a_child_by_the_form_does_not_agree_alone(name: str, where: str, edits: dict[str, object]) -> None:
    assert alone(name, {**edits, where: CONSENT}) == {f"{where}/given_by"}
    assert alone(name, {**edits, where: GUARDED}) == set()
    assert alone(name, {**edits, where: {**CONSENT, "decision": "refused"}}) == set()


@pytest.mark.parametrize(
    ("name", "where", "edits"),
    [
        pytest.param(REQUEST, "/consent", ADULT, id="who-is-looked-for"),
        pytest.param(NOTICE, "/persons/0/consent", {"/persons/0/is_child": "false"}, id="who-is-announced"),
        pytest.param(ASSESSMENT, "/consents/0", {"/population": "adult", "/consents": []}, id="whose-family-is-seen"),
    ],
)
def test_an_adult_agrees_alone(name: str, where: str, edits: dict[str, object]) -> None:
    assert alone(name, {**edits, where: CONSENT}) == set()


@pytest.mark.parametrize("name", [REQUEST, REPORT])
@pytest.mark.parametrize(("birth", "is_child"), [("2012-05-01", True), ("1990-05-01", False)])
def test_the_file_that_is_held_says_who_is_a_child(name: str, birth: str, is_child: bool) -> None:
    form = document(name, {"/consent": CONSENT, **(ADULT if name == REQUEST else {})})
    file = case_file(form.case_uid or "", birth=birth)
    found = [one.code for one in misfits(form, file)]
    assert ("child_consent_alone" in found) is is_child
    assert "child_consent_alone" not in [one.code for one in misfits(form)]


def misfits(form: Document, *earlier: Document) -> list[Problem]:
    assert isinstance(form, Follows)
    return [*form.misfits(earlier)]
