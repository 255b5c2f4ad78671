"""The assessor sees what is asked, and what the answers come to, before anything is signed."""

from typing import Any

import pytest

from tests.forms import example
from tests.web.town import Pair, codes, problem

PATH = "/v1/risk-catalogue"
CHILD_ONLY, ADULT_ONLY = "F02", "F03"


def read(pair: Pair, query: str = "") -> dict[str, Any]:
    answer = pair.department.http.get(f"{PATH}{query}", headers=pair.department.as_role("WO"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def explain(pair: Pair, draft: dict[str, Any]) -> Any:
    return pair.department.http.post(f"{PATH}/explain", json=draft, headers=pair.department.as_role("WO"))


@pytest.mark.parametrize(
    ("population", "has", "has_not"),
    [
        pytest.param("child", CHILD_ONLY, ADULT_ONLY, id="of-a-child"),
        pytest.param("adult", ADULT_ONLY, CHILD_ONLY, id="of-an-adult"),
    ],
)
def test_child_and_adult_have_risks_of_their_own(pair: Pair, population: str, has: str, has_not: str) -> None:
    ids = {factor["id"] for factor in read(pair, f"?population={population}")["factors"]}
    assert has in ids
    assert has_not not in ids
    assert "F01" in ids


def test_each_risk_has_its_questions_and_says_whether_it_decides(pair: Pair) -> None:
    whole = read(pair)
    assert (whole["version"], whole["versions"], len(whole["factors"])) == ("0", ["0"], 26)
    assert whole["ranks"][-1] == "not_assessed"
    first = whole["factors"][0]
    assert (first["auto_negative"], first["tier"], first["populations"]) == (True, "family", ["adult", "child"])
    assert [question["id"] for question in first["questions"]] == ["F01Q1", "F01Q2"]


def test_a_version_that_is_not_published_is_not_there(pair: Pair) -> None:
    answer = pair.department.http.get(f"{PATH}?version=7", headers=pair.department.as_role("WO"))
    problem(answer, 404, "catalogue_not_found")
    problem(explain(pair, {"population": "child", "version": "7"}), 404, "catalogue_not_found")


def test_nothing_assessed_is_inconclusive_and_never_none(pair: Pair) -> None:
    told = explain(pair, {"population": "child"}).json()
    assert (told["overall_rank"], told["possible_results"]) == ("not_assessed", ["inconclusive"])
    assert told["because"].startswith("Inconclusive")
    assert {factor["effect"] for factor in told["factors"]} == {"leaves_open"}


def test_the_home_of_the_second_journey_is_explained_factor_by_factor(pair: Pair) -> None:
    """Scenario S2: three factors decide by themselves, and the questions on which each rests are shown."""
    assessed = example("family_assessment_negative")
    answers = [{name: row[name] for name in ("question_id", "answer")} for row in assessed["answers"]]
    ranks = [{name: row[name] for name in ("factor_id", "level", "basis") if name in row} for row in assessed["ranks"]]
    told = explain(pair, {"population": "child", "version": "0", "answers": answers, "ranks": ranks}).json()
    assert (told["auto_negative_factors"], told["possible_results"]) == (["F01", "F02", "F18"], ["negative"])
    assert told["because"].startswith("Negative")
    first = told["factors"][0]
    assert (first["factor_id"], first["effect"]) == ("F01", "decides_negative")
    assert [(question["answer"], question["is_basis"]) for question in first["questions"]] == [
        ("yes", True),
        ("no", False),
    ]


@pytest.mark.parametrize(
    ("draft", "path", "code"),
    [
        pytest.param({"answers": [("F99Q1", "no")]}, "/answers/0/question_id", "unknown_question", id="no-question"),
        pytest.param({"answers": [("F03Q1", "no")]}, "/answers/0/question_id", "wrong_population", id="of-an-adult"),
        pytest.param(
            {"answers": [("F01Q1", "no"), ("F01Q1", "yes")]}, "/answers/1/question_id", "duplicate_question", id="twice"
        ),
        pytest.param({"ranks": [("F99", "low")]}, "/ranks/0/factor_id", "unknown_factor", id="no-factor"),
        pytest.param({"ranks": [("F03", "low")]}, "/ranks/0/factor_id", "wrong_population", id="factor-of-an-adult"),
        pytest.param({"ranks": [("F01", "low"), ("F01", "high")]}, "/ranks/1/factor_id", "duplicate_factor", id="both"),
    ],
)
def test_what_is_not_asked_of_a_child_is_refused(
    pair: Pair, draft: dict[str, list[tuple[str, str]]], path: str, code: str
) -> None:
    rows = {
        "answers": [{"question_id": number, "answer": answer} for number, answer in draft.get("answers", [])],
        "ranks": [{"factor_id": number, "level": level} for number, level in draft.get("ranks", [])],
    }
    answer = explain(pair, {"population": "child", **rows})
    problem(answer, 422, "invalid_input")
    assert (f"/body{path}", code) in codes(answer)


def test_the_catalogue_is_for_whoever_is_signed_in(pair: Pair) -> None:
    problem(pair.department.http.get(PATH), 401, "token_missing")
    answer = pair.department.http.get(PATH, headers=pair.department.as_role("NG"))
    assert answer.status_code == 200
