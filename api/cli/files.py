"""Seal and open files, without a node or database: all that a partner with a USB stick needs."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from ulid import ULID

from api.cli.opening import read_file
from api.errors import InvalidInput, SealError
from api.rules.checking import check_own
from api.sealing.keys import PrivateKeySet, PublicKeySet
from api.sealing.seal import seal as seal_payload
from api.sealing.unseal import peek, unseal
from schemas.document import SCHEMA_VERSION
from schemas.registry import KINDS

LARGEST = 1_000_000

OurKeys = Annotated[Path, typer.Option("--key", help="OUR key file: a JWK Set with our private keys.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the root."""
    app.command()(seal)
    app.command("open")(open_)


def seal(
    file: Annotated[Path, typer.Argument(help="The document as JSON; - is standard input.")],
    key: OurKeys,
    to: Annotated[Path, typer.Option(help="THEIR key file: a JWK Set with the recipient's public keys.")],
) -> None:
    """Sign a document with our key and encrypt it for one recipient; the envelope goes to standard output.

    What is left out is filled in: id, created_at, schema_version, and sender and recipient where the key files name
    them. A document of a kind we know is checked first. On an error one line on standard error names its code; exit
    code 1.
    """
    ours, theirs = PrivateKeySet.from_json(read_file(key)), PublicKeySet.from_json(read_file(to))
    now = datetime.now(UTC).replace(microsecond=0)
    content = _object(read_file(file))
    given: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "id": str(ULID()),
        "sender": ours.agency,
        "recipient": theirs.agency,
        "created_at": now.isoformat(),
    }
    document = {**{name: value for name, value in given.items() if value is not None}, **content}
    if document.get("kind") in KINDS:
        _check(document)
    payload = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    sys.stdout.write(seal_payload(payload, keys=ours, to=theirs, now=now).data.decode() + "\n")


def open_(
    file: Annotated[Path, typer.Argument(help="The envelope; - is standard input.")],
    key: OurKeys,
    sender: Annotated[Path, typer.Option("--from", help="THEIR key file: a JWK Set with the sender's public keys.")],
) -> None:
    """Open an envelope after all checks of the seal; the document's JSON goes to standard output.

    On an error one line on standard error names the code of the check that failed; exit code 1.
    """
    ours, theirs = PrivateKeySet.from_json(read_file(key)), PublicKeySet.from_json(read_file(sender))
    data = read_file(file).strip()
    header = peek(data, LARGEST)
    recipient = ours.agency or header.recipient
    if theirs.agency not in {None, header.sender}:
        raise SealError("sender_differs")
    opened = unseal(data, recipient=recipient, keys=ours, sender_keys=theirs, now=datetime.now(UTC), max_bytes=LARGEST)
    sys.stdout.buffer.write(opened.payload + b"\n")


def _object(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode())
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise InvalidInput("not_json", "the file has to hold one JSON object")
    return content


def _check(document: dict[str, Any]) -> None:
    """Check a document; what is wrong is listed line by line on standard error after the code."""
    try:
        check_own(document)
    except InvalidInput as error:
        places = "; ".join(f"{item.path} {item.code}" for item in error.findings)
        raise InvalidInput(error.code, places or error.hint) from None
