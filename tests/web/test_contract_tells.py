"""A case worker's whole journey can be made with nothing but the OpenAPI page: what it has to tell for that."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api import errors
from api.rules.access import ROLE_WORDS
from api.sealing.codes import TRUST_HINTS
from api.web.codes import CODES
from api.web.problems import status_of
from schemas.document import Role
from schemas.registry import FORMS, KINDS
from tests.support import World
from tests.web.contract import document_of, operations_of
from tests.web.town import Pair, problem, send_basic

API = Path(__file__).parents[2] / "api"
ROOMS = ("web", "flow", "rules", "sealing", "store")
ERRORS = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
SHOWN_ELSEWHERE = {"backup.py", "clients.py", "dump.py", "founding.py", "tokens.py"}
"""Files whose errors the command line shows, or the token endpoint in the words of OAuth."""
NEVER_TOLD = {
    *("agency_is_ours", "fingerprint_required", "fingerprint_differs"),  # at the command line, when somebody trusts
    *("document_refused", "item_type_unknown"),  # item by item in the answer to a bundle
    *("attachment_not_awaited", "attachment_cut_off"),  # the same
}
OF_KEY_FILES = {code for code in TRUST_HINTS if code.startswith(("keys_", "node_keys_", "descriptor_"))} | {
    *("key_malformed", "key_refused", "key_use_wrong", "key_inconsistent", "key_window_invalid", "key_duplicate"),
    *("kid_not_thumbprint", "key_not_private", "key_not_public", "agency_differs"),
}
"""What is wrong with keys before they are pinned: told at the command line, or not at all where a peer sends them."""
BOTH = pytest.mark.parametrize("name", ["staff", "exchange"])


def _operations(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, method, operation in operations_of(name):
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
    document = document_of("staff")
    for where, operation in _operations("staff"):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            if media["schema"] == {"type": "string"}:  # bytes of a file
                continue
            assert "example" in media, where
            if operation["operationId"].startswith("record_form_"):
                assert media["example"]["recipient"], where
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
        field["description"] for field in document_of(name)["components"]["schemas"]["Problem"]["properties"].values()
    )


def _made() -> Iterator[errors.HomewardError]:
    """Yield each error of ours that is made somewhere behind an address, with the code that stands there."""
    for file in (file for room in ROOMS for file in (API / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())) if file.name not in SHOWN_ELSEWHERE else ():
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name in ERRORS:
                    yield ERRORS[name](code)
                case ast.Call(func=ast.Name(id=name), args=[]) | ast.Raise(exc=ast.Name(id=name)) if name in ERRORS:
                    yield ERRORS[name]()
    yield errors.OffsetDiffers(0)  # is made with a place, not with a code
    yield from (errors.TrustError(code) for code in TRUST_HINTS.keys() - OF_KEY_FILES)


def test_every_code_that_is_raised_stands_in_the_contract_and_no_other() -> None:
    """Under the status with which it leaves; a broken seal never tells which check failed."""
    raised: dict[int, set[str]] = {status: set() for status in CODES}
    for error in _made():
        code = "envelope_refused" if isinstance(error, errors.SealError) else error.code
        raised.setdefault(status_of(error), set()).add(code)
    for status, codes in CODES.items():
        assert set(codes) == raised[status] - NEVER_TOLD, status
        assert len(codes) == len(set(codes)), status


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
        pytest.param(8, "`/tracing_seed/relatives`: the name of one relative at least", id="keys"),
        pytest.param(8, "`FAMILY_TRACING`, `PHOTO`", id="consents"),
        pytest.param(12, "`/tracing_ref`: first a tracing result that located the family", id="what-comes-before"),
        pytest.param(13, "`/advice`: say what was advised", id="an-answer-asks-another"),
        pytest.param(
            13, "`/assessment_shown`: there is an assessment: talk it through first", id="what-has-to-be-shown"
        ),
        pytest.param(15, "`/persons`: say what became of everyone who was meant to come", id="everyone-of-the-notice"),
        pytest.param(20, "`/not_seen_reason`: who was not met has a reason, and nobody else", id="seen"),
        pytest.param(21, "`/contact_attempts`: try as often as was agreed", id="an-agreed-number"),
        pytest.param(17, "`/medical/done_on`: an adult is examined after saying yes", id="an-adult-or-a-child"),
        pytest.param(23, "`/review_waived/approved_by`: a second person has to approve", id="who-approves"),
        pytest.param(9, "`/persons/*/case_uid`: the case stands beside the way home", id="by-the-books-of-the-node"),
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
