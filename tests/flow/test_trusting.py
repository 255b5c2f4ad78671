"""Trust: the first descriptor by a fingerprint that two people compared, every later one by the key before it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.errors import HomewardError, TrustError
from api.flow.clients import Proof, find_client, let_in, shut_out
from api.flow.founding import generate_like, renew_agency
from api.flow.peers import get_peer
from api.flow.pull import list_mailboxes
from api.flow.trust import find_peer, get_newest, store_agency, trust
from api.sealing.descriptor import fingerprint, read_descriptor, sign_descriptor
from api.sealing.keys import Encryption, KeyKind, PrivateKeySet, Signing, generate_keys
from api.store.engine import Session
from api.store.tables import ClientRow, DescriptorRow
from schemas.base import AgencyId
from schemas.document import Role
from tests.flow.steps import receipts_of, rows_of, send_file, settle, waiting_for
from tests.support import Office, World


def rotate(office: Office) -> bytes:
    """Give an agency new keys as `homeward agency rotate` and a restart do; returns its new descriptor."""
    held = office.node.keys_of(office.agency)
    fresh = generate_like(held, office.clock())
    keyring = {**office.node.keyring, office.agency: fresh.merged(held)}
    object.__setattr__(office.node, "keyring", keyring)  # the restart
    return renew_agency(office.node, office.agency, fresh)


def begin_anew(office: Office) -> bytes:
    """Set an agency up with new keys, after the old ones were lost; returns its new first descriptor."""
    fresh = _other_keys(office)
    object.__setattr__(office.node, "keyring", {**office.node.keyring, office.agency: fresh})
    first = replace(read_descriptor(office.descriptor), keys=fresh.public(), issued_at=office.clock())
    data = sign_descriptor(first, fresh, office.clock())
    store_agency(office.node, read_descriptor(data), data, is_local=True, is_anew=True)
    return data


def stranger(world: World) -> Office:
    return world.open_office("MM-OTHER", "Another office")


def test_a_first_descriptor_needs_its_fingerprint(world: World) -> None:
    """Without one, or with another's: not trusted, and nothing can be sent there."""
    shelter, other = world.shelter, stranger(world)
    with pytest.raises(TrustError, match="fingerprint_required"):
        trust(shelter.node, other.descriptor, expected_fingerprint=None)
    with pytest.raises(TrustError, match="fingerprint_differs"):
        trust(shelter.node, other.descriptor, expected_fingerprint=fingerprint(world.department.descriptor))
    with shelter.node.database.reader() as session:
        assert find_peer(shelter.node, session, other.agency) is None
        with pytest.raises(TrustError, match="agency_unknown"):
            get_peer(shelter.node, session, other.agency)
        with pytest.raises(TrustError, match="agency_unknown"):
            get_newest(shelter.node, session, other.agency)
    assert trust(shelter.node, other.descriptor, expected_fingerprint=fingerprint(other.descriptor)).sequence == 1


def test_the_same_descriptor_again_changes_nothing(world: World) -> None:
    """Needs no fingerprint, and a peer whose mailbox is fetched stays one."""
    shelter, other = world.shelter, stranger(world)
    shelter.trust(other, is_pulled=True)
    assert trust(shelter.node, other.descriptor, expected_fingerprint=None).sequence == 1
    assert list_mailboxes(shelter.node) == [(shelter.agency, other.agency)]


def test_nobody_is_told_to_trust_himself(world: World) -> None:
    """An agency that is served here stays served here."""
    with pytest.raises(TrustError, match="agency_is_ours"):
        world.shelter.trust(world.shelter)


def _next_of(office: Office, **over: object) -> bytes:
    before = read_descriptor(office.descriptor)
    facts = {"sequence": 2, "previous": before.digest, "issued_at": office.clock(), **over}
    signers = facts.pop("signers", office.node.keys_of(office.agency))
    assert isinstance(signers, PrivateKeySet)
    return sign_descriptor(replace(before, **facts), signers, office.clock())  # type: ignore[arg-type]


def _other_keys(office: Office) -> PrivateKeySet:
    return generate_keys(AgencyId(office.agency), office.clock())


@pytest.mark.parametrize(
    ("over", "code"),
    [
        pytest.param({"sequence": 3}, "descriptor_not_next", id="one was left out"),
        pytest.param({"sequence": 1}, "descriptor_not_next", id="the number of the old one"),
        pytest.param({"previous": "0" * 64}, "descriptor_chain_broken", id="does not follow the one we hold"),
        pytest.param({"issued_at": timedelta(days=1)}, "from_the_future", id="from the future"),
        pytest.param({"signers": None}, "signer_unknown", id="signed by keys that nobody pinned"),
    ],
)
def test_a_broken_chain_is_not_believed(world: World, over: dict[str, object], code: str) -> None:
    """The peer stays as it was."""
    shelter, department = world.shelter, world.department
    if over.get("issued_at"):
        over = {"issued_at": world.clock() + timedelta(days=1)}
    if "signers" in over:
        over = {"signers": _other_keys(department), "keys": _other_keys(department).public()}
    with pytest.raises(HomewardError, match=code):
        trust(shelter.node, _next_of(department, **over), expected_fingerprint=None)
    with shelter.node.database.reader() as session:
        assert get_newest(shelter.node, session, department.agency).sequence == 1


