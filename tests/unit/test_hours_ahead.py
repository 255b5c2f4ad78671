"""What happened lies before the hour at which it is told, whatever clock the hour was read from."""

import pytest

from tests.forms import codes

HAPPENED = {
    "handover_record": "/at",
    "reception_record": "/arrived_at",
    "departure_record": "/departed_at",
    "escape_notice": "/escape_discovered_at",
}


def ahead(name: str, place: str, hour: str, told_at: str) -> bool:
    return (place, "future_date") in codes(name, {place: hour, "/created_at": told_at})


@pytest.mark.parametrize(("name", "place"), HAPPENED.items())
@pytest.mark.parametrize(
    ("hour", "told_at", "is_ahead"),
    [
        pytest.param("2026-03-02T14:01:00+07:00", "2026-03-02T14:00:00+07:00", True, id="a-minute-later"),
        pytest.param("2026-03-02T23:00:00+07:00", "2026-03-02T14:00:00+07:00", True, id="tonight"),
        pytest.param("2026-03-02T14:00:00+07:00", "2026-03-02T14:00:00+07:00", False, id="now"),
        pytest.param("2026-03-02T13:30:00+06:30", "2026-03-02T14:00:00+07:00", False, id="now-by-the-other-clock"),
        pytest.param("2026-03-03T00:30:00+07:00", "2026-03-02T18:00:00+00:00", False, id="past-midnight-over-there"),
    ],
)
def test_an_hour_that_is_still_to_come_is_refused(
    name: str,
    place: str,
    hour: str,
    told_at: str,
    is_ahead: bool,
) -> None:
    assert ahead(name, place, hour, told_at) is is_ahead
