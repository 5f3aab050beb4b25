"""The console: takes a request of the admin port, sees to login and CSRF, and makes the page that is asked for.

A page is a view (tidegate.proxy.console.view). Nothing that a page shows can run in a browser: everything is escaped,
and no script or style but our own two files is carried out (CSP Level 3). It knows nothing of what views show.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from aiohttp import web

from tidegate.proxy.console.entry.console_gate import ConsoleGate, Visitor, is_followed_link, login_address, safe_next
from tidegate.proxy.console.live_feed import LiveFeed, LiveStream
from tidegate.proxy.console.notices import Notices
from tidegate.proxy.console.page_templates import BASE, rendered
from tidegate.proxy.console.static_files import static_file
from tidegate.proxy.console.view import PageData, PageFailure, PageRequest, Redirect, View
from tidegate.proxy.console.view_routes import ViewRoutes
from tidegate.proxy.desk.page import Page
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import World

GUARDS = (
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),  # none at all would make the Origin of our own forms `null` (Fetch)
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
HTML = "text/html; charset=utf-8"
KEPT = "public, max-age=31536000, immutable"
PAGE_S = 20.0
"""The time that a page may take, its store included."""
ORDER_S = 55.0
"""The time that an order may take: a replay of many is one."""
MADE_AT_ONCE_MAX = 2
"""Pages whose HTML is made at the same time: the threads of more would take the processor from calls."""
BODY_S = 5.0
FIELDS_MAX = 200
"""Of a form or a query."""
QUERY_CHARS_MAX = 4096
LIVE = "/live"
FORM = "application/x-www-form-urlencoded"

RunBlocking = Callable[[Callable[[], bytes]], Awaitable[bytes]]


class Console:
    """The console of one proxy. `run_blocking` carries out the making of HTML: in production in a thread."""

    def __init__(
        self, world: World, gate: ConsoleGate, views: tuple[View, ...], live: LiveFeed, run_blocking: RunBlocking
    ) -> None:
        self._world, self._gate, self._live, self._run_blocking = world, gate, live, run_blocking
        self._makes = asyncio.Semaphore(MADE_AT_ONCE_MAX)
        self._routes = ViewRoutes(views)
        self._menu = tuple((view.path, view.title) for view in views if view.menu)
        self._notices = Notices()
        self.refused: Callable[[str, str], object] = lambda _why, _source: None
        """Hears of a login without a good token: why, and from which address."""
        self.entered: Callable[[str, str], object] = lambda _who, _source: None
        """Hears of a login: whose, and from which address."""
        self.failed: Callable[[Exception], object] = lambda _error: None
        """Hears of a bug of ours in a page."""

    @staticmethod
    def takes(path: str) -> bool:
        """Whether a path of the admin port is the console's."""
        return path in {"/", BASE} or path.startswith(f"{BASE}/")

    async def answer(self, request: web.BaseRequest) -> Page | LiveStream:
        """The page for a request."""
        path = request.path
        if path in ("/", BASE):
            return _redirect(f"{BASE}/")
        visitor, orders = Visitor(known=False), request.method == "POST"
        within_s = ORDER_S if orders else PAGE_S
        try:
            async with self._world.timeout(within_s):
                visitor = self._gate.visitor(request.headers)
                return await self._answer(request, visitor)
        except TimeoutError:
            partly = "What was ordered may be done in part. " if orders else ""
            why = f"the page was not ready in {within_s:g} s"
            failure = PageFailure(503, why, f"{partly}Look at /readyz: is the store well?")
        except StoreError:
            failure = PageFailure(503, "the store does not answer now", "/readyz says why.")
        except Exception as error:  # noqa: BLE001 - a bug in one page must be told, and must not look like a broken port
            self.failed(error)
            failure = PageFailure(500, f"this page failed: {type(error).__name__}", "The log says where.")
        return await self._failed(failure, visitor)

    async def _answer(self, request: web.BaseRequest, visitor: Visitor) -> Page | LiveStream:
        method, path = request.method, request.rel_url.raw_path.removeprefix(BASE)  # an id may have a slash, encoded
        target = request._message.path  # noqa: SLF001 - as it was sent
        at_the_door = await self._at_the_door(request, path, target)
        if at_the_door is not None:
            return at_the_door
        if not visitor.known:
            return _redirect(login_address(target if method != "POST" else f"{BASE}/"))
        if path == LIVE and method == "GET":
            return self._live.stream(visitor.session_id or str(request.remote or ""))
        form = await self._form(request, visitor) if method == "POST" else {}
        if isinstance(form, PageFailure):
            return await self._failed(form, visitor)
        if path == "/logout" and method == "POST":
            self._gate.sessions.end(visitor.session_id)
            return _redirect(f"{BASE}/login", self._gate.session_cookie(""))
        return await self._view(method, path, target.partition("?")[2], form, visitor)

    async def _at_the_door(self, request: web.BaseRequest, path: str, target: str) -> Page | None:
        """What everybody gets: a refusal, a static file, the login; None where one has to be known first."""
        method, nobody = request.method, Visitor(known=False)
        why = self._gate.foreign(method, request.headers)
        if why and is_followed_link(method, request.headers):
            return await self._made(200, "arrival.html", {"to": safe_next(target)})
        if why:
            return await self._failed(PageFailure(403, why, "Open the console by its own address."), nobody)
        if method not in ("GET", "HEAD", "POST"):
            return await self._failed(PageFailure(405, "use GET, HEAD or POST"), nobody)
        if path.startswith("/static/"):
            return _static(path.removeprefix("/static/"))
        return await self._login(request) if path == "/login" else None

    async def _view(self, method: str, path: str, query: str, form: Mapping[str, str], visitor: Visitor) -> Page:
        found = self._routes.find(path)
        if found is None:
            return await self._failed(PageFailure(404, "there is no such page"), visitor)
        view, names = found
        values = _fields(query) if len(query) <= QUERY_CHARS_MAX else None
        if values is None:
            return await self._failed(PageFailure(400, "the query is too long, or cannot be read"), visitor)
        request = PageRequest(visitor.who, names, values, query, form)
        if method == "POST":
            return await self._order(view, path, request, visitor)
        if view.show is None:
            return await self._failed(PageFailure(405, "this address takes orders only"), visitor)
        data = await view.show(request)
        if isinstance(data, PageFailure):
            return await self._failed(data, visitor)
        notice = self._notices.find(values.get("notice", ""))
        return await self._framed(view.template, data, visitor, view=view, notice=notice)

    async def _order(self, view: View, path: str, request: PageRequest, visitor: Visitor) -> Page:
        if view.carry_out is None:
            return await self._failed(PageFailure(405, "this page takes no orders"), visitor)
        done = await view.carry_out(request)
        if isinstance(done, PageFailure):
            return await self._failed(done, visitor)
        if isinstance(done, Redirect):
            to, mark, rest = done.to.partition("?")
            query = [*([rest] if mark else []), *([f"notice={self._notices.keep(done.notice)}"] if done.notice else [])]
            return _redirect(BASE + to + ("?" + "&".join(query) if query else ""))
        if isinstance(done, PageData):
            return await self._framed(view.template, done, visitor, view=view)
        values = {"confirmation": done, "action": BASE + path, "fields": request.form}
        return await self._framed("confirmation.html", PageData(values, title=done.question), visitor, view=view)

    async def _login(self, request: web.BaseRequest) -> Page:
        wanted = safe_next(_first(_fields(request._message.path.partition("?")[2]), "next"))  # noqa: SLF001 - as above
        nobody = Visitor(known=False)
        if not self._gate.asks_for_tokens:
            return _redirect(wanted)
        why = ""
        if request.method == "POST":
            form = await self._form(request, nobody)
            if isinstance(form, PageFailure):
                return await self._failed(form, nobody)
            session_id = self._gate.sessions.begin(form.get("token", "").strip())
            source = str(request.remote or "")
            if session_id is not None:
                self.entered(self._gate.sessions.who(session_id) or "", source)
                return _redirect(wanted, self._gate.session_cookie(session_id))
            why = "This is no token of admin_tokens, or it has ended."
            self.refused("a login to the console without a good token", source)
        data = PageData({"wanted": wanted, "why": why}, 401 if why else 200, "Log in")
        return await self._framed("login.html", data, nobody)

    async def _form(self, request: web.BaseRequest, visitor: Visitor) -> Mapping[str, str] | PageFailure:
        """The fields of a form of ours. They are refused where they do not come from a page that this visitor saw."""
        if request.content_type != FORM:
            return PageFailure(415, f"send a form, as {FORM}")
        try:
            async with self._world.timeout(BODY_S):
                text = (await request.read()).decode()
        except TimeoutError:
            return PageFailure(408, f"the form did not come in {BODY_S:g} s")
        except web.HTTPRequestEntityTooLarge:
            return PageFailure(413, "the form is too large")
        except UnicodeDecodeError:
            return PageFailure(400, "the form is not UTF-8")
        fields = _fields(text)
        if fields is None:
            return PageFailure(400, "the form cannot be read")
        if not self._gate.sessions.is_ours(visitor.session_id, fields.pop("csrf", "")):
            return PageFailure(403, "this form is of another session, or of before a restart", "Load its page anew.")
        return fields

    async def _failed(self, failure: PageFailure, visitor: Visitor) -> Page:
        title = HTTPStatus(failure.status).phrase
        return await self._framed("failure.html", PageData({"failure": failure}, failure.status, title), visitor)

    async def _framed(
        self, template: str, data: PageData, visitor: Visitor, *, view: View | None = None, notice: str = ""
    ) -> Page:
        frame: dict[str, object] = {
            "title": data.title or (view.title if view is not None else ""),
            "menu": self._menu if visitor.known else (),
            "here": (view.under or view.path) if view is not None else "",
            "who": visitor.who,
            "session": bool(visitor.session_id),
            "csrf": self._gate.sessions.csrf(visitor.session_id),
            "notice": notice,
        }
        return await self._made(data.status, template, {**data.values, **frame})

    async def _made(self, status: int, template: str, values: Mapping[str, object]) -> Page:
        async with self._makes:
            return Page(status, await self._run_blocking(lambda: rendered(template, values)), HTML, headers=GUARDS)


def _static(name: str) -> Page:
    file = static_file(name)
    if file is None:
        return Page(404, b"there is no such file", "text/plain; charset=utf-8", headers=GUARDS)
    return Page(200, file.body, file.content_type, headers=GUARDS, cache=KEPT)


def _redirect(to: str, *headers: tuple[str, str]) -> Page:
    """See another page (RFC 9110 §15.4.4). `to` has been quoted."""
    return Page(303, b"", HTML, headers=(("Location", to), *headers, *GUARDS))


def _fields(text: str) -> dict[str, str] | None:
    """Name → the last value, of a query or a form; None where it cannot be read."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict"))
    except (ValueError, UnicodeDecodeError):
        return None


def _first(fields: Mapping[str, str] | None, name: str) -> str:
    return (fields or {}).get(name, "")
