"""What taking one envelope costs at least: the same cryptography called directly, and a bare durable commit."""

import os
import sqlite3
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap


class Primitives:
    """Open the hybrid layer, agree, unwrap, decrypt, verify, hash, encrypt at rest, wrap, sign: nothing else."""

    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

    def __init__(self, size: int) -> None:
        self.size = size
        ours, theirs = X25519PrivateKey.generate(), X25519PrivateKey.generate()
        self.ours, self.theirs = ours, theirs.public_key()
        self.signer = Ed25519PrivateKey.generate()
        self.verifier = self.signer.public_key()
        key, nonce = os.urandom(32), os.urandom(12)
        signed = os.urandom(size * 9 // 16)  # base64url twice
        self.signature = self.signer.sign(signed)
        self.signed = signed
        self.sealed = nonce + AESGCM(key).encrypt(nonce, signed, b"header")
        self.wrapped = aes_key_wrap(self._agree(), key)
        self.node = AESGCM(os.urandom(32))
        mlkem = MLKEM768PrivateKey.generate()
        self.hybrid = MLKEM768X25519PrivateKey(mlkem, ours)
        public = MLKEM768X25519PublicKey(mlkem.public_key(), ours.public_key())
        self.layer = self.suite.encrypt(self.sealed, public, info=b"header")

    def _agree(self) -> bytes:
        return ConcatKDFHash(SHA256(), 32, b"").derive(self.ours.exchange(self.theirs))

    def once(self) -> None:
        """Do what one envelope needs."""
        self.suite.decrypt(self.layer, self.hybrid, info=b"header")
        key = aes_key_unwrap(self._agree(), self.wrapped)
        signed = AESGCM(key).decrypt(self.sealed[:12], self.sealed[12:], b"header")
        self.verifier.verify(self.signature, signed)
        sha256(self.sealed).digest()
        sha256(signed).digest()
        data_key, nonce = os.urandom(32), os.urandom(12)
        AESGCM(data_key).encrypt(nonce, signed, b"place")
        self.node.encrypt(nonce, data_key, b"place")
        self.signer.sign(signed[:400])

    def per_second(self, count: int) -> float:
        """Return how many envelopes' worth of cryptography one thread does."""
        started = time.perf_counter()
        for _ in range(count):
            self.once()
        return count / (time.perf_counter() - started)

    def commits_per_second(self, count: int, *, group: int) -> float:
        """Return how many rows of this size a bare SQLite stores durably, committed in groups."""
        with tempfile.TemporaryDirectory() as folder:
            database = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute("CREATE TABLE document (id INTEGER PRIMARY KEY, body BLOB)")
            started = time.perf_counter()
            for _ in range(0, count, group):
                database.execute("BEGIN IMMEDIATE")
                database.executemany("INSERT INTO document (body) VALUES (?)", [(self.signed,)] * group)
                database.execute("COMMIT")
            seconds = time.perf_counter() - started
            database.close()
        return count / seconds
