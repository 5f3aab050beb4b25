"""An inbox on real sockets: a proxy beside it, simulated vendors that send webhooks, and an app that gets them."""

import asyncio
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks import Webhook

from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.proxy.durable.inbox import Inbox
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.behaviour.signatures import p256_key
from tidegate.simulator.movable_clock import MovableWorld
from tidegate.vendor.search_path import find_vendors
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor
from tidegate.world.world import RealWorld, World

SENDGRID_KEY = "the letters that the simulated vendor's private key is made from"
NOWHERE: Mapping[str, str] = {}
APP_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
API_KEY = "key-of-the-tests"
SIGNING = {
    "stripe": "whsec_of_stripe",
    "shopify": "shopify-client-secret",
    "github": "github-webhook-secret",
    "slack": "slack-signing-secret",
    "twilio": "twilio-auth-token",
    "adyen": "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
    "sendgrid": SENDGRID_KEY,
    "gitlab": "whsec_Z2l0bGFiLXNpZ25pbmctdG9rZW4tb2YtdGVzdHM=",
    "woocommerce": "woocommerce-webhook-secret",
    "openai": "whsec_b3BlbmFpLXNpZ25pbmctdG9rZW4tb2YtdGVzdHM=",
}
ENVIRON = {
    "SHOP_HOOKS": APP_SECRET,
    "DESK_HOOKS": "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=",
    "KEY": API_KEY,
    "STRIPE_WEBHOOK_SECRET": SIGNING["stripe"],
    "SHOPIFY_WEBHOOK_SECRET": SIGNING["shopify"],
    "GITHUB_WEBHOOK_SECRET": SIGNING["github"],
    "SLACK_SIGNING_SECRET": SIGNING["slack"],
    "TWILIO_AUTH_TOKEN": SIGNING["twilio"],
    "ADYEN_HMAC_KEY": SIGNING["adyen"],
    "SENDGRID_WEBHOOK_KEY": b64encode(
        p256_key(SENDGRID_KEY).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode(),
    "GITLAB_WEBHOOK_SECRET": SIGNING["gitlab"],
    "WOOCOMMERCE_WEBHOOK_SECRET": SIGNING["woocommerce"],
    "OPENAI_WEBHOOK_SECRET": SIGNING["openai"],
}


@dataclass
class AppPost:
    """A post as the app got it: its signature was right."""

    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """Its webhook-id."""
        return self.headers["webhook-id"]


@dataclass
class App:
    """An app that takes webhooks. `statuses` are its next answers, some with headers; then all are 204."""

    secret: str = APP_SECRET
    got: list[AppPost] = field(default_factory=list)
    statuses: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    url: str = ""
    hold: asyncio.Event | None = None
    """While it is not set, nothing is answered."""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Verify it as an app's developer does, and answer."""
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        Webhook(self.secret).verify(body, headers, json_parse=False)
        self.got.append(AppPost(headers, body))
        if self.hold is not None:
            await self.hold.wait()
        answer = self.statuses.pop(0) if self.statuses else 204
        status, more = answer if isinstance(answer, tuple) else (answer, {})
        return web.Response(status=status, headers=more)


@dataclass
class InboxTown:
    """What runs. `lines` is the log."""

    proxy: Proxy
    inbox: Inbox
    app: App
    vendors: dict[str, SimulatorServer]
    lines: list[bytes]

    def url(self, source: str) -> str:
        """Where a source's webhooks go."""
        return f"http://127.0.0.1:{self.inbox.port}/{source}"

    @property
    def notes(self) -> list[dict[str, Any]]:
        """The log's lines about webhooks."""
        lines = [json.loads(line) for chunk in self.lines for line in chunk.splitlines()]
        return [line for line in lines if line.get("note") == "webhook"]

    @property
    def outcomes(self) -> list[str]:
        """What became of each, in order."""
        return [note["outcome"] for note in self.notes]

    async def stripe(self, body: bytes, *lines: str, age_s: float = 0.0) -> int:
        """The status of the answer to a webhook that Stripe signed so long ago."""
        status, _, _ = await self.send("/stripe", body, stripe_signed(body, RealWorld().wall() - age_s), *lines)
        return status

    async def send(self, target: str, body: bytes = b"", *lines: str, method: str = "POST") -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer to a request as it is written here."""
        head = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.inbox.port}", f"Content-Length: {len(body)}"]
        return await self.raw("\r\n".join([*head, "Connection: close", *lines, "", ""]).encode("latin-1") + body)

    async def raw(self, request: bytes) -> tuple[int, bytes, bytes]:
        """The same for bytes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.inbox.port)
        try:
            writer.write(request)
            answer = await reader.read()
        finally:
            writer.close()
        head, _, rest = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), head, rest


