"""How much a file tells, judged by what it holds and never by what it calls itself.

A basic file tells who the person is, the home, the kind of trafficking and the flags of special needs (004 1.4(3),
1.6). Whatever else is sensitive (L3) belongs to a full file and needs the consent to share one. Which question that
is, the fields declare; there is no list here.
"""

from schemas.base import AbsentReason, Frozen, Part
from schemas.facts import Level, Need, facts_of, group_of, marker_of
from schemas.needs import TravelsWithBasic, rows_of


def tells_more_than_basic(group: Frozen) -> bool:
    """Say whether an answer stands in a group that a basic file leaves out."""
    return any(_is_beyond_basic(group, name) for name in type(group).model_fields)


def _is_beyond_basic(group: Frozen, name: str) -> bool:
    """Say whether a field tells what a basic file leaves out, by itself or in the groups below it."""
    value, facts = getattr(group, name), facts_of(type(group), name)
    if value is None or facts is None:
        return False
    if facts.level is Level.L3 and facts.need is not Need.BASIC and not marker_of(type(group), name, TravelsWithBasic):
        return _tells(value)
    if group_of(type(group), name) is None:
        return False
    return any(tells_more_than_basic(row) for _, row in rows_of(value, ()))


def _tells(value: object) -> bool:
    """Say whether an answer tells something.

    An empty list does (it says: none), a blank section does not. That the person declined or did not know tells too;
    that nobody asked does not.
    """
    if not isinstance(value, Part):
        return value is not None
    if any(reason is not AbsentReason.NOT_ASKED for reason in value.absent.values()):
        return True
    asked = (name for name in type(value).model_fields if name != "absent")
    return any(_tells(getattr(value, name)) for name in asked if not marker_of(type(value), name, TravelsWithBasic))
