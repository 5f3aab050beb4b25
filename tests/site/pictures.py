"""Draws the pictures of the documentation anew, from the program itself: `make pictures`.

One is what `tidegate demo` prints, as SVG. The other is the console of a running proxy before four simulated vendors,
one of which has gone away, as Chromium shows it. Both are committed in docs/pictures: a build of the site needs no
browser.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import aiohttp
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from tests.site.source import ROOT
from tidegate.loadtests.programs import Program, answers, free_port, tidegate
from tidegate.simulator import Simulator
from tidegate.world.world import RealWorld

PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = os.environ.get("TIDEGATE_CHROMIUM") or "/usr/bin/chromium"
COLUMNS = 84
TRAFFIC_S, TROUBLE_S = 100.0, 60.0
"""The traffic goes on for so long before the console is taken; the trouble begins after so much of it."""
WIDE, HIGH = 1280, 720
_FONT = re.compile(r"@font-face\s*\{[^}]*\}")
_CURSOR = re.compile(r"\x1b\[\?25[lh]")


class Errand(NamedTuple):
    """What an app asks a vendor for, again and again. `content` is JSON, `form` a form."""

    app: str
    vendor: str
    secret: str
    every_s: float
    method: str
    path: str
    form: dict[str, str] | None = None
    content: object = None


_MAIL = {
    "personalizations": [{"to": [{"email": "ada@example.com"}]}],
    "from": {"email": "shop@example.com"},
    "subject": "Your order",
    "content": [{"type": "text/plain", "value": "It is on its way."}],
}
_TALK = {"model": "m", "messages": [{"role": "user", "content": "one two"}]}
ERRANDS = (
    Errand("shop", "stripe", "STRIPE_API_KEY", 0.1, "POST", "/v1/customers", form={"email": "ada@example.com"}),
    Errand("bot", "github", "GITHUB_TOKEN", 0.25, "GET", "/user"),
    Errand("helper", "openai", "OPENAI_API_KEY", 0.5, "POST", "/chat/completions", content=_TALK),
    Errand("shop", "sendgrid", "SENDGRID_API_KEY", 0.3, "POST", "/v3/mail/send", content=_MAIL),
)


def terminal_svg(printed: str, title: str) -> str:
    """What a program printed in colour, as a picture that asks nobody for a font."""
    console = Console(record=True, force_terminal=True, color_system="truecolor", width=COLUMNS, file=StringIO())
    console.print(Text.from_ansi(_CURSOR.sub("", printed).strip("\n")))
    return _FONT.sub("", console.export_svg(title=title, theme=DIMMED_MONOKAI))


def demo_picture() -> bytes:
    """What `tidegate demo` prints."""
    environ = {**os.environ, "FORCE_COLOR": "1", "TTY_INTERACTIVE": "0", "COLUMNS": str(COLUMNS)}
    done = subprocess.run(tidegate("demo"), env=environ, capture_output=True, text=True, check=True, timeout=300)
    return terminal_svg(done.stdout, "tidegate demo").encode()


def console_picture() -> bytes:
    """The console's first page while a vendor is away."""
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder)) as (port, admin, simulators):
        asyncio.run(_traffic(port, simulators))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, color_scheme="light")
            answer = page.goto(f"http://127.0.0.1:{admin}/console/")
            if answer is None or not answer.ok:
                raise RuntimeError(f"the console has no page: {page.content()}")
            shot = page.screenshot()
            browser.close()
    return shot


@contextmanager
def _running(folder: Path) -> Iterator[tuple[int, int, dict[str, Simulator]]]:
    """A proxy before a simulator of each vendor: its port, its admin port, and the simulators."""
    port, admin = free_port(), free_port()
    with ExitStack() as stack:
        simulators = {errand.vendor: stack.enter_context(Simulator(errand.vendor)) for errand in ERRANDS}
        lines = [f"listen: 127.0.0.1:{port}", f"admin: 127.0.0.1:{admin}", "store: store.db"]
        lines += ["telemetry: {log: none}", "use:"]
        lines += [
            f'  {vendor}: {{base_url: "{simulator.url}", private_addresses: allow}}'
            for vendor, simulator in simulators.items()
        ]
        lines += ["tokens:", *(f"  - {{app: {app}, token: 'env:TOKEN_{app}'}}" for app in _apps())]
        (folder / "tidegate.yaml").write_text("\n".join(lines))
        secrets = {errand.secret: "simulated" for errand in ERRANDS}
        tokens = {f"TOKEN_{app}": _token(app) for app in _apps()}
        environ = {**os.environ, **secrets, **tokens}
        program = stack.enter_context(Program("serve", tidegate("serve"), folder, environ=environ))
        program.wait_until(answers(admin, "/readyz"))
        yield port, admin, simulators


async def _traffic(port: int, simulators: dict[str, Simulator]) -> None:
    """All errands at once, with trouble in the second part."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=40)) as client:
        running = [asyncio.ensure_future(_run(client, port, errand)) for errand in ERRANDS]
        world = RealWorld()
        await world.sleep(TROUBLE_S)
        simulators["sendgrid"].arm(kind="outage", mode="status")
        simulators["stripe"].arm(kind="reset_after", probability="10%")
        await world.sleep(TRAFFIC_S - TROUBLE_S)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _run(client: aiohttp.ClientSession, port: int, errand: Errand) -> None:
    world, number = RealWorld(), 0
    calls: set[asyncio.Task[None]] = set()
    while True:
        number += 1
        task = asyncio.ensure_future(_call(client, port, errand, number))
        calls.add(task)
        task.add_done_callback(calls.discard)
        await world.sleep(errand.every_s)


async def _call(client: aiohttp.ClientSession, port: int, errand: Errand, number: int) -> None:
    headers = {"Authorization": f"Bearer {_token(errand.app)}", "Idempotency-Key": f"{errand.vendor}-{number}"}
    url = f"http://127.0.0.1:{port}/{errand.vendor}{errand.path}"
    body = {"data": errand.form} if errand.content is None else {"json": errand.content}
    with suppress(aiohttp.ClientError, TimeoutError):
        async with client.request(errand.method, url, headers=headers, **body) as answer:
            await answer.read()


def _apps() -> list[str]:
    return sorted({errand.app for errand in ERRANDS})


def _token(app: str) -> str:
    return f"made-up-token-of-the-picture-{app}"


MADE = {"demo.svg": demo_picture, "console.png": console_picture}


def main() -> int:
    """Draw all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[*MADE], help=f"which: {', '.join(MADE)}")
    PICTURES.mkdir(exist_ok=True)
    for name in parser.parse_args().names:
        (PICTURES / name).write_bytes(MADE[name]())
        print(PICTURES / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
