"""Documents are checked at the door; what is wrong is told by place and code, never by repeating it."""

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from api.errors import InvalidInput
from api.rules.checking import UnsupportedVersion, check_from_peer, check_own
from schemas.case_file import CaseFile
from schemas.registry import KINDS
from tests.forms import edited, findings

BASIC, FULL, NOTICE = "case_file_basic", "case_file_full", "advance_repatriation_notice"
SECRET = "Daw Hla Yin 09799555010"
NEWER = {"/schema_version": "1.7"}


@pytest.mark.parametrize(
    ("edits", "path", "code"),
    [
        pytest.param({f"/person/{SECRET}": 1}, "/person", "unknown_field", id="name-as-a-key"),
        pytest.param(
            {"/person/absent": {SECRET: "not_asked"}}, "/person", "absent_unknown_question", id="name-as-a-question"
        ),
        pytest.param({"/person/absent": {"photo": SECRET}}, "/person/absent", "unknown_code", id="name-as-a-reason"),
        pytest.param({"/person/sex": SECRET}, "/person/sex", "unknown_code", id="name-as-a-sex"),
        pytest.param({"/header/admission_date": SECRET}, "/header/admission_date", "iso_day", id="name-as-a-day"),
        pytest.param(
            {"/trafficking/recruitment_date": SECRET}, "/trafficking/recruitment_date", "edtf", id="name-as-a-date"
        ),
        pytest.param({"/person": SECRET}, "/person", "wrong_type", id="name-as-a-section"),
        pytest.param({"/person/names": SECRET}, "/person/names", "wrong_type", id="name-as-a-list"),
        pytest.param({"/created_at": SECRET}, "/created_at", "iso_time", id="name-as-an-instant"),
        pytest.param({"/sender": SECRET}, "/sender", "bad_format", id="name-as-an-agency"),
        pytest.param({"/kind": SECRET}, "/kind", "unknown_kind", id="name-as-a-kind"),
        pytest.param(
            {"/person/honorific": SECRET + "\x00"}, "/person/honorific", "control_character", id="control-character"
        ),
        pytest.param({"/person/honorific": SECRET * 20}, "/person/honorific", "too_long", id="a-story-as-a-title"),
        pytest.param({"/person/honorific": " "}, "/person/honorific", "empty", id="only-blanks"),
        pytest.param({"/person/age_reported": 200}, "/person/age_reported", "out_of_range", id="two-hundred-years"),
    ],
)
def test_a_finding_names_the_place_and_never_the_value(edits: dict[str, object], path: str, code: str) -> None:
    found = findings(BASIC, edits)
    assert (path, code) in {(finding.path, finding.code) for finding in found}
    assert SECRET.split(maxsplit=1)[0] not in repr(found)
    assert "0979" not in repr(found)


def test_a_flood_of_mistakes_is_not_answered_with_a_flood() -> None:
    many = {f"{SECRET}{number}": 1 for number in range(5000)}
    found = findings(BASIC, {"/person": many})
    assert len(found) <= 100


def test_mistakes_are_counted_once() -> None:
    """Below the limits on size, at most a hundred findings."""
    assert len(findings(BASIC, {"/person": {f"{SECRET}{number}": 1 for number in range(400)}})) <= 100


