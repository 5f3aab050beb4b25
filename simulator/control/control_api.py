"""The control API, on a port of its own: read the journal, arm and drop faults, read and set the state, reset.

JSON in, JSON out. It trusts its callers and listens on loopback: whoever reaches it may do anything to the simulator.
"""

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus

import orjson
from aiohttp import web

from tidegate.configfile.units import parse_duration
from tidegate.scenario.fault_kinds import known_kinds
from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.control import page_files, provider_states
from tidegate.simulator.control.control_target import ControlTarget
from tidegate.simulator.control.operation_notes import notes
from tidegate.simulator.control.vendor_names import unknown_kind
from tidegate.simulator.record.journal import JournalFilter
from tidegate.simulator.storage.object_keys import key_part
from tidegate.simulator.trouble.vendor_fault import VendorFault
from tidegate.values.json_value import Obj
from tidegate.world.host_names import HostNames
from tidegate.world.world import Listener, World

ENTRIES = 10_000
"""Journal entries in one answer, unless the query says `limit`."""

OBJECTS = 50
"""Objects of one kind in one answer, unless the query says `limit`."""

KEYS_MAX = 100
"""Keys of apps that are taken at once."""

CLOSE_S = 0.1


class ControlError(ValueError):
    """The request cannot be carried out. The message says what would be right."""


Query = Mapping[str, str]
Say = Callable[[ControlTarget, Query, object], object]


def _journal(simulator: ControlTarget, query: Query, _body: object) -> object:
    since, limit = _count(query, "since", 0), _count(query, "limit", ENTRIES)
    journal = simulator.journal
    entries = journal.since(since, limit, JournalFilter.of(query))
    return {
        "entries": [entry.shown(simulator.redactor) for entry in entries],
        "last": journal.last,
        "forgotten": journal.forgotten,
        "more": len(entries) == limit and (entries[-1].n if entries else since) < journal.last,
        "counters": dict(sorted(journal.counters.items())),
    }


