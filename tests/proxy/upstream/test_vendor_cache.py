"""Tests of tidegate.proxy.upstream.vendor_cache."""

import asyncio
from typing import Any

from tests.proxy import examples
from tests.proxy.policies.stored_answers import headers, kept, rules
from tidegate.policy.policy import OperationSettings
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.upstream.answer_cache import AnswerCache, Key
from tidegate.proxy.upstream.request_writer import RequestWriter
from tidegate.proxy.upstream.vendor_cache import VendorCache, place_of
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth, Vendor


def vendor(name: str = "v", pin: str = "1", **operations: Any) -> Vendor:
    facts = examples.facts(versioning={"header": "Version", "pin": pin})
    settings = {key: OperationSettings.model_validate(value) for key, value in operations.items()}
    return Vendor.model_construct(purpose="", document="", vendor=name, facts=facts, operations=settings)


def credential(secret: str = "one") -> Credential:
    return Credential(Auth.model_validate({"scheme": "bearer", "secret": "env:KEY"}), Secret(secret))


def made(**operations: Any) -> VendorCache:
    one = vendor(**operations)
    return VendorCache(
        AnswerCache(0), one, "http://v", credential(), RequestWriter(one.facts, "http://v", credential())
    )


def test_vendor_address_credential_and_version_make_a_place_and_it_shows_no_secret() -> None:
    places = {
        place_of(vendor(), "http://v", credential()),
        place_of(vendor("w"), "http://v", credential()),
        place_of(vendor(), "http://w", credential()),
        place_of(vendor(), "http://v", credential("two")),
        place_of(vendor(pin="2"), "http://v", credential()),
    }
    assert len(places) == 5
    assert place_of(vendor(), "http://v", credential()) in places
    assert not any(b"one" in place for place in places)


def test_it_is_used_where_an_operation_is_cached() -> None:
    assert not made(GetThings={"coalesce": "app"}).used
    assert made(GetThings={"cache": {}}).used


def test_what_is_held_is_judged_by_the_settings_in_force() -> None:
    held, key = made(), Key(b"place", "/things", "", "shop", ())
    held.answers.resize(100_000)
    before, short = rules(fresh="1h", despite=("no-store",)), rules(fresh="5s", despite=("no-store",))
    held.answers.put(key, kept(before, Cache_Control="no-store"))
    found = [held.held(key, headers(), given) for given in (before, short, short)]
    assert [one.lifetime_s for one in found if one is not None] == [3600, 5, 5]
    assert held.held(key, headers(), rules(fresh="1h")) is None
    assert len(held.answers) == 0


def test_the_apps_own_credential_tells_nothing() -> None:
    vary_key = made().vary_key(("X-Flavour",))
    assert vary_key.of([(b"Authorization", b"Bearer app"), (b"X-Api-Key", b"k"), (b"Tidegate-Timeout", b"1s")]) == ()
    assert vary_key.of([(b"X-Flavour", b"mint")]) == (("x-flavour", "mint"),)


async def test_a_renewal_runs_until_it_ends_or_the_proxy_closes() -> None:
    held, started, ended = made(), asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    held.start(endless())
    await started.wait()
    await held.close()
    assert ended.is_set()


def test_a_renewal_is_told_to_whoever_listens() -> None:
    held, told = made(), []
    held.note(examples.call(), examples.reply())

    def listen(call: Call, reply: Reply) -> None:
        told.append((call.call_id, reply.status))

    held.listener = listen
    held.note(examples.call(), examples.reply())
    assert told == [("c1", 200)]