@pytest.mark.parametrize("check", [check_own, check_from_peer])
@pytest.mark.parametrize(
    ("edits", "path"),
    [
        pytest.param({"/consents": [0] * 330_000}, "/consents", id="a-list-that-is-far-too-long"),
        pytest.param({"/person": {f"{SECRET}{number}": 1 for number in range(501)}}, "/person", id="a-huge-group"),
        pytest.param({f"/{SECRET}": [0] * 501}, "", id="under-a-name"),
        pytest.param({"/consents": [[0] * 499] * 499}, "/consents", id="many-lists-that-are-not-too-long"),
        pytest.param({**NEWER, "/consents": [0] * 330_000}, "/consents", id="of-a-newer-version"),
    ],
)
def test_what_is_far_too_long_is_refused_before_its_rows_are_read(
    check: Callable[[bytes], object], edits: dict[str, object], path: str
) -> None:
    """It costs no more than reading the JSON: a few megabytes, and no finding for each row."""
    body = json.dumps(edited(BASIC, edits)).encode()
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput) as caught:
            check(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.code == "too_many"
    assert [(finding.path.rsplit("/", 1)[0] or finding.path, finding.code) for finding in caught.value.findings] in (
        [(path, "too_many")],
        [("", "too_many")],
    )
    assert SECRET not in repr(caught.value.findings)
    assert peak < 16_000_000


def test_a_notice_of_five_hundred_persons_is_read() -> None:
    """The limits leave room for the longest list that a form allows."""
    row = edited(NOTICE, {})["persons"][1]
    rows = [{**row, "seq": number} for number in range(1, 501)]
    assert {finding.code for finding in findings(NOTICE, {"/persons": rows})} == {"totals_mismatch"}


def test_the_exception_itself_holds_no_value() -> None:
    """Not in its text, not in its cause: logs show both."""
    with pytest.raises(InvalidInput) as caught:
        check_own(edited(BASIC, {"/person/sex": SECRET}))
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("edits", "hint"),
    [
        pytest.param({"/person/nmaes": []}, "did you mean 'names'?", id="close"),
        pytest.param({"/header/corridor/destnation": "TH"}, "did you mean 'destination'?", id="in-a-group"),
        pytest.param({"/family/father/ocupation": "x"}, "did you mean 'occupation'?", id="in-a-relative"),
        pytest.param({"/zzz": 1}, "this field does not exist here; leave it out", id="nothing-close"),
    ],
)
def test_a_misspelt_field_is_told_by_the_closest_name(edits: dict[str, object], hint: str) -> None:
    assert hint in {finding.hint for finding in findings(FULL, edits) if finding.code == "unknown_field"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"\xff", "not_json", id="not-utf-8"),
        pytest.param(b"{", "not_json", id="cut-off"),
        pytest.param(b"[]", "not_an_object", id="a-list"),
        pytest.param(b"[" * 100_000, "not_json", id="too-deep"),
    ],
)
def test_what_is_no_json_object_is_refused(data: bytes, code: str) -> None:
    for check in (check_own, check_from_peer):
        with pytest.raises(InvalidInput) as caught:
            check(data)
        assert caught.value.code == code


def peer(name: str, edits: dict[str, object]) -> Any:
    return check_from_peer(json.dumps(edited(name, edits)).encode())


@pytest.mark.parametrize("version", ["1.0", "rubbish", None])
def test_a_peer_of_the_same_version_is_read_strictly(version: str | None) -> None:
    with pytest.raises(InvalidInput):
        peer(BASIC, {"/schema_version": version, "/person/shoe_size": 36})


@pytest.mark.parametrize(
    ("edits", "dropped"),
    [
        pytest.param({"/person/shoe_size": 36}, ("/person",), id="field-of-a-section"),
        pytest.param({"/shoe": {"size": 36}}, ("",), id="new-section"),
        pytest.param({"/header/referral_source": "pigeon"}, ("/header/referral_source",), id="new-code-becomes-other"),
        pytest.param(
            {"/trafficking/purpose": ["FORCED_LABOUR", "NEW_KIND"]},
            ("/trafficking/purpose/1",),
            id="new-code-in-a-list",
        ),
        pytest.param(
            {"/trafficking/purpose": ["NEW", "NEWER"]},
            ("/trafficking/purpose/1", "/trafficking/purpose/0", "/trafficking/purpose"),
            id="two",
        ),
        pytest.param({"/person/gender": "new"}, ("/person/gender",), id="new-code-without-other"),
        pytest.param(
            {"/person/languages": ["mya"], "/person/absent": {"shoe_size": "not_asked"}},
            ("/person",),
            id="reason-for-a-new-question",
        ),
        pytest.param({"/person/absent": {"absent": "not_asked"}}, ("/person",), id="reason-for-having-reasons"),
        pytest.param({"/person/absent": {"photo": "eaten"}}, ("/person/absent",), id="new-reason"),
        pytest.param(
            {"/home/absent": {"school": "eaten", "landmarks": "eaten"}}, ("/home/absent",), id="two-new-reasons"
        ),
        pytest.param({"/header/local_refs/0/colour": "x"}, ("/header/local_refs/0",), id="field-of-a-row"),
        pytest.param({}, (), id="nothing-new"),
    ],
)
def test_a_newer_minor_version_is_used_as_far_as_it_is_understood(
    edits: dict[str, object], dropped: tuple[str, ...]
) -> None:
    """Promise 7: unknown is not refused blindly."""
    reading = peer(BASIC, {**NEWER, **edits})
    assert isinstance(reading.document, CaseFile)
    assert set(reading.dropped) == set(dropped)
    assert reading.document.schema_version == "1.7"


