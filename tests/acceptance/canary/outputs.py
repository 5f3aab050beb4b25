"""Everything that came out of a run: what programs printed and wrote, what pages and commands show."""

import sqlite3
import subprocess
from pathlib import Path

import aiohttp

from tests.acceptance.canary.house import House
from tidegate.loadtests.programs import tidegate

PAGES = (
    "/healthz", "/readyz", "/metrics", "/state", "/overview", "/deliveries", "/deliveries?body=redacted",
    "/deliveries?box=inbox", "/deliveries?state=dead&body=redacted", "/audit", "/audit?limit=100", "/nowhere",
)  # fmt: skip
COMMANDS = (
    ("explain", "things", "PostThings"), ("explain", "things"), ("check",), ("blueprint", "things"),
    ("outbox", "list"), ("inbox", "list"), ("dead", "list"), ("dead", "list", "--json"), ("audit", "list"),
    ("audit", "verify"), ("control", "journal"), ("outbox", "show", "canarycanary"),
)  # fmt: skip


async def pages(house: House, session: aiohttp.ClientSession) -> dict[str, bytes]:
    """What the admin port and the simulator's control port show."""
    shown: dict[str, bytes] = {}
    ids: list[str] = []
    for path in PAGES:
        async with session.get(f"http://127.0.0.1:{house.admin}{path}") as answer:
            shown[f"page {path}"] = repr([*answer.headers.items()]).encode() + await answer.read()
            if path == "/deliveries" and answer.status == 200:
                ids = [row["id"] for row in (await answer.json())["deliveries"]]
    for one in ids[:60]:
        async with session.get(f"http://127.0.0.1:{house.admin}/deliveries/{one}?body=redacted") as answer:
            shown[f"page of {one}"] = await answer.read()
    for path in ("/journal", "/operations", "/state", "/webhooks"):
        async with session.get(f"http://127.0.0.1:{house.control}{path}") as answer:
            shown[f"control {path}"] = await answer.read()
    return shown


def commands(house: House) -> dict[str, bytes]:
    """What the command line prints beside a running proxy."""
    environ = {**house.environ(), "TIDEGATE_CONTROL": f"http://127.0.0.1:{house.control}"}
    shown: dict[str, bytes] = {}
    for words in COMMANDS:
        done = subprocess.run(
            tidegate(*words), cwd=house.folder, env=environ, capture_output=True, timeout=60, check=False
        )
        shown[f"tidegate {' '.join(words)}"] = done.stdout + done.stderr
    return shown


def files(folder: Path) -> dict[str, bytes]:
    """Every file that the programs wrote, the store's journal among them, and the store's rows."""
    written: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        own = path.name in ("things.key", "vendor.yaml", "openapi.json", "tidegate.yaml")
        if path.is_file() and not own:
            written[str(path.relative_to(folder))] = path.read_bytes()
    for path in folder.rglob("store.db"):
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        written[f"rows of {path.name}"] = "\n".join(connection.iterdump()).encode()
        connection.close()
    return written


def is_kept(name: str) -> bool:
    """True for the store's files and rows."""
    return "store.db" in name
