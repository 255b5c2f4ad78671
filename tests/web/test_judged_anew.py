"""Documents of one case that come at the same time: each is judged by what is held when it is recorded."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from api.errors import Conflict
from api.flow.record import prepare_record
from api.rules.checking import check_own
from tests.support import Office
from tests.web.clearing import assigned
from tests.web.town import Pair, basic_form, case_file, codes, push, seal_for, send_basic

AT_ONCE = 4
CLOSURE = {
    "reason": "VICTIM_WITHDREW",
    "closed_on": "2025-03-14",
    "decided_by": "X-1",
    "approved_by": "X-2",
    "approver_role": "case_manager",
    "victim_informed": "yes",
    "retention_class": "standard",
    "no_follow_up_reason": "no_case",
    "no_revisit_reason": "withdrew",
}


def at_once(office: Office, path: str, content: dict[str, Any], headers: dict[str, str]) -> list[Any]:
    """Post the same several times at once, each as a call of its own, and return the answers by their status."""
    barrier = Barrier(AT_ONCE)

    def post(number: int) -> Any:
        barrier.wait()
        return office.http.post(path, json=content, headers={**headers, "idempotency-key": f"call-number-{number}"})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(post, range(AT_ONCE)), key=lambda answer: answer.status_code)


def test_a_step_is_told_once_by_however_many_at_once(pair: Pair) -> None:
    """One closure stands; whoever came later is told which, as if it had come a day later."""
    uid, _ = send_basic(pair)
    content = {**CLOSURE, "recipient": pair.department.agency}
    first, *others = at_once(pair.shelter, f"/v1/cases/{uid}/forms/21", content, assigned(pair.shelter, uid, "CM"))
    assert first.status_code == 201, first.text
    assert [codes(one) for one in others] == [{("/closed_on", "already_told")}] * (AT_ONCE - 1)
    assert all(first.json()["document_id"] in one.text for one in others)


def test_a_document_is_corrected_once_by_however_many_at_once(pair: Pair) -> None:
    uid, document_id = send_basic(pair)
    content = basic_form(pair.department, supersedes=document_id)
    first, *others = at_once(pair.shelter, f"/v1/cases/{uid}/forms/1", content, pair.shelter.as_role("SW"))
    assert first.status_code == 201, first.text
    assert [one.json()["code"] for one in others] == ["superseded_already"] * (AT_ONCE - 1)


def test_what_came_since_it_was_judged_stops_a_document(pair: Pair) -> None:
    """The person may have taken the consent back in it; the unit is not run, and another look decides anew."""
    uid, document_id = send_basic(pair)
    node = pair.shelter.node
    file = check_own(case_file(pair.shelter, pair.department, case_uid=uid, supersedes=document_id))
    unit = prepare_record(node, file, role="SW")
    theirs = case_file(pair.department, pair.shelter, case_uid=uid)
    assert push(pair.shelter, pair.department, seal_for(pair.department, pair.shelter, theirs)).status_code == 201
    with pytest.raises(Conflict, match="case_changed"):
        node.writer.write(unit)
    assert node.writer.write(prepare_record(node, file, role="SW")).document_id == file.id
