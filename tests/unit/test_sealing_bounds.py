"""Windows at the far end of time, and secrets that are checked two at a time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from api.errors import TrustError
from api.sealing import secret
from api.sealing.keys import generate_keys, window_code
from schemas.base import AgencyId

NOW = datetime(2025, 3, 14, tzinfo=UTC)


def test_keys_can_not_end_after_the_end_of_time() -> None:
    with pytest.raises(TrustError) as caught:
        generate_keys(AgencyId("TH-A"), NOW, valid_for=timedelta(days=3_000_000))
    assert caught.value.code == "key_window_invalid"


def test_a_window_to_the_last_day_is_a_window() -> None:
    """Skew added to it would overflow; so it is never added."""
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    keys = generate_keys(AgencyId("TH-A"), NOW, valid_for=end - NOW, valid_from=datetime(1970, 1, 1, tzinfo=UTC))
    skew = timedelta(minutes=5)
    for at in (datetime.min.replace(tzinfo=UTC), NOW, datetime.max.replace(tzinfo=UTC)):
        expected = "key_not_yet_valid" if at.year == 1 else None
        assert {window_code(key, at, skew) for key in keys.keys} == {expected}


def test_secrets_are_checked_two_at_a_time() -> None:
    """Whoever tries many at once waits, and the machine's memory does not."""
    hashed = secret.hash_secret("right")
    both_busy, free = threading.Barrier(3), threading.Event()
    for _ in range(2):
        secret._TWO_AT_ONCE.submit(lambda: both_busy.wait(10) is not None and free.wait(10))
    both_busy.wait(10)
    checked: list[bool] = []
    third = threading.Thread(target=lambda: checked.append(secret.verify_secret("right", hashed)))
    third.start()
    third.join(0.3)
    assert checked == []
    free.set()
    third.join(10)
    assert checked == [True]
