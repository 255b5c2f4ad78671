"""What a run is asked to measure: how often, and how much of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """The numbers of a run; the defaults are what a report is made with."""

    rounds: int = 5
    documents: int = 400
    """Envelopes in each round of ``accepted``, and forms in each of ``latency``."""
    waiting: int = 10_000
    """What waits before it drains."""
    bundled: int = 1_000
    in_lists: tuple[int, ...] = (1_000, 100_000)
    """How many documents the nodes hold whose lists are compared."""
    looks: int = 40
    """How often each list is asked for on each of them."""
    attached: int = 50_000_000
    """Bytes of a file."""
