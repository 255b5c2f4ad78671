"""Plays a scenario on running nodes, step by step, and checks what comes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.demo.contents import address_of, filled_in, get_name, read_content
from api.demo.expecting import differences, find_at, summary
from api.demo.nodes import set_clock
from api.demo.scenario import Call, Finalise, Look, OpenCase, Read, SaveDraft, Scenario, Send, Step, Wait, Wanted
from api.demo.screen import Screen
from api.demo.stage import Stage
from api.demo.stranger import Refused, Stranger
from api.errors import HomewardError, NotFound
from api.sealing.receipt import Receipt
from api.sealing.statement import verify_statement


@dataclass
class Player:
    """One performance."""

    scenario: Scenario
    folder: Path
    stage: Stage
    screen: Screen
    names: dict[str, str] = field(default_factory=dict)
    senders: dict[str, tuple[str, str]] = field(default_factory=dict)
    recipients: dict[str, str] = field(default_factory=dict)
    posted: dict[str, dict[str, Any]] = field(default_factory=dict)
    drafts: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: dict[int, dict[str, Any]] = field(default_factory=dict)

    def play(self) -> None:
        """Take every step, then compare what was expected."""
        acts: Mapping[type, Callable[[Step, Any, Stranger], None]] = {
            OpenCase: self._open_case,
            SaveDraft: self._save_draft,
            Finalise: self._finalise,
            Send: self._send,
            Read: self._read,
            Call: self._call,
            Wait: self._wait,
        }
        for step in self.scenario.steps:
            set_clock(self.stage.clock_file, step.at)
            self.screen.step(step.at, step.by, step.role, step.say)
            try:
                acts[type(step.action)](step, step.action, self.stage.clients[step.by, step.role])
            except HomewardError as error:
                self._refused(step, error)
            else:
                if step.refused:
                    self.screen.failed(f"this had to be refused with {step.refused}, and was not")
        self.screen.plain("  At the end")
        self._compare_cases()
        self._compare_receipts()
        for look in self.scenario.expect.calls:
            self._look(look)

    def _refused(self, step: Step, error: HomewardError) -> None:
        """Take a refusal for right where the scenario says so."""
        codes = error.codes if isinstance(error, Refused) else {error.code}
        if step.refused in codes:
            self.screen.held_true(f"refused, as it must be: {step.refused}")
        else:
            expected = f", expected {step.refused}" if step.refused else ""
            self.screen.failed(f"{error.code}: {error.hint}{expected}")

    def _open_case(self, _step: Step, act: OpenCase, client: Stranger) -> None:
        corridor = act.corridor or self.scenario.corridor
        case = client.post("/v1/cases", corridor.model_dump())
        self.names[act.name] = case["case_uid"]
        self.screen.held_true(f"case {case['case_uid']}: an id without any meaning")

    def _save_draft(self, _step: Step, act: SaveDraft, client: Stranger) -> None:
        content = read_content(self.folder, act, self.names)
        path = f"/v1/cases/{self._id(act.case)}/forms/{act.form}/draft"
        held = client.call("GET", path)
        before = {"if-match": held.headers["etag"]} if held.is_success else {"if-none-match": "*"}
        review = client.ask("PUT", path, json=content, headers=before)["review"] or {"sections": []}
        self.drafts[act.case, act.form] = content
        missing = [item["label"] for part in review["sections"] for item in part["missing_basic"]]
        self.screen.held_true(f"draft saved; still missing for the basic file: {', '.join(missing) or 'nothing'}")

    def _finalise(self, step: Step, act: Finalise, client: Stranger) -> None:
        path = f"/v1/cases/{self._id(act.case)}/forms/{act.form}/draft/finalise"
        recorded = client.post(path, {"recipient": act.to})
        self._sent(step, act, recorded, self.drafts.get((act.case, act.form), {}))

    def _send(self, step: Step, act: Send, client: Stranger) -> None:
        content = {**read_content(self.folder, act, self.names), "recipient": act.to}
        self.forms = self.forms or {form["form"]: form for form in client.get("/v1/forms")}
        path = self.forms[act.form]["path"].replace("{case_uid}", self.names.get(act.case, ""))
        self._sent(step, act, client.post(path, content), content)

    def _sent(self, step: Step, act: Send | Finalise, recorded: dict[str, Any], content: dict[str, Any]) -> None:
        self.names[act.name], self.senders[act.name] = recorded["document_id"], (step.by, step.role)
        self.recipients[act.name], self.posted[act.name] = act.to, content
        proven = self._proof(act.name, "stored", act.to, step)
        if proven.envelope_sha256 != recorded["envelope_sha256"]:
            self.screen.failed("the receipt is about another envelope")
        wire = self.stage.tap.find(proven.envelope_sha256)
        bytes_seen = f" ({len(wire)} bytes on the wire)" if wire else ""
        self.screen.held_true(
            f"form {act.form}, signed and sealed for {act.to}{bytes_seen}; "
            f"stored over there, receipt verified with its public key"
        )
        if wire and len(self.senders) == 1:
            self.screen.note(f"on the wire: {wire[:72].decode('ascii', 'replace')}...")

    def _proof(self, name: str, status: str, by: str, step: Step) -> Receipt:
        """Wait until the sender of a document holds a receipt for it, and verify that."""
        view = self.stage.clients[self._sender_of(name)].wait_for_receipt(self._id(name), status)
        self.contents.setdefault(name, view["document"])
        return verify_statement(Receipt, view["receipt"]["jws"].encode(), keys=self.stage.public_keys[by], now=step.at)

    def _read(self, step: Step, act: Read, client: Stranger) -> None:
        purpose = {"purpose": act.purpose} if act.purpose else {}
        view = client.get(f"/v1/documents/{self._id(act.name)}", params=purpose)
        seen, sender = view["document"], self._sender_of(act.name)[0]
        proven = self._proof(act.name, "opened", step.by, step)
        sent = self.contents[act.name]
        other = list(differences(sent, seen) if act.partly else differences(seen, self.posted[act.name]))
        for text in other:
            self.screen.failed(f"what was read is not what was sent: {text}")
        if not other:
            self.screen.held_true(
                f"read {'a part of ' if act.partly else ''}what was signed over there{self._glimpse(seen)}; "
                f"{sender} holds the proof that role {proven.role} opened it"
            )
        self._check(act, seen)

    @staticmethod
    def _glimpse(document: dict[str, Any]) -> str:
        """Return the names in a document, to show that it is readable here; the persons are fictional."""
        rows = document.get("persons") or [document.get("person") or {}]
        seed = rows[0].get("tracing_seed") or rows[0]
        names = [name["full_text"] for name in seed.get("names", [])]
        return f" ({' / '.join(names)})" if names else ""

    def _call(self, _step: Step, act: Call, client: Stranger) -> None:
        body = {} if act.body is None else {"json": filled_in(act.body, self.names)}
        answer = client.ask(act.method, address_of(act.path, self.names), **body)
        for name, pointer in act.keep.items():
            found = find_at(answer, pointer)
            if found is None:
                raise NotFound("nothing_to_keep", f"the answer has nothing at {pointer}")
            self.names[name] = str(found)
        self._check(act, answer)
        if not act.expect and not act.never:
            self.screen.held_true("done")

    def _check(self, wanted: Wanted, answer: Any) -> None:
        """Compare an answer with what is expected of it."""
        expected = filled_in(wanted.expect, self.names)
        found = list(differences(answer, expected))
        for text in found:
            self.screen.failed(text)
        if expected and not found:
            self.screen.held_true(f"as expected: {summary(expected)}")
        words = [word for word in wanted.never if word.casefold() in str(answer).casefold()]
        for word in words:
            self.screen.failed(f"the word {word} stands in it, and must not")
        if wanted.never and not words:
            self.screen.held_true(f"no word of: {', '.join(wanted.never)}")

    def _wait(self, step: Step, act: Wait, _client: Stranger) -> None:
        sender = self._sender_of(act.name)[0]
        other = self.recipients[act.name]
        proven = self._proof(act.name, act.status, other, step)
        self.screen.held_true(f"{sender} holds the receipt {proven.status}, signed by {other}")

    def _compare_cases(self) -> None:
        """Compare where the cases stand, at every agency that is named."""
        for name, expected in self.scenario.expect.cases.items():
            for agency in expected.at or self.scenario.parties:
                wanted = expected.model_dump(mode="json", include={"state", "return_due"}, exclude_none=True)
                self._compare(f"{name}, at {agency}", self._case_at(agency, name), wanted)

    def _case_at(self, agency: str, name: str) -> Any:
        """Return a case as the first client of an agency sees it who may."""
        for client in self.stage.clients_of(agency):
            answer = client.call("GET", f"/v1/cases/{self.names.get(name)}")
            if answer.is_success:
                return answer.json()
        return None

    def _compare_receipts(self) -> None:
        """Compare which receipts the senders hold."""
        for name, statuses in self.scenario.expect.receipts.items():
            if name not in self.senders:
                self.screen.failed(f"receipts for {name}: it was not sent")
                continue
            view = self.stage.clients[self.senders[name]].get(f"/v1/documents/{self._id(name)}")
            held = (item["status"] for item in view["evidence"]["receipts"] if not item["issued_here"])
            self._compare(f"receipts for {name}", sorted(held), sorted(statuses))

    def _look(self, look: Look) -> None:
        """Make a call of the end."""
        if look.say:
            self.screen.plain(f"     {look.say}")
        client = self.stage.clients[look.by, look.role]
        try:
            self._check(look, client.get(address_of(look.path, self.names)))
        except HomewardError as error:
            self.screen.failed(f"{look.path}: {error.code}: {error.hint}")

    def _compare(self, what: str, found: Any, wanted: Any) -> None:
        texts = list(differences(found, wanted))
        for text in texts:
            self.screen.failed(f"{what}: {text}")
        if not texts:
            self.screen.held_true(f"{what}: {summary(wanted)}")

    def _sender_of(self, name: str) -> tuple[str, str]:
        """Return who sent a document in which role; raises ``NotFound`` for a name of something else."""
        if name not in self.senders:
            raise NotFound("document_not_found", f"no step before sent a document that is named {name}")
        return self.senders[name]

    def _id(self, name: str) -> str:
        return get_name(self.names, name)