def test_new_keys_are_believed_because_the_old_ones_signed_them(world: World) -> None:
    """Letters cross the change in both directions: nothing is lost, and nobody reads a fingerprint again."""
    shelter, department = world.shelter, world.department
    before = send_file(shelter, department)
    data = rotate(department)
    settle(shelter)
    assert waiting_for(shelter) == ["signer_unknown"], "stored over there; its new signature is not known here yet"
    document_id = send_file(shelter, department)
    assert trust(shelter.node, data, expected_fingerprint=None).sequence == 2
    world.clock.wait(minutes=15)
    settle(shelter, department)
    assert [set(receipts_of(shelter, one)) for one in (before, document_id)] == [{"stored"}, {"stored"}]
    after = send_file(shelter, department)
    settle(shelter)
    assert set(receipts_of(shelter, after)) == {"stored"}
    assert len(rows_of(department)) == 3


def test_what_was_sealed_to_the_old_keys_still_opens(world: World) -> None:
    """It was carried around on a stick for a year."""
    shelter, department = world.shelter, world.department
    send_file(shelter, department)
    with shelter.node.database.reader() as session:
        old = get_peer(shelter.node, session, department.agency).newest
    trust(shelter.node, rotate(department), expected_fingerprint=None)
    with shelter.node.database.reader() as session:
        new = get_peer(shelter.node, session, department.agency)
    assert not {key.kid for key in old.keys} & {key.kid for key in new.newest.keys}
    assert {key.kid for key in old.keys} < {key.kid for key in new.signing.keys}
    world.clock.wait(days=365)
    settle(shelter)
    assert len(rows_of(department)) == 1


def test_the_chain_goes_on(world: World) -> None:
    """Three changes in a row, taken one by one; the second can't be taken before the first."""
    shelter, department = world.shelter, world.department
    later = [rotate(department) for _ in range(3)]
    with pytest.raises(TrustError, match="descriptor_not_next"):
        trust(shelter.node, later[1], expected_fingerprint=None)
    assert [trust(shelter.node, data, expected_fingerprint=None).sequence for data in later] == [2, 3, 4]


@pytest.mark.parametrize(("signing", "encryption"), [("Ed25519", "X25519"), ("ES256", "P-256"), ("ES256", "RSA-3072")])
def test_new_keys_are_of_the_kinds_that_an_agency_uses(world: World, signing: Signing, encryption: Encryption) -> None:
    """A partner whose library knows no other keeps its kinds."""
    keys = generate_keys(AgencyId("MM-DSW"), world.clock(), signing=signing, encryption=encryption)
    fresh = generate_like(keys, world.clock())
    assert [key.kind for key in fresh.keys] == [key.kind for key in keys.keys]
    assert not {key.kid for key in fresh.keys} & {key.kid for key in keys.keys}
    hybrid = generate_keys(AgencyId("MM-DSW"), world.clock(), hybrid=True)
    assert KeyKind.HYBRID in {key.kind for key in generate_like(hybrid, world.clock()).keys}


# Somebody who can write into the database (security.md: the DBA) slips us his keys.


def test_a_swapped_descriptor_is_noticed(world: World) -> None:
    """He puts his own descriptor in the department's place: nothing is sealed to his keys."""
    shelter, department = world.shelter, world.department
    his = _other_keys(department)
    forged = _next_of(department, sequence=1, previous=None, keys=his.public(), signers=his)

    def swap(session: Session) -> None:
        row = session.get(DescriptorRow, (department.agency, 1))
        assert row is not None
        row.data = forged

    shelter.node.writer.write(swap)
    path = "/v1/cases"
    answer = shelter.http.post(path, json={"destination": "TH", "origin": "MM"}, headers=shelter.as_role("SW"))
    assert answer.status_code == 201
    with shelter.node.database.reader() as session, pytest.raises(TrustError, match="descriptor_altered"):
        get_peer(shelter.node, session, department.agency)
    with pytest.raises(AssertionError, match="descriptor_altered"):
        send_file(shelter, department)
    with pytest.raises(TrustError, match="descriptor_altered"):
        trust(shelter.node, department.descriptor, expected_fingerprint=None)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"secret_hash": "the hash of his own secret"}, id="his own secret"),
        pytest.param({"roles": "SW WO"}, id="more roles"),
        pytest.param({"agency_id": "TH-OTHER"}, id="another agency"),
        pytest.param({"revoked_at": None}, id="brought back to life"),
    ],
)
def test_a_changed_client_is_noticed(world: World, change: dict[str, object]) -> None:
    """He lets himself in, or in as somebody else: the token endpoint finds no good client."""
    shelter = world.shelter
    let_in(shelter.node, "desk", agency=shelter.agency, roles=[Role.SW], scopes=(), proof=Proof(secret_hash="a hash"))
    if "revoked_at" in change:
        shut_out(shelter.node, "desk")

    def swap(session: Session) -> None:
        row = session.get(ClientRow, "desk")
        assert row is not None
        for name, value in change.items():
            setattr(row, name, value)

    shelter.node.writer.write(swap)
    with shelter.node.database.reader() as session, pytest.raises(TrustError, match="client_altered"):
        find_client(shelter.node, session, "desk")
    form = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": "his"}
    assert shelter.http.post("/oauth/token", data=form).status_code == 401


def test_what_waits_for_who_lost_its_keys_is_sealed_to_the_new_ones(world: World) -> None:
    """Nobody sends it again: it is the same document with its old signature, in an envelope that can be opened."""
    shelter, department = world.shelter, world.department
    sent = send_file(shelter, department)
    before = rows_of(shelter)[0]
    data = begin_anew(department)
    trust(shelter.node, data, expected_fingerprint=fingerprint(data))
    after = rows_of(shelter)[0]
    assert (after.signed_sha256, after.body) == (before.signed_sha256, before.body)
    assert after.envelope_sha256 != before.envelope_sha256
    settle(shelter)
    assert [row.document_id for row in rows_of(department)] == [sent]
    assert waiting_for(shelter) == []
