"""The way home: a child never goes alone, and nobody goes on an assessment that nobody looked at again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.agreed import agreed_problems
from api.rules.cautions import cautions_of
from api.rules.policy import CorridorNumbers
from schemas.assessment_codes import AssessmentResult
from schemas.codes import Relation
from schemas.departure_record import DepartureRecord
from schemas.document import CaseState
from schemas.family_assessment import FamilyAssessment
from tests.forms import GONE, codes, document

KIND, REVIEW = "departure_record", "assessment_review"
ALONE = {"/mode": "unaccompanied", "/escorts": []}
WAIVER = {"reason": "Nobody lives there any more.", "decided_by": "DSW-204", "approved_by": "DSW-011"}
NEWER = "01K3T000000000000000000000"


def departure(edits: dict[str, object] | None = None) -> DepartureRecord:
    made = document(KIND, edits)
    assert isinstance(made, DepartureRecord)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({**ALONE, "/is_child": "true"}, "/mode", "child_unaccompanied", id="child-alone"),
        pytest.param({**ALONE, "/is_child": "uncertain"}, "/mode", "child_unaccompanied", id="perhaps-a-child-alone"),
        pytest.param({"/escorts": []}, "/escorts", "escort_contradicts", id="accompanied-by-nobody"),
        pytest.param({"/mode": "unaccompanied"}, "/escorts", "escort_contradicts", id="alone-with-escort"),
        pytest.param({"/review_ref": GONE}, "/review_ref", "review_missing", id="no-review"),
        pytest.param({"/review_waived": WAIVER}, "/review_ref", "review_missing", id="review-and-waiver"),
        pytest.param(
            {"/review_ref": GONE, "/review_waived": {**WAIVER, "approved_by": "DSW-204"}},
            "/review_waived/approved_by",
            "second_person_needed",
            id="waived-by-one",
        ),
        pytest.param({"/to": "THIRD_COUNTRY"}, "/to", "no_homecoming", id="another-country"),
        pytest.param({"/to": "PENDING"}, "/to", "no_homecoming", id="nowhere-yet"),
        pytest.param(
            {"/preparatory_visit": {"done": False}},
            "/preparatory_visit/not_done_reason",
            "visit_reason",
            id="no-visit-no-reason",
        ),
        pytest.param(
            {"/preparatory_visit/not_done_reason": "security"},
            "/preparatory_visit/not_done_reason",
            "visit_reason",
            id="visit-and-reason",
        ),
        pytest.param({"/preparatory_visit/on": GONE}, "/preparatory_visit/on", "visit_day", id="visit-without-day"),
        pytest.param(
            {"/preparatory_visit": {"done": False, "not_done_reason": "security", "on": "2025-08-25"}},
            "/preparatory_visit/on",
            "visit_day",
            id="no-visit-on-a-day",
        ),
        pytest.param(
            {"/preparatory_visit/on": "2025-08-31", "/created_at": "2025-09-01T10:00:00+06:30"},
            "/preparatory_visit/on",
            "wrong_order",
            id="visit-afterwards",
        ),
        pytest.param({"/departed_at": "2025-08-31T07:00:00+06:30"}, "/departed_at", "future_date", id="tomorrow"),
    ],
)
def test_a_departure_that_does_not_protect_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(KIND, edits)


def test_an_adult_may_go_alone_and_is_home() -> None:
    made = departure(ALONE)
    assert made.moves(made.case_uid) is CaseState.HOME
    assert made.moves("01JSDQ7A1B2C3D4E5F6G7H8J9K") is None


def test_without_an_assessment_two_people_stand_for_the_waiver() -> None:
    """Scenario S4: to another relative, accompanied, and no family was assessed."""
    made = departure({"/review_ref": GONE, "/review_waived": WAIVER, "/to": "OTHER_RELATIVE"})
    assert list(made.misfits([document("case_file_full")])) == []


@pytest.mark.parametrize(
    ("earlier", "edits", "expected"),
    [
        pytest.param([(REVIEW, {})], {}, [], id="fits"),
        pytest.param([], {}, [], id="not-held-here"),
        pytest.param([(REVIEW, {"/outcome": "reassess"})], {}, ["review_not_passed"], id="reassess"),
        pytest.param([("needs_assessment", {"/id": departure().review_ref})], {}, ["not_a_review"], id="another-kind"),
        pytest.param(
            [(REVIEW, {"/reviewed_on": "2025-08-31", "/age_days": 89, "/created_at": "2025-08-31T10:00:00+06:30"})],
            {},
            ["wrong_order"],
            id="reviewed-afterwards",
        ),
        pytest.param(
            [
                (REVIEW, {}),
                (
                    REVIEW,
                    {
                        "/id": NEWER,
                        "/outcome": "new_concern",
                        "/concern": "The broker is back.",
                        "/created_at": "2025-08-29T10:00:00+06:30",
                    },
                ),
            ],
            {},
            ["newer_review"],
            id="a-newer-concern",
        ),
        pytest.param([(REVIEW, {}), ("case_file_full", {})], {}, [], id="an-adult-by-the-file"),
        pytest.param(
            [
                (REVIEW, {}),
                ("case_file_basic", {"/person/birth/edtf": "2008", "/person/age_reported": 17, "/consents": []}),
            ],
            {},
            ["child_contradicts"],
            id="a-child-by-the-file",
        ),
    ],
)
def test_a_departure_follows_a_review_that_lets_somebody_go(
    earlier: list[tuple[str, dict[str, object]]], edits: dict[str, object], expected: list[str]
) -> None:
    held = [document(name, changed) for name, changed in earlier]
    assert [problem.code for problem in departure(edits).misfits(held)] == expected


def test_a_child_does_not_go_to_a_family_with_a_negative_assessment() -> None:
    """Scenario S2: her mother's home was assessed negative; foster care remains."""
    negative = document("family_assessment_negative")
    assert isinstance(negative, FamilyAssessment)
    days = 30
    review = document(
        REVIEW,
        {
            "/case_uid": negative.case_uid,
            "/assessment_ref": negative.id,
            "/assessed_on": "2025-06-30",
            "/reviewed_on": "2025-07-30",
            "/age_days": days,
        },
    )
    child = {"/case_uid": negative.case_uid, "/is_child": "true"}
    assert [p.code for p in departure(child).misfits([negative, review])] == ["negative_assessment"]
    waiver = {"reason": "A fictional reason.", "decided_by": "DSW-1", "approved_by": "DSW-2"}
    waived = departure({**child, "/review_ref": GONE, "/review_waived": waiver})
    assert [p.code for p in waived.misfits([negative])] == ["negative_assessment"], "a waived review opens nothing"
    elsewhere = departure({**child, "/to": "ALTERNATIVE_CARE_ORIGIN"})
    assert list(elsewhere.misfits([negative, review])) == []
    praised = negative.overall.model_copy(update={"result": AssessmentResult.POSITIVE})
    first = negative.model_copy(update={"id": NEWER, "overall": praised})
    corrected = negative.model_copy(update={"supersedes": NEWER})
    reviewed = review.model_copy(update={"assessment_ref": NEWER})
    assert list(departure(child).misfits([first, reviewed])) == []
    held = [first, corrected, reviewed]
    assert [p.code for p in departure(child).misfits(held)] == ["negative_assessment"], "what was corrected counts"


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        pytest.param({}, ["negative_assessment"], id="the-same-home"),
        pytest.param({"caregiver": None}, ["negative_assessment"], id="nobody-would-receive-the-child"),
        pytest.param({"relation": Relation.AUNT}, [], id="another-home"),
        pytest.param({"assessed_on": date(2025, 5, 1)}, [], id="an-older-one"),
    ],
)
def test_the_review_of_an_older_assessment_does_not_open_a_home_that_was_judged_since(
    again: dict[str, object], expected: list[str]
) -> None:
    """004 2.2: what was found later of the same home counts, whichever assessment was talked through."""
    negative = document("family_assessment_negative")
    assert isinstance(negative, FamilyAssessment)
    assert negative.caregiver is not None
    home = {"/case_uid": negative.case_uid, "/caregiver/relation": negative.caregiver.relation.value}
    good = document("family_assessment", home)
    edits = dict(again)
    if "relation" in edits:
        edits = {"caregiver": negative.caregiver.model_copy(update=edits)}
    held = [good, negative.model_copy(update=edits), document(REVIEW, {"/case_uid": negative.case_uid})]
    made = departure({"/case_uid": negative.case_uid, "/is_child": "true"})
    assert [p.code for p in made.misfits(held)] == expected


