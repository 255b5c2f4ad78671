"""One tree of errors, split by whose fault it is. Each has a stable code; none carries a person's data.

    HomewardError
    ├── CallerError          the caller can mend it
    │   ├── InvalidInput     the document or request breaks a rule; lists paths and codes, never values
    │   ├── NotPermitted     a rule protects the person: consent, role, guard
    │   ├── NotAuthenticated no or no good credentials
    │   ├── NotFound         is not there, or may not be seen: both look alike
    │   ├── Conflict         somebody was faster, or the same key stands for something else
    │   └── TooMuch          a limit was reached
    ├── SealError            an envelope, receipt or descriptor fails a numbered check; fail closed
    ├── TrustError           keys and descriptors of a peer: unknown, not pinned, broken chain
    ├── PeerError            the other side did not do its part; we try again
    └── NodeError            this node: storage, keys, set-up

``code`` is snake_case and never changes its meaning. The HTTP status is decided in ``web/problems.py`` only.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where (a JSON pointer of declared names), its code, how to mend it; never a value.

    ``source`` is the clause that asks for it, where one does: ``004 2.8``. It is told to who wrote the form; a signed
    refusal has none.
    """

    path: str
    code: str
    hint: str = ""
    source: str | None = None


class HomewardError(Exception):
    """Parent of all. ``code`` is stable; ``hint`` says how to mend it; neither holds a value that somebody entered."""

    code = "error"

    def __init__(self, code: str | None = None, hint: str = "") -> None:
        if code:
            self.code = code
        self.hint = hint
        super().__init__(self.code)


class CallerError(HomewardError):
    """The caller can mend it; ``source`` is the clause of the rule that is in the way, where there is one."""

    def __init__(self, code: str | None = None, hint: str = "", source: str = "") -> None:
        super().__init__(code, hint)
        self.source = source

    def name_source(self, source: str) -> None:
        """Name the clause of the form that was refused, where the rule itself names none."""
        self.source = self.source or source


class InvalidInput(CallerError):
    """The document or the request breaks a rule; ``findings`` say where."""

    code = "invalid_input"

    def __init__(
        self, code: str | None = None, hint: str = "", findings: tuple[Finding, ...] = (), source: str = ""
    ) -> None:
        super().__init__(code, hint, source)
        self.findings = findings

    def name_source(self, source: str) -> None:
        """Name the clause of the form, of the whole and of every finding that names none of its own."""
        super().name_source(source)
        self.findings = tuple(replace(one, source=one.source or source) for one in self.findings)


class NotPermitted(CallerError):
    """A rule protects the person: consent, role or a guard of the lifecycle."""

    code = "not_permitted"


class NotAuthenticated(CallerError):
    """There are no credentials, or they are not good."""

    code = "not_authenticated"


class NotFound(CallerError):
    """It is not there, or it may not be seen by this caller; both look exactly alike."""

    code = "not_found"


class Conflict(CallerError):
    """Somebody was faster, or the same key already stands for something else."""

    code = "conflict"


class OffsetDiffers(Conflict):
    """A part of a file is for another place than where the upload stands, which is told."""

    code = "upload_offset_differs"

    def __init__(self, offset: int) -> None:
        super().__init__(hint="go on at `Upload-Offset`")
        self.offset = offset


class CaseChanged(Conflict):
    """A document of the case came while another one was judged, which has to be judged again."""

    code = "case_changed"


class TooMuch(CallerError):
    """A limit was reached: size, depth, rate."""

    code = "too_large"


class SealError(HomewardError):
    """A numbered check failed: the code says which, inside the node. All of them look alike from outside."""

    code = "seal_broken"


class TrustError(HomewardError):
    """A peer's keys or descriptor can't be relied on."""

    code = "untrusted"


class PeerError(HomewardError):
    """The other side did not do its part; it is tried again."""

    code = "peer_unavailable"


class NodeError(HomewardError):
    """This node can't do its work: storage, keys or set-up."""

    code = "node_unavailable"
