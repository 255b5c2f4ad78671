"""Files that are packed, brought and answered, for the stories of bundles."""

import io
from typing import Any

from api.flow.bundle import lines_of, pack
from api.flow.unpack import Taken, take
from api.sealing.bundle import Item, Manifest, sign_manifest
from api.sealing.digest import sha256_hex
from tests.support import Office


def packed(sender: Office, to: Office) -> bytes:
    """Return the file that an office packs for another one."""
    return b"".join(pack(sender.node, agency=sender.agency, peer=to.agency, by="AD").lines())


def brought(to: Office, file: bytes) -> Taken:
    """Let an office take a file."""
    return take(to.node, lines_of(io.BytesIO(file)))


def answer_of(taken: Taken) -> bytes:
    """Return the file that answers."""
    assert taken.answer is not None
    return b"".join(taken.answer.lines())


def carried_by(office: Office, to: Office, *, attachments: bool = True) -> list[str]:
    """Return what a bundle that is packed now would carry."""
    bundle = pack(office.node, agency=office.agency, peer=to.agency, by="AD", attachments=attachments)
    return [item.type for item in bundle.manifest.items]


def codes_of(taken: Taken) -> list[str]:
    """Return what is wrong with the items that were not taken."""
    return [one.error.code for one in taken.refused if one.error is not None]


def signed_bundle(office: Office, to: Office, *data: bytes, item_type: str = "envelope", **over: Any) -> bytes:
    """Return a bundle of whatever, well signed."""
    items = tuple(Item(type=item_type, sha256=sha256_hex(one), bytes=len(one)) for one in data)
    said: dict[str, Any] = {"sender": office.agency, "recipient": to.agency, "made_at": office.clock(), "items": items}
    manifest = Manifest.model_validate({**said, **over})
    keys = type(office.node.keys_of(office.agency))(office.node.keys_of(office.agency).keys)
    return b"\n".join([sign_manifest(manifest, keys, office.clock()), *data])
