"""The gateway on-ramp: `/<vendor>/<the vendor's own path>` → the vendor, the operation and its pipeline.

Knows paths and methods only. A path is passed on as the app wrote it, so whatever could be read in two ways is refused
here: control characters, backslashes, and dot segments in any spelling (RFC 3986 §5.2.4), also those that only some
servers read.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import plan_unlisted, plan_vendor
from tidegate.policy.deferral.bulk import READY_S
from tidegate.policy.deferral.defer import defers, resolves
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Handler
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.upstream.upstream import Upstream

DECODINGS_MAX = 4
"""Whoever encodes more often means no path."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Control characters (Unicode Cc). Anything else that is encoded is data (RFC 3986 §2.1)."""

NOT_CARRIED = frozenset(("CONNECT", "TRACE"))
"""Methods that no vendor is asked for unless its document has them: a tunnel has its own on-ramp, and who asks for a
trace must not send what is secret (RFC 9110 §9.3.8), as our credential is."""


@dataclass(slots=True)
class Route:
    """The destination of a request. One is made for every call.

    `path` is the vendor's own path below the base URL, with its query; it begins with a slash, but for the base itself.
    """

    upstream: Upstream
    plan: OperationPlan
    handler: Handler
    path: str


Build = Callable[[OperationPlan, Upstream], Handler]
"""Makes the pipeline of an operation: tidegate.proxy.pipeline.build."""


class _VendorRoutes:
    """One vendor's operations with their pipelines, each built when it is first used."""

    def __init__(self, build: Build, upstream: Upstream, plans: dict[str, OperationPlan] | None = None) -> None:
        self.upstream = upstream
        self.base = "" if urlsplit(upstream.address).path else "/"
        """The path of the base URL itself, below the base URL (RFC 3986 §6.2.3)."""
        self._build = build
        self.plans = plan_vendor(upstream.loaded, upstream.document) if plans is None else plans
        self.ready: dict[str, tuple[OperationPlan, Handler]] = {}
        later = [plan for plan in self.plans.values() if defers(plan) or resolves(plan)]
        bulk = [joined for plan in later if (joined := self._joined(plan)) is not None]
        self.outbox_groups = frozenset(plan.breaker_group for plan in [*later, *bulk])
        self.longest_s = max((plan.budget_s + self._joined_s(plan) for plan in later), default=0.0)
        for plan in self.plans.values():
            upstream.breakers.get(plan.breaker_group)  # so that an operator can force it before the first call
            upstream.limits.show(plan)

    def _joined(self, plan: OperationPlan) -> OperationPlan | None:
        """The operation that carries out several writes of this one with one request."""
        bulk = plan.defer.bulk
        return self.plans.get(bulk.operation) if bulk is not None else None

    def _joined_s(self, plan: OperationPlan) -> float:
        """The seconds that a write may take longer because it is joined."""
        bulk, joined = plan.defer.bulk, self._joined(plan)
        return 0.0 if bulk is None or joined is None else bulk.within + READY_S + joined.budget_s

    def get(self, operation: str | None, method: str) -> tuple[OperationPlan, Handler]:
        name = operation if operation is not None else f"unlisted {method}"
        ready = self.ready.get(name)
        if ready is None:
            plan = self.plans[operation] if operation is not None else plan_unlisted(self.upstream.loaded, method)
            ready = self.ready[name] = (plan, self._build(plan, self.upstream))
        return ready


