"""At the end of the year the figures are frozen and signed; what comes to light later is an erratum (004 2.12)."""

import json
from typing import Any

import httpx2
import pytest
from sqlmodel import col, select

from api.errors import SealError
from api.sealing.signed import SignedType, find_signer, open_signed, take_apart
from api.store.tables import LogRow
from schemas.document import Document
from tests.sixty import NAMES, Told, sixty
from tests.support import Office
from tests.web.figures_town import shelve
from tests.web.town import Pair, open_branch, problem

YEAR = "/v1/figures/2025"
LATE = {"reason_code": "late_document"}


@pytest.fixture
def office(pair: Pair) -> Office:
    """Give a department with the first six cases, on the last day of the year."""
    pair.department.clock.set("2025-12-31")
    for told in sixty()[:6]:
        _hold(pair.department, told)
    return pair.department


def _hold(office: Office, told: Told, held: tuple[Document, ...] | None = None) -> None:
    shelve(office, told.documents if held is None else held, told.destination)


def freeze(office: Office, role: str = "ST") -> httpx2.Response:
    return office.http.post(f"{YEAR}/snapshot", headers=office.as_role(role))


def correct(office: Office, content: object = LATE, role: str = "WO") -> httpx2.Response:
    return office.http.post(f"{YEAR}/errata", json=content, headers=office.as_role(role))


def kept(office: Office, role: str = "FO") -> list[dict[str, Any]]:
    answer = office.http.get(f"{YEAR}/snapshots", headers=office.as_role(role))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def opened(office: Office, signed: str) -> dict[str, Any]:
    """Verify a signed statement with nothing but the agency's public keys."""
    keys = office.node.keys_of(office.agency).public()
    taken = take_apart(signed.encode(), SignedType.FIGURES)
    told: dict[str, Any] = json.loads(open_signed(taken, find_signer(taken, keys)))
    return told


def test_a_year_is_frozen_once_and_signed(office: Office) -> None:
    """What is signed may leave: small counts are left out of it, and no row is in it."""
    answer = freeze(office)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    figures = opened(office, made["signed"])
    assert figures == made["figures"]
    assert (figures["agency"], figures["year"], figures["number"], figures["returns"]) == (office.agency, 2025, 0, 6)
    assert (figures["corrects"], figures["reason"], figures["changes"]) == (None, None, [])
    assert not [secret for secret in (*NAMES, *(told.case_uid for told in sixty())) if secret in json.dumps(figures)]
    problem(freeze(office), 409, "already_frozen")
    assert [item["number"] for item in kept(office)] == [0]


def test_a_signed_snapshot_is_no_other_statement(office: Office) -> None:
    """It can't be passed off as a receipt or a document, and no byte of it can be changed."""
    signed = freeze(office).json()["signed"]
    with pytest.raises(SealError) as caught:
        take_apart(signed.encode(), SignedType.RECEIPT)
    assert caught.value.code == "jws_typ_wrong"
    head, payload, signature = signed.split(".")
    forged = payload[:40] + ("A" if payload[40] != "A" else "B") + payload[41:]
    with pytest.raises(SealError):
        opened(office, f"{head}.{forged}.{signature}")


def test_a_late_document_is_an_erratum(office: Office) -> None:
    """It names what it corrects and what is different; what was frozen stays as it was."""
    first = freeze(office).json()
    problem(correct(office), 409, "nothing_changed")
    office.clock.set("2026-02-03")
    _hold(office, sixty()[6])
    answer = correct(office)
    assert answer.status_code == 201, answer.text
    figures = opened(office, answer.json()["signed"])
    assert (figures["number"], figures["corrects"], figures["reason"]) == (1, first["sha256"], "late_document")
    assert figures["returns"] == 7
    assert {"table": "sex", "row": "all", "column": "all", "was": 6, "now": 7} in figures["changes"]
    assert kept(office)[0] == first
    _hold(office, sixty()[7])
    again = correct(office, {"reason_code": "other"}).json()["figures"]
    assert (again["number"], again["corrects"]) == (2, answer.json()["sha256"])
    assert [item["number"] for item in kept(office)] == [0, 1, 2]


def test_rows_that_change_no_total_change_the_digest(office: Office) -> None:
    """The digest of the rows proves later which rows there were."""
    first = freeze(office).json()["figures"]
    office.clock.set("2026-02-03")
    told = sixty()[0]
    again = told.documents[-1].model_copy(update={"id": "01KH0000000000000000000000", "provider": "MM-NGO-B"})
    _hold(office, told, (again.model_copy(update={"supersedes": told.documents[-1].id}),))
    figures = correct(office, {"reason_code": "corrected_document"}).json()["figures"]
    assert figures["tables"] == first["tables"]
    assert figures["rows_sha256"] != first["rows_sha256"]
    assert figures["changes"] == []


def test_a_year_is_not_frozen_before_it_is_over(office: Office) -> None:
    """On its last day, where the agency works: in Myanmar that begins at 17:30 UTC of the day before."""
    office.clock.set("2025-12-30T17:29:00+00:00")
    problem(freeze(office), 409, "year_not_over")
    office.clock.set("2025-12-30T17:30:00+00:00")
    assert freeze(office).status_code == 201


def test_what_was_not_frozen_is_not_corrected(office: Office) -> None:
    problem(correct(office), 404, "not_frozen")
    assert kept(office) == []


@pytest.mark.parametrize("role", ["FO", "LE", "AU", "PI", "CM", "AD"])
def test_only_who_keeps_the_rows_freezes_them(office: Office, role: str) -> None:
    assert freeze(office, role).status_code == 403
    assert correct(office, role=role).status_code == 403


def test_an_erratum_has_a_reason(office: Office) -> None:
    freeze(office)
    for content in ({}, {"reason_code": "because"}, {**LATE, "note": "a story"}):
        problem(correct(office, content), 422, "invalid_request")


def test_freezing_and_looking_stand_in_the_log(office: Office) -> None:
    """By role and year, never more."""
    freeze(office)
    office.http.get(f"{YEAR}/register", headers=office.as_role("ST"))
    with office.node.database.reader() as session:
        told = [json.loads(row.entry) for row in session.exec(select(LogRow).order_by(col(LogRow.seq)))]
    own = [line for line in told if line["agency"] == office.agency and line["action"].startswith("figures")]
    assert [(line["action"], line["by"], line["code"]) for line in own] == [
        ("figures_frozen", "ST", "2025"),
        ("figures_read", "ST", "2025"),
    ]


def test_each_agency_freezes_its_own(office: Office, pair: Pair) -> None:
    freeze(office)
    other = open_branch(pair.department)
    assert kept(other) == []
    assert freeze(other).status_code == 201
