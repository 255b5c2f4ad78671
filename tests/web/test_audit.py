"""An auditor sees who saw what, by role and purpose, and never what they saw."""

from tests.support import Office
from tests.web.clearing import assigned, read, worker
from tests.web.town import Pair, open_branch, problem, send_basic


def _lines(office: Office, query: str = "") -> list[dict[str, str]]:
    answer = office.http.get(f"/v1/audit{query}", headers=office.as_role("AU"))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, str]] = answer.json()["items"]
    return items


def test_who_saw_what(pair: Pair) -> None:
    """Each look with the role, the document and the purpose; newest first, and nobody's name."""
    uid, document_id = send_basic(pair)
    read(pair.shelter, document_id, pair.shelter.as_role("SW"))
    pair.shelter.clock.wait(minutes=1)
    read(pair.shelter, document_id, assigned(pair.shelter, uid, "FO"), purpose="protection")
    looks = _lines(pair.shelter, f"?action=looked_at&document_id={document_id}")
    assert [(line["by"], line["case_uid"], line.get("code")) for line in looks] == [
        ("FO", uid, "protection"),
        ("SW", uid, "case_work"),
    ]
    assert {line["action"] for line in _lines(pair.shelter, f"?case_uid={uid}")} >= {"case_opened", "assigned"}


def test_an_agency_is_audited_by_its_own(pair: Pair) -> None:
    """A neighbour on the same node has a log of its own; other roles have none to read."""
    _, document_id = send_basic(pair)
    neighbour = open_branch(pair.shelter)
    assert _lines(neighbour, f"?document_id={document_id}") == []
    for role in ("FO", "CM", "SW", "AD", "WO"):
        problem(pair.shelter.http.get("/v1/audit", headers=pair.shelter.as_role(role)), 403, "scope_missing")


def test_the_log_is_read_page_by_page(pair: Pair) -> None:
    """Nothing twice and nothing left out, while others go on writing."""
    _, document_id = send_basic(pair)
    for _ in range(4):
        read(pair.shelter, document_id, pair.shelter.as_role("SW"))
    http, auditor = pair.shelter.http, pair.shelter.as_role("AU")
    seen, cursor = list[int](), ""
    for _ in range(20):
        page = http.get(f"/v1/audit?action=looked_at&limit=2{cursor}", headers=auditor).json()
        seen += [item["log_index"] for item in page["items"]]
        read(pair.shelter, document_id, pair.shelter.as_role("SW"))
        if page.get("next") is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == 4
    assert seen == sorted(seen, reverse=True)


def test_an_auditor_reads_metadata_of_a_document_at_most(pair: Pair) -> None:
    """The header and which consents there are; no name, no story (domain 5)."""
    _, document_id = send_basic(pair)
    shown = read(pair.shelter, document_id, worker(pair.shelter, "AU")[1]).json()["document"]
    assert {"header", "consents"} <= set(shown)
    assert not {"person", "home", "family", "trafficking", "special_needs"} & set(shown)
    problem(read(pair.shelter, document_id, pair.shelter.as_role("AD")), 404, "not_found")
