"""The proxy in front of a scripted vendor, as a user's test has it: with vendor files that ship with Tidegate."""

from functools import partial

import pytest
from aiohttp import ClientError

from tidegate.problems import UsageError
from tidegate.testing import ProxyResponse, VirtualProxy, run
from tidegate.testing.virtual_proxy import SECRET


def test_a_vendor_on_https_with_a_secret_of_its_own_needs_nothing_but_its_name() -> None:
    async def story() -> None:
        async with VirtualProxy("stripe", [200]) as proxy:
            answer = await proxy.request("GET", "/stripe/v1/customers?limit=3")
            assert (answer.status, answer.body, answer.problem) == (200, b"{}", "")
            [request] = proxy.vendor.received
            assert (request.path, request.headers["Host"]) == ("/v1/customers?limit=3", "api.stripe.com")
            assert SECRET in request.headers["Authorization"]
            assert proxy.log()[-1]["status"] == 200

    run(story)


def test_the_environment_and_the_configuration_are_the_tests() -> None:
    async def story() -> None:
        environ = {"STRIPE_API_KEY": "sk_test_of_mine", "SHOP": "tg_shop"}
        config = {"tokens": [{"app": "shop", "token": "env:SHOP"}]}
        async with VirtualProxy("stripe", [200], config=config, environ=environ) as proxy:
            stranger = await proxy.request("GET", "/stripe/v1/customers")
            assert (stranger.status, stranger.problem) == (401, "app-unauthorized")
            shop = await proxy.request("GET", "/stripe/v1/customers", headers={"Authorization": "Bearer tg_shop"})
            assert shop.status == 200
            assert "sk_test_of_mine" in proxy.vendor.received[0].headers["Authorization"]

    run(story)


def test_a_base_url_of_the_configuration_is_where_the_vendor_is() -> None:
    async def story() -> None:
        config = {"use": {"stripe": {"base_url": "http://vendor.test:8443/sandbox"}}}
        async with VirtualProxy("stripe", [200], config=config) as proxy:
            assert (await proxy.request("GET", "/stripe/v1/customers")).status == 200
            assert proxy.vendor.received[0].path == "/sandbox/v1/customers"
            assert proxy.vendor.received[0].headers["Host"] == "vendor.test:8443"

    run(story)


def test_what_was_answered_before_a_crash_is_answered_again_after_it() -> None:
    async def story() -> None:
        async with VirtualProxy("stripe", [200]) as proxy:

            async def pay() -> ProxyResponse:
                headers = {"Idempotency-Key": "order-1"}
                return await proxy.request("POST", "/stripe/v1/payment_intents", headers=headers, body=b"amount=1")

            first = await pay()
            proxy.crash()
            with pytest.raises(ClientError):
                await pay()
            await proxy.restart()
            again = await pay()
            assert [request.body for request in proxy.vendor.received] == [b"amount=1"]
            assert (first.body, again.body, again.headers["idempotency-replayed"]) == (b"{}", b"{}", "true")

    run(story)


def test_the_same_seed_gives_the_same_run_and_another_one_another() -> None:
    async def story(seed: int) -> list[float]:
        async with VirtualProxy("stripe", [503, 503, 200], seed=seed) as proxy:
            await proxy.request("GET", "/stripe/v1/customers")
            return [request.at_s for request in proxy.vendor.received]

    first, again, other = (run(partial(story, seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_a_vendor_that_nobody_knows_is_refused() -> None:
    async def story() -> None:
        VirtualProxy("stripey", [200])

    with pytest.raises(UsageError, match="stripey"):
        run(story)
