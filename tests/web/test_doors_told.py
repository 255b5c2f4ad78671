"""The page says of each operation for whom it is: every operation is called in every role, and holds to its word."""

import re
from typing import Any

import pytest

from api.web.examples import EXAMPLES
from api.web.limits import PART_TYPE
from api.web.staff.doors import DOORS
from schemas.document import Role
from tests.web.contract import operations_of
from tests.web.town import Pair

SHUT = {
    "scope_missing",
    "role_may_not_write",
    "role_may_not_match",
    "role_may_not_see_case_figures",
    "for_inside_only",
    "no_glass_to_break",
}
IDS = {"form": "1", "year": "2024", "agency_id": "MM-DSW", "client_id": "somebody", "alert_id": "eHg"}
ASKED = {"list_providers": {"township": "MMR011002"}, "get_crossed": {}}
HEADS = {"save_draft": {"if-none-match": "*"}, "send_part": {"upload-offset": "0"}}
ANY_FORM = {"save_draft", "read_draft", "review_draft", "finalise_draft"}
"""Their writers are those of the form; here of the first one."""
OPERATIONS = [
    (method, path, operation)
    for path, method, operation in operations_of("staff")
    if "security" in operation and not operation["operationId"].startswith("record_form_")
]


def _call(pair: Pair, method: str, path: str, operation: dict[str, Any], role: Role) -> Any:
    name = operation["operationId"]
    whole = re.sub(r"{(\w+)}", lambda found: IDS.get(found[1], "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"), path)
    headers = {**pair.shelter.as_role(role), **HEADS.get(name, {})}
    if name == "send_part":
        return pair.shelter.http.patch(whole, content=b"x", headers={**headers, "content-type": PART_TYPE})
    body = EXAMPLES[name] if "requestBody" in operation else None
    return pair.shelter.http.request(method, whole, headers=headers, params=ASKED.get(name), json=body)


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[one["operationId"] for *_, one in OPERATIONS]
)
def test_an_operation_is_for_whom_the_page_says(pair: Pair, method: str, path: str, operation: dict[str, Any]) -> None:
    door = DOORS[operation["operationId"]]
    assert door.told() in operation["description"]
    answers = {role: _call(pair, method, path, operation, role) for role in Role}
    assert not [
        answer.text for answer in answers.values() if answer.status_code in {422, 429} and "/body" in answer.text
    ]
    let_in = {role for role, answer in answers.items() if not _is_shut(answer)}
    assert let_in <= door.roles if operation["operationId"] in ANY_FORM else let_in == door.roles


def _is_shut(answer: Any) -> bool:
    """Tell whether the role came no further; to a HEAD nobody says why."""
    return answer.status_code == 403 and (not answer.content or answer.json()["code"] in SHUT)


def test_every_door_is_one_of_the_page() -> None:
    assert set(DOORS) == {operation["operationId"] for *_, operation in OPERATIONS}
