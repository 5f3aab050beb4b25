"""A running `tidegate serve` takes up changed files: by itself, at SIGHUP, and at the admin page's word."""

import json
import signal
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.asking import Meanwhile, client
from tests.acceptance.programs import House, Proxy, eventually, vendor_folder

pytestmark = pytest.mark.slow


def change(proxy_folder: Path, **settings: object) -> None:
    file = proxy_folder / "tidegate.yaml"
    file.write_text(json.dumps({**json.loads(file.read_text()), **settings}))


def reload(proxy: Proxy) -> tuple[int, Any]:
    admin = next(line for line in proxy.lines if "admin on" in line).rpartition("admin on ")[2]
    request = urllib.request.Request(f"{admin}/reload", b"{}", {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def test_a_change_comes_into_force_while_a_call_is_under_way(house: House) -> None:
    vendors = vendor_folder(house.folder, lambda _: None)
    proxy = house.serve(vendors=vendors)
    house.vendor.fails(kind="latency", delay="3s")
    under_way = Meanwhile(client(proxy), "o-1", "key-1")
    eventually(house.vendor.journal, "the payment at the vendor")
    file = vendors / "stripe" / "vendor.yaml"
    content = json.loads(file.read_text())
    content["policy"]["budget"] = "19s"
    file.write_text(json.dumps(content))
    proxy.says(r'"note":"vendor file reloaded"')
    assert under_way.result().status == "succeeded"
    change(house.folder, drain="4s")
    proxy.process.send_signal(signal.SIGHUP)
    proxy.says(r'"note":"tidegate.yaml reloaded"')
    assert proxy.end() == 0


def test_what_needs_a_restart_is_refused_and_told_to_who_asked(house: House) -> None:
    proxy = house.serve()
    assert reload(proxy) == (200, {"reloaded": [], "refused": {}})
    change(house.folder, store="other.db", drain="4s")
    status, told = reload(proxy)
    assert status == 409
    assert told["refused"]["tidegate.yaml"].startswith("store: a running Tidegate cannot change this; restart it")
    change(house.folder, store="store.db")
    assert reload(proxy) == (200, {"reloaded": ["tidegate.yaml"], "refused": {}})
    assert proxy.end() == 0
