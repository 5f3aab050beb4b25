"""The recorder: takes entries from anywhere, without waiting, and appends them to the log in the background.

What it cannot write now, because the store is away, waits in memory within a bound and is written once the store is
back; what went beyond is counted and recorded itself. Every row goes to the proxy's log too, with its digest: so the
chain is known outside the store, and a cut end shows. It refuses to know what an entry means.
"""

import asyncio
import hmac
from collections import deque
from collections.abc import Callable, Mapping
from hashlib import sha256
from itertools import islice
from typing import Any

from tidegate.proxy.audit.audited import AUDITED
from tidegate.proxy.store.audit.audit_chain import AuditEntry
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import World

ITSELF = "tidegate"
"""Who does what nobody asked for."""
WAITING_MAX = 1000
"""So many entries wait to be written. One more takes the place of none: it is counted."""
TOGETHER_MAX = 100
"""So many rows are appended in one transaction."""
RETRY_S = 1.0
FINGERPRINT_DIGITS = 16


class AuditRecorder:
    """See the module. `note` writes a log line, `redact` takes secrets out of a text; both are asked each time."""

    def __init__(
        self,
        world: World,
        store: Store,
        note: Callable[[str, Mapping[str, str | float]], object],
        redact: Callable[[str], str] = str,
    ) -> None:
        self._world, self._store, self._note, self._redact = world, store, note, redact
        self._waiting: deque[AuditEntry] = deque()
        self._lost = 0
        self.written = 0
        """Rows that this process has written."""
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def record(
        self,
        what: str,
        *,
        who: str = ITSELF,
        target: str = "",
        reason: str = "",
        call_id: str = "",
        secret: str = "",
        version: str = "",
        fingerprint: str = "",
        **facts: Any,
    ) -> None:
        """Record what happened: at once, in the background. `what` is one of AUDITED, `facts` are JSON values.

        `secret` is a reference and never a value; `fingerprint` comes from `fingerprint`.
        """
        if what not in AUDITED:
            raise ValueError(f"{what} is no kind of row; add it to AUDITED")
        if len(self._waiting) >= WAITING_MAX:
            self._lost += 1
            return
        texts = {"who": who, "target": target, "reason": reason, "secret": secret}
        hidden = {name: self._redact(value) for name, value in texts.items()}
        self._waiting.append(
            AuditEntry(
                what,
                wall=self._world.wall(),
                call_id=call_id,
                version=version,
                fingerprint=fingerprint,
                facts={name: self._hidden(value) for name, value in facts.items()},
                **hidden,
            )
        )
        self._begin()

    def fingerprint(self, value: str) -> str:
        """What tells two values of a secret apart and tells nothing of either: an HMAC under the store's own key.

        Empty before the store is open: there is no key then, and a bare hash of a short secret could be found again.
        """
        key = self._store.audit.key
        return hmac.new(key, value.encode(), sha256).hexdigest()[:FINGERPRINT_DIGITS] if key else ""

    async def flush(self, within_s: float) -> bool:
        """Wait until everything is written. False where it was not in so many seconds."""
        try:
            async with self._world.timeout(within_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def close(self, within_s: float = 1.0) -> None:
        """Write what waits, within a bound, and end. To be called before the store is closed."""
        await self.flush(within_s)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _hidden(self, value: Any) -> Any:
        return self._redact(value) if isinstance(value, str) else value

    def _begin(self) -> None:
        self._idle.clear()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        while self._waiting or self._lost:
            some, lost = list(islice(self._waiting, TOGETHER_MAX)), self._lost
            entries = list(some)
            if lost:
                entries.append(AuditEntry("audit.lost", ITSELF, self._world.wall(), facts={"rows": lost}))
            try:
                rows = await self._store.audit.append(entries, self._store.clock.now())
            except StoreError:
                await self._world.sleep(RETRY_S)
                continue
            for _ in some:
                self._waiting.popleft()
            self._lost -= lost
            self.written += len(rows)
            for entry, row in zip(entries, rows, strict=True):
                facts: dict[str, str | float] = {"what": entry.what, "who": entry.who, "target": entry.target}
                self._note("audit", {**facts, "n": row.n, "digest": row.digest})
        self._idle.set()
