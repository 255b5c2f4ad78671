"""Who is told of a stream: whoever may see the answers that it is read from, by role, assignment and time."""

from dataclasses import asdict, fields
from typing import cast

import pytest

from api.rules.field_places import Place, inside, place_of
from api.rules.masks import Reader, Standing
from api.rules.need_to_know import LookPurpose
from api.rules.streams import READ_FROM, Streams, seen_by, streams_of
from schemas.base import Frozen
from schemas.case_file import CaseFile
from schemas.document import Document, Role
from schemas.facts import group_of
from schemas.family_assessment import FamilyAssessment
from schemas.family_tracing_result import FamilyTracingResult
from schemas.special_case_alert import SpecialCaseAlert
from tests.beside import START, story
from tests.watched import DEPARTMENT, SHELTER, watched


def reader(role: Role, *, is_assigned: bool = False, has_ended: bool = False) -> Reader:
    """Return somebody of the shelter who looks at the case."""
    standing = Standing(is_assigned, has_ended=has_ended)
    return Reader(frozenset({role}), SHELTER, LookPurpose.CASE_WORK, standing=standing)


ALL = {one.name for one in fields(Streams)}


@pytest.mark.parametrize(
    ("role", "is_assigned", "names"),
    [
        pytest.param(Role.SW, True, ALL, id="shelter-worker"),
        pytest.param(Role.SW, False, {"tracing"}, id="a-colleague"),
        pytest.param(Role.CM, True, ALL, id="case-manager"),
        pytest.param(Role.FO, True, ALL, id="officer-on-the-case"),
        pytest.param(Role.FO, False, {"tracing", "consent", "special"}, id="officer"),
        pytest.param(Role.WO, False, {"tracing", "assessment", "consent", "special"}, id="welfare-officer"),
        pytest.param(Role.NG, True, {"tracing", "assessment", "special"}, id="provider"),
        pytest.param(Role.NG, False, set(), id="provider-elsewhere"),
        pytest.param(Role.LE, True, {"legal", "special"}, id="police"),
        pytest.param(Role.HO, True, {"special"}, id="health"),
        pytest.param(Role.ST, True, set(), id="statistics"),
        pytest.param(Role.AU, True, {"consent"}, id="auditor"),
        pytest.param(Role.PI, False, {"consent", "special"}, id="partner-system"),
        pytest.param(Role.AD, True, set(), id="administrator"),
    ],
)
def test_a_role_is_told_what_it_may_read(role: Role, names: set[str], *, is_assigned: bool) -> None:
    """A provider and the police see what concerns their own agency of the consents, and so not how they stand."""
    case = watched(*story("file asked found good alert answered"))
    streams = streams_of(case, START)
    seen = asdict(seen_by(reader(role, is_assigned=is_assigned), case, streams))
    assert seen == {name: word if name in names else None for name, word in asdict(streams).items()}


def test_nothing_is_left_once_the_time_of_the_destination_side_has_ended() -> None:
    case = watched(*story("file asked found"))
    seen = seen_by(reader(Role.CM, is_assigned=True, has_ended=True), case, streams_of(case, START))
    assert set(asdict(seen).values()) == {None}


def test_what_was_recalled_is_told_by_no_stream() -> None:
    """The shelter reads no result of a search to which the consent was taken back; what it wrote itself stays."""
    case = watched(*story("file special asked found withdrawn"))
    seen = seen_by(reader(Role.CM, is_assigned=True), case, streams_of(case, START))
    assert (seen.tracing, seen.consent, seen.special, seen.legal) == (None, "withdrawn", "flagged", "none")
    there = watched(*story("file special asked found withdrawn"), at=DEPARTMENT)
    assert seen_by(reader(Role.CM, is_assigned=True), there, streams_of(there, START)).legal is None


@pytest.mark.parametrize(
    ("stream", "kind", "path"),
    [
        ("tracing", FamilyTracingResult, "status"),
        ("assessment", FamilyAssessment, "overall/result"),
        ("consent", CaseFile, "consents"),
        ("legal", CaseFile, "justice/return_hold/hold"),
        ("special", CaseFile, "special_needs/special_case"),
        ("special", SpecialCaseAlert, "raised_on"),
    ],
)
def test_a_stream_stands_where_the_answer_stands_that_it_is_read_from(
    stream: str, kind: type[Document], path: str
) -> None:
    """The row and the level are those of the form, so that nobody learns by a stream what the form keeps."""
    source, row = READ_FROM[stream], kind.facts.row
    assert row is not None
    found, model = Place(row), cast("type[Frozen]", kind)
    for name in path.split("/"):
        around = found if model is kind else inside(kind, model, found)
        found, model = place_of(model, name, around), group_of(model, name) or model
    assert (found.row, found.level, kind in source.kinds) == (source.place.row, source.place.level, True)
