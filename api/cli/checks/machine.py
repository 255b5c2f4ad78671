"""The machine under the node: its folder, who can read it, the space left, and settings that look wrong."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from api.cli.checks.finding import RESTORE_KEYS, Finding, ok, warn, wrong
from api.making import NODE_KEYS, TOKEN_KEYS
from api.settings import Settings

LITTLE_SPACE = 1_000_000_000
"""A busy node writes some hundred megabytes a month: with less than this somebody should look soon."""
NO_SPACE = 100_000_000
"""With less than this the database may not take the next document."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_folder(settings: Settings) -> Iterator[Finding]:
    """Look at the data directory: it is there, private, and has space."""
    folder = settings.data_dir.absolute()
    if not (settings.keys_dir / NODE_KEYS).is_file():
        yield wrong(f"no keys of a node in {settings.keys_dir}", "`homeward init`, or `homeward keys restore` a backup")
    elif not (settings.keys_dir / TOKEN_KEYS).is_file():
        yield wrong("the keys that sign tokens are missing", RESTORE_KEYS)
    if not folder.is_dir():
        yield wrong(f"no data directory {folder}", "look at HOMEWARD_DATA_DIR, or run `homeward init`")
        return
    yield from _check_modes(settings)
    yield check_space(folder)


def _check_modes(settings: Settings) -> Iterator[Finding]:
    """Look at who may read what only the node's own user should."""
    folder = settings.data_dir
    private = [settings.keys_dir, *settings.keys_dir.glob("*"), *folder.glob("homeward.db*")]
    shared = sorted(path for path in private if path.exists() and path.stat().st_mode & _OPEN_TO_OTHERS)
    for path in shared:
        yield wrong(f"others on this machine can get at {path}", f"chmod {'700' if path.is_dir() else '600'} {path}")
    if folder.stat().st_mode & _OPEN_TO_OTHERS:
        yield warn(f"others on this machine can look into {folder}", f"chmod 700 {folder}")
    elif not shared:
        yield ok(f"{folder} is private")


def check_space(folder: Path) -> Finding:
    """Look at the space that is left where a folder lies."""
    free = shutil.disk_usage(folder).free
    left = f"{free / 1_000_000_000:.1f} GB are free under {folder}"
    if free < NO_SPACE:
        return wrong(left, "make room now: the database may not take the next document")
    if free < LITTLE_SPACE:
        return warn(left, "make room soon")
    return ok(left)


def check_settings(settings: Settings, *, has_peers: bool) -> Iterator[Finding]:
    """Look at settings that are fine for a trial and wrong in real life."""
    address = urlsplit(settings.base_url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        yield wrong("HOMEWARD_BASE_URL is no address", "write it like https://node.example")
        return
    is_local = address.hostname in _LOOPBACK
    if is_local and has_peers:
        yield warn(
            f"HOMEWARD_BASE_URL is {settings.base_url}: no other machine reaches that",
            "set the address under which others reach this node, then `homeward agency rotate` to publish it",
        )
    elif address.scheme == "http" and not is_local:
        yield wrong(
            "HOMEWARD_BASE_URL is plain http: tokens travel readable",
            "put a TLS proxy in front and set an https:// address, then `homeward agency rotate` to publish it",
        )
    else:
        yield ok(f"others reach this node at {settings.base_url}")
    if settings.host not in _LOOPBACK:
        yield warn(
            f"the node listens on {settings.host}, so plain http may be reached from outside",
            "listen on 127.0.0.1 behind the TLS proxy, or see to it that only the proxy gets through",
        )
    if settings.clock_file is not None:
        yield wrong("HOMEWARD_CLOCK_FILE is set: the node believes a file about the time", "unset it; it is for trials")
    if urlsplit(settings.oidc_issuer).scheme == "http" and urlsplit(settings.oidc_issuer).hostname not in _LOOPBACK:
        yield wrong("HOMEWARD_OIDC_ISSUER is plain http: whoever is on the line signs in", "set its https:// address")