def stripe_signed(body: bytes, at: float, secret: str = SIGNING["stripe"]) -> str:
    """The header line that Stripe's signature stands in."""
    mark = hmac.new(secret.encode(), b"%d.%b" % (at, body), sha256).hexdigest()
    return f"Stripe-Signature: t={int(at)},v1={mark}"


def stripe_event(name: str = "evt_1", kind: str = "charge.succeeded", thing: str = "ch_1") -> bytes:
    """The body of an event of Stripe's."""
    return json.dumps({"id": name, "type": kind, "data": {"object": {"id": thing}}}).encode()


def configured(
    vendors: tuple[str, ...], store: Path, url: str, changes: dict[str, Any], bases: Mapping[str, str] = NOWHERE
) -> Config:
    """A configuration with a source for each vendor, and one app. `bases` are the vendors' own addresses."""
    sources = {name: {"vendor": name, "apps": ["shop"]} for name in vendors if name in SIGNING}
    whole = {
        "listen": "127.0.0.1:0",
        "store": str(store),
        "use": {
            name: {"secret": "env:KEY", **({"base_url": bases[name], "private_addresses": "allow"} if bases else {})}
            for name in vendors
        },
        "inbox": {"listen": "127.0.0.1:0", "sources": sources, **changes.pop("inbox", {})},
        "apps": {"shop": {"webhooks": {"url": url, "secrets": ["env:SHOP_HOOKS"], **changes.pop("webhooks", {})}}},
        **changes,
    }
    return Config.model_validate_json(json.dumps(whole))


def loaded_vendors(names: tuple[str, ...]) -> dict[str, LoadedVendor]:
    """Vendors that ship with Tidegate."""
    paths = find_vendors()
    return {name: load_vendor(paths[name]) for name in names}


@asynccontextmanager
async def inbox_town(
    folder: Path, vendors: tuple[str, ...] = ("stripe",), world: World | None = None, **changes: Any
) -> AsyncIterator[InboxTown]:
    """`changes` replace parts of tidegate.yaml; `inbox` and `webhooks` those of these blocks."""
    world, app, environ = world or RealWorld(), App(), ENVIRON | changes.pop("environ", {})
    lines: list[bytes] = []
    async with AsyncExitStack() as stack:
        server = web.Server(app.handle, access_log=None)
        listener = await world.listen(server, "127.0.0.1", 0)
        stack.push_async_callback(server.shutdown, 0.1)
        stack.push_async_callback(listener.close)
        app.url = f"http://127.0.0.1:{listener.port}/hooks"
        loaded, simulators = loaded_vendors(vendors), {}
        documents = {name: Document.load(vendor.document_path) for name, vendor in loaded.items()}
        for name, vendor in loaded.items():
            signing = (SIGNING[name],) if name in SIGNING else ()
            clock = MovableWorld(world)
            simulators[name] = SimulatorServer(clock, documents[name], vendor.vendor, 1, webhook_secrets=signing)
            await simulators[name].start(control_port=None)
            stack.push_async_callback(simulators[name].close)
        urls = {name: f"http://127.0.0.1:{simulator.port}" for name, simulator in simulators.items()}
        config = configured(vendors, folder / "store.db", app.url, changes, urls)
        proxy = Proxy(world, config, loaded, environ=environ, sink=lines.append, documents=documents)
        stack.push_async_callback(proxy.close)
        await proxy.start()
        assert config.inbox is not None
        in_force = lambda: (proxy.config, proxy.parts.inbox.routes)  # noqa: E731
        parts = proxy.parts
        inbox = Inbox(world, config.inbox, parts.store, proxy.telemetry, parts.inbox.metrics, in_force, proxy.reads)
        stack.push_async_callback(inbox.close)
        await inbox.start()
        town = InboxTown(proxy, inbox, app, simulators, lines)
        for name, simulator in simulators.items():
            if name in SIGNING:
                simulator.webhooks.register(town.url(name))
        yield town
