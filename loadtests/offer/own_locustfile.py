"""A user's own locustfile, with a record and a tag for each of its calls, so that our verdict can be made of them.

Its users are Locust's: a closed model, in which a call begins when its user gets round to it. So its time counts from
its start. Every request of HttpUser and FastHttpUser is seen, whatever tasks make it. The file is run by the `locust`
program alone, with what it needs in the environment: Locust reads files before options.
"""

import importlib.util
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from locust import User, events
from locust.clients import HttpSession
from locust.contrib.fasthttp import FAILURE_EXCEPTIONS, FastHttpSession, LocustBadStatusCode

from tidegate.loadtests.offer.call_record import CallRecord, is_accepted, write_records
from tidegate.loadtests.offer.locust_run import OWN_FILE, OWN_HEADERS, OWN_RECORDS, OWN_RUN
from tidegate.scenario.call_tag import TAG_HEADER

RECORDS_MAX = 1_000_000
"""Calls that are recorded; those after them are made and not judged."""

_headers: dict[str, str] = json.loads(os.environ[OWN_HEADERS])
_records: list[CallRecord] = []
_numbers = itertools.count()
_began = time.monotonic()


def _recorded(send: Callable[..., Any]) -> Callable[..., Any]:
    """A session's sending, with a tag in each request and a record of each answer."""

    def recorded(session: Any, method: str, url: str, **options: Any) -> Any:
        number = next(_numbers)
        headers = dict(options.pop("headers", None) or {})
        tag = headers.setdefault(TAG_HEADER, f"{os.environ[OWN_RUN]}-{number:06d}")
        given = {name.lower() for name in (*headers, *getattr(session, "headers", ()))}
        headers |= {name: value for name, value in _headers.items() if name.lower() not in given}
        started_s = time.monotonic() - _began
        response = send(session, method, url, headers=headers, **options)
        ended_s = time.monotonic() - _began
        if len(_records) < RECORDS_MAX:
            told = response.headers or {}
            error = getattr(response, "error", None)
            broke_off = isinstance(error, FAILURE_EXCEPTIONS) and not isinstance(error, LocustBadStatusCode)
            status = 0 if broke_off else response.status_code or 0
            parts = urlsplit(url)
            _records.append(
                CallRecord(
                    number=number,
                    name=parts.path,
                    tag=tag,
                    planned_s=started_s,
                    started_s=started_s,
                    ended_s=ended_s,
                    status=status,
                    retry_after=told.get("Retry-After"),
                    later=is_accepted(status, told.get("Proxy-Status")),
                    problem=told.get("Tidegate-Problem"),
                    error=repr(error) if error and not status else None,
                    method=method,
                    url=url,
                )
            )
        return response

    return recorded


@events.quitting.add_listener  # type: ignore[untyped-decorator]  # Locust does not type its hooks
def _write(**_: object) -> None:
    write_records(Path(os.environ[OWN_RECORDS]), _records)


def _users(file: Path) -> dict[str, type[User]]:
    """The users of a file. It may import what lies beside it."""
    sys.path.insert(0, str(file.parent))
    found = importlib.util.spec_from_file_location("own_locustfile", file)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return {
        name: one
        for name, one in vars(module).items()
        if isinstance(one, type) and issubclass(one, User) and not one.abstract
    }


for _session in (HttpSession, FastHttpSession):
    _session._send_request_safe_mode = _recorded(_session._send_request_safe_mode)  # type: ignore[method-assign]  # noqa: SLF001  # the one place that all its requests pass
globals().update(_users(Path(os.environ[OWN_FILE])))
