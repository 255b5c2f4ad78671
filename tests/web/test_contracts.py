"""What partners integrate by: two OpenAPI documents that are what the code makes, and pages that need no internet."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from starlette.testclient import TestClient

from api.app import build_staff, create_app
from api.web.limits import PART_TYPE
from schemas.registry import KINDS
from tests.support import World
from tests.web.contract import document_of, found_in, operations_of
from tests.web.town import JOSE, as_peer

COMMITTED = Path(__file__).parent.parent.parent / "openapi"
FORBIDDEN = re.compile(
    r"traffick|victim|exploit|sex|abus|health|hiv|pregnan|mental|medic|annex|restrict|notice_|acknowl|case_?file"
    r"|htcds|child|age\b|name|birth|famil|shelter|consent|police",
    re.IGNORECASE,
)
DOCUMENTS = pytest.mark.parametrize("name", ["staff", "exchange"])


@DOCUMENTS
def test_the_committed_contract_is_what_the_code_makes(name: str) -> None:
    """`make generate` writes it anew."""
    assert json.loads((COMMITTED / f"{name}.json").read_text()) == document_of(name)


@DOCUMENTS
def test_every_operation_says_what_it_does(name: str) -> None:
    """A short name that no other has, a summary, a description, and the problems it answers with."""
    ids = [operation["operationId"] for _, _, operation in operations_of(name)]
    assert len(ids) == len(set(ids))
    for path, _, operation in operations_of(name):
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", operation["operationId"])
        assert operation["summary"]
        assert operation["description"]
        problems = {
            status: response
            for status, response in operation["responses"].items()
            if status not in {"400", "503"} and int(status) >= 400
        }
        assert "429" in problems
        assert ("401" in problems) == ("security" in operation) or path == "/oauth/token"
        assert ("{" not in path) or "404" in problems
        for status, response in problems.items():
            if (path, status) != ("/oauth/token", "401"):
                assert "application/problem+json" in response["content"], (path, status)


@DOCUMENTS
def test_every_reference_leads_somewhere_and_schemas_are_schemas(name: str) -> None:
    """OpenAPI 3.1: each schema is JSON Schema 2020-12."""
    document = document_of(name)
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)):
        assert found_in(document, {"$ref": reference}), reference
    for schema in schemas.values():
        jsonschema_rs.meta.validate(schema)
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)
    assert not [one for one in schemas if "__" in one]  # FastAPI tells classes of one name apart by their modules


def test_each_kind_has_an_operation_of_its_own() -> None:
    """Typed by what staff post: the kind without what the node sets."""
    document = document_of("staff")
    for kind in KINDS.values():
        (operation,) = (
            one for _, _, one in operations_of("staff") if one["operationId"] == f"record_form_{kind.facts.form}"
        )
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        properties = document["components"]["schemas"][reference]["properties"]
        assert "recipient" in properties
        assert not {"id", "sender", "created_at", "kind", "case_uid"} & set(properties)


def test_the_examples_fit_the_contract() -> None:
    """A partner who validates against the contract may post what the examples show."""
    from tests.support import example  # noqa: PLC0415

    document = document_of("staff")
    for name, schema in {"case_file_full": "CaseFileContent", "restricted_annex": "RestrictedAnnexContent"}.items():
        whole = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
        jsonschema_rs.validate(whole, example(name))


@DOCUMENTS
def test_no_address_tells_what_it_is_about(name: str) -> None:
    """No kind's name, and no word about a person, in a path or a parameter: these end up in logs of proxies."""
    for path, _, operation in operations_of(name):
        if path.startswith("/health/"):  # of the node
            continue
        for word in (path, *(parameter["name"] for parameter in operation.get("parameters", []))):
            assert not FORBIDDEN.search(word), word
            assert not any(kind in word for kind in KINDS)


PAGES = ["/docs", "/redoc", "/exchange/docs", "/exchange/redoc"]