def _count(query: Query, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise ControlError(f"{name} is {text!r}; it must be a count, like {default}")
    return min(int(text), sys.maxsize)


def _faults(simulator: ControlTarget, _query: Query, _body: object) -> object:
    return {"faults": simulator.faults.described()}


def _arm(simulator: ControlTarget, query: Query, body: object) -> object:
    wanted = body.get("faults") if isinstance(body, dict) and "faults" in body else body
    simulator.arm(parse_faults(wanted, VendorFault))
    return _faults(simulator, query, body)


def _disarm(simulator: ControlTarget, query: Query, body: object) -> object:
    if not simulator.disarm(_count(query, "n", 0) if "n" in query else None):
        raise ControlError(f"there is no fault number {query['n']}; GET /faults lists those that are armed")
    return _faults(simulator, query, body)


def _reset(simulator: ControlTarget, query: Query, body: object) -> object:
    simulator.reset()
    return _clock(simulator, query, body)


def _state(simulator: ControlTarget, _query: Query, _body: object) -> object:
    return {"resources": simulator.resources.all(), "faults": simulator.faults.described()}


def _put_state(simulator: ControlTarget, query: Query, body: object) -> object:
    resources = body.get("resources") if isinstance(body, dict) else None
    if not isinstance(resources, dict):
        raise ControlError('the body must be {"resources": {kind: [object, …] or {key: object, …}}}, as of GET /state')
    for kind in resources:
        _check_kind(simulator, kind)
    simulator.service.replace({kind: _keyed(kind, things) for kind, things in resources.items()})
    return _state(simulator, query, body)


def _check_kind(simulator: ControlTarget, name: str) -> None:
    """Raises ControlError for the name of no kind of object."""
    known = name in simulator.resource_operations.kinds or name in simulator.resources.counts()
    if not known and not name.startswith("deleted "):
        raise ControlError(unknown_kind(name, simulator.resource_operations))


def _keyed(kind: str, things: object) -> list[tuple[str, Obj]]:
    """The objects of one kind with their keys; in a list, an object's id is its key."""
    if isinstance(things, dict) and all(isinstance(thing, dict) for thing in things.values()):
        return [*things.items()]
    if isinstance(things, list) and all(isinstance(thing, dict) and "id" in thing for thing in things):
        return [(key_part(thing["id"]), thing) for thing in things]
    raise ControlError(f"resources/{kind} must be a list of objects, each with its id, or objects by their keys")


def _states(simulator: ControlTarget, _query: Query, body: object) -> object:
    if not isinstance(body, dict) or not isinstance(body.get("state"), str):
        raise ControlError('the body must be {"state": "a customer exists", "params": {…}}')
    if body.get("action") == "teardown":
        provider_states.tear_down(simulator)
        return {}
    params = body.get("params") or {}
    if not isinstance(params, dict):
        raise ControlError("params must be an object of names and values")
    return provider_states.set_up(simulator, body["state"], params)


def _webhooks(simulator: ControlTarget, _query: Query, _body: object) -> object:
    hooks = simulator.webhooks
    return {
        "registered": [{"url": address.url, "events": list(address.events)} for address in hooks.registered],
        "deliveries": [address.described() for address in hooks.deliveries],
    }


def _register(simulator: ControlTarget, query: Query, body: object) -> object:
    if not isinstance(body, dict) or not isinstance(body.get("url"), str):
        raise ControlError('the body must be {"url": "http://…", "events": ["*"], "secret": "…"}')
    events, secret = body.get("events") or ["*"], body.get("secret") or ""
    if not isinstance(events, list) or not isinstance(secret, str):
        raise ControlError("events must be a list of names or patterns, and secret a text")
    simulator.webhooks.register(body["url"], tuple(str(event) for event in events), secret)
    return _webhooks(simulator, query, body)


def _kinds(_simulator: ControlTarget, _query: Query, _body: object) -> object:
    kinds = known_kinds(VendorFault)
    meanings = {name: (kind.__doc__ or "").partition("\n")[0] for name, kind in kinds.items()}
    return {"kinds": list(kinds), "meanings": meanings}


def _objects(simulator: ControlTarget, query: Query, _body: object) -> object:
    kind = query.get("kind")
    if kind is None:
        files = simulator.service.store.files
        return {"kinds": simulator.resources.counts(), "files": {"count": len(files), "bytes": files.bytes}}
    _check_kind(simulator, kind)
    newest = simulator.resources.newest(kind, _count(query, "limit", OBJECTS))
    return {"kind": kind, "objects": [{"key": key, "object": thing} for key, thing in newest]}


def _snapshot(simulator: ControlTarget, _query: Query, _body: object) -> object:
    return simulator.snapshot()


def _restore(simulator: ControlTarget, query: Query, body: object) -> object:
    simulator.restore(body)
    return _objects(simulator, query, body)


def _operations(simulator: ControlTarget, _query: Query, _body: object) -> object:
    counters = simulator.journal.counters
    return {
        "vendor": simulator.vendor,
        "seed": simulator.seed,
        "port": simulator.port,
        "operations": [
            {
                "id": operation.id,
                "method": operation.method,
                "path": operation.template,
                "deprecated": operation.deprecated,
                "requests": counters.get(f"operation {operation.id}", 0),
                **notes(simulator.resource_operations, operation),
            }
            for operation in simulator.document.operations.values()
        ],
        "diagnostics": [asdict(diagnostic) for diagnostic in simulator.document.diagnostics],
    }


def _clock(simulator: ControlTarget, _query: Query, _body: object) -> object:
    return {"at": round(simulator.at, 6), "wall": round(simulator.wall, 6)}


async def _advance(simulator: ControlTarget, query: Query, body: object) -> object:
    wanted = body.get("advance") if isinstance(body, dict) else None
    await simulator.advance(parse_duration(wanted))
    return _clock(simulator, query, body)


def _accept(simulator: ControlTarget, _query: Query, body: object) -> object:
    keys = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(keys, list) or len(keys) > KEYS_MAX or not all(isinstance(key, str) and key for key in keys):
        raise ControlError(f'the body must be {{"keys": ["…"]}}, {KEYS_MAX} at most; without any, every key is taken')
    simulator.accept(keys)
    return {"keys": len(keys)}


ROUTES: Mapping[tuple[str, str], Say] = {
    ("GET", "/journal"): _journal,
    ("GET", "/faults"): _faults,
    ("POST", "/faults"): _arm,
    ("DELETE", "/faults"): _disarm,
    ("POST", "/reset"): _reset,
    ("GET", "/state"): _state,
    ("PUT", "/state"): _put_state,
    ("POST", "/states"): _states,
    ("GET", "/kinds"): _kinds,
    ("GET", "/objects"): _objects,
    ("GET", "/operations"): _operations,
    ("GET", "/snapshot"): _snapshot,
    ("PUT", "/snapshot"): _restore,
    ("GET", "/clock"): _clock,
    ("POST", "/clock"): _advance,
    ("PUT", "/keys"): _accept,
    ("GET", "/webhooks"): _webhooks,
    ("POST", "/webhooks"): _register,
}


class ControlApi:
    """The control API of one simulator."""

    def __init__(self, simulator: ControlTarget) -> None:
        self._simulator = simulator
        self._server: web.Server | None = None
        self._listener: Listener | None = None
        self._names = HostNames("localhost")

    @property
    def port(self) -> int:
        """The port on which it listens, 0 where it does not."""
        return self._listener.port if self._listener is not None else 0

    async def start(self, world: World, host: str, port: int) -> None:
        """Listen. Raises OSError where the port is in use."""
        self._names = HostNames(host, any_name=True)
        self._server = web.Server(self._handle, access_log=None)
        self._listener = await world.listen(self._server, host, port)

    async def close(self) -> None:
        """Stop."""
        if self._listener is not None:
            await self._listener.close()
        if self._server is not None:
            await self._server.shutdown(CLOSE_S)

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        refusal = self._foreign(request)
        if refusal is not None:
            return refusal
        if request.method in ("GET", "HEAD") and (file := page_files.part(request.path)) is not None:
            return web.Response(body=file.body, headers=file.headers)
        say = ROUTES.get((request.method, request.path))
        if say is None:
            return _reply(404, {"error": f"no such control: {request.method} {request.path}"})
        try:
            text = await request.content.read()
            result = say(self._simulator, request.query, orjson.loads(text) if text else None)
            return _reply(200, await result if isinstance(result, Awaitable) else result)
        except ValueError as error:  # bad JSON is one too
            return _reply(400, {"error": str(error)})

    def _foreign(self, request: web.BaseRequest) -> web.Response | None:
        """The refusal of a browser's request that comes from another site's page; None where it does not.

        A page elsewhere can send requests here (its Origin tells), or have its own name point here (its Host tells).
        """
        named = request.headers.get("Host", "")
        status, origin = self._names.refusal(named), request.headers.get("Origin")
        if status == HTTPStatus.BAD_REQUEST:
            return _reply(400, {"error": f"the Host header {named[:64]!r} cannot be read"})
        if origin is not None and origin.partition("://")[2] != named:
            return _reply(403, {"error": f"this control API takes no requests from pages of {origin[:64]}"})
        if status:
            return _reply(403, {"error": f"this control API listens on loopback and is not known as {named[:64]!r}"})
        return None


def _reply(status: int, body: object) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
