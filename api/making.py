"""A node is made: founded with its keys, database and first agency, or opened from what lies there.

The files are private: nobody but their owner reads them, and keys that are there are never overwritten.
"""

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path

import httpx2

from api.errors import NodeError
from api.flow.attachments.scanning import Scanner
from api.flow.founding import found_agency
from api.flow.node import Limits, Node
from api.flow.wire import bounded_client
from api.sealing.keys import Encryption, PrivateKeySet, Signing, generate_keys
from api.sealing.vault import NodeKeys, Vault
from api.settings import Settings
from api.store.blobs import Blobs
from api.store.blobs.directory import Directory
from api.store.engine import Database, open_database
from api.store.migrate import is_current, migrate
from api.store.writer import Writer
from schemas.base import AgencyId

NODE_KEYS, TOKEN_KEYS = "node.json", "tokens.jwks"
ATTACHMENTS = "attachments"
"""The folder of their bytes in the data directory."""
TOKEN_KEYS_LIVE = timedelta(days=36_500)
"""They sign tokens that live minutes and leave the node with it; nobody else pins them."""


def open_node(settings: Settings) -> Node:
    """Make a node from its key files and its database.

    Raises ``NodeError`` with what to do where something is missing.
    """
    if not (settings.keys_dir / NODE_KEYS).exists():
        raise NodeError("not_initialised", "run `homeward init` first")
    database = open_private(settings)
    if not is_current(database):
        raise NodeError("not_migrated", "run `homeward migrate` first")
    return make_node(settings, database)


def found_node(
    settings: Settings,
    *,
    agency: AgencyId,
    name: str,
    reachable: bool,
    signing: Signing = "Ed25519",
    encryption: Encryption = "X25519",
) -> bytes:
    """Make everything a new node needs: database, keys, first agency; returns that agency's descriptor.

    Raises ``NodeError`` ``already_initialised`` rather than touch keys that are there.
    """
    if (settings.keys_dir / NODE_KEYS).exists():
        raise NodeError(
            "already_initialised",
            f"{settings.keys_dir} holds keys; choose another HOMEWARD_DATA_DIR or go on with `homeward serve`",
        )
    database = open_private(settings)
    try:
        migrate(database)
        now = clock_of(settings.clock_file)()
        agency_keys = generate_keys(agency, now, signing=signing, encryption=encryption, hybrid=True)
        files = {
            settings.keys_dir / TOKEN_KEYS: generate_keys(None, now, valid_for=TOKEN_KEYS_LIVE).to_json(),
            settings.keys_dir / f"{agency}.jwks": agency_keys.to_json(),
            settings.keys_dir / NODE_KEYS: NodeKeys.generate().to_json(),
        }
        with _all_or_nothing(files), _running(settings, database) as node:
            return found_agency(node, agency, name=name, reachable=reachable)
    finally:
        database.close()


def open_private(settings: Settings) -> Database:
    """Open the node's database, in a folder and a file that nobody else can read.

    SQLite gives the files beside it the same mode. A folder that was there keeps its mode unless it is empty, since it
    may hold what is not ours. Raises ``NodeError`` where the place can't be written.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not any(settings.data_dir.iterdir()):
            settings.data_dir.chmod(0o700)
        place = settings.url.removeprefix("sqlite:///")
        if place != settings.url and ":memory:" not in place:
            os.close(os.open(place, os.O_RDWR | os.O_CREAT, 0o600))
            with suppress(PermissionError):  # it is somebody else's, who lets us write
                Path(place).chmod(0o600)
    except OSError:
        raise NodeError("data_dir_not_writable", f"look at its owner and the space left: {settings.data_dir}") from None
    return open_database(settings.url)


@contextmanager
def _all_or_nothing(files: Mapping[Path, str]) -> Iterator[None]:
    """Write new private files; where what follows fails they are removed, since nothing was sealed to them yet."""
    written: list[Path] = []
    try:
        for path, text in files.items():
            write_private(path, text)
            written.append(path)
        yield
    except BaseException:
        for path in written:
            path.unlink()
        raise


@contextmanager
def _running(settings: Settings, database: Database) -> Iterator[Node]:
    node = make_node(settings, database)
    try:
        yield node
    finally:
        node.writer.stop()


def write_private(path: Path, data: bytes | str) -> None:
    """Write a new file that only its owner may read.

    Raises ``NodeError`` ``file_exists`` rather than overwrite keys.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(path, "xb", opener=partial(os.open, mode=0o600)) as file:  # Path.open has no opener
            file.write(data.encode() if isinstance(data, str) else data)
    except FileExistsError:
        raise NodeError("file_exists", f"{path} is there already and is not overwritten") from None
    except OSError:
        raise NodeError("file_not_written", f"look at the path, its owner and the space left: {path}") from None


