"""Which day it is where an agency works.

Date-only deadlines and *today* are read in the responsible agency's own zone.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

ZONES = {
    "TH": ZoneInfo("Asia/Bangkok"),
    "MM": ZoneInfo("Asia/Yangon"),
    "CN": ZoneInfo("Asia/Shanghai"),
    "LA": ZoneInfo("Asia/Vientiane"),
    "KH": ZoneInfo("Asia/Phnom_Penh"),
    "VN": ZoneInfo("Asia/Ho_Chi_Minh"),
}
"""The zone of each country's welfare agencies; a country that is not listed is read in UTC."""


def zone_of(country: str) -> ZoneInfo:
    """Return the zone of a country's agencies."""
    return ZONES.get(country, ZoneInfo("UTC"))


def local_time(now: datetime, country: str) -> datetime:
    """Return an instant with the offset of a country's agencies, in whole seconds."""
    return now.astimezone(zone_of(country)).replace(microsecond=0)