@pytest.mark.parametrize(
    ("of_review", "departed", "expected"),
    [
        pytest.param({}, "2025-08-30T07:30:00+06:30", [], id="88-days"),
        pytest.param({}, "2025-09-01T07:30:00+06:30", [], id="90-days"),
        pytest.param({}, "2025-09-02T07:30:00+06:30", ["assessment_stale"], id="91-days"),
        pytest.param(
            {"/outcome": "waived", "/waived_reason": "Nothing changed.", "/waived_by": "DSW-204"},
            "2025-09-02T07:30:00+06:30",
            [],
            id="waived",
        ),
    ],
)
def test_an_assessment_is_too_old_on_the_day_of_the_way_home(
    of_review: dict[str, object], departed: str, expected: list[str]
) -> None:
    made = departure({"/departed_at": departed, "/created_at": "2025-09-03T10:00:00+06:30"})
    held = [document(REVIEW, of_review)]
    assert [problem.code for problem in agreed_problems(made, held)] == expected
    assert list(agreed_problems(made, held, CorridorNumbers(assessment_valid_days=100))) == []
    assert list(agreed_problems(made, [])) == []


def test_a_crowd_is_noticed_and_not_refused() -> None:
    crowd = departure({"/escorts/2": {"role": "interpreter"}})
    assert [problem.code for problem in cautions_of(crowd)] == ["too_many_visitors"]
    assert list(cautions_of(departure())) == []


@given(
    st.sampled_from(["true", "false", "uncertain"]),
    st.sampled_from(["accompanied", "unaccompanied"]),
    st.integers(0, 2),
)
def test_whoever_may_be_a_child_has_somebody_along(is_child: str, mode: str, escorts: int) -> None:
    rows = [{"role": "welfare_officer"}] * escorts
    if not codes(KIND, {"/is_child": is_child, "/mode": mode, "/escorts": rows}):
        assert is_child == "false" or escorts > 0
