"""A case worker's whole journey can be made with nothing but the OpenAPI page: what it has to tell for that."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.app import build_exchange, build_staff
from api.rules.access import ROLE_WORDS
from api.web.codes import CODES
from schemas.document import Role
from schemas.registry import FORMS, KINDS
from tests.support import World
from tests.web.town import Pair, problem, send_basic

BUILDERS = {"staff": build_staff, "exchange": build_exchange}
ROOMS = Path(__file__).parents[2] / "api"
FOR_OPERATORS = {"backup.py", "clients.py", "founding.py", "trust.py"}
"""Files of the flow whose errors only the command line shows."""
STATUS_OF = {"NotPermitted": 403, "NotFound": 404, "Conflict": 409, "InvalidInput": 422, "TooMuch": 413}
ON_ITS_OWN = {"draft_changed", "precondition_required", "rate_limited", "unsupported_media_type"}
BOTH = pytest.mark.parametrize("name", ["staff", "exchange"])


@cache
def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = BUILDERS[name](None).openapi()
    return document


def _operations(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in _document(name)["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def _form(number: int) -> str:
    found = next(one for _, one in _operations("staff") if one["operationId"] == f"record_form_{number}")
    return str(found["description"])


@BOTH
def test_every_parameter_is_explained(name: str) -> None:
    assert [
        f"{where}: {one['name']}"
        for where, operation in _operations(name)
        for one in operation.get("parameters", [])
        if not one.get("description")
    ] == []


def test_every_body_has_an_example_that_fits() -> None:
    """What the page shows can be sent as it is, with ids of one's own."""
    document = _document("staff")
    for where, operation in _operations("staff"):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            if media["schema"].get("format") == "binary":
                continue
            assert "example" in media, where
            whole = {**media["schema"], "components": document["components"]}
            jsonschema_rs.validate(whole, media["example"])


@BOTH
def test_every_answer_that_is_a_problem_names_its_codes(name: str) -> None:
    for where, operation in _operations(name):
        for status, response in operation["responses"].items():
            content = response.get("content", {})
            if "application/problem+json" in content:
                assert content["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
                assert any(f"`{code}`" in response["description"] for code in CODES[int(status)]), (where, status)
    assert all(
        field["description"] for field in _document(name)["components"]["schemas"]["Problem"]["properties"].values()
    )


def _raised() -> Iterator[tuple[int, str]]:
    """Yield each code that stands where one of our errors is made, with its status, save for what operators see."""
    for file in [*(ROOMS / "web").rglob("*.py"), *(ROOMS / "flow").rglob("*.py"), *(ROOMS / "rules").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())) if file.name not in FOR_OPERATORS else ():
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in STATUS_OF
                and node.args
            ):
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield STATUS_OF[node.func.id], code.value


def test_every_code_that_is_raised_stands_in_the_contract() -> None:
    """And under its status; those of one operation alone, and of the carrier's doors, have answers of their own."""
    inside = {"document_refused", "item_type_unknown"}  # told item by item in the answer to a bundle
    missing = {
        (status, code) for status, code in _raised() if code not in CODES[status] and code not in ON_ITS_OWN | inside
    }
    assert missing == set()


def test_what_is_sent_in_the_head_of_an_answer_is_declared() -> None:
    head = {
        operation["operationId"]: {name for one in operation["responses"].values() for name in one.get("headers", {})}
        for _, operation in _operations("staff")
    }
    assert "Location" in head["open_case"]
    assert "ETag" in head["save_draft"] & head["read_draft"]
    assert "Content-Disposition" in head["export_bundle"] & head["get_totals"]
    assert all("Retry-After" in names for names in head.values())
    assert all("WWW-Authenticate" in head[one["operationId"]] for _, one in _operations("staff") if "security" in one)


@pytest.mark.parametrize("number", FORMS)
def test_each_form_tells_who_writes_it_and_every_rule_of_it(number: int) -> None:
    """By what it declares: no form has words of its own that could grow stale."""
    facts, told = FORMS[number].facts, _form(number)
    assert "**Needs**" in told
    assert f"`{facts.scope}:write`" in told
    assert all(f"{role} ({ROLE_WORDS[role]})" in told for role in facts.writers)
    assert ("Always a second person" in told) == facts.needs_release
    if facts.answered_by is not None:
        assert f"with form {KINDS[facts.answered_by].facts.form} " in told
        assert f"Answers form {number} " in _form(KINDS[facts.answered_by].facts.form)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        pytest.param(
            8, "`/tracing_seed/relatives`: the name of one relative at least (decided by `started_with_less", id="keys"
        ),
        pytest.param(8, "`FAMILY_TRACING`, `PHOTO`", id="consents"),
        pytest.param(12, "`/tracing_ref`: first a tracing result that located the family", id="what-comes-before"),
        pytest.param(
            13, "`/advice`: say what was advised (decided by `contrary_to_advice`)", id="an-answer-asks-another"
        ),
        pytest.param(
            13, "`/assessment_shown`: there is an assessment: talk it through first", id="what-has-to-be-shown"
        ),
        pytest.param(15, "`/persons`: say what became of everyone who was meant to come", id="everyone-of-the-notice"),
        pytest.param(
            20, "`/not_seen_reason`: who was not met has a reason, and nobody else (decided by `seen`)", id="seen"
        ),
        pytest.param(21, "`/contact_attempts`: try as often as was agreed", id="an-agreed-number"),
        pytest.param(21, "(decided by `reason`, `LOST_CONTACT`)", id="a-code-asks"),
        pytest.param(23, "`/review_waived/approved_by`: a second person has to approve", id="who-approves"),
        pytest.param(1, "(decided by `child`, `full file`)", id="a-declared-condition"),
    ],
)
def test_a_form_tells_what_its_answers_make_necessary(number: int, words: str) -> None:
    assert words in _form(number)


def test_who_may_not_write_a_form_is_told_who_may(pair: Pair) -> None:
    office = pair.shelter
    answer = office.http.post("/v1/forms/9", json={}, headers=office.as_role("SW"))
    problem(answer, 403, "role_may_not_write")
    assert answer.json()["detail"] == "this needs the scope notice:write and one of the roles FO, PI"


def test_what_is_not_here_is_told_like_what_is_not_for_one(pair: Pair) -> None:
    """What to check is said to both in the same words."""
    office, other = pair.shelter, pair.department
    _, document_id = send_basic(pair)
    answers = [
        other.http.get(f"/v1/documents/{document_id}", headers=other.as_role("WO")),
        other.http.get("/v1/documents/01JP0ZK8W3T5N7Q9R1S2V4X6Y8", headers=other.as_role("WO")),
        office.http.get(f"/v1/documents/{document_id}", headers=office.as_role("ST")),
    ]
    bodies = [{**answer.json(), "instance": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert bodies[0] == bodies[1] == bodies[2]
    assert "GET /v1/forms" in bodies[0]["detail"]


def test_an_agenda_without_anybody_to_send_it_to_says_so(world: World) -> None:
    office = world.shelter
    wanted = {"meeting": "om", "city": "TH-CNX", "corridor": {"destination": "TH", "origin": "MM"}}
    for more, hint in (({}, "add `recipient`"), ({"recipient": "TH-FOCAL"}, None)):
        told = office.http.post("/v1/agendas/preview", json={**wanted, **more}, headers=office.as_role("FO")).json()
        assert (told["hint"] or "").startswith(hint or "")
        assert ("recipient" in told["content"]) == (hint is None)


def test_every_role_has_a_word() -> None:
    """The help of `client add` and the forms on the page say it."""
    assert set(ROLE_WORDS) == set(Role)
