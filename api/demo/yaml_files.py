"""YAML as its version 1.2 reads it: ``yes``, ``no``, dates and times are text, as they are in the documents."""

import re
from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Plain values as YAML 1.2 reads them, and nothing that makes objects."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as PyYAML declares it


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", ("t", "f")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", tuple("-+0123456789")),
    ("float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", tuple("-+0123456789")),
    ("null", r"^(?:~|null|)$", ("~", "n", "")),
    ("merge", r"^<<$", ("<",)),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read_yaml(path: Path) -> Any:
    """Return what a YAML file says, and a JSON file too; raises ``OSError``, ``UnicodeError``, ``yaml.YAMLError``."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a safe loader, see above
