"""A running `tidegate serve` whose store has deliveries, for the tests of the commands that look at them."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.desk.letters import accept, dead, letter, settle_all
from tests.proxy.store.places import Place
from tidegate.cli import main
from tidegate.loadtests.programs import Program, answers, free_port, tidegate
from tidegate.proxy.policies.delivery.delivery import NewDelivery, Settlement
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.world.world import RealWorld

SECRET = "sk_test_post_office_canary"
TOKEN = "tg_post_office"


@dataclass
class PostOffice:
    """A proxy, and where its admin port is."""

    program: Program
    admin: int
    gateway: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.admin}"


def letters() -> list[NewDelivery]:
    """Twelve dead ones; of these two were never sent, and one holds the vendor's secret."""
    dead_ones = [letter(n, operation="PostRefunds" if n % 2 else "PostCharges") for n in range(12)]
    dead_ones[3] = letter(
        3, headers=json.dumps([["Content-Type", "application/json"], ["Authorization", f"Bearer {SECRET}"]]).encode(),
        body=json.dumps({"note": SECRET, "amount": 3}).encode(), destination=f"/v1/refunds?key={SECRET}",
    )  # fmt: skip
    return dead_ones


async def _fill(store_file: Path) -> None:
    async with Place(lambda: SqliteStore(RealWorld(), str(store_file))).opened(RealWorld().wall()) as store:
        deliveries = store.deliveries
        await accept(deliveries, *letters())
        await settle_all(deliveries, dead(status=400, outcome="not applied"))
        await accept(deliveries, letter(20, deadline=2.0), letter(21, deadline=2.0))
        await settle_all(deliveries, dead("expired"), age_s=3.0)
        await accept(deliveries, letter(30), letter(31))
        await settle_all(deliveries, Settlement("parked", detail="nobody can tell"))
        await accept(deliveries, letter(40, not_before=1e6), letter(41, box="inbox", app="desk", not_before=1e6))


@contextmanager
def post_office(home: Path, environ: dict[str, str]) -> Iterator[PostOffice]:
    """Runs for as long as the block. A tidegate.yaml in `home` leads to it."""
    asyncio.run(_fill(home / "store.db"))
    admin, gateway = free_port(), free_port()
    nowhere = f"http://127.0.0.1:{free_port()}"  # what is sent again meets nobody
    (home / "tidegate.yaml").write_text(
        f"listen: 127.0.0.1:{gateway}\nadmin: 127.0.0.1:{admin}\nstore: store.db\n"
        "tokens: [{app: shop, token: 'env:SHOP_TOKEN'}]\n"
        f'use: {{stripe: {{base_url: "{nowhere}", private_addresses: allow}}}}\n'
    )
    with Program(
        "proxy", tidegate("serve"), home, environ=environ | {"STRIPE_API_KEY": SECRET, "SHOP_TOKEN": TOKEN}
    ) as program:
        program.wait_until(answers(admin, "/readyz"))
        yield PostOffice(program, admin, gateway)


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    """What a command prints, and what it tells on standard error."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(words)
    out, err = capsys.readouterr()
    assert left.value.code == code, out + err
    assert "Traceback" not in err
    assert SECRET not in out + err
    return out, err


def document(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """The one JSON document that a command prints."""
    return json.loads(said(capsys, *words, "--json")[0])