@pytest.mark.parametrize("page", PAGES)
def test_the_docs_pages_need_no_internet(world: World, page: str) -> None:
    """Everything that they load comes from this node, and the browser is told to load nothing from elsewhere."""
    http = world.shelter.http
    answer = http.get(page)
    assert answer.status_code == 200
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)""", answer.text)
    loaded += re.findall(r"""(?:url:\s*|spec-url=)["']([^"']+)""", answer.text)
    assert len(loaded) >= 3
    assert not re.search(r"https?://", answer.text)
    for address in loaded:
        assert address.startswith("/")
        assert http.get(address).status_code == 200, address
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_a_partner_finds_the_token_endpoint_in_the_contract_of_the_exchange() -> None:
    """The same operation as in the staff's, at the root."""
    ours, theirs = (document_of(name)["paths"]["/oauth/token"]["post"] for name in ("staff", "exchange"))
    assert theirs == {**ours, "servers": [{"url": "/"}]}


@DOCUMENTS
def test_the_contract_is_served(world: World, name: str) -> None:
    """As it is committed."""
    prefix = {"staff": "", "exchange": "/exchange"}[name]
    assert world.shelter.http.get(f"{prefix}/openapi.json").json() == document_of(name)


# Strangers try everything -------------------------------------------------------------------------------------------

TRIES = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _loaded(name: str) -> Any:
    document = json.loads(json.dumps(document_of(name)))
    document.pop("servers", None)
    if name == "exchange":  # it stands at the root, and is tried with the staff's
        del document["paths"]["/oauth/token"]
    if name == "staff":  # a whole form takes seconds to invent, and one function takes them all
        for path in [path for path in document["paths"] if re.search(r"/forms/\d+$", path)]:
            if path.endswith("/forms/1"):
                body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
                body["schema"] = {"type": "object"}
            else:
                del document["paths"][path]
        del document["components"]["schemas"]["DocumentView"]["properties"]["document"]
    for item in document["paths"].values():
        for operation in item.values():
            content = operation.get("requestBody", {}).get("content", {})
            if JOSE in content:  # the generator knows no JOSE
                content["text/plain"] = content.pop(JOSE)
            if PART_TYPE in content:
                content["application/octet-stream"] = content.pop(PART_TYPE)
    return schemathesis.openapi.from_dict(document)


@DOCUMENTS
def test_nothing_that_a_stranger_invents_breaks_the_node(world: World, name: str) -> None:
    """Whatever fits the contract is answered as the contract says, and never with a mistake of ours."""
    if not world.shelter.node.database.is_sqlite:
        return
    office = world.shelter
    headers = (
        office.as_role("SW", "CM", "FO", "WO", "HO", "PI") if name == "staff" else as_peer(office, world.department)
    )
    prefix = {"staff": "", "exchange": "/exchange"}[name]
    http = TestClient(create_app(office.node), base_url=office.node.base_url, raise_server_exceptions=False)
    for result in _loaded(name).get_all_operations():
        operation = result.ok()

        @TRIES
        @given(case=operation.as_strategy())
        def attempt(case: "Case[Any]") -> None:
            sent = case.as_transport_kwargs(base_url=office.node.base_url + prefix)
            sent["headers"] = {**dict(sent.get("headers") or {}), **headers}
            if case.media_type == "text/plain":
                sent["headers"] = {**headers, "content-type": JOSE}
            if case.media_type is not None and isinstance(sent.get("data", b""), str | bytes):
                sent["content"] = sent.pop("data", b"")
            if isinstance(sent.get("data"), bytes):  # a part of a file
                sent["content"] = sent.pop("data")
                sent["headers"]["content-type"] = PART_TYPE if name == "staff" else "application/octet-stream"
            answer = http.request(**{key: value for key, value in sent.items() if key != "cookies"})
            place = (sent["method"], sent["url"], answer.text)
            assert answer.status_code < 500, place
            assert str(answer.status_code) in case.operation.definition.raw["responses"], place

        attempt()


def test_the_builders_need_no_node() -> None:
    """The contracts are written where no database is."""
    assert isinstance(build_staff(None), FastAPI)
