"""Two offices without a network, as their operators type it: export, carry, import, and carry the answer back."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.cli.opening import opened_node
from api.sealing.bundle import Item, Manifest, sign_manifest
from api.sealing.digest import sha256_hex
from api.sealing.keys import generate_keys
from api.store import documents, outbox
from schemas.base import AgencyId
from tests.cli.conftest import Done, Homeward
from tests.cli.staff import send_file, send_recording, staff_of
from tests.docs.reading import blocks_of
from tests.support import START

SHELTER, DEPARTMENT = "TH-SHELTER-N1", "MM-DSW"


class Desk:
    """One of two data directories on this machine; ``at`` says at which one we sit."""

    def __init__(self, homeward: Homeward, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.homeward, self.folder, self._monkeypatch = homeward, folder, monkeypatch

    def at(self, agency: str) -> Homeward:
        """Sit down at an office's machine."""
        self._monkeypatch.setenv("HOMEWARD_DATA_DIR", str(self.folder / agency))
        return self.homeward

    def send_file(self) -> str:
        """Record a case file at the shelter and return its id."""
        self.at(SHELTER)
        with staff_of(SHELTER) as http:
            return send_file(http, DEPARTMENT)[1]

    def send_recording(self) -> None:
        """Record a case file and a form that names a recording at the shelter."""
        self.at(SHELTER)
        with staff_of(SHELTER) as http:
            send_recording(http, DEPARTMENT)

    def waiting(self, agency: str) -> int:
        """Return how much waits at an office."""
        self.at(agency)
        with opened_node() as node, node.database.reader() as session:
            return outbox.count_waiting(session)

    def receipts(self, agency: str, document_id: str) -> set[str]:
        """Return which receipts an office has for a document."""
        self.at(agency)
        with opened_node() as node, node.database.reader() as session:
            return {row.status for row in documents.list_receipts(session, agency, document_id)}


