"""Whose document moves a case: one answer, whether it comes alone or all are read anew."""

from dataclasses import dataclass

import pytest

from api.rules.parties import find_side, list_moving, may_move, partners_of
from schemas.base import AgencyId
from schemas.document import Document, Side
from tests.forms import document, example

HOLDER, PEER, STRANGER = "MM-DSW", "TH-SHELTER-N1", "MM-OTHER"
FILE, NOTICE, ACK = "case_file_basic", "advance_repatriation_notice", "notice_acknowledgement"


@dataclass(frozen=True)
class Ends:
    """A case between two countries, or inside one."""

    destination: str = "TH"
    origin: str = "MM"


@pytest.mark.parametrize(
    ("ends", "agency", "side"),
    [
        pytest.param(Ends(), PEER, Side.DESTINATION, id="where-she-was-found"),
        pytest.param(Ends(), HOLDER, Side.ORIGIN, id="home"),
        pytest.param(Ends(), "LA-DSW", None, id="a-third-country"),
        pytest.param(Ends("MM", "MM"), HOLDER, None, id="inside-one-country-there-are-no-sides"),
    ],
)
def test_a_side_follows_from_the_country(ends: Ends, agency: str, side: Side | None) -> None:
    assert find_side(ends, agency) is side


@pytest.mark.parametrize(
    ("name", "sender", "ends", "moves"),
    [
        pytest.param(FILE, PEER, Ends(), True, id="the-shelter-admits"),
        pytest.param(FILE, "LA-DSW", Ends(), False, id="a-third-country-moves-nothing"),
        pytest.param(NOTICE, PEER, Ends(), True, id="the-shelter-announces"),
        pytest.param(NOTICE, STRANGER, Ends(), False, id="home-announces-nothing"),
        pytest.param(NOTICE, STRANGER, Ends("MM", "MM"), True, id="inside-one-country-anybody-does"),
    ],
)
def test_who_has_no_part_or_is_on_the_wrong_side_moves_nothing(
    name: str, sender: str, ends: Ends, *, moves: bool
) -> None:
    made = document(name).model_copy(update={"sender": sender})
    assert may_move(made, ends, HOLDER, asked=()) is moves


@pytest.mark.parametrize(
    ("holder", "sender", "asked", "moves"),
    [
        pytest.param(PEER, HOLDER, {(example(ACK)["reply_to"], HOLDER, ACK)}, True, id="the-one-who-was-asked"),
        pytest.param(PEER, STRANGER, {(example(ACK)["reply_to"], HOLDER, ACK)}, False, id="somebody-else"),
        pytest.param(PEER, HOLDER, {(example(ACK)["reply_to"], HOLDER, None)}, False, id="asked-for-nothing"),
        pytest.param(PEER, HOLDER, set(), False, id="nobody-was-asked"),
        pytest.param(HOLDER, HOLDER, set(), True, id="the-answer-is-the-holder's-own"),
    ],
)
def test_an_answer_counts_where_it_was_asked_for(
    holder: str, sender: str, asked: set[tuple[str, str, str | None]], *, moves: bool
) -> None:
    made = document(ACK).model_copy(update={"sender": sender})
    assert may_move(made, Ends(), holder, asked) is moves


def test_an_answer_to_a_file_that_asks_nothing_counts_for_nobody() -> None:
    """Read anew with everything that is held, as when it came alone."""
    file = document(FILE).model_copy(update={"sender": PEER, "recipient": HOLDER})
    answer = document(ACK, {"/reply_to": file.id})
    assert list_moving(answer.case_uids()[0], [file, answer], Ends(), PEER) == [file]


def between(sender: str, recipient: str, name: str = FILE) -> Document:
    """Return a document of the case from one agency to another."""
    return document(name).model_copy(update={"sender": AgencyId(sender), "recipient": AgencyId(recipient)})


WITHDRAWAL, LETTER = "consent_withdrawal", "family_contact_message"


