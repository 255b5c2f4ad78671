"""Staff carry bundles through HTTP: the file that waits for an agency, and what came in one; ciphertext all of it."""

from typing import Any

import httpx2
import pytest

from tests.attaching import attach, send_message, send_recording
from tests.flow.carrying import signed_bundle
from tests.support import Office
from tests.web.town import Pair, carry, open_branch, open_case, problem, received, send_basic


def _asked(office: Office, to: str, query: str = "", role: str = "FO") -> httpx2.Response:
    """Return the answer to who asks for the file that waits for an agency."""
    return office.http.get(f"/v1/agencies/{to}/bundle{query}", headers=office.as_role(role))


def _export(office: Office, to: str, query: str = "") -> list[str]:
    """Return the lines of the file that waits for an agency."""
    answer = _asked(office, to, query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.homeward.bundle"
    assert answer.headers["cache-control"] == "no-store"
    name = answer.headers["content-disposition"].partition("filename=")[2]
    assert len(name) == len('"bundle-01234567.homeward"')
    return answer.text.splitlines()


def _import(office: Office, lines: list[str], role: str = "WO") -> dict[str, object]:
    answer = office.http.post("/v1/bundles", json={"lines": lines}, headers=office.as_role(role))
    assert answer.status_code == 200, answer.text
    taken: dict[str, object] = answer.json()
    return taken


def test_a_bundle_goes_there_and_its_answer_back(pair: Pair) -> None:
    """Downloaded, brought in two parts, answered for each, and nothing waits any more."""
    uid = open_case(pair.shelter)
    ids = [send_basic(pair, uid)[1] for _ in range(3)]
    head, *items = _export(pair.shelter, pair.department.agency)
    assert len(items) == 3
    first = _import(pair.department, [head, *items[:2]])
    rest = _import(pair.department, [head, items[2]], role="AD")
    assert (first["items"], first["taken"], first["missing"], first["refused"]) == (3, 2, [3], [])
    assert (rest["taken"], rest["missing"]) == (1, [1, 2])
    assert sorted(item["document_id"] for item in received(pair)) == sorted(ids)
    for taken in (first, rest):
        answer = taken["answer"]
        assert isinstance(answer, list)
        assert _import(pair.shelter, answer)["answer"] is None
    assert _asked(pair.shelter, pair.department.agency).status_code == 204


def test_attachments_can_be_left_to_the_network(pair: Pair) -> None:
    """Where the line brings them, or the stick is small: the letters alone, and the files with the next bundle."""
    send_recording(pair.shelter, pair.department)
    to = pair.department.agency
    lines = [len(_export(pair.shelter, to, query)) for query in ("", "?attachments=true", "?attachments=false")]
    assert lines == [1 + 2 + 3, 1 + 2 + 3, 1 + 2]
    told = [_asked(pair.shelter, to, query).headers["bundle-left-out"] for query in ("", "?attachments=false")]
    assert told == ["0", "1"]


def test_what_stays_here_is_told(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """What did not fit, and what was lost here, as `homeward bundle export` tells it; also where nothing is left."""
    uid, _, _ = send_recording(pair.shelter, pair.department)
    send_message(pair.shelter, pair.department, uid, attach(pair.shelter, uid))

    def told() -> tuple[int, str, str]:
        answer = _asked(pair.shelter, pair.department.agency)
        return answer.status_code, answer.headers["bundle-left"], answer.headers["bundle-unreadable"]

    assert told() == (200, "0", "0")
    with monkeypatch.context() as small:
        small.setattr("api.flow.bundle.MOST_PIECES", 4)
        assert told() == (200, "1", "0")
    for blob in list(pair.shelter.node.blobs.names()):
        pair.shelter.node.blobs.remove(blob)
    assert told() == (200, "0", "2")
    carry(pair.shelter)
    assert told() == (204, "0", "2")


def test_the_outbox_says_when_something_was_last_carried(pair: Pair) -> None:
    """It waits on, and the network goes on trying; whoever looks sees that it is on its way by hand too."""
    uid, _ = send_basic(pair)
    since = pair.shelter.clock().isoformat().replace("+00:00", "Z")

    def shown(*names: str, role: str = "FO") -> list[Any]:
        (item,) = pair.shelter.http.get("/v1/outbox", headers=pair.shelter.as_role(role)).json()["items"]
        return [item[name] for name in names]

    assert shown("state", "carried_at", "explanation") == ["waiting", None, None]
    assert shown("form", "case_uids", "since") == [1, [uid], since]
    assert shown("form", "case_uids", role="AD") == [None, []], "who carries knows of no case"
    _export(pair.shelter, pair.department.agency)
    assert shown("state", "carried_at", "reason") == ["waiting", since, None]
    assert shown("explanation")[0].startswith("It left in a bundle")
    carry(pair.shelter)
    assert shown("state", "explanation") == ["done", None]


def test_an_item_that_is_not_good_is_told_without_saying_what_it_was(pair: Pair) -> None:
    """Its number, and nothing of which check of the seal failed; what was altered is missing."""
    send_basic(pair)
    head, item = _export(pair.shelter, pair.department.agency)
    altered = _import(pair.department, [head, item[:-1] + ("A" if item[-1] != "A" else "B")])
    assert (altered["taken"], altered["missing"], altered["answer"]) == (0, [1], None)
    made_up = signed_bundle(pair.shelter, pair.department, b"Dear colleague", item.encode()).decode()
    taken = _import(pair.department, made_up.splitlines())
    assert (taken["taken"], taken["refused"]) == (1, [{"number": 1, "code": "item_refused"}])


def test_only_who_carries_may(pair: Pair) -> None:
    """FO, WO and AD; a shelter worker, an auditor and a narrowed client may not."""
    path = f"/v1/agencies/{pair.department.agency}/bundle"
    for role in ("SW", "CM", "AU", "HO", "PI"):
        headers = pair.shelter.as_role(role)
        problem(pair.shelter.http.get(path, headers=headers), 403, "scope_missing")
        posted = pair.shelter.http.post("/v1/bundles", json={"lines": ["x"]}, headers=headers)
        problem(posted, 403, "scope_missing")


def test_a_bundle_is_taken_for_ones_own_agency_only(pair: Pair) -> None:
    """The neighbour on the same node does not take it, and cannot pack what waits at another's."""
    neighbour = open_branch(pair.department)
    send_basic(pair)
    lines = _export(pair.shelter, pair.department.agency)
    posted = neighbour.http.post("/v1/bundles", json={"lines": lines}, headers=neighbour.as_role("WO"))
    problem(posted, 422, "bundle_not_for_us")
    branch = open_branch(pair.shelter)
    path = f"/v1/agencies/{pair.department.agency}/bundle"
    assert branch.http.get(path, headers=branch.as_role("FO")).status_code == 204


@pytest.mark.parametrize("agency", ["MM-NOBODY", "nobody"])
def test_an_agency_that_nobody_knows_is_not_found(pair: Pair, agency: str) -> None:
    headers = pair.shelter.as_role("FO")
    problem(pair.shelter.http.get(f"/v1/agencies/{agency}/bundle", headers=headers), 404, "not_found")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        pytest.param(["Dear colleague"], "envelope_refused", id="a letter"),
        pytest.param([""], "bundle_empty", id="an empty line"),
        pytest.param([], "invalid_request", id="no line"),
    ],
)
def test_what_is_no_bundle_is_refused(pair: Pair, lines: list[str], code: str) -> None:
    headers = pair.department.as_role("WO")
    posted = pair.department.http.post("/v1/bundles", json={"lines": lines}, headers=headers)
    problem(posted, 422, code)