@pytest.fixture
def desk(homeward: Homeward, found: Callable[..., Done], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Set two nodes up that trust each other."""
    desk = Desk(homeward, folder, monkeypatch)
    for agency in (SHELTER, DEPARTMENT):
        desk.at(agency)
        assert found("--no-backup", agency=agency).code == 0
        (folder / f"{agency}.descriptor").write_text(homeward("agency", "show").out)
    for agency, other in ((SHELTER, DEPARTMENT), (DEPARTMENT, SHELTER)):
        read_out = homeward("agency", "fingerprint", f"{other}.descriptor").out.strip()
        trusted = desk.at(agency)("agency", "trust", f"{other}.descriptor", "--fingerprint", read_out)
        assert trusted.code == 0, trusted
    return desk


def test_there_and_back(desk: Desk) -> None:
    """Exported, carried, imported twice, the answer carried back: receipted on both sides, and nothing waits."""
    ids = [desk.send_file() for _ in range(2)]
    exported = desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "stick.homeward")
    assert (exported.code, exported.err) == (0, "")
    assert exported.out.startswith("stick.homeward: 2 items for MM-DSW\n")
    assert desk.waiting(SHELTER) == 2
    for answer in ("answer", "again"):
        imported = desk.at(DEPARTMENT)("bundle", "import", "stick.homeward", "--answer", answer)
        assert (imported.code, imported.err) == (0, ""), imported
        assert imported.out == f"2 of 2 items taken\n{answer}: the answer; carry it back\n"
    assert [desk.receipts(DEPARTMENT, one) for one in ids] == [{"stored"}] * 2
    back = desk.at(SHELTER)("bundle", "import", "answer")
    assert (back.code, back.out) == (0, "2 of 2 items taken\n")
    assert [desk.receipts(SHELTER, one) for one in ids] == [{"stored"}] * 2
    assert desk.waiting(SHELTER) == 0
    nothing = desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT)
    assert (nothing.code, nothing.out) == (0, "nothing waits for MM-DSW\n")


def test_a_recording_goes_with_its_form(desk: Desk) -> None:
    """How many and how large is told; what a small stick left at home goes with the next; then nothing is left."""
    desk.send_recording()
    small = desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "small", "--without-attachments")
    assert small.out.startswith("small: 2 items for MM-DSW\n1 attachments were left out: ")
    large = desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "large")
    assert large.out.startswith("large: 3 items for MM-DSW\n1 of them are attachments: 0.6 MB\n")
    assert (desk.folder / "large").stat().st_size < 900_000
    listed = desk.homeward("bundle", "list", "large")
    assert (listed.code, listed.out.count("envelope"), listed.out.count("attachment")) == (0, 2, 1)
    cut = desk.homeward("bundle", "list", "-", given=(desk.folder / "large").read_bytes()[:-1000])
    assert "(only 2 of 3 pieces)" in cut.out
    assert "left out" not in large.out
    for stick, told in (("small", "2 of 2 items"), ("large", "3 of 3 items taken\n1 of them are attachments: 0.6 MB")):
        taken = desk.at(DEPARTMENT)("bundle", "import", stick, "--answer", f"{stick}.answer")
        assert (taken.code, taken.err) == (0, "")
        assert taken.out.startswith(told)
        assert desk.at(SHELTER)("bundle", "import", f"{stick}.answer").code == 0
        rest = desk.homeward("bundle", "export", "--for", DEPARTMENT, "--without-attachments").out
        assert rest.startswith("nothing else waits for" if stick == "small" else "nothing waits for")
    assert desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT).out == "nothing waits for MM-DSW\n"


def test_a_recording_that_is_not_good_is_told(desk: Desk) -> None:
    """Cut off: by number and code, and the letters are taken. Lost at home: said, and it keeps nothing back."""
    desk.send_recording()
    desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "stick")
    (desk.folder / "cut").write_bytes((desk.folder / "stick").read_bytes()[:-1000])
    cut = desk.at(DEPARTMENT)("bundle", "import", "cut")
    assert (cut.code, cut.err) == (1, "item 3: attachment_cut_off\n")
    assert "\n2 of 3 items taken\n" in cut.out
    assert desk.at(DEPARTMENT)("bundle", "import", "stick").code == 0
    shutil.rmtree(desk.folder / SHELTER / "attachments")
    lost = desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "lost")
    assert (lost.code, lost.err) == (
        0,
        "1 attachments stay here: they are not what was sealed; restore them\n",
    )
    assert "lost: 2 items for MM-DSW\nNext" in lost.out


def test_the_name_of_a_file_says_nothing(desk: Desk) -> None:
    """Neither who writes nor to whom; two of them differ."""
    desk.send_file()
    for _ in range(2):
        assert desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT).code == 0
    names = sorted(file.name for file in desk.folder.glob("*.homeward"))
    assert len(names) == 2
    assert all(len(name) == len("bundle-01234567.homeward") and "TH" not in name for name in names)


def test_what_is_not_good_is_told_by_number_and_code(desk: Desk) -> None:
    """Exit code 1, one line for each on standard error, and the good ones are taken."""
    for _ in range(3):
        desk.send_file()
    desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "stick")
    lines = (desk.folder / "stick").read_bytes().splitlines(keepends=True)
    (desk.folder / "stick").write_bytes(b"".join([lines[0], lines[1], lines[3][:100]]))
    imported = desk.at(DEPARTMENT)("bundle", "import", "stick")
    assert (imported.code, imported.err) == (1, "item 2: not_in_the_file\nitem 3: not_in_the_file\n")
    assert imported.out.startswith("1 of 3 items taken\n")
    (desk.folder / "whole").write_bytes(b"".join(lines))
    assert desk.at(DEPARTMENT)("bundle", "import", "whole").code == 0


def test_a_bundle_is_listed_without_a_node(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers, ids and sizes of what is in it, envelopes and receipts alike; nothing else."""
    document_id = desk.send_file()
    desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "stick")
    desk.at(DEPARTMENT)("bundle", "import", "stick", "--answer", "answer")
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(desk.folder / "nowhere"))
    envelope = (desk.folder / "stick").read_bytes().splitlines()[1]
    for name, what in (("stick", "envelope"), ("answer", "receipt")):
        listed = desk.homeward("bundle", "list", name)
        assert (listed.code, listed.err) == (0, "")
        assert document_id in listed.out
        assert what in listed.out
        assert not {SHELTER, DEPARTMENT} & set(listed.out.replace("│", " ").split())
    piped = desk.homeward("bundle", "list", "-", given=(desk.folder / "stick").read_bytes()[:-100])
    assert "(not in the file)" in piped.out
    assert str(len(envelope)) in piped.out


