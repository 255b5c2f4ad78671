"""Keys: backups of the node's, and key files for partners who have no node."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.backup import ask_passphrase, restore_backup, take_backup
from api.cli.node import agency_id, known_algorithms
from api.cli.opening import read_file, write_private, write_public
from api.errors import NodeError
from api.sealing.keys import PrivateKeySet, generate_keys
from api.settings import Settings

app = typer.Typer(
    help="Keys: backups of the node's, and key files for partners who have no node.", no_args_is_help=True
)
PassphraseFile = Annotated[Path | None, typer.Option(help="A file with the passphrase; asked for when left out.")]


@app.command()
def new(
    agency: Annotated[str, typer.Option(help="The agency they are for.")],
    out: Annotated[Path, typer.Option(help="The new private file; its public part goes to `OUT.public`.")],
    signing: Annotated[str, typer.Option(help="Ed25519 or ES256.")] = "Ed25519",
    encryption: Annotated[str, typer.Option(help="X25519, P-256 or RSA-3072.")] = "X25519",
) -> None:
    """Make a key file for `homeward seal` and `homeward open`, without a node or database."""
    signs, encrypts = known_algorithms(signing, encryption)
    keys = generate_keys(agency_id(agency), datetime.now(UTC), signing=signs, encryption=encrypts)
    public_file = out.with_name(out.name + ".public")
    write_public(public_file, keys.public().to_json())
    try:
        write_private(out, keys.to_json())
    except NodeError:
        public_file.unlink()
        raise
    typer.echo(f"private  {out} (never give it away)\npublic   {public_file} (for the other side)")


@app.command()
def public(file: Annotated[Path, typer.Argument(help="A private JWK Set.")]) -> None:
    """Print the public part of a private key file."""
    typer.echo(PrivateKeySet.from_json(read_file(file)).public().to_json())


@app.command()
def backup(
    out: Annotated[Path | None, typer.Argument(help="Where it goes; beside the data directory when left out.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write all keys of this node into one file under a passphrase, and prove that it opens."""
    passphrase = ask_passphrase(passphrase_file, is_new=True)
    typer.echo(f"written and proven: {take_backup(Settings(), out, passphrase)}")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="The backup.")], passphrase_file: PassphraseFile = None) -> None:
    """Put the keys of a backup back into an empty keys directory; nothing is overwritten."""
    typer.echo("restored: " + ", ".join(restore_backup(Settings(), file, passphrase_file)))
