"""Secrets are exchanged under load, from each kind of source, and no call fails: real proxy, real simulator."""

import contextlib
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.programs import KEY, WAIT_S, House, Proxy, eventually
from tests.proxy.secrets.mounts import Mount
from tests.vault_server import ROOT_TOKEN, running

pytestmark = pytest.mark.slow

CALLERS = 4
POLL = "200ms"


class Load:
    """Callers that read and write through a proxy until they are told to end."""

    def __init__(self, proxy: Proxy, callers: int = CALLERS) -> None:
        self.statuses: Counter[str] = Counter()
        self._proxy, self._stop = proxy, threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(n,), daemon=True) for n in range(callers)]
        for thread in self._threads:
            thread.start()

    def end(self) -> Counter[str]:
        self._stop.set()
        for thread in self._threads:
            thread.join(WAIT_S)
        return self.statuses

    def goes_on(self, more: int = 40) -> None:
        """Wait for so many calls more."""
        before = self.statuses.total()
        eventually(lambda: self.statuses.total() >= before + more, "more calls")

    def _call(self, number: int) -> None:
        count = 0
        while not self._stop.is_set():
            count += 1
            data = b"name=Ada" if count % 2 else None
            request = urllib.request.Request(
                f"{self._proxy.stripe}/v1/customers", data, {"Authorization": f"Bearer app-{number}"}
            )
            try:
                with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
                    answer.read()
                    self.statuses[str(answer.status)] += 1
            except urllib.error.HTTPError as error:
                self.statuses[f"{error.code} {error.headers.get('Tidegate-Problem')} {error.read()[:200]!r}"] += 1
            except OSError as error:
                self.statuses[repr(error)] += 1


def wears(house: House, key: str) -> Callable[[], bool]:
    """Whether the vendor's last request came with this key."""
    return lambda: house.vendor.journal()[-1]["app"] == "***" + key[-4:]


def serve(house: House, secret: str, **settings: Any) -> Proxy:
    use = {"base_url": house.vendor.url, "private_addresses": "allow", "secret": secret}
    secrets = {"poll": POLL, **settings.pop("secrets", {})}
    return house.serve(use={"stripe": use}, secrets=secrets, **settings)


def accepts(house: House, *keys: str) -> None:
    house.vendor.control("PUT", "/keys", {"keys": keys})


def rotate_three_times(house: House, proxy: Proxy, put: Callable[[str], None]) -> Counter[str]:
    """New keys, each with an overlap at the vendor, after which the old one is refused."""
    load, old = Load(proxy), KEY
    for number in (2, 3, 4):
        load.goes_on()
        new = f"sk_test_rotated_{number}{number}{number}{number}"
        accepts(house, old, new)
        put(new)
        eventually(wears(house, new), f"{new} at the vendor")
        accepts(house, new)
        load.goes_on()
        old = new
    return load.end()


def private(path: Path, text: str) -> None:
    beside = path.with_name("beside")
    beside.write_text(text)
    beside.chmod(0o600)
    beside.replace(path)


@contextlib.contextmanager
def a_place(kind: str, folder: Path) -> Iterator[tuple[str, dict[str, Any], Callable[[str], None]]]:
    """A reference to a secret, the settings of its source, and what puts another there."""
    if kind == "file":
        file = folder / "key"
        private(file, KEY)
        yield f"file:{file}", {}, lambda key: private(file, key)
    elif kind == "kubernetes":
        mount = Mount(folder / "mount", key=KEY, other="x")
        yield mount.ref("key"), {}, lambda key: mount.swap(key=key, other="x")
    else:
        with running(folder) as vault:
            vault.put("stripe", key=KEY)
            token = folder / "token"
            private(token, ROOT_TOKEN)
            settings = {"vault": {"address": vault.url, "auth": "token", "token": f"file:{token}"}}
            yield "vault:secret/stripe#key", settings, lambda key: vault.put("stripe", key=key)


@pytest.mark.parametrize("kind", ["file", "kubernetes", "vault"])
def test_a_secret_is_exchanged_under_load_and_no_call_fails(house: House, kind: str) -> None:
    with a_place(kind, house.folder) as (secret, settings, put):
        proxy = serve(house, secret, secrets=settings)
        statuses = rotate_three_times(house, proxy, put)
        assert proxy.end() == 0
    assert {*statuses} == {"200"}, statuses
    assert statuses.total() >= 200
    assert sum('"note":"secret rotated"' in line for line in proxy.lines) == 3
    assert not any("sk_test" in line for line in proxy.lines)


@pytest.mark.parametrize("bad", ["", "two\nlines", "sk_schlüssel"])
def test_a_bad_new_value_is_refused_and_no_call_fails(house: House, bad: str) -> None:
    file = house.folder / "key"
    private(file, KEY)
    accepts(house, KEY)
    proxy = serve(house, f"file:{file}")
    load = Load(proxy)
    load.goes_on()
    private(file, bad)
    proxy.says(r'"note":"new secret refused; the one before stays in force"')
    load.goes_on()
    admin = next(line for line in proxy.lines if "admin on" in line).rpartition("admin on ")[2]
    with urllib.request.urlopen(f"{admin}/readyz", timeout=WAIT_S) as ready:
        assert b"a new secret is refused" in ready.read()
    private(file, KEY)
    proxy.says(r'"note":"what the source of secrets has is good again"')
    statuses = load.end()
    assert proxy.end() == 0
    assert {*statuses} == {"200"}, statuses


def test_a_new_key_that_the_vendor_refuses_falls_back_and_no_call_fails(house: House) -> None:
    file = house.folder / "key"
    private(file, KEY)
    accepts(house, KEY)
    proxy = serve(house, f"file:{file}")
    load = Load(proxy)
    load.goes_on()
    private(file, "sk_test_nobody_knows")
    proxy.says(r'"note":"secret refused by the vendor: fell back on the former version"')
    load.goes_on()
    accepts(house, KEY, "sk_test_known")
    private(file, "sk_test_known")
    eventually(wears(house, "sk_test_known"), "the good one")
    accepts(house, "sk_test_known")
    load.goes_on()
    statuses = load.end()
    assert proxy.end() == 0
    assert {*statuses} == {"200"}, statuses