def test_a_new_code_is_read_as_other() -> None:
    reading = peer(BASIC, {**NEWER, "/header/referral_source": "pigeon", "/trafficking/purpose": ["NEW", "SURROGACY"]})
    assert reading.document.header.referral_source == "other"
    assert reading.document.trafficking.purpose == ("OTHER", "SURROGACY")


def test_a_required_answer_that_only_a_newer_version_knows_is_no_reason_to_refuse() -> None:
    reading = peer(FULL, {**NEWER, "/header/victim_status": "survivor"})
    assert reading.document.header.victim_status is None
    assert reading.dropped == ("/header/victim_status",)


def test_a_consent_that_only_a_newer_version_knows_is_no_consent() -> None:
    """Fail closed: an unknown decision is never read as any other."""
    with pytest.raises(InvalidInput):
        peer(BASIC, {**NEWER, "/consents/1/decision": "given_in_a_dream"})


def test_a_newer_version_is_no_excuse_for_what_is_wrong() -> None:
    with pytest.raises(InvalidInput) as caught:
        peer(NOTICE, {**NEWER, "/totals/female": 9})
    assert [finding.code for finding in caught.value.findings] == ["totals_mismatch"]


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        pytest.param({"/schema_version": "2.0"}, "unsupported_version", id="newer-major"),
        pytest.param({"/schema_version": "1.1", "/kind": "postcard"}, "unsupported_kind", id="kind-of-a-newer-version"),
        pytest.param({"/schema_version": "1.1", "/kind": 5}, "unsupported_kind", id="kind-that-is-none"),
        pytest.param({"/schema_version": "1.1", "/kind": ["case_file"]}, "unsupported_kind", id="kind-in-a-list"),
    ],
)
def test_what_can_not_be_read_is_told_as_such(edits: dict[str, object], code: str) -> None:
    with pytest.raises(UnsupportedVersion) as caught:
        peer(BASIC, edits)
    assert caught.value.code == code


def test_a_list_is_not_too_short_for_rows_that_are_wrong() -> None:
    """Who mends the row has mended the list."""
    rows = [{**edited("advance_repatriation_notice", {})["persons"][0], "seq": "first"}]
    with pytest.raises(InvalidInput) as caught:
        check_own({**edited("advance_repatriation_notice", {}), "persons": rows})
    found = {(finding.path, finding.code) for finding in caught.value.findings}
    assert ("/persons/0/seq", "wrong_type") in found
    assert ("/persons", "too_few") not in found


def test_kinds_stand_in_the_order_of_the_forms() -> None:
    """URLs carry numbers, in the order of the forms."""
    assert [kind.facts.form for kind in KINDS.values()] == list(range(1, len(KINDS) + 1))


def test_reading_changes_nothing_of_what_was_handed_in() -> None:
    data = edited(BASIC, {**NEWER, "/person/shoe_size": 36})
    before = json.dumps(data)
    check_from_peer(data)
    assert json.dumps(data) == before
