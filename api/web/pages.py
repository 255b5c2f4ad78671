"""The docs pages, whose scripts and styles come from a package and not from somewhere on the internet.

Health; metrics.
"""

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.staticfiles import StaticFiles

from api.store.migrate import is_current
from api.web.context import NodeOf, operation_name
from api.web.metrics import write_metrics

ASSETS = Path(fastapi_offline.__file__).parent / "static"
router = APIRouter(tags=["operation"], generate_unique_id_function=operation_name)


@router.get("/health/live")
async def is_alive() -> dict[str, str]:
    """Say that the process is up; touches nothing."""
    return {"status": "live"}


@router.get("/health/ready", responses={503: {"description": "The database is away or not migrated"}})
async def is_ready(node: NodeOf) -> JSONResponse:
    """Say whether the node can do its work: the database answers and is at the right revision."""
    try:
        ready = await run_in_threadpool(is_current, node.database)
    except Exception:  # noqa: BLE001  # whatever is wrong with it, it is not ready
        ready = False
    return JSONResponse({"status": "ready" if ready else "not_ready"}, 200 if ready else 503)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def get_metrics(node: NodeOf) -> Response:
    """Figures for Prometheus: what waits and why, alerts, receipts, commits, the log. No names, no kinds."""
    return Response(write_metrics(node), media_type=CONTENT_TYPE_LATEST)


def add_docs(app: FastAPI, *, prefix: str = "") -> None:
    """Give an app its docs pages, served without the internet."""
    app.mount("/assets", StaticFiles(directory=ASSETS), name="assets")
    assets = f"{prefix}/assets"

    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=f"{prefix}/openapi.json",
            title=request.app.title,
            swagger_js_url=f"{assets}/swagger-ui-bundle.js",
            swagger_css_url=f"{assets}/swagger-ui.css",
            swagger_favicon_url=f"{assets}/favicon.png",
            swagger_ui_parameters={"validatorUrl": None},  # the default asks a server on the internet
        )

    @app.get("/redoc", include_in_schema=False)
    def redoc(request: Request) -> HTMLResponse:
        return get_redoc_html(
            openapi_url=f"{prefix}/openapi.json",
            title=request.app.title,
            redoc_js_url=f"{assets}/redoc.standalone.js",
            redoc_favicon_url=f"{assets}/favicon.png",
            with_google_fonts=False,
        )
