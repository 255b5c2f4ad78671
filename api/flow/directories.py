"""The directories of providers that an agency wrote or was sent, read once (form 30; ``kept.py``)."""

from api.flow import shelf
from api.flow.node import Node
from api.rules.directories import directories_in
from api.store.engine import Session
from schemas.provider_directory import ProviderDirectory


def find_directories(node: Node, session: Session, agency: str) -> tuple[ProviderDirectory, ...]:
    """Return the directories that hold for an agency; none where it holds none."""
    return shelf.read_form(node, session, agency, ProviderDirectory, node.directories, directories_in)
