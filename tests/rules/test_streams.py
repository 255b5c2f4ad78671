"""What goes on beside the way home follows from the documents: each move, in any order, on both sides."""

from dataclasses import asdict
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.streams import streams_of
from schemas.base import AgencyId
from schemas.document import CaseState, ConsentPurpose, Document
from tests.beside import START, STEPS, TAKEN_BACK, story, told
from tests.watched import DEPARTMENT, SHELTER, watched


def now_of(names: str, *, days: int = 100, at: AgencyId = SHELTER, **more: Any) -> dict[str, str]:
    """Return where the streams stand some days after the story began."""
    return asdict(streams_of(watched(*story(names), at=at, **more), START + timedelta(days=days)))


@pytest.mark.parametrize(
    ("names", "word"),
    [
        pytest.param("file", "not_requested", id="nobody-asked"),
        pytest.param("asked", "requested", id="asked"),
        pytest.param("asked looking", "in_progress", id="a-first-report"),
        pytest.param("asked looking found*", "located", id="the-report-goes-on-to-a-result"),
        pytest.param("asked found", "located", id="located"),
        pytest.param("asked nobody", "not_found", id="not-found"),
        pytest.param("asked no_road", "not_found", id="no-access-is-not-found"),
        pytest.param("asked stopped", "stopped", id="stopped"),
        pytest.param("asked nobody asked", "requested", id="asked-again"),
        pytest.param("asked nobody asked found", "located", id="found-at-the-second-try"),
        pytest.param("asked asked*", "requested", id="the-question-corrected"),
        pytest.param("asked found asked*", "located", id="the-answered-question-corrected"),
        pytest.param("found", "located", id="nobody-had-to-ask"),
        pytest.param("asked found nobody*", "not_found", id="it-was-a-mistake"),
    ],
)
def test_tracing_moves(names: str, word: str) -> None:
    assert now_of(names)["tracing"] == word


def test_a_correction_of_an_old_result_does_not_answer_a_new_question() -> None:
    """It counts at the place in time of what it corrects."""
    before = story("asked nobody asked")
    fixed = told("no_road", 5, before, supersedes=before[1].id, reply_to=before[0].id)
    assert streams_of(watched(*before, fixed), START).tracing == "requested"


@pytest.mark.parametrize(
    ("names", "days", "word"),
    [
        pytest.param("asked found", 0, "none", id="located-is-not-assessed"),
        pytest.param("good", 30, "positive", id="positive"),
        pytest.param("supported", 30, "with_support", id="with-support"),
        pytest.param("bad", 30, "negative", id="negative"),
        pytest.param("open", 30, "inconclusive", id="inconclusive"),
        pytest.param("bad good", 30, "positive", id="another-home"),
        pytest.param("good bad*", 30, "negative", id="corrected"),
        pytest.param("good", 90, "positive", id="on-the-last-day"),
        pytest.param("good", 91, "stale", id="the-day-after"),
        pytest.param("good safe", 91, "stale", id="a-review-makes-it-no-younger"),
        pytest.param("good waived", 91, "positive", id="waived"),
        pytest.param("good doubted", 30, "stale", id="a-review-found-something"),
        pytest.param("good doubted safe", 30, "positive", id="and-then-it-was-safe"),
        pytest.param("bad", 300, "negative", id="no-day-makes-a-bad-home-better"),
        pytest.param("good home", 300, "positive", id="gone-home-on-it"),
        pytest.param("good good", 91, "positive", id="made-anew"),
    ],
)
def test_assessment_moves(names: str, days: int, word: str) -> None:
    """Stale is what nobody may rely on: the policy's ninety days, counted by the calendar of the origin."""
    assert now_of(names, days=days)["assessment"] == word


@pytest.mark.parametrize(
    ("names", "word"),
    [
        pytest.param("asked", "not_recorded", id="no-file"),
        pytest.param("unasked", "not_recorded", id="nobody-asked-the-person"),
        pytest.param("file", "given", id="given"),
        pytest.param("refused", "not_given", id="refused"),
        pytest.param("short", "ended", id="its-time-is-over"),
        pytest.param("taken_back", "withdrawn", id="taken-back-in-the-file"),
        pytest.param("file withdrawn", "withdrawn", id="withdrawn"),
        pytest.param("withdrawn file", "withdrawn", id="the-withdrawal-overtook-the-file"),
        pytest.param("file withdrawn anew*", "given", id="given-anew"),
    ],
)
def test_consent_moves(names: str, word: str) -> None:
    assert now_of(names)["consent"] == word


