"""Plays a scenario on two running nodes, step by step, and checks what comes out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.demo.nodes import NodeProcess, Wiretap, set_clock
from api.demo.scenario import Feed, Finalise, OpenCase, Read, SaveDraft, Scenario, Send, Step, get_name, read_content
from api.demo.screen import Screen
from api.demo.stranger import Stranger
from api.errors import HomewardError, PeerError
from api.sealing.keys import PublicKeySet
from api.sealing.receipt import verify_receipt


@dataclass
class Stage:
    """Two nodes, a client for each role on each side, the wiretap, and the keys that anybody may know."""

    nodes: dict[str, NodeProcess]
    clients: dict[tuple[str, str], Stranger]
    public_keys: dict[str, PublicKeySet]
    tap: Wiretap
    clock_file: Path


@dataclass
class Player:
    """One performance."""

    scenario: Scenario
    folder: Path
    stage: Stage
    screen: Screen
    names: dict[str, str] = field(default_factory=dict)
    senders: dict[str, tuple[str, str]] = field(default_factory=dict)
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: int = 0

    def play(self) -> int:
        """Take every step, then compare what was expected; returns how many expectations failed."""
        acts: dict[type, Callable[[Step, Any, Stranger], None]] = {
            OpenCase: self._open_case,
            SaveDraft: self._save_draft,
            Finalise: self._finalise,
            Send: self._send,
            Read: self._read,
            Feed: self._feed,
        }
        for step in self.scenario.steps:
            set_clock(self.stage.clock_file, step.at)
            self.screen.step(step.at, step.by, step.role, step.say)
            client = self.stage.clients[step.by, step.role]
            try:
                acts[type(step.action)](step, step.action, client)
                if step.refused:
                    self._fail(f"this had to be refused with {step.refused}, and was not")
            except HomewardError as error:
                self._refused(step, error)
        try:
            self._compare()
        except (HomewardError, KeyError) as error:
            self._fail(f"the end could not be compared: {error}")
        return self.failures

    def _refused(self, step: Step, error: HomewardError) -> None:
        """Take a refusal for right where the scenario says so."""
        if step.refused and (error.code == step.refused or step.refused in error.hint):
            self.screen.done(f"refused, as it must be: {step.refused}")
        else:
            self._fail(f"{error.code}: {error.hint}")

    def _open_case(self, _step: Step, _act: OpenCase, client: Stranger) -> None:
        case = client.post("/v1/cases", {str(side): country for side, country in self.scenario.corridor.items()})
        self.names["case"] = case["case_uid"]
        self.screen.done(f"case {case['case_uid']}: an id without any meaning")

    def _save_draft(self, _step: Step, act: SaveDraft, client: Stranger) -> None:
        content = read_content(self.folder, act, self.names)
        path = f"/v1/cases/{self._id('case')}/forms/{act.form}/draft"
        held = client.call("GET", path)
        before = {"if-match": held.headers["etag"]} if held.is_success else {"if-none-match": "*"}
        answer = client.call("PUT", path, json=content, headers=before)
        if answer.is_error:
            raise PeerError(str(answer.json().get("code")))
        self._show_review(answer.json()["review"], str(content.get("level", "")))

    def _show_review(self, review: dict[str, Any] | None, level: str) -> None:
        self.screen.done("draft saved")
        if review is None:
            return
        stage = "percent_full" if level == "full" else "percent_basic"
        self.screen.note("sections " + "  ".join(f"{part['letter']} {part[stage]} %" for part in review["sections"]))
        missing = [item["label"] for part in review["sections"] for item in part["missing_basic"]]
        if missing:
            self.screen.note(f"still missing for the basic file: {', '.join(missing)}")
        self.screen.note(f"ready to trace the family: {'yes' if review['tracing_ready'] else 'not yet'}")

    def _finalise(self, step: Step, act: Finalise, client: Stranger) -> None:
        path = f"/v1/cases/{self._id('case')}/forms/{act.form}/draft/finalise"
        self._sent(step, act.name, act.to, client.post(path, {"recipient": act.to}), client)

    def _send(self, step: Step, act: Send, client: Stranger) -> None:
        content = {**read_content(self.folder, act, self.names), "recipient": act.to}
        forms = {form["form"]: form for form in client.call("GET", "/v1/forms").json()}
        path = forms[act.form]["path"].replace("{case_uid}", self.names.get("case", ""))
        self._sent(step, act.name, act.to, client.post(path, content), client)

    def _sent(self, step: Step, name: str, to: str, recorded: dict[str, Any], client: Stranger) -> None:
        document_id = recorded["document_id"]
        self.names[name], self.senders[name] = document_id, (step.by, step.role)
        self.contents[name] = client.get(f"/v1/documents/{document_id}")["document"]
        self.screen.done(f"recorded, signed, sealed for {to}: document {document_id}")
        seen = len(self.stage.tap.seen)
        receipt = client.wait_for_receipt(document_id, "stored")
        proven = verify_receipt(receipt["jws"].encode(), keys=self.stage.public_keys[to], now=step.at)
        passed = self.stage.tap.seen[min(seen, len(self.stage.tap.seen)) - 1 :] if to == self._tapped() else []
        for _, body in passed[-1:]:
            self.screen.note(f"on the wire: {len(body)} bytes, {body[:56].decode('ascii', 'replace')}...")
        if proven.envelope_sha256 != recorded["envelope_sha256"]:
            self._fail("the receipt is about another envelope")
        self.screen.done(f"stored over there; receipt signed by {proven.by}, verified with its public key")
        self.screen.note(
            f"the receipt names envelope {proven.envelope_sha256[:16]}... and their log at {proven.tree_size} lines"
        )

    def _tapped(self) -> str:
        return next(agency for agency, node in self.stage.nodes.items() if node.is_tapped)

    def _read(self, step: Step, act: Read, client: Stranger) -> None:
        document_id = self._id(act.name)
        view = client.get(f"/v1/documents/{document_id}")
        if view["document"] != self.contents[act.name]:
            self._fail("what was read is not what was sent")
        self.screen.done("read: exactly what was signed over there")
        self.screen.note(self._glimpse(view["document"]))
        sender, role = self.senders[act.name]
        opened = self.stage.clients[sender, role].wait_for_receipt(document_id, "opened")
        proven = verify_receipt(opened["jws"].encode(), keys=self.stage.public_keys[step.by], now=step.at)
        self.screen.done(f"{sender} holds the proof that it was opened, by role {proven.role}")

    @staticmethod
    def _glimpse(document: dict[str, Any]) -> str:
        """Return one line of a document, to show that it is readable here; the persons are fictional."""
        rows = document.get("persons") or [document.get("person") or {}]
        seed = rows[0].get("tracing_seed") or rows[0]
        names = [name["full_text"] for name in seed.get("names", [])]
        return f"{document['kind']} from {document['sender']}" + (f": {' / '.join(names)}" if names else "")

    def _feed(self, _step: Step, act: Feed, client: Stranger) -> None:
        items = client.get("/v1/notices")["items"]
        if not items:
            self._fail("no return is announced")
            return
        standing = items[0]["standing"]
        self.screen.done(
            f"planned for {standing['planned_date']} at {standing['border_point']}: {standing['persons']} persons, "
            f"announced {standing['lead_days']} days ahead, {standing['unanswered']} unanswered"
        )
        for name, wanted in act.expect.items():
            self._expect(f"the notice's {name}", str(standing.get(name)), str(wanted))

    def _compare(self) -> None:
        """Compare what came out in the end on both sides."""
        expected = self.scenario.expect
        for agency in self.scenario.parties:
            client = next((client for (owner, _), client in self.stage.clients.items() if owner == agency), None)
            if client is None:
                continue
            case = client.get(f"/v1/cases/{self._id('case')}")
            if expected.return_due:
                self._expect(f"return due by, at {agency}", str(case["return_due"]), str(expected.return_due))
            if expected.state:
                self._expect(f"state, at {agency}", case["state"], expected.state)
        for name, statuses in expected.receipts.items():
            held = self.stage.clients[self.senders[name]].get(f"/v1/documents/{self._id(name)}")["evidence"]["receipts"]
            found = sorted(item["status"] for item in held if not item["issued_here"])
            self._expect(f"receipts held for {name}", ", ".join(found), ", ".join(sorted(statuses)))

    def _expect(self, what: str, found: str, wanted: str) -> None:
        if found == wanted:
            self.screen.done(f"{what}: {found}")
        else:
            self._fail(f"{what}: {found}, expected {wanted}")

    def _id(self, name: str) -> str:
        return get_name(self.names, name)

    def _fail(self, text: str) -> None:
        self.failures += 1
        self.screen.failed(text)
