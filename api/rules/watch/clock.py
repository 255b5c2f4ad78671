"""Until when: days end where the responsible agency works, working days leave out the weekend.

Public holidays are not known here; they differ by country and year, and a day more never hurts anybody.
"""

from datetime import date, datetime, time, timedelta

from api.rules.zones import zone_of

_LAST = time(23, 59, 59)
_SATURDAY = 5
WARN_AHEAD = timedelta(days=14)
"""Nobody is reminded earlier than this, save of the return."""


def end_of(day: date, country: str) -> datetime:
    """Return the last second of a day where the agencies of a country work."""
    return datetime.combine(day, _LAST, zone_of(country))


def start_of(day: date, country: str) -> datetime:
    """Return the first second of a day where the agencies of a country work."""
    return datetime.combine(day, time.min, zone_of(country))


def day_of(moment: datetime, country: str) -> date:
    """Return which day it is for the agencies of a country."""
    return moment.astimezone(zone_of(country)).date()


def after_working_days(day: date, count: int) -> date:
    """Return the day that many working days (Monday to Friday) after a day, which itself does not count."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


def reminder(started: datetime, due: datetime) -> datetime:
    """Return when somebody is reminded: after half of the time, and two weeks ahead at most."""
    half = (started + (due - started) / 2).replace(microsecond=0)
    return max(due - WARN_AHEAD, half) if due > started else started
