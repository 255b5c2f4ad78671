"""What somebody gets who is not entitled: without a token, from another agency, with a copy of what was on the wire."""

from datetime import datetime

import httpx2

from api.demo.player import Stage
from api.demo.screen import Screen
from api.errors import HomewardError
from api.sealing.keys import generate_keys
from api.sealing.unseal import peek, unseal
from schemas.base import AgencyId


def try_as_outsider(stage: Stage, names: dict[str, str], screen: Screen, now: datetime) -> int:
    """Try the doors and say what came back; returns how many were open."""
    node = stage.nodes[next(iter(stage.nodes))]
    tries = [
        (f"the {name} without a token", _status(httpx2.get(f"{node.url}/v1/{path}")), "401")
        for name, path in (("list of cases", "cases"), ("case", f"cases/{names.get('case', 'unknown')}"))
    ]
    sent = [value for name, value in names.items() if name != "case"]
    if sent:
        tries.append(("a document's id, guessed by one letter", _other_side(stage, sent[0]), "404"))
    if stage.tap.seen:
        envelope = stage.tap.seen[0][1]
        tries += [
            ("the copied envelope, brought again with a made-up token", _status(_post(stage, envelope)), "401"),
            ("the copied envelope, opened with other keys", _open(envelope, stage, now), "key_unknown"),
            ("the copied envelope, one letter changed", _open_changed(envelope, stage, now), "refused"),
        ]
    is_open = 0
    for what, got, wanted in tries:
        if got.startswith(wanted):
            screen.done(f"{what}: {got}")
        else:
            is_open += 1
            screen.failed(f"{what}: {got}, expected {wanted}")
    return is_open


def _status(answer: httpx2.Response) -> str:
    return f"{answer.status_code} {answer.json().get('code', '')}"


def _other_side(stage: Stage, document: str) -> str:
    """Ask for an id that is one character off: answered like one that may not be seen."""
    client = next(iter(stage.clients.values()))
    return _status(client.call("GET", f"/v1/documents/{document[:-1]}{'0' if document[-1] != '0' else '1'}"))


def _post(stage: Stage, envelope: bytes) -> httpx2.Response:
    node = next(node for node in stage.nodes.values() if node.is_tapped)
    headers = {"content-type": "application/jose", "authorization": "Bearer made.up.token"}
    return httpx2.post(f"http://127.0.0.1:{node.port}/exchange/v1/envelopes", content=envelope, headers=headers)


def _open(envelope: bytes, stage: Stage, now: datetime) -> str:
    header = peek(envelope, len(envelope))
    keys = generate_keys(AgencyId(header.recipient), now)
    try:
        unseal(envelope, recipient=header.recipient, keys=keys, sender_keys=stage.public_keys[header.sender], now=now)
    except HomewardError as error:
        return error.code
    return "opened"


def _open_changed(envelope: bytes, stage: Stage, now: datetime) -> str:
    middle = len(envelope) // 2
    changed = envelope[:middle] + (b"A" if envelope[middle : middle + 1] != b"A" else b"B") + envelope[middle + 1 :]
    try:
        code = _open(changed, stage, now)
    except HomewardError as error:
        code = error.code
    return "opened" if code == "opened" else f"refused ({code})"
