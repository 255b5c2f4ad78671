"""A partner without a node follows its guide against a real node: pinned, let in, it fetches, receipts and answers."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.docs.nodes import let_in, new_node
from tests.docs.reading import blocks_of, run_in_bash
from tests.support import example, scenario_content


def _send_a_case_file_and_a_notice(client: httpx2.Client, headers: dict[str, str]) -> str:
    def post(path: str, content: dict[str, Any]) -> dict[str, Any]:
        answer = client.post(path, json=content, headers=headers)
        assert answer.status_code == httpx2.codes.CREATED, answer.text
        body: dict[str, Any] = answer.json()
        return body

    case = str(post("/v1/cases", {"destination": "TH", "origin": "MM"})["case_uid"])
    post(f"/v1/cases/{case}/forms/1", {**example("case_file_basic"), "recipient": "MM-DSW"})
    day = datetime.now(UTC).date() + timedelta(days=30)
    text = json.dumps(scenario_content("notice", case=case)).replace("2025-08-19", day.isoformat())
    text = text.replace("2025-08-01", (day - timedelta(days=9)).isoformat())
    post("/v1/forms/9", {**json.loads(text), "recipient": "MM-DSW"})
    return case


def test_a_partner_without_a_node_follows_its_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block of the guide runs in order; at the end the shelter holds receipts and the answer."""
    monkeypatch.chdir(tmp_path)
    node = new_node("TH-SHELTER-N1", tmp_path / "shelter")
    partner: dict[str, Any] = {}
    case = ""
    with node.serving() as client:
        headers = let_in(node, client, "SW", "FO")
        for block in blocks_of("docs/partner-guide.md", "python", "bash"):
            if block.language == "bash":
                run_in_bash(block.text, tmp_path, seconds=120, environment=node.environment)
                case = _send_a_case_file_and_a_notice(client, headers)
                continue
            code = block.text.replace("http://127.0.0.1:8101", node.url)
            exec(compile(code, "partner-guide.md", "exec"), partner)  # noqa: S102  # the guide's own code is the test

        assert partner["taken"] == {"kept": 2, "refused": []}
        assert partner["received"]["case_file"]["case_uid"] == case
        outbox = client.get("/v1/outbox", headers=headers).json()["items"]
        assert [item["state"] for item in outbox] == ["done", "done"]
        (came,) = client.get("/v1/inbox", headers=headers).json()["items"]
        assert came["document_id"] == partner["answer"]["id"]
        assert client.get(f"/v1/cases/{case}", headers=headers).json()["state"] == "RETURN_ACCEPTED"
