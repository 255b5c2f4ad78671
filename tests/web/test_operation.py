"""What an operator sees: health, metrics, limits; and what nobody may see, not even in a log."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import create_app
from api.flow.node import Limits, Node
from api.store.engine import Database, open_database
from api.store.migrate import migrate
from api.store.writer import Writer
from tests.support import SECRET, World
from tests.web.test_contracts import FORBIDDEN
from tests.web.town import (
    ASSERTION,
    PROBLEM,
    Pair,
    as_peer,
    carry,
    problem,
    send_basic,
    send_notice,
)

ROOT = Path(__file__).parents[2]


def _http(node: Node) -> TestClient:
    return TestClient(create_app(node), base_url=node.base_url, raise_server_exceptions=False)


def test_health(world: World) -> None:
    """Alive and ready, for whoever asks."""
    for path, status in {"live": "live", "ready": "ready"}.items():
        answer = world.shelter.http.get(f"/health/{path}")
        assert (answer.status_code, answer.json()) == (200, {"status": status})


def test_a_node_that_is_not_migrated_is_alive_and_not_ready(world: World, tmp_path: Path) -> None:
    """Nor is one whose database is away."""
    for database in (open_database(f"sqlite:///{tmp_path / 'empty.db'}"), open_database("sqlite:////nowhere/node.db")):
        http = _http(replace(world.shelter.node, database=database))
        assert http.get("/health/live").status_code == 200
        answer = http.get("/health/ready")
        assert (answer.status_code, answer.json()) == (503, {"status": "not_ready"})
        database.close()


def test_metrics_are_numbers(pair: Pair) -> None:
    """No id, no name, no kind: only how much waits and how long the log is."""
    uid, document_id = send_basic(pair)
    before = pair.shelter.http.get("/metrics").text
    carry(pair.shelter)
    after = pair.shelter.http.get("/metrics").text
    for page in (before, after):
        assert "homeward_outbox_waiting" in page
        lines = [line for line in page.splitlines() if not line.startswith("#")]
        assert all(float(line.rpartition(" ")[2]) >= 0 for line in lines)
        for word in (uid, document_id, pair.shelter.agency, pair.department.agency):
            assert word not in page
        assert not any(FORBIDDEN.search(line) for line in lines)
    waiting = [
        float(line.split()[1])
        for page in (after, before)
        for line in page.splitlines()
        if line.startswith("homeward_outbox_waiting ")
    ]
    assert waiting[0] < waiting[1]


def test_what_waits_is_counted_by_reason(pair: Pair) -> None:
    """New, then put off with its reason; a peer's own words never become a label."""
    send_basic(pair)
    assert re.search(r'homeward_outbox_waiting_by_reason\{reason="new"\} [1-9]', pair.shelter.http.get("/metrics").text)
    page = pair.shelter.http.get("/metrics").text
    labels = set(re.findall(r'(\w+)="', page))
    assert labels <= {"process", "reason", "severity", "status"}
    assert not re.search(r'reason="peer_says_|[A-Z]{2}-', page)


def test_the_dashboard_asks_for_figures_that_are_there(pair: Pair) -> None:
    """deploy/grafana/homeward.json: each figure that it names is told, and each that is told is shown."""
    send_basic(pair)
    carry(pair.shelter)
    page = pair.shelter.http.get("/metrics").text
    told = {line.partition(" ")[0].partition("{")[0] for line in page.splitlines() if not line.startswith("#")}
    declared = set(re.findall(r"# TYPE (\w+)", page))
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "homeward.json").read_text())
    asked = set(re.findall(r"homeward_\w+", " ".join(t["expr"] for p in dashboard["panels"] for t in p["targets"])))
    assert asked <= told | declared
    assert told <= asked