@pytest.mark.parametrize(
    ("held", "partners"),
    [
        pytest.param([], set(), id="nothing-is-held"),
        pytest.param([between(PEER, HOLDER)], {PEER, HOLDER}, id="who-brought-the-case"),
        pytest.param([between(PEER, HOLDER), between(STRANGER, HOLDER)], {PEER, HOLDER}, id="a-stranger-came-later"),
        pytest.param(
            [between(PEER, HOLDER), between(STRANGER, HOLDER), between(HOLDER, STRANGER)],
            {PEER, HOLDER, STRANGER},
            id="whom-the-holder-told-something",
        ),
        pytest.param(
            [between(PEER, HOLDER), between(STRANGER, HOLDER), between(HOLDER, STRANGER, ACK)],
            {PEER, HOLDER},
            id="whom-the-holder-answered",
        ),
        pytest.param(
            [between(PEER, HOLDER), between(STRANGER, HOLDER), between(HOLDER, STRANGER, WITHDRAWAL)],
            {PEER, HOLDER},
            id="whom-the-holder-told-of-a-withdrawal",
        ),
        pytest.param(
            [between(PEER, HOLDER), between(STRANGER, HOLDER), between(HOLDER, STRANGER, "meeting_agenda")],
            {PEER, HOLDER},
            id="whom-the-holder-sent-an-agenda",
        ),
        pytest.param(
            [between(STRANGER, HOLDER, LETTER), between(PEER, HOLDER)], {PEER, HOLDER}, id="a-letter-overtook-the-file"
        ),
        pytest.param([between(HOLDER, PEER), between(STRANGER, HOLDER)], {PEER, HOLDER}, id="the-case-began-here"),
        pytest.param(
            [between(STRANGER, HOLDER, WITHDRAWAL), between(PEER, HOLDER)],
            {PEER, HOLDER},
            id="a-withdrawal-brings-no-case",
        ),
        pytest.param(
            [between(STRANGER, HOLDER, WITHDRAWAL), between(PEER, HOLDER, WITHDRAWAL)],
            {PEER, HOLDER, STRANGER},
            id="before-the-file-nobody-is-known",
        ),
    ],
)
def test_whose_word_counts_follows_from_what_the_holder_did(held: list[Document], partners: set[str]) -> None:
    assert partners_of(held) == partners
    assert not held or partners_of(held, AgencyId(HOLDER)) == partners


def test_nobody_brings_a_case_that_was_opened_here() -> None:
    """Somebody who learned its number and writes first has no part in it."""
    assert partners_of([between(STRANGER, HOLDER)], AgencyId(HOLDER), is_opened_here=True) == {HOLDER}


def test_what_answers_nothing_by_its_kind_counts_whatever_it_replies_to() -> None:
    """A closure beside which an id stands is a closure; the holder is asked all the same whether it is so."""
    made = document("case_closure", {"/reply_to": example(ACK)["reply_to"]})
    assert may_move(made, Ends(), PEER, asked=())


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        pytest.param(NOTICE, True, id="a-notice-asks-for-an-answer"),
        pytest.param("special_case_alert", True, id="an-alert"),
        pytest.param("escape_notice", True, id="an-escape"),
        pytest.param("handover_record", False, id="a-crossing-ends-what-is-due"),
        pytest.param(FILE, False, id="a-file-tells-the-clock-and-the-hold"),
        pytest.param("family_assessment", False, id="an-assessment"),
        pytest.param("family_contact_message", False, id="a-letter"),
    ],
)
def test_what_somebody_without_a_part_may_ask_for_is_heard_and_nothing_else(name: str, *, counts: bool) -> None:
    """Until the holder writes to that agency about the case; then all of it counts."""
    ends, stranger = Ends(), "TH-OTHER" if Side.DESTINATION in document(name).facts.senders else STRANGER
    told = between(stranger, HOLDER, name)
    uid = told.case_uids()[0]
    brought = between(PEER, HOLDER).model_copy(update={"case_uid": uid})
    given = between(HOLDER, stranger).model_copy(update={"id": "01M9ZZZZZZZZZZZZZZZZZZZZZZ", "case_uid": uid})
    assert (told in list_moving(uid, [brought, told], ends, HOLDER)) is counts
    assert told in list_moving(uid, [brought, told, given], ends, HOLDER)
