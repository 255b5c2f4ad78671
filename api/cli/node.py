"""Set a node up and run it: init, migrate, serve, deliver."""

import re
import signal
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from api.app import NODE_KEYS, TOKEN_KEYS, clock_of, make_node, open_node
from api.cli.backup import take_backup
from api.cli.logs import configure_logs
from api.cli.opening import write_private
from api.errors import InvalidInput, NodeError
from api.flow.deliver import Carrier, deliver_once
from api.flow.founding import found_agency
from api.flow.pull import pull_all
from api.sealing.descriptor import fingerprint
from api.sealing.keys import generate_keys
from api.sealing.vault import NodeKeys
from api.settings import Settings
from api.store.engine import open_database
from api.store.migrate import migrate as run_migrations
from schemas.base import AgencyId

TOKEN_KEYS_LIVE = timedelta(days=36_500)
"""They sign tokens that live minutes and leave the node with it; nobody else pins them."""
AGENCY_PATTERN = r"^[A-Z]{2}(-[A-Z0-9]{1,16}){1,4}$"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the root."""
    for command in (init, migrate, serve, deliver):
        app.command()(command)


def init(
    agency: Annotated[str, typer.Option(help="The agency's id: country, then short groups, like TH-SHELTER-N1.")],
    name: Annotated[str, typer.Option(help="The agency's name, as the other side will see it.")],
    country: Annotated[
        str, typer.Option(help="Its country, ISO 3166-1 alpha-2; taken from the id when left out.")
    ] = "",
    pulls: Annotated[
        bool, typer.Option("--pulls", help="Others can't reach this node; it fetches its mailboxes instead.")
    ] = False,
    signing: Annotated[str, typer.Option(help="Ed25519 or ES256.")] = "Ed25519",
    encryption: Annotated[str, typer.Option(help="X25519, P-256 or RSA-3072.")] = "X25519",
    backup: Annotated[
        Path | None, typer.Option(help="Where the backup of the keys goes; beside the data directory when left out.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="A file with the passphrase of the backup; asked for when left out.")
    ] = None,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help="Only for trials: lost keys can't be recovered.")
    ] = False,
) -> None:
    """Set a node up: keys, database, its first agency, and a backup of the keys under a passphrase.

    Settings come from HOMEWARD_... variables (HOMEWARD_DATA_DIR, HOMEWARD_BASE_URL, HOMEWARD_DATABASE_URL).
    """
    settings = Settings()
    _check_init(agency, signing, encryption)
    keys_dir = settings.keys_dir
    if (keys_dir / NODE_KEYS).exists():
        raise NodeError(
            "already_initialised",
            f"{keys_dir} holds keys; choose another HOMEWARD_DATA_DIR or go on with `homeward serve`",
        )
    write_private(keys_dir / NODE_KEYS, NodeKeys.generate().to_json().encode())
    database = open_database(settings.url)
    revision = run_migrations(database)
    now = clock_of(settings.clock_file)()
    write_private(keys_dir / TOKEN_KEYS, generate_keys(None, now, valid_for=TOKEN_KEYS_LIVE).to_json().encode())
    keys = generate_keys(AgencyId(agency), now, signing=signing, encryption=encryption, hybrid=True)  # type: ignore[arg-type]  # checked above
    write_private(keys_dir / f"{agency}.jwks", keys.to_json().encode())
    node = make_node(settings, database)
    try:
        data = found_agency(node, AgencyId(agency), name=name, country=country or agency[:2], reachable=not pulls)
    finally:
        node.writer.stop()
        database.close()
    typer.echo(f"database     {settings.url.partition('@')[2] or settings.url} at revision {revision}")
    typer.echo(f"keys         {keys_dir} (readable by you only)")
    typer.echo(f"agency       {agency}, {name}")
    typer.echo(f"fingerprint  {fingerprint(data)}")
    if not no_backup:
        written = take_backup(settings, backup, passphrase_file)
        typer.echo(f"backup       {written} (keep it elsewhere; `homeward keys restore` takes it back)")
    typer.echo("\nNext: `homeward serve`, then `homeward client add --agency " + agency + " --role SW`.")


def _check_init(agency: str, signing: str, encryption: str) -> None:
    if not re.fullmatch(AGENCY_PATTERN, agency):
        raise InvalidInput("agency_id_malformed", "two letters of the country, then short groups: TH-SHELTER-N1")
    if signing not in {"Ed25519", "ES256"} or encryption not in {"X25519", "P-256", "RSA-3072"}:
        raise InvalidInput("algorithm_unknown", "sign with Ed25519 or ES256; encrypt with X25519, P-256 or RSA-3072")


def migrate() -> None:
    """Bring the database to this version's tables.

    Run it before the new version serves; the old one goes on working.
    """
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = open_database(settings.url)
    typer.echo(f"the database is at revision {run_migrations(database)}")
    database.close()


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; HOMEWARD_HOST when left out.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on; HOMEWARD_PORT when left out.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs PostgreSQL.")] = 1,
) -> None:
    """Serve the staff API, the exchange and the docs pages; deliver too, unless HOMEWARD_DELIVER_IN_PROCESS=false."""
    settings = Settings()
    node = open_node(settings)  # says now, in one line, what a worker could only say in a traceback
    node.writer.stop()
    node.database.close()
    configure_logs(settings.log_format)
    uvicorn.run(
        "api.app:app_from_environment",
        factory=True,
        host=host or settings.host,
        port=port or settings.port,
        workers=workers,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=20,
    )


def deliver(
    once: Annotated[bool, typer.Option("--once", help="Carry what is due now, then end.")] = False,
) -> None:
    """Carry what waits in the outbox to its recipients, and fetch mailboxes, until stopped."""
    settings = Settings()
    configure_logs(settings.log_format)
    node = open_node(settings)
    try:
        if once:
            typer.echo(f"delivered {deliver_once(node)}, fetched {pull_all(node)}")
            return
        carrier = Carrier(node, pause=settings.deliver_pause_seconds, pull_every=settings.pull_every_seconds)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda _number, _frame: carrier.ask_to_stop())
        carrier.run()
    finally:
        node.writer.stop()
        node.database.close()
