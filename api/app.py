"""``create_app(node)``: the HTTP service of a node, and the only place where the rooms meet."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from api import VERSION
from api.flow.carrier import Carrier
from api.flow.node import Node
from api.making import open_node
from api.settings import Settings
from api.web import attachments as sealed_files
from api.web import exchange, pages, tokens
from api.web.callers import Verified
from api.web.contracts import openapi_of
from api.web.limits import Bounds
from api.web.people import Issuer
from api.web.problems import add_problem_handlers
from api.web.staff import (
    agencies,
    agendas,
    alerts,
    assignments,
    attachments,
    audit,
    boxes,
    bundles,
    cases,
    catalogue,
    documents,
    drafts,
    figures,
    grants,
    htcds,
    matches,
    notices,
    policies,
    providers,
    recalls,
    records,
    snapshots,
    totals,
)
from api.web.staff.first_steps import FIRST_STEPS
from api.web.tracing import Traced, otel_tracer

_TAGS = {
    "tokens": "Who may come in",
    "cases": "One person's return",
    "alerts": "What is due, and what is late",
    "assignments": "Who works on a case",
    "grants": "Broken glass, and releases by two people",
    "audit": "Who saw what",
    "matches": "Cases that may be one person's",
    "forms": "What can be sent, by whom, and where it is posted",
    "drafts": "Forms that are being filled in",
    "attachments": "Scans, letters, photos and recordings beside a form",
    "documents": "Forms that are sent; each has its own operation",
    "recalls": "Consents that were taken back, and who knows it",
    "notices": "Returns that were announced",
    "providers": "Who can look after somebody at home",
    "agendas": "What the next meeting has to speak about",
    "assessment": "The risk catalogue, and what ranks come to",
    "figures": "Rows and totals of a year, and what was frozen of them",
    "policies": "The numbers that hold in each corridor",
    "standard": "Cases in the words of HTCDS 2.0, and back",
    "boxes": "What came in and what is on its way",
    "bundles": "What is carried by hand where there is no network",
    "agencies": "To whom a document can be sent",
    "operation": "Whether the node is well",
}
"""What the staff API is told about in, in the order of its page."""
_ROUTERS = (
    tokens,
    cases,
    alerts,
    assignments,
    drafts,
    attachments,
    records,
    documents,
    grants,
    audit,
    matches,
    recalls,
    notices,
    providers,
    policies,
    agendas,
    catalogue,
    htcds,
    figures,
    totals,
    snapshots,
    boxes,
    bundles,
    agencies,
    pages,
)
"""Whose routes the staff API is made of; the first that fits an address answers."""
_LOOSE_ENDS = 20_000
"""After so many more objects somebody looks for circles among them; few documents leave any."""


def create_app(node: Node, *, issuer: Issuer | None = None, carrier: Carrier | None = None) -> ASGIApp:
    """Return the whole HTTP service of a node: the staff API, with the exchange under ``/exchange``."""
    return Bounds(build_staff(node, issuer, carrier), node.limits)


def build_staff(node: Node | None, issuer: Issuer | None = None, carrier: Carrier | None = None) -> FastAPI:
    """Return the app for a country's own users and systems, with the exchange mounted in it."""
    app = FastAPI(
        title="Homeward: staff",
        version=VERSION,
        summary="For a country's own users and systems.",
        description=FIRST_STEPS,
        docs_url=None,
        redoc_url=None,
        lifespan=partial(_lifespan, node=node, carrier=carrier),
        openapi_tags=[{"name": name, "description": told} for name, told in _TAGS.items()],
    )
    app.mount("/exchange", build_exchange(node))  # first, since the routes of staff are many
    for room in _ROUTERS:
        _take_routes(app, room.router)
    _finish(app, node, issuer, prefix="", is_staff=True)
    return app


def build_exchange(node: Node | None) -> FastAPI:
    """Return the app for other agencies."""
    app = FastAPI(
        title="Homeward: exchange",
        version=VERSION,
        summary="For other agencies' nodes and partner systems.",
        description="Envelopes in, the mailbox, receipts, descriptors. docs/sealing-profile.md tells the sealing.",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "/exchange"}],
        root_path_in_servers=False,
    )
    for router in (exchange.router, sealed_files.router):
        _take_routes(app, router)
    _finish(app, node, None, prefix="/exchange", is_staff=False)
    return app


def _take_routes(app: FastAPI, router: APIRouter) -> None:
    """Let an app have the routes of a router as they are; to include it would make each of them once more."""
    app.router.routes.extend(router.routes)


def _finish(app: FastAPI, node: Node | None, issuer: Issuer | None, *, prefix: str, is_staff: bool) -> None:
    app.state.node, app.state.issuer, app.state.verified = node, issuer, Verified()
    add_problem_handlers(app)
    pages.add_docs(app, prefix=prefix)
    app.openapi = partial(openapi_of, app, is_staff=is_staff)  # type: ignore[method-assign]  # as FastAPI's docs do


@asynccontextmanager
async def _lifespan(_app: FastAPI, *, node: Node | None, carrier: Carrier | None) -> AsyncIterator[None]:
    """Deliver while the app serves; at the end finish what is held and commit what was handed in."""
    if carrier is not None:
        carrier.start()
    yield
    if carrier is not None:
        carrier.stop()
    if node is not None:
        node.writer.stop()
        node.database.close()


def issuer_of(settings: Settings) -> Issuer | None:
    """Return the OpenID Connect issuer that is set, if any."""
    if not settings.oidc_issuer:
        return None
    return Issuer(settings.oidc_issuer, settings.oidc_audience, settings.oidc_agency_claim, settings.oidc_roles_claim)


def app_from_environment() -> ASGIApp:
    """Make the app that ``uvicorn --factory api.app:app_from_environment`` serves, from the environment alone."""
    settings = Settings()
    node = open_node(settings)
    carrier = None
    if settings.deliver_in_process:
        carrier = Carrier(node, pause=settings.deliver_pause_seconds, pull_every=settings.pull_every_seconds)
    app = create_app(node, issuer=issuer_of(settings), carrier=carrier)
    gc.collect()
    gc.freeze()  # what is there by now stays; nobody need look through it for what is over
    gc.set_threshold(_LOOSE_ENDS)
    return Traced(app, otel_tracer()) if settings.traces else app
