"""The mapping for people to read, made of the declarations; ``docs/htcds.md`` is compared with it by a test."""

from api.rules.htcds.declared import KINDS, mapped
from schemas.htcds.standard import STANDARD


def mapping_table() -> str:
    """Return in Markdown which question has which name in the standard, and which of its fields we do not write."""
    rows = [(path, question.facts.htcds or "") for kind in KINDS for path, question in mapped(kind)]
    used = {name for _, name in rows} | {"hte_Type", "per_RoleDetails", "spl_Objectives", "cas_Status"}
    lines = ["| our question | HTCDS 2.0 | type there | core |", "|---|---|---|---|"]
    lines += [f"| `{path}` | `{name}` | {STANDARD[name].type} | {_core(name)} |" for path, name in rows]
    lines += ["", "Fields of the standard that we do not write:", "", "| HTCDS 2.0 | label | status |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {field.label} | {'deprecated' if field.is_deprecated else 'not asked by the form'} |"
        for name, field in STANDARD.items()
        if name not in used
    ]
    return "\n".join(lines) + "\n"


def _core(name: str) -> str:
    return "yes" if STANDARD[name].is_core else ""
