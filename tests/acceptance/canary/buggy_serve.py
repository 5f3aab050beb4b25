"""`tidegate` with bugs that a request can ask for: each throws what it knows, secrets included, at another way out.

`GET /things/things/bug-<name>` asks for one. It is run as a program by tests.acceptance.canary.house.
"""

import asyncio
import gc
import logging
import sys
import threading
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

from tidegate.cli import main
from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.stages import exchange
from tidegate.proxy.upstream.upstream import Upstream

_KEPT: list[object] = []


SAID = ("log", "log-broken", "log-bad-repr", "warn", "stream")
"""Those whose text is meant to be read. It holds what a library knows: our secrets, and the address it asks."""


def _known(call: Call, upstream: Upstream, name: str) -> str:
    """What a careless message holds; what an exception holds is everything."""
    secrets = upstream.redactor.values
    _, _, query = call.path.partition("api_key=")
    said = f"{' '.join(secrets)} https://u:{secrets[0]}@host/?api_key={query}"
    return said if name in SAID else f"{said} {call.path} {call.raw_headers!r} {call.content.whole!r}"


async def _task(text: str) -> None:
    raise RuntimeError(text)


class _Unraisable:
    """Raises where nobody can catch it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.itself = self

    def __del__(self) -> None:
        raise RuntimeError(self.text)


class _BadRepr:
    """Cannot be shown, and says too much about it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        raise RuntimeError(self.text)


def _raise(text: str) -> None:
    raise RuntimeError(text)


def _cause(text: str) -> None:
    raise KeyError(text) from ValueError(text)


def _log_error(text: str) -> None:
    try:
        _raise(text)
    except RuntimeError:
        LOG.exception("while it asked")


def _stream(text: str) -> None:
    own = logging.getLogger("a.library")
    if not own.handlers:
        own.addHandler(logging.StreamHandler(sys.stderr))
    own.error(text)


def _unraisable(text: str) -> None:
    _Unraisable(text)
    gc.collect()


def _warn(text: str) -> None:
    warnings.warn(text, stacklevel=1)


LOG = logging.getLogger("urllib3.connectionpool")
BUGS: dict[str, Callable[[str], object]] = {
    "raise": _raise,
    "cause": _cause,
    "log": lambda text: LOG.warning("GET %s failed", text),
    "log-error": _log_error,
    "log-broken": lambda text: LOG.warning("%d of %s", text, text),
    "log-bad-repr": lambda text: LOG.warning("%s", _BadRepr(text)),
    "callback": lambda text: asyncio.get_running_loop().call_soon(_raise, text),
    "task": lambda text: _KEPT.append(asyncio.get_running_loop().create_task(_task(text))),
    "thread": lambda text: threading.Thread(target=_raise, args=(text,)).start(),
    "unraisable": _unraisable,
    "warn": _warn,
    "stream": _stream,
}


async def _bug(name: str, text: str) -> None:
    BUGS[name](text)
    await asyncio.to_thread(str)
    _KEPT.clear()
    gc.collect()


def _buggy(stage: Callable[..., Any]) -> Callable[[OperationPlan, Upstream], Any]:
    def made(plan: OperationPlan, upstream: Upstream) -> Callable[[Call], Awaitable[Reply]]:
        proceed = stage(plan, upstream)

        async def handle(call: Call) -> Reply:
            _, mark, name = call.path.partition("/bug-")
            if mark:
                name = name.partition("?")[0]
                await _bug(name, _known(call, upstream, name))
            return await proceed(call)  # type: ignore[no-any-return]  # the stage's own handler

        return handle

    return made


if __name__ == "__main__":
    exchange.stage = _buggy(exchange.stage)  # type: ignore[assignment]  # the same but for its bugs
    main()
