"""Clients: systems of our own agencies that may ask for tokens."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from api.cli.opening import opened_node, read_file
from api.cli.tables import show_table
from api.errors import InvalidInput
from api.flow.clients import Proof, let_in, shut_out
from api.rules.access import ROLE_WORDS, scopes_of
from api.sealing.keys import PublicKeySet
from api.sealing.tokens import hash_secret
from api.store import clients
from schemas.base import AgencyId
from schemas.document import Role

app = typer.Typer(help="Clients: systems of our own agencies that may ask for tokens.", no_args_is_help=True)
_ROLES = ", ".join(f"{role} {words}" for role, words in ROLE_WORDS.items()) + "."


@app.command()
def add(
    agency: Annotated[str, typer.Option(help="The agency it works for; it sees nothing of any other.")],
    role: Annotated[
        list[Role],
        typer.Option(help="What it does; may be given several times. " + _ROLES),
    ],
    scope: Annotated[
        list[str] | None, typer.Option(help="Narrow it to these scopes; all that its roles have when left out.")
    ] = None,
    client_id: Annotated[str, typer.Option("--id", help="A name for it; made up when left out.")] = "",
    key: Annotated[
        Path | None, typer.Option(help="Its public JWK Set: it then signs assertions and needs no secret (better).")
    ] = None,
) -> None:
    """Let a system in. Its secret is shown now and never again; with --key there is none."""
    scopes, known = scope or [], scopes_of(role)
    if not set(scopes) <= known:
        raise InvalidInput("scope_unknown", "these roles can have: " + " ".join(sorted(known)))
    name = client_id or f"{agency.lower()}-{secrets.token_hex(4)}"
    secret = None if key else secrets.token_urlsafe(32)
    jwks = PublicKeySet.from_json(read_file(key)).to_json() if key else None
    proof = Proof(secret_hash=hash_secret(secret) if secret else None, jwks=jwks)
    with opened_node() as node:
        if agency not in node.keyring:
            hint = "a client belongs to an agency served here; `homeward agency list` shows which"
            raise InvalidInput("agency_not_ours", hint)
        let_in(node, name, agency=AgencyId(agency), roles=role, scopes=scopes, proof=proof)
    typer.echo(f"client_id      {name}")
    if secret:
        typer.echo(f"client_secret  {secret}\n(shown once; keep it in the other system's secret store)")


@app.command("list")
def list_() -> None:
    """List the clients; never their secrets."""
    rows = []
    with opened_node() as node, node.database.reader() as session:
        for row in clients.list_clients(session):
            proof = "key" if row.jwks else "secret"
            revoked = row.revoked_at.isoformat(timespec="minutes") if row.revoked_at else "-"
            scopes = row.scopes or "(all of its roles)"
            rows.append((row.client_id, row.agency_id, row.roles, scopes, proof, revoked))
    show_table(("client", "agency", "roles", "scopes", "proves itself by", "revoked"), rows)


@app.command()
def revoke(client_id: Annotated[str, typer.Argument(help="Which one; `homeward client list` names them.")]) -> None:
    """Let a system in no more. Tokens it holds live on for minutes at most."""
    with opened_node() as node:
        shut_out(node, client_id)
    typer.echo(f"{client_id} is revoked")
