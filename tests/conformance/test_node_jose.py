"""A partner that uses npm's ``jose`` exchanges with us in both directions, and keys made by either side serve both."""

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock

from api.sealing.keys import PrivateKeySet
from api.sealing.seal import seal
from api.sealing.unseal import unseal
from schemas.base import AgencyId

FOLDER = Path(__file__).parent / "node"
KINDS = ("X25519-Ed25519", "P-256-ES256", "RSA-3072-ES256")


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Node with ``jose`` installed from the lock, once, however many processes run the tests."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        pytest.skip("NOT RUN: node and npm are missing, so conformance with npm's jose is not proven here")
    with FileLock(tmp_path_factory.getbasetemp().parent / "homeward-node.lock"):
        stamp, lock = FOLDER / "node_modules" / ".installed", (FOLDER / "package-lock.json").read_text("utf-8")
        if not stamp.exists() or stamp.read_text("utf-8") != lock:
            install = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(install, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=180)
            if done.returncode:
                pytest.skip("NOT RUN: npm could not install jose, so conformance with it is not proven here")
            stamp.write_text(lock, "utf-8")
    return program


def run(program: str, script: str, request: dict[str, object]) -> str:
    done = subprocess.run(
        [program, FOLDER / script], input=json.dumps(request), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_jose_opens_what_we_seal(
    node: str, kind: str, key_sets: dict[str, PrivateKeySet], to_partner: bytes, now: datetime
) -> None:
    ours, partner = key_sets[f"ours-{kind}"], key_sets[f"partner-{kind}"]
    envelope = seal(to_partner, keys=ours, to=partner.public(), now=now)
    opened = json.loads(
        run(
            node,
            "open.mjs",
            {
                "envelope": envelope.data.decode(),
                "keys": partner.to_object(),
                "sender": ours.public().to_object(),
            },
        )
    )
    assert opened["payload"].encode() == to_partner
    assert (opened["outside"]["iss"], opened["outside"]["aud"]) == ("MM-DSW", "TH-FOCAL")
    assert set(opened["inside"]) == {"alg", "kid", "typ"}


@pytest.mark.parametrize("kind", KINDS)
def test_we_open_what_jose_seals(
    node: str, kind: str, key_sets: dict[str, PrivateKeySet], to_us: bytes, now: datetime
) -> None:
    ours, partner = key_sets[f"ours-{kind}"], key_sets[f"partner-{kind}"]
    request = {"payload": to_us.decode(), "keys": partner.to_object(), "recipient": ours.public().to_object()}
    envelope = run(node, "seal.mjs", request)
    opened = unseal(envelope.encode(), recipient=AgencyId("MM-DSW"), keys=ours, sender_keys=partner.public(), now=now)
    assert opened.payload == to_us


def test_we_open_what_jose_signs_under_the_older_name_of_ed25519(
    node: str, key_sets: dict[str, PrivateKeySet], to_us: bytes, now: datetime
) -> None:
    ours, partner = key_sets["ours-X25519-Ed25519"], key_sets["partner-X25519-Ed25519"]
    request = {
        "payload": to_us.decode(),
        "keys": partner.to_object(),
        "recipient": ours.public().to_object(),
        "signature": "EdDSA",
    }
    envelope = run(node, "seal.mjs", request)
    opened = unseal(envelope.encode(), recipient=AgencyId("MM-DSW"), keys=ours, sender_keys=partner.public(), now=now)
    assert opened.payload == to_us
