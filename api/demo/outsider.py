"""What somebody gets who is not entitled: without a token, from another agency, with a copy of what was on the wire."""

from datetime import datetime

import httpx2

from api.demo.player import Player
from api.demo.stage import Stage
from api.errors import HomewardError
from api.sealing.keys import generate_keys
from api.sealing.unseal import peek, unseal
from schemas.base import AgencyId


def try_as_outsider(player: Player, now: datetime) -> None:
    """Try the doors and say what came back."""
    stage, screen = player.stage, player.screen
    screen.plain("  What an outsider gets")
    node = next(iter(stage.nodes.values()))
    tries = [("cases, without a token", _status(httpx2.get(f"{node.url}/v1/cases")), "401")]
    if player.senders:
        sent = next(iter(player.senders))
        tries.append(("an id one letter off", _other_id(stage, player, sent), "404"))
    if stage.tap.seen:
        envelope = stage.tap.seen[0][1]
        tries += [
            ("the copied envelope, brought again", _status(_post(stage, envelope)), "401"),
            ("opened with other keys", _open(envelope, stage, now), "key_unknown"),
            ("one letter changed", _open_changed(envelope, stage, now), "refused"),
        ]
    for what, got, wanted in tries:
        if not got.startswith(wanted):
            screen.failed(f"{what}: {got}, expected {wanted}")
    if all(got.startswith(wanted) for _, got, wanted in tries):
        screen.held_true("; ".join(f"{what}: {got}" for what, got, _ in tries))


def _status(answer: httpx2.Response) -> str:
    return f"{answer.status_code} {answer.json().get('code', '')}"


def _other_id(stage: Stage, player: Player, name: str) -> str:
    """Ask for an id that is one character off: answered like one that may not be seen."""
    document = player.names[name]
    changed = f"{document[:-1]}{'0' if document[-1] != '0' else '1'}"
    return _status(stage.clients[player.senders[name]].call("GET", f"/v1/documents/{changed}"))


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
