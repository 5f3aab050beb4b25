"""The admin pages of drift: `GET /drift` with what was found in answers, `GET /deprecations` with what will end.

Knows what is shown and where it stands; what is found, and what counts as an end, is decided elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote

from tidegate.configfile.wording import nearest
from tidegate.proxy.desk.page import Page, json_page, not_allowed
from tidegate.proxy.observation.answer_recorder import AnswerRecorder
from tidegate.proxy.observation.deprecated_calls import DeprecatedCalls
from tidegate.proxy.policies.resilience.sunset import EndingOperation
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.world.world import World

DRIFT, DEPRECATIONS = "drift", "deprecations"


class DriftDesk:
    """See the module."""

    def __init__(
        self, world: World, recorder: AnswerRecorder, calls: DeprecatedCalls, upstreams: Mapping[str, Upstream]
    ) -> None:
        self._world, self._recorder, self._calls, self._upstreams = world, recorder, calls, upstreams

    def page(self, method: str, parts: Sequence[str]) -> Page | None:
        """The page at a path, whose parts are given; None where it is another's."""
        if parts[1] not in (DRIFT, DEPRECATIONS):
            return None
        if method not in ("GET", "HEAD"):
            return not_allowed("GET, HEAD")
        vendors = self._recorder.overview()["vendors"] if parts[1] == DRIFT else self._deprecations()
        if len(parts) == 2:
            about = {"dropped": self._recorder.dropped, "unread": self._recorder.unread} if parts[1] == DRIFT else {}
            return json_page(200, {**about, "vendors": vendors})
        vendor = unquote(parts[2])[:64] if len(parts) == 3 else ""
        if vendor in vendors:
            return json_page(200, {"vendor": vendor, **vendors[vendor]})
        why = "its policy samples no answers" if vendor in self._upstreams else "there is no such vendor"
        return json_page(404, {"error": f"{vendor!r}: {why}{nearest(vendor, vendors)}"})

    def _deprecations(self) -> dict[str, Any]:
        return {
            name: {
                "operations": [*self._ending(name, upstream)],
                "versions": [
                    {"operation": operation, **asdict(one)}
                    for (operation, _, _), one in upstream.notices.versions.seen.items()
                ],
                "pin": upstream.facts.versioning.pin if upstream.facts.versioning is not None else "",
            }
            for name, upstream in self._upstreams.items()
        }

    def _ending(self, vendor: str, upstream: Upstream) -> Iterator[dict[str, Any]]:
        """The operations that end, the nearest end first; those of which only the document says so at last."""
        said = upstream.notices.endings.operations
        wall = self._world.wall()
        order = sorted(said, key=lambda name: _left(said[name], wall))
        marked = [one for one in upstream.document.operations.values() if one.deprecated and one.id not in said]
        for name in order:
            operation = upstream.document.operations.get(name)
            by = ["headers", "document"] if operation is not None and operation.deprecated else ["headers"]
            yield {"operation": name, "said_by": by, **_facts(said[name], wall), "callers": self._callers(vendor, name)}
        for one in marked:
            sunset = one.node.get("x-sunset")
            yield {
                "operation": one.id, "said_by": ["document"], "first_seen": None, "deprecated": True, "since": None,
                "sunset": sunset if isinstance(sunset, str) else None, "days_left": None, "link": "", "form": "",
                "callers": self._callers(vendor, one.id),
            }  # fmt: skip

    def _callers(self, vendor: str, operation: str) -> list[dict[str, Any]]:
        calls = self._calls.of(vendor, operation)
        return [{"app": app, **asdict(one)} for app, one in sorted(calls.items(), key=lambda entry: -entry[1].calls)]


def _left(ending: EndingOperation, wall: float) -> float:
    left = ending.ending.days_left(wall)
    return float("inf") if left is None else left


def _facts(one: EndingOperation, wall: float) -> dict[str, Any]:
    ending = one.ending
    left = ending.days_left(wall)
    return {
        "first_seen": one.first, "deprecated": ending.deprecated, "since": ending.since, "sunset": ending.sunset,
        "days_left": None if left is None else round(left, 1), "link": ending.link,
        "form": "older draft" if ending.legacy else "",
    }  # fmt: skip