def make_node(settings: Settings, database: Database) -> Node:
    """Make a node on a database that is there."""
    node = Node(
        base_url=settings.base_url.rstrip("/"),
        database=database,
        writer=Writer(database),
        vault=Vault(NodeKeys.from_json((settings.keys_dir / NODE_KEYS).read_text())),
        keyring=read_keyring(settings.keys_dir),
        token_keys=PrivateKeySet.from_json((settings.keys_dir / TOKEN_KEYS).read_text()),
        clock=clock_of(settings.clock_file),
        wire=wire_over_http(settings.peer_timeout_seconds),
        blobs=blobs_of(settings),
        scanner=scanner_of(settings),
        limits=limits_of(settings),
    )
    node.writer.start()
    return node


def read_keyring(directory: Path) -> dict[AgencyId, PrivateKeySet]:
    """Read the private keys of every agency that is served here: one file each, named after it."""
    files = sorted(file for file in directory.glob("*.jwks") if file.name != TOKEN_KEYS)
    return {AgencyId(file.stem): PrivateKeySet.from_json(file.read_text()) for file in files}


def limits_of(settings: Settings) -> Limits:
    """Take the bounds from the settings."""
    return Limits(
        envelope_bytes=settings.envelope_bytes,
        body_bytes=settings.body_bytes,
        depth=settings.json_depth,
        requests_per_minute=settings.requests_per_minute,
        token_requests_per_minute=settings.token_requests_per_minute,
        token_life=timedelta(minutes=settings.token_minutes),
        smallest_cell=settings.smallest_cell,
        attachment_bytes=settings.attachment_bytes,
        unnamed_days=settings.attachment_days,
    )


def blobs_of(settings: Settings) -> Blobs:
    """Return where the bytes of attachments lie: a folder beside the database, or an S3-compatible store.

    Raises ``NodeError`` ``attachments_url_unknown``, or ``extra_missing`` where the library for S3 is not installed.
    """
    if not settings.attachments_url:
        return Directory(settings.data_dir / ATTACHMENTS)
    if not settings.attachments_url.startswith("s3://"):
        raise NodeError("attachments_url_unknown", "HOMEWARD_ATTACHMENTS_URL is s3://bucket/folder, or empty")
    try:
        from api.store.blobs.s3 import open_bucket  # noqa: PLC0415  # its library is there only where it is wanted
    except ImportError:
        raise NodeError("extra_missing", 'pip install "homeward[s3]"') from None
    return open_bucket(
        settings.attachments_url,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        key_id=settings.s3_key_id,
        secret=settings.s3_secret,
    )


def scanner_of(settings: Settings) -> Scanner | None:
    """Return the virus scanner that is set, if any."""
    command = shlex.split(settings.virus_scanner)
    return Scanner(command, settings.virus_scanner_seconds) if command else None


def clock_of(file: Path | None) -> Callable[[], datetime]:
    """Return the clock: the machine's, or in a rehearsal the one that a file tells."""
    if file is None:
        return lambda: datetime.now(UTC)
    return lambda: datetime.fromisoformat(file.read_text().strip()).astimezone(UTC)


def wire_over_http(timeout: float) -> Callable[[str], httpx2.Client]:
    """Return how other nodes are reached: one client with a pool of connections for each address."""
    return lru_cache(maxsize=256)(lambda _endpoint: bounded_client(timeout))