def test_of_several_consents_the_one_counts_that_stops_most() -> None:
    """To trace is taken back, the rest stands."""
    rows = tuple(record for record in TAKEN_BACK if record.purpose is ConsentPurpose.FAMILY_TRACING)
    case = watched(told("file", 0, []), told("withdrawn", 1, [], records=rows))
    assert streams_of(case, START).consent == "withdrawn"


def test_a_stranger_takes_back_nobody_s_consent_not_even_by_a_day_before_all_others() -> None:
    """What came first is what this agency got or wrote first, whatever day stands in a document."""
    stranger = told("file", -9, [], sender="MM-OTHER", recipient=SHELTER)
    taken = told("withdrawn", -8, [], sender="MM-OTHER", recipient=SHELTER)
    arrived = {stranger.id: START + timedelta(days=5), taken.id: START + timedelta(days=5)}
    case = watched(stranger, taken, told("file", 0, []), arrived=arrived)
    assert streams_of(case, START + timedelta(days=9)).consent == "given"


@pytest.mark.parametrize(
    ("names", "word"),
    [
        pytest.param("file", "none", id="nobody-is-held"),
        pytest.param("held", "on_hold", id="held"),
        pytest.param("held free", "released", id="a-newer-file-says-no"),
        pytest.param("held free*", "released", id="the-file-was-replaced"),
        pytest.param("held file", "on_hold", id="a-file-that-says-nothing-ends-none"),
        pytest.param("free", "none", id="never-held"),
        pytest.param("held crossed", "on_hold", id="who-crossed-all-the-same-is-held-by-the-file"),
        pytest.param("held crossed free", "released", id="the-file-was-mended-after-the-border"),
    ],
)
def test_legal_moves(names: str, word: str) -> None:
    assert now_of(names)["legal"] == word


@pytest.mark.parametrize(
    ("names", "word"),
    [
        pytest.param("file", "none", id="ordinary"),
        pytest.param("special", "flagged", id="flagged-in-the-file"),
        pytest.param("alert", "alerted", id="alerted"),
        pytest.param("special alert answered", "acknowledged", id="acknowledged"),
        pytest.param("alert answered alert", "alerted", id="another-alert-waits"),
        pytest.param("alert answered alert*", "alerted", id="the-corrected-alert-waits"),
        pytest.param("alert ordinary", "none", id="a-newer-file-says-no"),
    ],
)
def test_special_needs_move(names: str, word: str) -> None:
    assert now_of(names)["special"] == word


@st.composite
def stories(draw: st.DrawFn) -> list[Document]:
    """Draw what is told about a case, with corrections of what the same sender told before."""
    words = st.tuples(st.sampled_from(sorted(STEPS)), st.booleans())
    made: list[Document] = []
    for day, (name, corrects) in enumerate(draw(st.lists(words, max_size=9))):
        one = told(name, day, made)
        corrected = {held.supersedes for held in made}
        own = [held.id for held in made if (held.kind, held.sender) == (one.kind, one.sender)]
        free = [held for held in own if held not in corrected]
        made.append(one.model_copy(update={"supersedes": free[-1] if corrects and free else None}))
    return made


@given(stories(), st.randoms(use_true_random=False), st.integers(0, 400))
def test_order_repetition_and_delay_change_nothing_on_either_side(
    made: list[Document], random: Random, days: int
) -> None:
    """However documents were shuffled, doubled and late, both nodes come to the same streams."""
    now = START + timedelta(days=days)
    expected = streams_of(watched(*made), now)
    for agency in (SHELTER, DEPARTMENT):
        held = [*made, *made[:3]]
        random.shuffle(held)
        arrived = {one.id: one.created_at + timedelta(hours=random.randrange(2000)) for one in made}
        assert streams_of(watched(*held, at=agency, arrived=arrived), now) == expected


@pytest.mark.parametrize("state", [CaseState.ESCAPED, CaseState.HOME, CaseState.VOID])
def test_what_stands_beside_the_way_home_moves_no_stream(state: CaseState) -> None:
    """Save for the hold: nobody is kept from a return that is waited for no more."""
    names = "file special asked found good"
    assert now_of(names, state=state) == now_of(names)
    assert now_of("held", state=state)["legal"] == ("released" if state is CaseState.VOID else "on_hold")
