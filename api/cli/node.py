"""Set a node up and run it: init, migrate, serve, deliver."""

import re
import signal
import socket
from pathlib import Path
from typing import Annotated, cast, get_args

import typer
import uvicorn

from api.cli.backup import ask_passphrase, take_backup
from api.cli.logs import configure_logs
from api.errors import InvalidInput, NodeError
from api.flow.carrier import Carrier
from api.flow.deliver import deliver_once
from api.flow.pull import pull_all
from api.making import found_node, open_node, open_private
from api.sealing.descriptor import fingerprint
from api.sealing.keys import Encryption, Signing
from api.settings import Settings
from api.store.migrate import migrate as run_migrations
from schemas.base import AgencyId

SLOW_START = 60
"""So many seconds a process may take to begin before it is taken for dead: a busy machine takes long to import all."""
AGENCY_PATTERN = r"^[A-Z]{2}(-[A-Z0-9]{1,16}){1,4}$"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the root."""
    for command in (init, migrate, serve, deliver):
        app.command()(command)


def init(
    agency: Annotated[str, typer.Option(help="The agency's id: country, then short groups, like TH-SHELTER-N1.")],
    name: Annotated[str, typer.Option(help="The agency's name, as the other side will see it.")],
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
    signs, encrypts = known_algorithms(signing, encryption)
    passphrase = None if no_backup else ask_passphrase(passphrase_file, is_new=True)
    data = found_node(
        settings,
        agency=agency_id(agency),
        name=name,
        reachable=not pulls,
        signing=signs,
        encryption=encrypts,
    )
    typer.echo(f"database     {settings.url.rpartition('@')[2]}")
    typer.echo(f"keys         {settings.keys_dir} (readable by you only)")
    typer.echo(f"agency       {agency}, {name}")
    typer.echo(f"fingerprint  {fingerprint(data)}")
    if passphrase is not None:
        written = take_backup(settings, backup, passphrase)
        typer.echo(f"backup       {written} (keep it elsewhere; `homeward keys restore` takes it back)")
    typer.echo(
        "\nNext: `homeward serve`; send what `homeward agency show` prints to the other side and trust theirs with "
        f"`homeward agency trust`;\nthen `homeward client add --agency {agency} --role ...`: "
        "--role SW for a shelter, WO for a welfare department."
    )


def agency_id(text: str) -> AgencyId:
    """Return an agency's id; raises ``InvalidInput`` where it is not in form."""
    if not re.fullmatch(AGENCY_PATTERN, text):
        raise InvalidInput("agency_id_malformed", "two letters of the country, then short groups: TH-SHELTER-N1")
    return AgencyId(text)


def known_algorithms(signing: str, encryption: str) -> tuple[Signing, Encryption]:
    """Return the names of two algorithms; raises ``InvalidInput`` for one that agencies do not use."""
    if signing not in get_args(Signing) or encryption not in get_args(Encryption):
        raise InvalidInput("algorithm_unknown", "sign with Ed25519 or ES256; encrypt with X25519, P-256 or RSA-3072")
    return cast("Signing", signing), cast("Encryption", encryption)


def migrate() -> None:
    """Bring the database to this version's tables.

    Run it before the new version serves; the old one goes on working.
    """
    settings = Settings()
    database = open_private(settings)
    try:
        typer.echo(f"the database is at revision {run_migrations(database)}")
    finally:
        database.close()


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; HOMEWARD_HOST when left out.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; HOMEWARD_PORT when left out.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; one for each core that it may use.")] = 1,
) -> None:
    """Serve the staff API, the exchange and the docs pages; deliver too, unless HOMEWARD_DELIVER_IN_PROCESS=false."""
    settings = Settings()
    node = open_node(settings)  # says now, in one line, what a worker could only say in a traceback
    node.writer.stop()
    node.database.close()
    configure_logs(settings.log_format)
    where = host or settings.host, port or settings.port
    _require_free(*where)
    uvicorn.run(
        "api.cli.served:logging_app",
        factory=True,
        host=where[0],
        port=where[1],
        workers=workers,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=20,
        timeout_worker_healthcheck=SLOW_START,
    )


def _require_free(host: str, port: int) -> None:
    """Raise ``NodeError`` ``port_taken`` where somebody else listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            hint = f"{host}:{port} can't be had ({error.strerror}): stop who listens there, or set HOMEWARD_PORT"
            raise NodeError("port_taken", hint) from None


def deliver(
    once: Annotated[bool, typer.Option("--once", help="Carry what is due now, then end.")] = False,
) -> None:
    """Carry what waits in the outbox to its recipients, and fetch mailboxes, until stopped."""
    settings = Settings()
    node = open_node(settings)
    configure_logs(settings.log_format)
    try:
        if once:
            typer.echo(f"delivered {deliver_once(node)}, fetched {pull_all(node)}")
        else:
            _carry_until_asked(
                Carrier(node, pause=settings.deliver_pause_seconds, pull_every=settings.pull_every_seconds)
            )
    finally:
        node.writer.stop()
        node.database.close()


def _carry_until_asked(carrier: Carrier) -> None:
    """Let the carrier work in its thread and wait for the signal to stop, which then interrupts nothing."""
    asked = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, asked)
    carrier.start()
    signal.sigwait(asked)
    carrier.stop()
