"""The operator's commands: ``homeward --help``.

A command says what it did and what comes next. Exit codes: 0 it worked, 1 it did not (one line on standard error
names the code and the mend), 2 the command line itself was wrong.
"""

import os
import sys
from typing import Annotated

import typer

from api import VERSION
from api.cli import agency, archive, bundle, client, contracts, doctor, files, htcds, keys, node, outbox
from api.demo import command as demo
from api.errors import HomewardError

app = typer.Typer(
    name="homeward",
    help="Signed, sealed and receipted case files between the agencies that bring trafficked persons home.\n\n"
    "First steps: [bold]init[/], [bold]serve[/], [bold]agency trust[/], [bold]client add[/].\n\n"
    "To see it all: [bold]demo[/].",
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
node.add_to(app)
outbox.add_to(app)
doctor.add_to(app)
archive.add_to(app)
app.add_typer(agency.app, name="agency")
app.add_typer(client.app, name="client")
app.add_typer(keys.app, name="keys")
app.add_typer(htcds.app, name="htcds")
app.add_typer(bundle.app, name="bundle")
files.add_to(app)
contracts.add_to(app)
demo.add_to(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"homeward {VERSION}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    _ = version


def main() -> None:
    """Run a command; one of our own errors becomes one line on standard error and exit code 1."""
    try:
        app()
    except HomewardError as error:
        sys.stderr.write(f"{error.code}: {error.hint}\n" if error.hint else f"{error.code}\n")
        sys.exit(1)
    except UnicodeError:  # an argument or a setting that the terminal gave in another encoding
        sys.stderr.write("not_utf8: write arguments and settings in UTF-8\n")
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
