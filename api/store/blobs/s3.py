"""Blobs in a bucket of an S3-compatible store, each piece an object of its own (``homeward[s3]``)."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from api.errors import NodeError
from api.store.blobs import count_in_order, is_name

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_T = TypeVar("_T")
_CONNECT, _ANSWER = timedelta(seconds=5), timedelta(seconds=30)
_RETRY: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=15)}
"""Whoever waits behind it asks again by itself, so nothing hangs for minutes."""


class Bucket:
    """Blobs in a bucket, under a folder that is theirs alone."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    def put(self, blob: str, number: int, data: bytes) -> None:
        """Store a piece, on the condition that none is there."""
        with suppress(AlreadyExistsError):
            _told(lambda: obstore.put(self._store, f"{blob}/{number:06}", data, use_multipart=False, mode="create"))

    def get(self, blob: str, number: int) -> bytes:
        """Return a piece."""
        try:
            return _told(lambda: bytes(obstore.get(self._store, f"{blob}/{number:06}").bytes()))
        except FileNotFoundError:
            raise NodeError("blob_missing", "restore the attachments from their backup") from None

    def count(self, blob: str) -> int:
        """Return how many pieces are there without a gap."""
        return count_in_order([int(name.rpartition("/")[2]) for name in self._objects(blob)])

    def remove(self, blob: str) -> None:
        """Remove a blob."""
        names = self._objects(blob)
        if names:
            _told(lambda: obstore.delete(self._store, names))

    def names(self) -> Iterator[str]:
        """Yield the name of every blob; what else lies there is nobody's of ours."""
        found = _told(lambda: obstore.list_with_delimiter(self._store))["common_prefixes"]
        yield from (name for one in found if is_name(name := one.rstrip("/").rpartition("/")[2]))

    def _objects(self, blob: str) -> list[str]:
        return [one["path"] for page in _told(lambda: [*obstore.list(self._store, f"{blob}/")]) for one in page]


def open_bucket(url: str, *, endpoint: str, region: str, key_id: str, secret: str) -> Bucket:
    """Return the bucket at ``s3://bucket/folder``; without a key the store's own environment names one."""
    bucket, _, folder = url.removeprefix("s3://").partition("/")
    known: dict[str, str] = {"region": region}
    if key_id:
        known |= {"access_key_id": key_id, "secret_access_key": secret}
    if endpoint:
        known |= {"endpoint": endpoint}
    store = S3Store(bucket, prefix=folder or None, client_options=_client(endpoint), retry_config=_RETRY, **known)  # type: ignore[arg-type]  # plain names
    return Bucket(store)


def _client(endpoint: str) -> "ClientConfig":
    return {"allow_http": endpoint.startswith("http://"), "connect_timeout": _CONNECT, "timeout": _ANSWER}


def _told(call: Callable[[], _T]) -> _T:
    """Turn what the store says into our error, without its text: that can hold an address and a name."""
    try:
        return call()
    except (FileNotFoundError, AlreadyExistsError):
        raise
    except (BaseError, OSError):
        raise NodeError(
            "blobs_unavailable", "look at HOMEWARD_ATTACHMENTS_URL, its key, and whether it is up"
        ) from None