PATHS = ["/v1/cases", "/v1/inbox", "/v1/nothing", "/oauth/token", "/exchange/v1/mailbox", "/health/live", "/docs"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_tells_browsers_and_proxies_to_keep_nothing(world: World, path: str) -> None:
    answer = world.shelter.http.get(path, headers=world.shelter.as_role("SW"))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_scripts_and_styles_may_be_kept(world: World) -> None:
    answer = world.shelter.http.get("/assets/swagger-ui.css")
    assert "cache-control" not in answer.headers
    assert answer.headers["etag"]


WRONG_WAYS: dict[str, tuple[str, str, int]] = {
    "no such page": ("GET", "/v1/nothing", 404),
    "no such page of the exchange": ("GET", "/exchange/v1/nothing", 404),
    "no such asset": ("GET", "/assets/nothing.js", 404),
    "out of the assets": ("GET", "/assets/..%2f..%2fmain.py", 404),
    "only the head": ("HEAD", "/v1/cases", 405),
    "another method": ("DELETE", "/v1/cases", 405),
    "another method of the exchange": ("PUT", "/exchange/v1/envelopes", 405),
    "a method that nobody knows": ("BREW", "/v1/cases", 405),
}


@pytest.mark.parametrize(("method", "path", "status"), WRONG_WAYS.values(), ids=WRONG_WAYS)
def test_wrong_ways_are_problems(world: World, method: str, path: str, status: int) -> None:
    """Problem details like everything else; a method that is not there says which are."""
    answer = world.shelter.http.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    if status == 405:
        assert answer.headers["allow"]
    if method != "HEAD":
        assert answer.json()["code"] == {404: "not_found", 405: "method_not_allowed"}[status]


def test_who_asks_too_often_waits(world: World) -> None:
    """Tokens are bounded more tightly than the rest, and health is a request like others."""
    limits = Limits(requests_per_minute=3, token_requests_per_minute=1)
    http = _http(replace(world.shelter.node, limits=limits))
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": SECRET}
    assert http.post("/oauth/token", data=form).status_code == 401
    refused = http.post("/oauth/token", data=form)
    problem(refused, 429, "rate_limited")
    assert refused.headers["retry-after"] == "60"
    assert [http.get("/health/live").status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.fixture
def broken(world: World, tmp_path: Path) -> Iterator[Node]:
    """Give a node whose database lost a table."""
    database = open_database(f"sqlite:///{tmp_path / 'broken.db'}")
    migrate(database)
    with database.writing.begin() as connection:
        connection.execute(text('DROP TABLE "case"'))
    node = replace(world.shelter.node, database=database, writer=Writer(database))
    node.writer.start()
    yield node
    node.writer.stop()
    database.close()


def test_a_mistake_of_ours_says_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A problem with an instance; the log has the place in the code under it, and no text of the error."""
    mistaken = replace(world.shelter.node, database=cast("Database", None))
    http = TestClient(create_app(mistaken), base_url=mistaken.base_url)  # raises whatever would reach the server
    headers = world.shelter.as_role("SW")
    uid = "01JP0ZK8W3T5N7Q9R1S2V4X6Y8"
    with structlog.testing.capture_logs() as logs:
        answer = http.get(f"/v1/cases/{uid}", headers=headers)
    body = problem(answer, 500, "internal_error")
    (line,) = [entry for entry in logs if entry["event"] == "bug"]
    assert line["instance"] == body["instance"]
    assert set(line) == {"event", "log_level", "error", "where", "instance"}
    assert uid not in str(logs) + answer.text + "".join(capsys.readouterr())


def test_a_write_that_fails_is_told_as_such(broken: Node, world: World) -> None:
    """The node is away, not the caller wrong; nothing was stored."""
    http = _http(broken)
    answer = http.post("/v1/cases", json={"destination": "TH", "origin": "MM"}, headers=world.shelter.as_role("SW"))
    assert answer.status_code in {500, 503, 422}
    assert answer.headers["content-type"] == PROBLEM


def test_a_node_that_is_stopping_takes_nothing_more(world: World, tmp_path: Path) -> None:
    """It says so, and the caller tries again."""
    database = open_database(f"sqlite:///{tmp_path / 'stopping.db'}")
    migrate(database)
    node = replace(world.shelter.node, writer=Writer(database))
    answer = _http(node).post(
        "/oauth/token", data={"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    )
    assert answer.status_code == 401
    headers = world.shelter.as_role("SW")
    department = world.department
    peer = as_peer(world.shelter, department)
    assertion = world.shelter.assertion_of(department.agency, department.node.keys_of(department.agency))
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion}
    problem(_http(node).post("/oauth/token", data=form), 503, "writer_stopped")
    stopped = _http(node).get("/exchange/v1/mailbox", headers=peer)
    problem(stopped, 503, "writer_stopped")
    assert _http(node).get("/v1/cases", headers=headers).status_code == 200
    database.close()


def test_nothing_about_a_person_is_logged(pair: Pair) -> None:
    """A whole journey and a few mistakes: no name, no kind and no token in any line."""
    with structlog.testing.capture_logs() as logs:
        uid, document_id = send_basic(pair)
        send_notice(pair, uid, planned_date="2025-04-20")
        carry(pair.shelter)
        pair.department.http.get(f"/v1/documents/{document_id}", headers=pair.department.as_role("WO"))
        pair.shelter.http.post(f"/v1/cases/{uid}/forms/1", json={"Thidar": 1}, headers=pair.shelter.as_role("SW"))
    written = str(logs)
    assert logs
    for word in ("Thidar", "case_file", "notice", "Bearer", SECRET):
        assert word not in written


def test_a_caller_that_goes_away_half_way_is_not_answered(world: World) -> None:
    """Half a body is nobody's word: it does not reach the app."""
    import anyio  # noqa: PLC0415

    app, sent = create_app(world.shelter.node), []

    async def half() -> None:
        parts = iter([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}])

        async def receive() -> Any:
            return next(parts)

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/v1/cases", "headers": headers, "query_string": b""}
        await app({**scope, "client": None, "http_version": "1.1"}, receive, send)

    anyio.run(half)
    assert sent == []
