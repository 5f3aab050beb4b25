"""Programs that know nothing but HTTPS_PROXY and a CA file, unchanged: clients, and SDKs that allow no base URL.

As docs/forward-proxy.md tells it, step by step: `tidegate ca init`, `tidegate serve`, the variables, the program. The
vendors are simulated, behind TLS.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.acceptance.programs import ACCOUNT, TIDEGATE, Proxy, Simulated, environment, eventually
from tests.acceptance.tls_front import TlsFront

pytestmark = pytest.mark.slow

CUSTOMERS = "https://api.stripe.com/v1/customers?limit=1"
WEB = Path(__file__).resolve().parents[1] / "web"
ADAPTERS = Path(__file__).resolve().parents[2] / "adapters"
TOKEN = "tg_token_of_the_app"

AIOHTTP = f"""
import aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession(trust_env=True) as session:
        async with session.get("{CUSTOMERS}") as r:
            print(await r.text(), r.status)
asyncio.run(main())
"""
URLLIB = f"import urllib.request as u; r = u.urlopen('{CUSTOMERS}'); print(r.read().decode(), r.status)"
CLIENTS = {
    "curl": ["curl", "-sS", "-u", "own:", "-w", " %{http_code}", CUSTOMERS],
    "requests": ["python", f"import requests; r = requests.get('{CUSTOMERS}'); print(r.text, r.status_code)"],
    "httpx": ["python", f"import httpx2; r = httpx2.get('{CUSTOMERS}'); print(r.text, r.status_code)"],
    "aiohttp": ["python", AIOHTTP],
    "urllib": ["python", URLLIB],
}

STRIPE = """
import os, stripe
stripe.ca_bundle_path = os.environ["SSL_CERT_FILE"]  # it brings CAs of its own, and looks at no variable
stripe.api_key = "sk_of_the_app"
made = stripe.Customer.create(email="ada@example.com")
print(stripe.Customer.retrieve(made.id).email)
"""
TWILIO = f"""
from twilio.rest import Client
client = Client("{ACCOUNT}", "token_of_the_app")
made = client.messages.create(to="+15005550010", from_="+15005550006", body="Hello")
print(client.messages(made.sid).fetch().body)
"""
ADYEN = """
import Adyen
links = Adyen.Adyen(xapikey="key_of_the_app", platform="test").checkout.payment_links_api
amount = {"currency": "EUR", "value": 1099}
made = links.payment_links({"merchantAccount": "Shop", "reference": "order-1", "amount": amount})
print(links.get_payment_link(made.message["id"]).message["reference"])
"""
SLACK = """
from slack_sdk import WebClient
client = WebClient(token="xoxb-of-the-app")
sent = client.chat_postMessage(channel="C0123456789", text="Hello")
print(client.auth_test()["ok"], sent["ok"])
"""
SDKS = {
    "slack": ("slack", SLACK, "True True"),
    "stripe": ("stripe", STRIPE, "ada@example.com"),
    "twilio": ("twilio", TWILIO, "Hello"),
    "Adyen": ("adyen", ADYEN, "order-1"),
}
"""SDK → its vendor, a program, what it prints."""


@dataclass
class Street:
    """The vendors, the proxy, and the environment in which a program is started."""

    folder: Path
    vendors: dict[str, Simulated]
    proxy: Proxy
    bundle: Path

    def run(self, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program that knows the proxy and the CA from its environment alone."""
        program = [sys.executable, "-c", command[1]] if command[0] == "python" else command
        proxy, bundle = f"http://app:{TOKEN}@127.0.0.1:{self.proxy.port}", str(self.bundle)
        told = {"HTTPS_PROXY": proxy, "https_proxy": proxy, "SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle}
        told |= {"CURL_CA_BUNDLE": bundle, "NODE_EXTRA_CA_CERTS": bundle}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.run(
            program, env=kept | told | variables, capture_output=True, text=True, timeout=60, check=False
        )

    def journal(self, vendor: str) -> list[dict[str, Any]]:
        return self.vendors[vendor].journal()


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    with ExitStack() as running:
        vendors, use = {}, {}
        for name in ("stripe", "twilio", "adyen", "slack"):
            vendors[name] = Simulated(folder, name)
            running.callback(vendors[name].close)
            port = urlsplit(vendors[name].url).port
            assert port is not None
            front = running.enter_context(TlsFront(folder, port))
            use[name] = {"base_url": front.url, "private_addresses": "allow", "ca": str(front.ca)}
        (folder / "token").write_text(TOKEN)
        own = folder / "vendors" / "adyen"  # the SDK of today speaks v72
        shutil.copytree(ADAPTERS / "adyen", own)
        (own / "vendor.yaml").write_text((own / "vendor.yaml").read_text().replace("adyen.com/v71", "adyen.com/v72"))
        tokens = [{"app": "shop", "token": f"file:{folder / 'token'}"}]
        settings: dict[str, Any] = {"use": use, "forward": {"ca": {}}, "tokens": tokens}
        (folder / "tidegate.yaml").write_text(json.dumps(settings | {"vendors": ["vendors"]}))
        for words in (["init"], ["export", "-o", "bundle.pem"]):
            subprocess.run([TIDEGATE, "ca", *words], cwd=folder, env=environment(), check=True, capture_output=True)
        proxy = Proxy(
            folder, "", **{name: value for name, value in settings.items() if name != "vendors"}, vendors=own.parent
        )
        running.callback(proxy.close)
        yield Street(folder, vendors, proxy, folder / "bundle.pem")


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_reaches_the_vendor_unchanged(street: Street, name: str) -> None:
    if name == "curl" and shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    before = len(street.journal("stripe"))
    ended = street.run(CLIENTS[name])
    assert ended.returncode == 0, ended.stderr
    assert '"list"' in ended.stdout, ended.stdout
    assert ended.stdout.rstrip().endswith(" 200")
    [one] = street.journal("stripe")[before:]
    assert one["path"].startswith("/v1/customers")


@pytest.mark.parametrize("name", SDKS)
def test_an_sdk_that_allows_no_base_url_works_unchanged(street: Street, name: str) -> None:
    vendor, program, prints = SDKS[name]
    before = len(street.journal(vendor))
    ended = street.run(["python", program])
    assert (ended.returncode, ended.stdout.strip()) == (0, prints), ended.stderr
    assert len(street.journal(vendor)) - before == 2
    mine = eventually(lambda: [one for one in street.proxy.calls() if one.get("vendor") == vendor], "they are logged")
    assert {line["app"] for line in mine} == {"shop"}


def test_a_write_whose_answer_is_lost_is_made_once(street: Street) -> None:
    street.vendors["stripe"].fails(kind="reset_after", first_n=1)
    before = len(street.vendors["stripe"].effects("customer"))
    ended = street.run(["python", STRIPE.replace("ada@", "once@")])
    assert ended.stdout.strip() == "once@example.com", ended.stderr
    street.vendors["stripe"].works()
    made = [entry for entry in street.journal("stripe") if entry["path"] == "/v1/customers"]
    assert len(made) >= 2
    assert len(street.vendors["stripe"].effects("customer")) - before <= 1


def test_what_no_rule_allows_and_who_shows_no_token_is_refused(street: Street) -> None:
    denied = street.run(["curl", "-sS", "https://evil.example/"])
    assert "403" in denied.stderr
    nobody = f"http://127.0.0.1:{street.proxy.port}"
    assert "407" in street.run(["curl", "-sS", CUSTOMERS], https_proxy=nobody, HTTPS_PROXY=nobody).stderr


def test_the_vendors_secret_is_put_in_and_the_apps_never_leaves(street: Street) -> None:
    street.run(CLIENTS["curl"])
    lines = "\n".join(street.proxy.lines)
    assert TOKEN not in lines
    assert "own" not in json.dumps(street.journal("stripe")[-1].get("headers", {}))


@pytest.mark.web
def test_nodes_fetch_works_with_the_proxy_from_its_environment(street: Street) -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules" / "undici").is_dir():
        missing = "node with undici is not here; `make test-web` installs it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    ended = street.run([node, str(WEB / "fetch_app.mjs")])
    assert (ended.returncode, ended.stdout.strip()) == (0, "200 200 node@example.com"), ended.stderr