class GatewayRouter:
    """All vendors that are served. `build` makes their pipelines."""

    def __init__(self, upstreams: Mapping[str, Upstream], build: Build) -> None:
        self._build = build
        self._routes = {name: _VendorRoutes(build, upstream) for name, upstream in upstreams.items()}

    def change(self, put: Iterable[tuple[Upstream, dict[str, OperationPlan]]], gone: Iterable[str]) -> None:
        """From the next request on, the vendors `put` are in force, and those that are `gone` are not served."""
        fresh = {upstream.name: _VendorRoutes(self._build, upstream, plans) for upstream, plans in put}
        left = {name: routes for name, routes in self._routes.items() if name not in gone}
        self._routes = left | fresh

    def route(self, method: str, target: str, headers: Mapping[str, str]) -> Route | Reply:
        """The way of a request, or why it has none. `target` is the request target as it was sent.

        Where operations share a method and a path, query and headers tell which is meant; a body, unread yet, does not.
        """
        end = target.find("/", 1)
        routes = self._routes.get(target[1:end]) if end > 0 else None
        if routes is None:
            end = len(target.partition("?")[0])
            routes = self._routes.get(target[1:end])
        if routes is None or target[0] != "/":
            return self._no_vendor(target)
        path = target[end:] if target.startswith("/", end) else routes.base + target[end:]
        bare = path.partition("?")[0] or "/"
        why = unsafe_path(path, bare)
        if why:
            return refused(PROBLEMS["bad-request"], f"The path {why}.", error="http_request_error")
        match = routes.upstream.document.match(method, bare)
        if match is None and method == "HEAD":
            match = routes.upstream.document.match("GET", bare)
        if match is None:
            if routes.upstream.policy.unlisted == "report":
                routes.upstream.reports.would_refuse("unlisted", "not in the document", f"unlisted {method}"[:24])
            elif routes.upstream.policy.unlisted == "refuse":
                return refused(
                    PROBLEMS["egress-denied"],
                    f"{routes.upstream.name}'s document has no {method} {bare}, and its policy is `unlisted: refuse`.",
                )
            if method in NOT_CARRIED:
                problem = replace(PROBLEMS["bad-request"], status=HTTPStatus.NOT_IMPLEMENTED)
                return refused(problem, f"The method {method} is not passed on.", error="http_request_error")
        elif match.operation.id in routes.upstream.document.shared_routes:
            match = routes.upstream.document.meant(match, headers, path.partition("?")[2], b"")
        plan, handler = routes.get(match.operation.id if match else None, method)
        return Route(routes.upstream, plan, handler, path)

    def plan(self, vendor: str, operation: str) -> OperationPlan | None:
        """The plan of an operation by its name, None where there is none."""
        routes = self._routes.get(vendor)
        return None if routes is None else routes.plans.get(operation)

    def plans(self, vendor: str) -> Mapping[str, OperationPlan]:
        """Operation → its plan, of a vendor that is served; nothing for another."""
        routes = self._routes.get(vendor)
        return {} if routes is None else routes.plans

    def route_to(self, vendor: str, operation: str) -> Route | None:
        """The way of a call to an operation of a document; None where it is not served."""
        routes = self._routes.get(vendor)
        if routes is None or operation not in routes.plans:
            return None
        plan, handler = routes.get(operation, routes.plans[operation].method)
        return Route(routes.upstream, plan, handler, "")

    def outbox_groups(self) -> Mapping[str, tuple[Upstream, frozenset[str]]]:
        """Vendor → itself, and the breaker groups of its operations that may stand in the outbox."""
        return {name: (routes.upstream, routes.outbox_groups) for name, routes in self._routes.items()}

    @property
    def longest_s(self) -> float:
        """The longest budget of an operation that may stand in the outbox, in seconds."""
        return max((routes.longest_s for routes in self._routes.values()), default=0.0)

    def _no_vendor(self, target: str) -> Reply:
        if not target.startswith("/"):
            return refused(
                PROBLEMS["bad-request"],
                "This is the gateway: send the request to /<vendor>/<path>. A forward proxy is the block `forward`.",
                error="http_request_error",
            )
        name = target[1:].partition("/")[0].partition("?")[0][:64]
        known = ", ".join(sorted(self._routes)) or "none"
        return refused(PROBLEMS["not-found"], f"No vendor is called {name!r}. Vendors served here: {known}.")


def unsafe_path(path: str, bare: str) -> str:
    """The reason why a path is refused; empty where it is not. `bare` is the path without its query."""
    if not path.isascii() or not path.isprintable() or " " in path or "\\" in path or "#" in path:
        return "has a character that must be percent-encoded (RFC 3986 §2)"
    if "%" not in bare and "/." not in bare:
        return ""
    for segment in bare.split("/"):
        plain = unquote(segment)
        if _is_dotted(plain):
            return "has a dot segment"
        if _CONTROL.search(plain) is not None:
            return "has an encoded control character"
    return ""


def _is_dotted(plain: str) -> bool:
    """True where some server reads dots in a segment: behind a semicolon (Tomcat, Spring), or encoded again."""
    for _ in range(DECODINGS_MAX):
        if any(part.partition(";")[0] in (".", "..") for part in plain.replace("\\", "/").split("/")):
            return True
        if "%" not in plain:
            return False
        plain = unquote(plain)
    return False
