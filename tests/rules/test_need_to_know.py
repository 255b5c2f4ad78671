"""Who needs to know what: the whole matrix is walked, and compared with the agreed table, written here as it is agreed.

The table below is a copy of the agreed one, and the few lines that read it share nothing with the code that decides.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.need_to_know import (
    Ask,
    Leave,
    LookPurpose,
    Sight,
    Why,
    is_over,
    judge,
    may_break_glass,
    may_release,
    may_see,
)
from schemas.document import CaseState, ConsentPurpose, Role
from schemas.facts import Level
from schemas.need_to_know import Row

AGREED = """
| section/document | SW | CM | FO | WO | NG | LE | HO | ST | AU | PI |
| A header | W r | W r | R | R | r | m | r | a | R(meta) | scoped |
| B identity | W r | W r | R | R | r | c | r | - | - | scoped |
| C address & directions | W r | W r | R | R | r | c | - | admin code only | - | scoped |
| D family & restrictions | W r | W r | r | R | r (summary) | - | - | - | - | - |
| E trafficking summary | W r | W r | r | r | m | c | - | codes (pseudon.) | - | - |
| E restricted exploitation | W r | r | g | c | c | c | c | - | - | - |
| F special flags | W r | W r | R | R | r | m | r | count only | - | scoped |
| F details | W r | W r | r | r | r | - | r | - | - | - |
| G interim care | W r | W r | r | r | r | - | r | - | - | - |
| Health restricted (HIV etc.) | - (unit only) | - | g | c | c | - | W r c | - | - | - |
| H return wishes | W r | W r | r | r | r | - | - | - | - | - |
| I legal block / perpetrators | r / - | r | r | r | - | R / W c | - | - | - | - |
| J consent | W r | W r | R | R | r (own) | r (own) | r (own) | - | R | scoped |
| Tracing request/result | R | W | W | W | W if tracer | - | - | - | - | - |
| Family assessment | r result | r | r result | W | W if assessor | - | - | result flag | - | - |
| Return decision / BID | W | W | R | R | r | - | - | - | - | - |
| Repatriation notice | R | R | W | R (pull) | m (own cases) | m list at border, names c | - | - | - | scoped pull |
| Handover | W | R | W | W | - | R | - | date only | - | - |
| Reception / needs | - | R(O) | R | W | r | - | W med | - | - | - |
| Assignment / follow-up | - | R(O) | R(O) | W | W own | - | - | flags | - | - |
| Closure / readmission | R(own prior) | W | R | W | W | - | - | flags | - | - |
| Family letters | W r | R | - | deliver r | deliver r | - | - | - | - | - |
| Escape notice | W | R | W | R | m | m | - | a | - | - |
| Statistics row / report | - | - | a | W | - (own) | a (ATU writes own) | - | R/W | R | scoped agg |
"""
IN_WORDS = {
    "scoped": "R",
    "scoped pull": "R",
    "scoped agg": "a",
    "R(meta)": "R",
    "R (pull)": "R",
    "R/W": "R",
    "W": "R",
    "W r": "r",
    "W r c": "c",
    "W c": "c",
    "W if tracer": "r",
    "W if assessor": "r",
    "W own": "r",
    "W med": "r",
    "R(own prior)": "r",
    "deliver r": "r",
    "- (unit only)": "-",
    "- (own)": "-",
    "admin code only": "a",
    "codes (pseudon.)": "a",
    "count only": "a",
    "date only": "a",
    "flags": "a",
    "result flag": "a",
    "a (ATU writes own)": "a",
}
"""What the table says in words, as one letter: whoever writes reads too, and figures are no view of a document."""
SPLIT = {
    "I legal block / perpetrators": (Row.JUSTICE, Row.PERPETRATORS),
    "Family assessment": (Row.ASSESSMENT, Row.ASSESSMENT_RESULT),
    "Health restricted (HIV etc.)": (Row.HEALTH,),
    "Statistics row / report": (Row.STATISTICS,),
}
"""Rows of the agreed table that speak of two things, or are called otherwise in the code."""
ENOUGH = {
    LookPurpose.CASE_WORK: {"L1", "L2", "L3"},
    LookPurpose.HEALTH_CARE: {"L1", "L2", "L3", "L4"},
    LookPurpose.PROTECTION: {"L1", "L2", "L3", "L4"},
    LookPurpose.LEGAL: {"L1", "L2", "L3", "L4"},
    LookPurpose.STATISTICS: {"L1"},
    LookPurpose.AUDIT: {"L1"},
}
BOTH = frozenset({ConsentPurpose.SHARE_HEALTH_RESTRICTED, ConsentPurpose.SHARE_WITH_LAW_ENFORCEMENT})


def _letters(row: Row, cell: str) -> str:
    """Return what a cell of the agreed table says about one of the rows that it stands for."""
    if cell == "r result":
        return "r" if row is Row.ASSESSMENT_RESULT else "-"
    if cell == "result flag":
        return "a" if row is Row.ASSESSMENT_RESULT else "-"
    if " / " in cell:
        cell = cell.split(" / ")[row is Row.PERPETRATORS]
    return IN_WORDS.get(cell, cell)


def _table() -> dict[tuple[Row, Role], str]:
    head, *lines = ([cell.strip() for cell in line.strip("|").split("|")] for line in AGREED.strip().splitlines())
    found: dict[tuple[Row, Role], str] = {}
    for name, *cells in lines:
        for row in SPLIT.get(name) or (Row(name),):
            found |= {(row, Role(role)): _letters(row, cell) for role, cell in zip(head[1:], cells, strict=True)}
    return found


TABLE = _table()


def _expected(role: Role, ask: Ask) -> Sight:
    """Read the agreed table by hand."""
    if ask.has_ended and not ask.is_own:
        return Sight.NONE
    row = Row.FLAGS if ask.row is Row.NEEDS and ask.level is Level.L1 else ask.row
    sight = _by_letters(TABLE.get((row, role), "-"), role, ask)
    if sight <= Sight.COUNTED:
        return sight
    if (sight is Sight.MASKED or role is Role.AU) and ask.level is not Level.L1:
        return Sight.NONE
    if ask.level.value not in ENOUGH[ask.purpose]:
        return Sight.NONE
    is_glass = TABLE.get((row, role)) == "g"
    if ask.level is Level.L4 and not (Leave.RELEASE in ask.leaves or is_glass):
        return Sight.NONE
    return sight


def _by_letters(cell: str, role: Role, ask: Ask) -> Sight:
    wanted = ConsentPurpose.SHARE_WITH_LAW_ENFORCEMENT if role is Role.LE else ConsentPurpose.SHARE_HEALTH_RESTRICTED
    agreed = ask.is_assigned and wanted in ask.consents
    ways = {
        "-": Sight.NONE,
        "a": Sight.COUNTED,
        "m": Sight.MASKED,
        "R": Sight.WHOLE,
        "R(O)": Sight.WHOLE if ask.is_origin else Sight.NONE,
        "r": Sight.WHOLE if ask.is_assigned else Sight.NONE,
        "r (own)": Sight.OWN if ask.is_assigned else Sight.NONE,
        "r (summary)": Sight.WHOLE if ask.is_assigned and ask.level <= Level.L2 else Sight.NONE,
        "c": Sight.WHOLE if agreed else Sight.NONE,
        "g": Sight.WHOLE if Leave.BROKEN_GLASS in ask.leaves else Sight.NONE,
        "m (own cases)": Sight.MASKED if ask.is_assigned else Sight.NONE,
        "m list at border, names c": Sight.WHOLE if agreed else Sight.MASKED,
    }
    return ways[cell]


def _asks(row: Row, role: Role) -> Iterator[Ask]:
    """Yield every question that can be asked about one cell."""
    flags = itertools.product((False, True), repeat=4)
    consents = (frozenset[ConsentPurpose](), BOTH)
    leaves = (frozenset[Leave](), frozenset({Leave.BROKEN_GLASS}), frozenset({Leave.RELEASE}))
    for level, purpose, (is_assigned, is_own, is_origin, has_ended), agreed, given_leave in itertools.product(
        Level, LookPurpose, flags, consents, leaves
    ):
        yield Ask(
            frozenset({role}), row, level, purpose, is_assigned, is_own, is_origin, has_ended, agreed, given_leave
        )


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("row", [row for row in Row if row is not Row.AGENDA], ids=lambda row: row.name)
def test_the_whole_matrix(row: Row, role: Role) -> None:
    """Each cell at each level: assigned or not, own or not, on either side, before and after the end, by purpose."""
    for ask in _asks(row, role):
        assert may_see(ask) is _expected(role, ask), ask


def test_every_row_is_agreed_but_the_one_of_agendas() -> None:
    assert {row for row, _ in TABLE} == set(Row) - {Row.AGENDA}


ASKS = st.builds(
    Ask,
    roles=st.frozensets(st.sampled_from(Role)),
    row=st.sampled_from(Row),
    level=st.sampled_from(Level),
    purpose=st.sampled_from(LookPurpose),
    is_assigned=st.booleans(),
    is_own=st.booleans(),
    is_origin=st.booleans(),
    has_ended=st.booleans(),
    consents=st.frozensets(st.sampled_from(ConsentPurpose)),
    leaves=st.frozensets(st.sampled_from(Leave)),
    is_recalled=st.booleans(),
)


def _with(ask: Ask, **over: object) -> Ask:
    return Ask(**{**vars(ask), **over})  # type: ignore[arg-type]


@given(ASKS)
def test_what_was_recalled_is_seen_by_its_writer_and_in_an_emergency(ask: Ask) -> None:
    """Everybody else sees what is operational at most."""
    seen = may_see(_with(ask, is_recalled=True))
    is_exempt = ask.is_own or Leave.BROKEN_GLASS in ask.leaves or ask.level is Level.L1
    assert seen is (may_see(_with(ask, is_recalled=False)) if is_exempt else Sight.NONE)


@given(ASKS, st.sampled_from(Role))
def test_one_more_role_never_hides_anything(ask: Ask, role: Role) -> None:
    assert may_see(_with(ask, roles=ask.roles | {role})) >= may_see(ask)


@given(ASKS)
def test_who_is_not_assigned_never_sees_more(ask: Ask) -> None:
    assert may_see(_with(ask, is_assigned=False)) <= may_see(_with(ask, is_assigned=True))


@given(ASKS)
def test_a_more_sensitive_level_never_shows_more(ask: Ask) -> None:
    """Save for the special needs, whose flags stand under a row of their own."""
    seen = [may_see(_with(ask, level=level)) for level in Level]
    shown = [sight for sight in (seen[1:] if ask.row is Row.NEEDS else seen) if sight is not Sight.COUNTED]
    assert shown == sorted(shown, reverse=True)


@given(ASKS)
def test_nobody_without_a_role_and_no_administrator_sees_anything(ask: Ask) -> None:
    assert may_see(_with(ask, roles=frozenset())) is Sight.NONE
    assert may_see(_with(ask, roles=frozenset({Role.AD}))) is Sight.NONE


@given(ASKS)
def test_an_auditor_never_sees_what_identifies(ask: Ask) -> None:
    """Who saw what, never content (L2 and above)."""
    if ask.level > Level.L1:
        assert may_see(_with(ask, roles=frozenset({Role.AU, Role.AD}))) is Sight.NONE


@given(ASKS)
def test_restricted_detail_needs_a_named_purpose_and_somebody_who_agreed(ask: Ask) -> None:
    """Without any leave nothing of L4 is shown to anybody, and under the ordinary purpose never."""
    assert may_see(_with(ask, level=Level.L4, leaves=frozenset())) <= Sight.COUNTED
    assert may_see(_with(ask, level=Level.L4, purpose=LookPurpose.CASE_WORK)) <= Sight.COUNTED


@given(ASKS)
def test_whatever_is_not_whole_says_why(ask: Ask) -> None:
    found = judge(ask)
    assert (found.why is None) == (found.sight >= Sight.OWN)


REASONS = {
    "a shelter worker who is not assigned": (Role.SW, Row.IDENTITY, Level.L2, {}, Why.NOT_ASSIGNED),
    "a liaison without consent": (Role.LE, Row.IDENTITY, Level.L2, {"is_assigned": True}, Why.CONSENT),
    "a focal officer before an emergency": (Role.FO, Row.HEALTH, Level.L4, {}, Why.GLASS),
    "a health officer before a release": (
        Role.HO,
        Row.HEALTH,
        Level.L4,
        {"is_assigned": True, "consents": BOTH, "purpose": LookPurpose.HEALTH_CARE},
        Why.RELEASE,
    ),
    "a welfare officer who counts": (Role.WO, Row.IDENTITY, Level.L2, {"purpose": LookPurpose.STATISTICS}, Why.PURPOSE),
    "a provider on the family's debts": (Role.NG, Row.FAMILY, Level.L3, {"is_assigned": True}, Why.LEVEL),
    "anybody at the destination long after": (Role.FO, Row.IDENTITY, Level.L2, {"has_ended": True}, Why.ENDED),
    "anybody after the consent was taken back": (
        Role.WO,
        Row.IDENTITY,
        Level.L2,
        {"is_recalled": True},
        Why.RECALLED,
    ),
    "a statistician": (Role.ST, Row.IDENTITY, Level.L2, {}, Why.ROLE),
}


@pytest.mark.parametrize(("role", "row", "level", "how", "why"), REASONS.values(), ids=REASONS)
def test_the_reason_tells_what_to_do(role: Role, row: Row, level: Level, how: dict[str, object], why: Why) -> None:
    found = judge(_with(Ask(frozenset({role}), row, level), **how))
    assert (found.sight, found.why) == (Sight.NONE, why)


RETURNED_ON = datetime(2025, 8, 19, 12, tzinfo=UTC)
GRACE = timedelta(days=90)


@pytest.mark.parametrize(
    ("reached", "returned_at", "days", "expected"),
    [
        pytest.param(CaseState.CLOSED, RETURNED_ON, 90, False, id="within-the-time-of-grace"),
        pytest.param(CaseState.CLOSED, RETURNED_ON, 91, True, id="after-it"),
        pytest.param(CaseState.HOME, RETURNED_ON, 91, True, id="lost-or-died-at-home-or-said-to-have-escaped"),
        pytest.param(CaseState.READMITTED, RETURNED_ON, 91, True, id="taken-in-again-at-home"),
        pytest.param(CaseState.ADMITTED, None, 400, False, id="died-in-the-shelter"),
        pytest.param(CaseState.IN_TRANSIT, RETURNED_ON, 400, False, id="was-sent-back-at-the-border"),
        pytest.param(CaseState.RETURN_ACCEPTED, RETURNED_ON, 400, False, id="stays"),
        pytest.param(CaseState.RETURN_ACCEPTED, None, 400, False, id="not-gone-yet"),
    ],
)
def test_the_destination_side_has_its_time(
    *, reached: CaseState, returned_at: datetime | None, days: int, expected: bool
) -> None:
    """Whatever becomes of the person at home: the first record of the return ends it, and nothing opens it again."""
    assert is_over(reached, returned_at, GRACE, RETURNED_ON + timedelta(days=days)) is expected


def test_who_breaks_the_glass_and_who_is_a_second_person() -> None:
    """Focal officers; case managers and focal officers, and for health a health officer too."""
    assert {role for role in Role if may_break_glass([role])} == {Role.FO}
    assert {role for role in Role if may_release([role], LookPurpose.LEGAL)} == {Role.CM, Role.FO}
    assert {role for role in Role if may_release([role], LookPurpose.HEALTH_CARE)} == {Role.CM, Role.FO, Role.HO}