def test_the_reader_of_the_page_reads_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines of Python need nothing but Python, and find the same."""
    desk.send_recording()
    desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "bundle.homeward")
    (reader,) = blocks_of("docs/bundles.md", "python")
    assert len(reader.text.splitlines()) <= 15
    told: dict[str, Any] = {}
    exec(compile(reader.text, "bundles.md", "exec"), told)  # noqa: S102  # the page's own code is the test
    first, second, *pieces = told["read_bundle"]("bundle.homeward")
    headers = [json.loads(told["decoded"](envelope.split(b".")[0])) for _, _, envelope in (first, second)]
    assert {(header["iss"], header["aud"]) for header in headers} == {(SHELTER, DEPARTMENT)}
    assert [number for _, number, _ in pieces] == [0, 1, 2]
    assert [item["type"] for item, _, _ in (first, second, *pieces)] == ["envelope"] * 2 + ["attachment"] * 3
    sealed = b"".join(told["decoded"](line) for _, _, line in pieces)
    assert {(item["sha256"], item["bytes"]) for item, _, _ in pieces} == {(sha256_hex(sealed), len(sealed))}
    file = desk.folder / "bundle.homeward"
    file.write_bytes(file.read_bytes()[:-9])
    assert len(list(told["read_bundle"]("bundle.homeward"))) == 4


def test_a_single_line_is_opened_without_a_node(desk: Desk) -> None:
    """`sed -n 2p` and `homeward open`, with nothing but key files."""
    document_id = desk.send_file()
    desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--out", "stick")
    (desk.folder / "theirs.jwks").write_text(desk.homeward("agency", "show", "--jwks").out)
    second_line = (desk.folder / "stick").read_bytes().splitlines()[1]
    keys = desk.folder / DEPARTMENT / "keys" / f"{DEPARTMENT}.jwks"
    opened = desk.homeward("open", "--key", keys, "--from", "theirs.jwks", "-", given=second_line)
    assert (opened.code, json.loads(opened.out)["id"]) == (0, document_id)


def test_what_a_made_up_bundle_holds_is_listed_too(homeward: Homeward, folder: Path) -> None:
    """Nothing is believed: what has no id has none, and nothing of it is shown."""
    keys, now = generate_keys(AgencyId(SHELTER), START), START
    lines = (b"Dear colleague", b"a photo", b"e30.e30.AA")
    named = zip(("envelope", "film", "receipt"), lines, strict=True)
    items = tuple(Item(type=what, sha256=sha256_hex(line), bytes=len(line)) for what, line in named)
    manifest = Manifest(sender=AgencyId(SHELTER), recipient=AgencyId(DEPARTMENT), made_at=now, items=items)
    (folder / "made-up").write_bytes(b"\n".join((sign_manifest(manifest, keys, now), *lines)))
    listed = homeward("bundle", "list", "made-up")
    assert (listed.code, listed.out.count("(not in form)"), listed.out.count("film")) == (0, 2, 1)
    assert "colleague" not in listed.out


REFUSED = {
    "no such file": (("import", "nowhere"), "file_unreadable"),
    "a folder": (("import", "."), "file_unreadable"),
    "no bundle": (("import", "letter"), "jws_not_compact"),
    "an answer that is there": (("import", "letter", "--answer", "letter"), "file_exists"),
    "a list of no bundle": (("list", "letter"), "jws_not_compact"),
    "a file that is there": (("export", "--for", DEPARTMENT, "--out", "letter"), "file_exists"),
    "a place that is not there": (("export", "--for", DEPARTMENT, "--out", "no/where"), "file_not_written"),
    "an agency that nobody knows": (("export", "--for", "MM-OTHER"), "agency_unknown"),
    "what is no agency": (("export", "--for", "somewhere"), "agency_id_malformed"),
    "another's agency": (("export", "--for", DEPARTMENT, "--agency", DEPARTMENT), "agency_not_ours"),
}


def test_every_mistake_is_one_line(desk: Desk) -> None:
    """With the code and the mend; nothing is overwritten, and nothing is left half written."""
    desk.send_file()
    (desk.folder / "letter").write_text("Dear colleague\n")
    before = sorted(desk.folder.iterdir())
    for case, (arguments, code) in REFUSED.items():
        done = desk.at(SHELTER)("bundle", *arguments)
        assert done.refused(code), (case, done)
    assert (desk.folder / "letter").read_text() == "Dear colleague\n"
    assert sorted(desk.folder.iterdir()) == before


def test_a_node_of_two_agencies_has_to_be_told_which(desk: Desk) -> None:
    desk.at(SHELTER)("agency", "add", "TH-FOCAL", "--name", "A focal agency")
    assert desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT).refused("agency_not_ours")
    told = desk.at(SHELTER)("bundle", "export", "--for", DEPARTMENT, "--agency", "TH-FOCAL")
    assert (told.code, told.out) == (0, "nothing waits for MM-DSW\n")
