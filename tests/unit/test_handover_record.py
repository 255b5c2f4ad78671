"""At the border each side signs its own record; what differs is listed, and the paper original is counted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rules.handover import handover_standing, unsigned
from schemas.document import CaseState, ConsentPurpose
from schemas.handover_record import HandoverRecord, differences
from schemas.return_codes import HandoverItem, HandoverOutcome
from tests.forms import GONE, codes, document, edited, example

FIRST, SECOND = "handover_record", "handover_record_countersigned"
CASE = example("case_file_full")["case_uid"]
OTHER_CASE = "01JSDQ7A1B2C3D4E5F6G7H8J9K"
NEWER_ID = "01K3ZAB1C2D3E4F5G6H7J8K9M1"
NOT_HANDED = {"handed": False}


def record(name: str = FIRST, edits: dict[str, object] | None = None) -> HandoverRecord:
    made = document(name, edits)
    assert isinstance(made, HandoverRecord)
    return made


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param(
            {"/persons/0/original_file/pages": GONE}, "/persons/0/original_file/pages", "custody_incomplete", id="pages"
        ),
        pytest.param(
            {"/persons/0/original_file/seal_state": GONE},
            "/persons/0/original_file/seal_state",
            "custody_incomplete",
            id="seal-not-looked-at",
        ),
        pytest.param(
            {"/persons/0/original_file/seal_no": GONE},
            "/persons/0/original_file/seal_no",
            "seal_contradicts",
            id="seal-without-number",
        ),
        pytest.param(
            {"/persons/0/original_file/handed": False},
            "/persons/0/original_file",
            "custody_contradicts",
            id="pages-of-nothing",
        ),
        pytest.param(
            {"/persons/0/outcome": "not_arrived"},
            "/persons/0/original_file/handed",
            "original_without_person",
            id="paper-travels-alone",
        ),
        pytest.param(
            {"/persons/0/case_uid": GONE},
            "/persons/0/original_file/handed",
            "original_without_case",
            id="whose-original",
        ),
        pytest.param(
            {"/persons/0/identity_confirmed_by": GONE},
            "/persons/0/identity_confirmed_by",
            "required_blank",
            id="who-is-it",
        ),
        pytest.param({"/persons/0/condition": GONE}, "/persons/0/condition", "required_blank", id="how-is-she"),
        pytest.param({"/from_officer": GONE}, "/from_officer", "own_signature_missing", id="own-side-unsigned"),
        pytest.param({"/recipient": "LA-MLSW"}, "/recipient", "outside_corridor", id="wrong-country"),
        pytest.param({"/case_uid": CASE}, "/case_uid", "case_in_header", id="case-in-the-header"),
        pytest.param({"/at": "2025-08-21T10:00:00+07:00"}, "/at", "future_date", id="not-yet"),
        pytest.param(
            {"/discrepancies": [{"seq": 9, "item": "money"}]},
            "/discrepancies/0/seq",
            "unknown_person",
            id="discrepancy-about-nobody",
        ),
        pytest.param({"/persons/0/diagnosis": "x"}, "/persons/0", "unknown_field", id="a-diagnosis"),
        pytest.param({"/persons": []}, "/persons", "too_few", id="nobody"),
    ],
)
def test_a_record_that_does_not_agree_is_refused(edits: dict[str, object], path: str, code: str) -> None:
    assert (path, code) in codes(FIRST, edits)


def test_a_person_stands_on_the_record_once() -> None:
    again = example(FIRST)["persons"][0]
    assert {("/persons", "duplicate_seq"), ("/persons", "duplicate_person")} <= codes(FIRST, {"/persons/1": again})


def test_a_seal_that_was_never_there_has_no_number() -> None:
    bare = {"/persons/0/original_file/seal_no": GONE, "/persons/0/original_file/seal_state": "no_seal"}
    assert codes(FIRST, bare) == set()


def test_the_side_of_origin_signs_for_itself() -> None:
    assert ("/to_officer", "own_signature_missing") in codes(SECOND, {"/to_officer": GONE})
    assert codes(SECOND, {"/from_officer": GONE}) == set()


def test_a_person_without_a_case_is_handed_over_without_an_original() -> None:
    """Scenario S4: no case file, no original, and still a record."""
    made = record(edits={"/persons/0/case_uid": GONE, "/persons/0/original_file": NOT_HANDED})
    assert made.case_uids() == ()
    assert made.disclosures() == ()
    assert made.find_corridor() == made.corridor


@pytest.mark.parametrize(
    ("outcome", "first", "second"),
    [
        pytest.param("handed_over", CaseState.IN_TRANSIT, CaseState.HANDED_OVER, id="came"),
        pytest.param("extra_person", CaseState.IN_TRANSIT, CaseState.HANDED_OVER, id="came-besides"),
        pytest.param("hospitalised", None, None, id="in-hospital"),
        pytest.param("escaped_en_route", None, None, id="escaped"),
    ],
)
def test_a_case_is_handed_over_when_both_have_signed(
    outcome: str, first: CaseState | None, second: CaseState | None
) -> None:
    edits: dict[str, object] = {"/persons/0/outcome": outcome, "/persons/0/original_file": NOT_HANDED}
    assert record(FIRST, edits).moves(CASE) is first
    assert record(SECOND, edits).moves(CASE) is second
    assert record(FIRST, edits).moves(OTHER_CASE) is None


def test_the_original_needs_the_consent_to_share_the_full_file() -> None:
    """The side of origin tells nothing new when it confirms."""
    assert [d.purpose for d in record().disclosures()] == [ConsentPurpose.SHARE_FULL_ORIGIN_WELFARE]
    without = record(edits={"/persons/0/original_file": NOT_HANDED})
    assert [d.purpose for d in without.disclosures()] == [ConsentPurpose.SHARE_BASIC_ORIGIN_WELFARE]
    assert record(SECOND).disclosures() == ()


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({}, [], id="fits"),
        pytest.param({"/border_point": "THREE_PAGODAS"}, ["discrepancy_unlisted"], id="other-crossing"),
        pytest.param(
            {"/border_point": "THREE_PAGODAS", "/discrepancies": [{"item": "border_point"}]}, [], id="listed-crossing"
        ),
        pytest.param({"/persons/0/outcome": "extra_person"}, ["extra_person_contradicts"], id="no-extra"),
        pytest.param(
            {"/persons/0/seq": 7}, ["person_missing", "extra_person_contradicts"], id="somebody-else-and-nobody"
        ),
        pytest.param({"/persons/0/original_file/matches_scan_sha256": "6e" * 32}, ["scan_unknown"], id="other-scan"),
        pytest.param({"/persons/0/original_file/pages": 4}, ["discrepancy_unlisted"], id="a-page-is-missing"),
        pytest.param({"/persons/0/original_file/seal_no": "N1-0442"}, ["discrepancy_unlisted"], id="another-seal"),
        pytest.param(
            {"/persons/0/original_file/pages": 4, "/discrepancies": [{"seq": 1, "item": "original_file"}]},
            [],
            id="the-missing-page-is-listed",
        ),
    ],
)
def test_a_record_fits_the_notice_and_the_file(edits: dict[str, object], expected: list[str]) -> None:
    """Who was deferred in the answer to the notice is not waited for at the border."""
    names = ("advance_repatriation_notice", "notice_acknowledgement", "case_file_full")
    earlier = [document(name) for name in names]
    assert [problem.code for problem in record(edits=edits).misfits(earlier)] == expected


def test_without_an_answer_everyone_on_the_notice_is_told_of() -> None:
    notice = document("advance_repatriation_notice")
    assert [problem.code for problem in record().misfits([notice])] == ["person_missing"]


def test_an_original_that_was_not_handed_over_is_not_compared() -> None:
    made = record(edits={"/persons/0/original_file": NOT_HANDED})
    assert list(made.misfits([document("case_file_full")])) == []


@pytest.mark.parametrize(
    ("edits", "item"),
    [
        pytest.param({"/border_point": "THREE_PAGODAS"}, "border_point", id="crossing"),
        pytest.param({"/immigration_cleared": "no"}, "immigration", id="immigration"),
        pytest.param({"/persons/0/condition": "needs_attention"}, "condition", id="condition"),
        pytest.param({"/persons/0/belongings_list": "no"}, "belongings", id="belongings"),
        pytest.param({"/persons/0/medicine_kit": "yes"}, "medicine_kit", id="medicine"),
        pytest.param({"/persons/0/money/amount": "150.00"}, "money", id="money"),
        pytest.param({"/persons/0/documents": ["travel_certificate", "nrc"]}, "documents", id="papers"),
        pytest.param({"/persons/0/original_file/pages": 4}, "original_file", id="pages"),
        pytest.param({"/persons/0/original_file/seal_state": "broken"}, "original_file", id="broken-seal"),
        pytest.param({"/persons/0/original_file": NOT_HANDED}, "original_file", id="no-original"),
    ],
)
def test_what_differs_is_countersigned_only_if_it_is_listed(edits: dict[str, object], item: str) -> None:
    second = record(SECOND, edits)
    assert [problem.code for problem in second.misfits([record()])] == ["discrepancy_unlisted"]
    row = {"item": item} if item in {"border_point", "immigration"} else {"seq": 1, "item": item}
    assert list(record(SECOND, {**edits, "/discrepancies": [row]}).misfits([record()])) == []


def test_somebody_whom_only_one_side_lists_is_a_difference() -> None:
    other: dict[str, object] = {**example(FIRST)["persons"][0], "seq": 2, "case_uid": OTHER_CASE}
    both = record(edits={"/persons/1": other})
    assert [(d.seq, d.item) for d in differences(both, record(SECOND))] == [(None, HandoverItem.PERSON)]
    assert [(d.seq, d.item) for d in differences(record(), record(SECOND, {"/persons/1": other}))] == [
        (2, HandoverItem.PERSON)
    ]


def test_a_blank_is_no_difference() -> None:
    assert differences(record(), record(SECOND, {"/persons/0/money": GONE, "/persons/0/medicine_kit": GONE})) == ()


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        pytest.param({"/handover_id": "OTHER-1"}, "other_handover", id="another-hand-over"),
        pytest.param({"/reply_to": "01K19CD2E3F4G5H6J7K8M9N0P1"}, "countersigns_nothing", id="an-answer-to-a-notice"),
        pytest.param({"/recipient": "TH-SHELTER-N2"}, "countersigns_nothing", id="somebody-else"),
    ],
)
def test_only_the_other_sides_first_record_is_countersigned(edits: dict[str, object], code: str) -> None:
    earlier = [record(), document("notice_acknowledgement")]
    assert [problem.code for problem in record(SECOND, edits).misfits(earlier)] == [code]


def test_who_was_to_countersign_and_tells_it_first_is_led_to_the_other_record() -> None:
    """Under the same number it is the same hand-over; another one may be another crossing, so that is only told."""
    theirs, mine = record(), record(SECOND, {"/reply_to": GONE})
    (problem,) = mine.misfits([theirs])
    assert (problem.location, problem.code) == (("reply_to",), "signed_by_other_side")
    assert theirs.id in problem.hint
    other = record(SECOND, {"/reply_to": GONE, "/handover_id": "MM-7"})
    assert list(other.misfits([theirs])) == []
    (caution,) = unsigned(other, [theirs])
    assert (caution.location, caution.code) == (("handover_id",), "countersignature_waits")
    assert theirs.id in caution.hint


@pytest.mark.parametrize(
    "held",
    [
        pytest.param([record(), record(SECOND)], id="signed-already"),
        pytest.param([record(SECOND)], id="own"),
        pytest.param([record(edits={"/recipient": "MM-OTHER"})], id="told-to-somebody-else"),
        pytest.param([record(edits={"/persons/0/case_uid": OTHER_CASE})], id="of-somebody-else"),
    ],
)
def test_nothing_waits_for_a_signature(held: list[HandoverRecord]) -> None:
    mine = record(SECOND, {"/id": "01M9ZZZZZZZZZZZZZZZZZZZZZZ", "/reply_to": GONE})
    assert list(mine.waiting(held)) == []
    assert list(unsigned(record(SECOND), [record()])) == list(unsigned(document("reception_record"), [record()])) == []


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param({"/border_point": "THREE_PAGODAS"}, [], id="as-the-newest-version-tells"),
        pytest.param({}, ["discrepancy_unlisted"], id="as-the-version-told-that-no-longer-stands"),
    ],
)
def test_what_is_countersigned_is_the_newest_version(edits: dict[str, object], expected: list[str]) -> None:
    """Its writer mended the crossing; whichever version is named, what stands is what has to be the same."""
    first = record()
    newest = record(edits={"/id": NEWER_ID, "/supersedes": first.id, "/border_point": "THREE_PAGODAS"})
    told = [*record(SECOND, edits).misfits([first, newest, first])]
    assert [problem.code for problem in told] == expected
    assert all(newest.id in problem.hint for problem in told)


def test_a_countersignature_is_not_countersigned() -> None:
    third = record(FIRST, {"/reply_to": record(SECOND).id, "/id": "01K30V000000000000000000AA"})
    assert [problem.code for problem in third.misfits([record(SECOND)])] == ["countersigns_nothing"]


def test_one_signature_becomes_overdue_and_two_are_complete() -> None:
    """72 hours after the hand-over by the default policy."""
    first, second, late = record(), record(SECOND), timedelta(hours=72, seconds=1)
    alone = handover_standing([first], first.at + late)
    assert alone is not None
    assert (alone.is_complete, alone.is_overdue, alone.signed_by) == (False, True, ("TH-SHELTER-N1",))
    in_time = handover_standing([first], first.at + timedelta(hours=72))
    assert in_time is not None
    assert not in_time.is_overdue
    both = handover_standing([second, first], first.at + late)
    assert both is not None
    assert (both.is_complete, both.is_overdue, both.is_disputed) == (True, False, False)
    assert handover_standing([], datetime.now(UTC)) is None


def test_a_difference_makes_a_complete_hand_over_disputed() -> None:
    disputed = record(SECOND, {"/persons/0/original_file/pages": 4})
    standing = handover_standing([record(), disputed], disputed.at)
    assert standing is not None
    assert standing.is_disputed
    mended = record(SECOND, {"/id": "01K30V000000000000000000AB", "/supersedes": disputed.id})
    again = handover_standing([record(), disputed, mended], disputed.at)
    assert again is not None
    assert not again.is_disputed


def test_a_countersignature_that_comes_first_waits_for_the_record() -> None:
    standing = handover_standing([record(SECOND)], record().at)
    assert standing is not None
    assert (standing.is_complete, standing.differences) == (False, ())


_EDITS = st.fixed_dictionaries(
    {},
    optional={
        "/border_point": st.sampled_from(["MAESOT_MYAWADDY", "THREE_PAGODAS"]),
        "/immigration_cleared": st.sampled_from(["yes", "no", "unknown"]),
        "/persons/0/outcome": st.sampled_from([outcome.value for outcome in HandoverOutcome]),
        "/persons/0/belongings_list": st.sampled_from(["yes", "no", "unknown"]),
        "/persons/0/condition": st.sampled_from(["ok", "needs_attention"]),
    },
)


@given(_EDITS, _EDITS)
def test_two_records_differ_in_the_same_things_whoever_signed_first(
    one: dict[str, object], other: dict[str, object]
) -> None:
    """And a record never differs from itself."""
    made = [record(edits={**edits, "/persons/0/original_file": NOT_HANDED}) for edits in (one, other)]
    assert set(differences(*made)) == set(differences(*reversed(made)))
    assert differences(made[0], made[0]) == ()


def test_the_record_holds_the_custody_of_the_original() -> None:
    """Pages, seal, and the scan it matches (004 1.6)."""
    original = edited(FIRST, {})["persons"][0]["original_file"]
    assert set(original) == {"handed", "pages", "seal_no", "seal_state", "matches_scan_sha256"}
