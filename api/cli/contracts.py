"""Write the two OpenAPI documents, or compare them with what is committed."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.errors import InvalidInput


def add_to(app: typer.Typer) -> None:
    """Add this command to the root."""
    app.command()(openapi)


def openapi(
    directory: Annotated[Path, typer.Argument(help="Where the documents lie.")] = Path("openapi"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 where they differ.")] = False,
) -> None:
    """Write openapi/staff.json and openapi/exchange.json, the contracts that partners integrate by."""
    from api.app import build_exchange, build_staff  # noqa: PLC0415  # no other command has to wait for the web

    differing = []
    for name, app in (("staff", build_staff(None)), ("exchange", build_exchange(None))):
        text = json.dumps(app.openapi(), indent=2, ensure_ascii=False, sort_keys=False) + "\n"
        file = directory / f"{name}.json"
        if check:
            if not file.exists() or file.read_text() != text:
                differing.append(str(file))
            continue
        directory.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        typer.echo(f"written: {file}")
    if differing:
        raise InvalidInput("contracts_differ", f"run `make generate` and look at the change: {', '.join(differing)}")
