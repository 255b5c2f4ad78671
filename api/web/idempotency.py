"""A creating call may be repeated with the same ``Idempotency-Key``: it is done once and answered the same.

What is kept is the answer, which holds ids only, and a keyed hash of the request, so that the same key with another
request is noticed. Kept in the same commit as what was created.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Header
from fastapi.concurrency import run_in_threadpool

from api.errors import Conflict
from api.flow.node import Node
from api.rules.access import Principal
from api.store import clients
from api.store.engine import Session
from api.store.tables import IdempotencyRow

Answer = Mapping[str, Any]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=128,
        pattern=r"^[A-Za-z0-9._~-]+$",
        description="Any text, new for each thing you create: a repeated call is done once and answered the same",
    ),
]


class Once:
    """One creating call of one client."""

    def __init__(self, node: Node, principal: Principal, key: str | None, request: object) -> None:
        self._node, self._client, self._key = node, f"{principal.agency}/{principal.client_id}", key
        self._fingerprint = node.vault.lookup("idempotency", json.dumps(request, sort_keys=True, default=str))

    def find(self) -> Answer | None:
        """Return what was answered before, if this very call was made before."""
        if self._key is None:
            return None
        with self._node.database.reader() as session:
            return self._recall(session)

    async def do(self, unit: Callable[[Session], Answer], now: datetime) -> Answer:
        """Run a unit of work and remember its answer in the same commit.

        Where the same call was made twice at once, the one that came too late is answered like the one that was first,
        whatever stopped it.
        """

        def once(session: Session) -> Answer:
            earlier = self._recall(session)
            if earlier is not None:
                return earlier
            answer = unit(session)
            if self._key is not None:
                session.add(
                    IdempotencyRow(
                        client_id=self._client,
                        key=self._key,
                        fingerprint=self._fingerprint,
                        answer=json.dumps(answer, default=str),
                        created_at=now,
                    )
                )
            return answer

        try:
            return await self._node.writer.write_async(once)
        except Exception:
            earlier = await run_in_threadpool(self.find)
            if earlier is None:
                raise
            return earlier

    def _recall(self, session: Session) -> Answer | None:
        row = clients.find_answer(session, self._client, self._key) if self._key is not None else None
        if row is None:
            return None
        if row.fingerprint != self._fingerprint:
            raise Conflict("idempotency_key_reused", "this key stands for another request; use a new key")
        answer: Answer = json.loads(row.answer)
        return answer
