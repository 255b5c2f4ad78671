"""Who can look after somebody at home: the directories of providers that hold in a country (004 3.7, 4.2)."""

from collections.abc import Collection

from schemas.document import Document
from schemas.earlier import unreplaced
from schemas.provider_directory import ProviderDirectory


def directories_in(held: Collection[Document]) -> tuple[ProviderDirectory, ...]:
    """Return the directories that hold: of each writer and country the newest, because it replaces those before."""
    standing = [one for one in unreplaced(held) if isinstance(one, ProviderDirectory)]
    in_order = sorted(standing, key=lambda one: (one.created_at, one.id))
    return tuple({(one.sender, one.country): one for one in in_order}.values())
