"""Agencies: show our own, trust others after comparing fingerprints."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import segno
import typer

from api.cli.node import agency_id
from api.cli.opening import opened_node, read_file, replace_private, write_private
from api.cli.tables import show_table
from api.errors import NotFound
from api.flow.founding import found_agency, generate_like, renew_agency
from api.flow.node import Node
from api.flow.return_of_peers import knock
from api.flow.trust import trust as pin
from api.sealing.descriptor import fingerprint as fingerprint_of
from api.sealing.descriptor import read_descriptor
from api.sealing.keys import generate_keys
from api.settings import Settings
from api.store import agencies
from schemas.base import AgencyId

app = typer.Typer(help="Agencies: show our own, trust others after comparing fingerprints.", no_args_is_help=True)


def _newest(node: Node, agency: str) -> bytes:
    with node.database.reader() as session:
        served = agencies.list_local(session)
        wanted = agency or (served[0] if served else "")
        held = agencies.list_descriptors(session, wanted)
    if not held:
        raise NotFound("agency_not_found", "`homeward agency list` names those that are known here")
    return held[-1]


@app.command()
def add(
    agency: Annotated[str, typer.Argument(help="The new agency's id, like TH-FOCAL.")],
    name: Annotated[str, typer.Option(help="Its name, as the other side will see it.")],
    pulls: Annotated[bool, typer.Option("--pulls", help="Others can't reach this node.")] = False,
) -> None:
    """Serve one more agency on this node: make its keys and sign its first descriptor. Take a new backup afterwards."""
    new = agency_id(agency)
    with opened_node() as node:
        keys = generate_keys(new, node.clock(), hybrid=True)
        write_private(_key_file(new), keys.to_json())
        known = replace(node, keyring={**node.keyring, new: keys})
        data = found_agency(known, new, name=name, reachable=not pulls)
    typer.echo(
        f"{agency} is served here; fingerprint {fingerprint_of(data)}\n"
        "Next: restart `homeward serve`, then `homeward keys backup`."
    )


@app.command()
def rotate(agency: Annotated[str, typer.Argument(help="The agency whose keys are replaced.")]) -> None:
    """Replace an agency's keys and sign its next descriptor with the old ones.

    What was sealed to the old keys still opens: they stay in the key file. Send the new descriptor to every side that
    trusts this agency (`homeward agency show`); what they do not take until then waits and arrives by itself.
    """
    ours = agency_id(agency)
    with opened_node() as node:
        held = node.keys_of(ours)
        fresh = generate_like(held, node.clock())
        replace_private(_key_file(ours), fresh.merged(held).to_json())
        data = renew_agency(node, ours, fresh)
    typer.echo(
        f"{agency} has new keys; descriptor {read_descriptor(data).sequence}, fingerprint {fingerprint_of(data)}\n"
        "Next: restart `homeward serve`, `homeward keys backup`, and send `homeward agency show` to the other sides."
    )


def _key_file(agency: AgencyId) -> Path:
    return Settings().keys_dir / f"{agency}.jwks"


@app.command("list")
def list_() -> None:
    """List the agencies that are served here or trusted."""
    rows = []
    with opened_node() as node, node.database.reader() as session:
        for row in agencies.list_agencies(session):
            here = "yes" if row.is_local else "pulled" if row.is_pulled else "no"
            rows.append((row.agency_id, row.name, row.country, here, row.endpoint or "-", str(row.sequence)))
    show_table(("agency", "name", "country", "served here", "address", "descriptor"), rows)


@app.command()
def show(
    agency: Annotated[str, typer.Argument(help="The first one served here when left out.")] = "",
    jwks: Annotated[bool, typer.Option("--jwks", help="Print its public keys as a JWK Set instead.")] = False,
) -> None:
    """Print an agency's signed descriptor: send it to the other side, by any way; then compare fingerprints."""
    with opened_node() as node:
        data = _newest(node, agency)
    typer.echo(read_descriptor(data).keys.to_json() if jwks else data.decode())


@app.command()
def fingerprint(
    agency: Annotated[str, typer.Argument(help="An agency's id, or a file with a descriptor.")] = "",
    qr: Annotated[bool, typer.Option("--qr", help="Show it as a QR code too.")] = False,
) -> None:
    """Print the fingerprint of a descriptor, to be read out at a meeting or over the telephone."""
    if agency and Path(agency).is_file():
        text = fingerprint_of(read_file(Path(agency)).strip())
    else:
        with opened_node() as node:
            text = fingerprint_of(_newest(node, agency))
    typer.echo(text)
    if qr:
        segno.make(text.replace(" ", "")).terminal(compact=True)


@app.command()
def trust(
    descriptor: Annotated[Path, typer.Argument(help="The file that the other side sent; - is standard input.")],
    fingerprint: Annotated[
        str | None, typer.Option(help="What the other side read out to you. Needed the first time.")
    ] = None,
    pull: Annotated[
        bool, typer.Option("--pull", help="Fetch our mailbox there: use it when others can't reach this node.")
    ] = False,
) -> None:
    """Trust an agency after you compared its fingerprint with a person there.

    Later descriptors need none: the chain proves them.
    """
    with opened_node() as node:
        known = pin(node, read_file(descriptor).strip(), expected_fingerprint=fingerprint, is_pulled=pull)
        knock(node, known.agency)
    typer.echo(f"{known.agency} is trusted (descriptor {known.sequence}); documents can be sent to it.")
