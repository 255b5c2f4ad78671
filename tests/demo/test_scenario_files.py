"""A scenario file is read as it is meant, and what is wrong with it is told with its step and how to mend it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.demo.contents import address_of, get_name, read_content
from api.demo.expecting import differences, find_at, summary
from api.demo.performance import schema_text
from api.demo.reading import acts, read_scenario
from api.demo.scenario import Scenario, Send
from api.demo.yaml_files import read_yaml
from api.errors import HomewardError, InvalidInput, NotFound

ROOT = Path(__file__).parents[2]
BASIC = str(ROOT / "examples" / "documents" / "case_file_basic.json")


def whole() -> dict[str, Any]:
    """Return a scenario without mistakes."""
    step = {"at": "2025-03-14T09:00:00+07:00", "by": "TH-A", "role": "SW", "say": "It begins"}
    send = {"do": "send", "form": 1, "to": "MM-B", "content": BASIC, "name": "basic"}
    return {
        "title": "A short one",
        "corridor": {"destination": "TH", "origin": "MM"},
        "parties": {"TH-A": {"name": "A"}, "MM-B": {"name": "B"}},
        "steps": [{**step, "action": {"do": "open_case"}}, {**step, "say": "It goes on", "action": send}],
    }


def read(folder: Path, data: object) -> Scenario:
    file = folder / "scenario.yaml"
    file.write_text(data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    return read_scenario(file)


def mistake(folder: Path, data: object) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(folder, data)
    return f"{caught.value.code}: {caught.value.hint}"


def test_a_scenario_without_mistakes_is_read(tmp_path: Path) -> None:
    play = read(tmp_path, whole())
    assert [step.action.do for step in play.steps] == ["open_case", "send"]
    assert set(play.actors()) == {("TH-A", "SW")}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda s: s["steps"][1].pop("say"), "step 2, say: this has to be given", id="missing"),
        pytest.param(
            lambda s: s["steps"][1].update(sayy="x"),
            "step 2 (It goes on), sayy: there is no such member; did you mean say?",
            id="misspelled",
        ),
        pytest.param(lambda s: s.update(zzz=1), "zzz: there is no such member", id="nothing like it"),
        pytest.param(
            lambda s: s["steps"][1]["action"].update(do="dance"),
            "step 2 (It goes on), action: `do` is one of open_case, save_draft, finalise, send, read, call, wait",
            id="unknown action",
        ),
        pytest.param(
            lambda s: s["steps"][1]["action"].update(form="one"),
            "step 2 (It goes on), action.form: this is a number",
            id="not a number",
        ),
        pytest.param(lambda s: s["steps"][1].update(role="XX"), "step 2 (It goes on), role: one of 'SW'", id="role"),
        pytest.param(
            lambda s: s["steps"][1].update(at="2025-03-14T09:00:00"),
            "step 2 (It goes on), at: a time needs its offset: 2025-03-14T09:00:00+07:00",
            id="no offset",
        ),
        pytest.param(
            lambda s: s["steps"][1].update(at="2025-03-13T09:00:00+07:00"),
            "step 2 (It goes on), at: time does not run backwards",
            id="backwards",
        ),
        pytest.param(
            lambda s: s["steps"][1].update(by="LA-C"), "step 2 (It goes on), by: one of the parties", id="by whom"
        ),
        pytest.param(
            lambda s: s["steps"][1]["action"].update(to="LA-C"),
            "step 2 (It goes on), action.to: one of the parties: TH-A, MM-B",
            id="to whom",
        ),
        pytest.param(lambda s: s["steps"][1]["action"].update(form=99), "action.form: one of 1, 2, 3", id="which form"),
        pytest.param(
            lambda s: s["steps"][1]["action"].update(content="none.json"),
            "action.content: a step needs a JSON or YAML file: none.json",
            id="no such content",
        ),
        pytest.param(
            lambda s: s["steps"][1]["action"].update(put={"/person/names/9/lang": "my"}),
            "action.content: the content has no place /person/names/9; rows are counted from 0",
            id="no such place",
        ),
        pytest.param(
            lambda s: s["steps"][1]["action"].update(put={"supersedes": "$earlier"}),
            "action.content: no step before gives $earlier",
            id="a name nobody gave",
        ),
        pytest.param(
            lambda s: s["steps"][1]["action"].update(case="second"),
            "action: no step before gives $second",
            id="a case nobody opened",
        ),
        pytest.param(
            lambda s: s["steps"][0].update(action={"do": "call", "path": "/v1/cases/$case"}),
            "step 1 (It begins), action: no step before gives $case",
            id="a name in an address",
        ),
        pytest.param(
            lambda s: s["parties"]["MM-B"].update(node="LA-C"),
            "parties, MM-B.node: name a party that has a node of its own",
            id="on nobody's node",
        ),
        pytest.param(
            lambda s: s["parties"]["MM-B"].update(node="TH-A"), "parties: two nodes at least", id="one node only"
        ),
        pytest.param(
            lambda s: s.update(expect={"cases": {"other": {}}, "receipts": {"none": []}}),
            "expect, receipts: no step gives none",
            id="an end of nothing",
        ),
        pytest.param(
            lambda s: s.update(expect={"calls": [{"by": "LA-C", "role": "SW", "path": "/v1/cases/$x"}]}),
            "expect, call 1: no step gives $x",
            id="a look at nothing",
        ),
    ],
)
def test_a_mistake_is_told_with_its_step(tmp_path: Path, change: Callable[[dict[str, Any]], Any], told: str) -> None:
    data = whole()
    change(data)
    found = mistake(tmp_path, data)
    assert found.startswith("scenario_malformed: docs/scenarios.md tells the form\n")
    assert told in found


def test_only_the_first_mistakes_are_told(tmp_path: Path) -> None:
    data = whole()
    data["steps"] = [{**data["steps"][0], "role": "XX", "say": f"Step {number}"} for number in range(15)]
    assert "and 5 more" in mistake(tmp_path, data)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("{", "scenario_not_yaml: the file has to be YAML in UTF-8 (line 2)", id="no YAML"),
        pytest.param("[]", "scenario_malformed", id="a list"),
        pytest.param("", "scenario_malformed", id="empty"),
        pytest.param("title: only\n", "steps: this has to be given", id="no steps"),
        pytest.param("steps: [1]\n", "step 1: ", id="a step that is none"),
    ],
)
def test_what_is_no_scenario_is_called_so(tmp_path: Path, text: str, told: str) -> None:
    assert told in mistake(tmp_path, text + "\n" if text == "{" else text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="file_unreadable") as caught:
        read_scenario(tmp_path / "nowhere.yaml")
    assert "nowhere.yaml" in caught.value.hint


def test_yaml_is_read_like_the_documents_are_written(tmp_path: Path) -> None:
    """As version 1.2 has it: only true and false are booleans, and dates and times are text."""
    file = tmp_path / "plain.yaml"
    file.write_text("a: [yes, no, on, true, 2025-03-14, 10:00, 007, 7, -1, 1.5, null, ~]\nb: {<<: {c: 1}, d: 2}\n")
    assert read_yaml(file) == {
        "a": ["yes", "no", "on", True, "2025-03-14", "10:00", "007", 7, -1, 1.5, None, None],
        "b": {"c": 1, "d": 2},
    }


def _send(folder: Path, **more: Any) -> Send:
    content = {"kind": "x", "persons": [{"case_uid": "$case"}], "price": "$ 5", "group": {"one": 1, "two": 2}}
    (folder / "content.json").write_text(json.dumps(content))
    return Send.model_validate({"do": "send", "form": 1, "to": "MM-B", "name": "n", "content": "content.json", **more})


def test_a_content_is_put_together_from_its_parts(tmp_path: Path) -> None:
    """Named members and places further down; groups are made, a row is added, and what the node sets is left out."""
    act = _send(
        tmp_path,
        put={"/persons/1": {"seq": "$two"}, "/persons/0/seq": 1, "/new/deep": True, "top": [1]},
        without=["price", "/group/two", "/group/none", "/nowhere/at/all"],
    )
    assert read_content(tmp_path, act, {"case": "C", "two": "T"}) == {
        "persons": [{"case_uid": "C", "seq": 1}, {"seq": "T"}],
        "group": {"one": 1},
        "new": {"deep": True},
        "top": [1],
    }
    assert act.put["/persons/1"] == {"seq": "$two"}


def test_a_content_may_stand_in_the_step_or_in_yaml(tmp_path: Path) -> None:
    inline = _send(tmp_path, content={"a": {"b": "$case"}}, put={"/a/c": "yes"})
    assert read_content(tmp_path, inline, {"case": "C"}) == {"a": {"b": "C", "c": "yes"}}
    assert inline.content == {"a": {"b": "$case"}}
    (tmp_path / "content.yaml").write_text("a: no\n")
    assert read_content(tmp_path, _send(tmp_path, content="content.yaml"), {}) == {"a": "no"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({}, "name_not_found", id="a name nobody gave"),
        pytest.param({"content": "none.json"}, "file_unreadable", id="no file"),
        pytest.param({"content": "list.yaml"}, "not_an_object", id="a list"),
        pytest.param({"put": {"/persons/2": {}}}, "no_such_place", id="a row too far"),
        pytest.param({"put": {"/price/x": 1}}, "no_such_place", id="inside a text"),
        pytest.param({"put": {"/price/x/y": 1}}, "no_such_place", id="deeper inside a text"),
        pytest.param({"without": ["/persons/5"]}, "no_such_place", id="a row that is not there"),
    ],
)
def test_a_content_with_a_mistake_is_refused(tmp_path: Path, more: dict[str, Any], code: str) -> None:
    (tmp_path / "list.yaml").write_text("[1]\n")
    with pytest.raises(HomewardError, match=code):
        read_content(tmp_path, _send(tmp_path, **more), {})


def test_names_stand_for_ids(tmp_path: Path) -> None:
    assert address_of("/v1/cases/$case/x?document=$a_1", {"case": "C", "a_1": "D"}) == "/v1/cases/C/x?document=D"
    assert get_name({"a": "1"}, "a") == "1"
    with pytest.raises(NotFound, match="name_not_found"):
        address_of("/v1/cases/$none", {})


ANSWER = {
    "state": "HOME",
    "is_new": True,
    "items": [{"rule": "D01", "due": "2025-11-30T17:29:59Z"}, {"rule": "D14", "barrier": None}],
    "number": 1,
}


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"state": "HOME", "gone": None}, id="members"),
        pytest.param({"/items/0/rule": "D01", "/items/9/rule": None}, id="pointers"),
        pytest.param({"items": [{"rule": "D01"}, {"rule": "D14"}]}, id="row by row"),
        pytest.param({"items": {"has": [{"rule": "D14"}], "lacks": [{"rule": "D02"}], "count": 2}}, id="some rows"),
        pytest.param({"/items/0/due": "2025-11-30T23:59:59+06:30"}, id="the same instant"),
    ],
)
def test_an_answer_that_says_it_is_as_expected(wanted: dict[str, Any]) -> None:
    assert list(differences(ANSWER, wanted)) == []


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        pytest.param({"state": "NEW"}, ["/state: HOME, expected NEW"], id="another value"),
        pytest.param({"number": True}, ["/number: 1, expected True"], id="one is not true"),
        pytest.param({"state": {"x": 1}}, ["/state: HOME, expected {'x': 1}"], id="no group"),
        pytest.param({"state": ["x"]}, ["/state: HOME, expected ['x']"], id="no list"),
        pytest.param({"/items/0/due": "2025-11-30T23:59:59Z"}, 1, id="another instant"),
        pytest.param({"items": {"count": 3}}, ["/items: 2 rows, expected 3"], id="number of rows"),
        pytest.param(
            {"items": {"has": [{"rule": "D02"}]}},
            ["/items: no row of 2 is like {'rule': 'D02'}; the nearest says /rule: D01, expected D02"],
            id="no such row",
        ),
        pytest.param({"items": {"lacks": [{"rule": "D01"}]}}, 1, id="a row that must not be"),
        pytest.param({"items": [{"rule": "D01"}]}, 1, id="a row too many"),
        pytest.param({"long": "x" * 500}, 1, id="a long value"),
    ],
)
def test_an_answer_that_does_not_is_told_where(wanted: dict[str, Any], told: list[str] | int) -> None:
    found = list(differences(ANSWER, wanted))
    assert len(found) == told if isinstance(told, int) else found == told
    assert all(len(text) < 400 for text in found)


def test_what_is_expected_is_told_on_one_line() -> None:
    assert summary({"/items/0": {"rule": "D01", "flags": []}}) == "0 rule D01, flags none"
    assert find_at(ANSWER, "/items/1/rule/deeper") is None


def test_the_json_schema_beside_the_journeys_is_current() -> None:
    """``homeward demo --schema`` writes it anew."""
    assert (ROOT / "examples" / "scenarios" / "scenario.schema.json").read_text() == schema_text()
    assert acts()[0] == "open_case"
