"""Traces for OpenTelemetry, where they are switched on: one span a request, named by its route and never by its path.

A span holds the method, the route's template (ids left as ``{case_uid}``, a form by its number) and the status. Where
spans go is set by the ``OTEL_...`` variables of OpenTelemetry itself.
"""

from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import NodeError

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Span(Protocol):
    """What happened in a request, as far as it is told."""

    def set_attribute(self, key: str, value: str | int) -> None:
        """Tell one thing."""
        ...

    def update_name(self, name: str) -> None:
        """Name it, once its route is known."""
        ...


class Tracer(Protocol):
    """Opens spans."""

    def start_as_current_span(self, name: str) -> AbstractContextManager[Span]:
        """Open a span that ends with its block."""
        ...


class Traced:
    """The app, with a span around each request."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app, self._tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; what its route is called is known only afterwards."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        with self._tracer.start_as_current_span(method) as span:

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self._app(scope, receive, told)
            route = _template(scope)
            span.update_name(f"{method} {route}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", route)


def _template(scope: MutableMapping[str, object]) -> str:
    """Return the route's template; where there is none, nothing of what was asked for."""
    template = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{template}" if template else "unknown"


def otel_tracer() -> Tracer:
    """Return OpenTelemetry's tracer, which sends spans to where its own variables say.

    Raises ``NodeError`` ``otel_missing`` where it is not installed.
    """
    try:
        trace, sdk = import_module("opentelemetry.trace"), import_module("opentelemetry.sdk.trace")
        export = import_module("opentelemetry.sdk.trace.export")
        otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError:
        raise NodeError("otel_missing", "install `homeward[otel]`, or unset HOMEWARD_TRACES") from None
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    tracer: Tracer = trace.get_tracer("homeward")
    return tracer
