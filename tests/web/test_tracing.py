"""Traces tell which routes are slow, and nothing of whom they were about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.testclient import TestClient

from api.app import create_app
from api.web.tracing import Traced
from tests.web.town import Pair, send_basic


@dataclass
class Recorded:
    """A span as OpenTelemetry would be handed it."""

    name: str
    told: dict[str, str | int] = field(default_factory=dict)

    def set_attribute(self, key: str, value: str | int) -> None:
        self.told[key] = value

    def update_name(self, name: str) -> None:
        self.name = name


class Recorder:
    """Keeps spans instead of sending them somewhere."""

    def __init__(self) -> None:
        self.spans: list[Recorded] = []

    @contextmanager
    def start_as_current_span(self, name: str) -> Iterator[Recorded]:
        self.spans.append(Recorded(name))
        yield self.spans[-1]


def test_spans_name_routes_and_nobody(pair: Pair) -> None:
    """A span for each request: method, the route's template and the status; no id, no agency, no query."""
    uid, document_id = send_basic(pair)
    recorder = Recorder()
    http = TestClient(Traced(create_app(pair.shelter.node), recorder), base_url=pair.shelter.node.base_url)
    headers = pair.shelter.as_role("SW")
    http.get(f"/v1/cases/{uid}?name=Thidar", headers=headers)
    http.post(f"/v1/cases/{uid}/forms/1", json={"Thidar": 1}, headers=headers)
    http.get(f"/exchange/v1/descriptors/{pair.shelter.agency}")
    http.get(f"/v1/{document_id}/nothing")
    assert [span.name for span in recorder.spans] == [
        "GET /v1/cases/{case_uid}",
        "POST /v1/cases/{case_uid}/forms/1",
        "GET /exchange/v1/descriptors/{agency_id}",
        "GET unknown",
    ]
    assert [span.told["http.response.status_code"] for span in recorder.spans] == [422, 422, 200, 404]
    for word in (uid, document_id, pair.shelter.agency, "Thidar"):
        assert word not in str(recorder.spans)
