"""No answer is ever given across credentials, apps or accounts, whatever is asked in whatever order."""

import asyncio
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy import examples
from tidegate.policy.cache import Cache
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.stages import cache
from tidegate.proxy.upstream.answer_cache import AnswerCache
from tidegate.proxy.upstream.request_writer import RequestWriter
from tidegate.proxy.upstream.vendor_cache import VendorCache
from tidegate.redaction.secret import Secret
from tidegate.vendor.vendor import Auth, Vendor


def reading(answers: AnswerCache, secret: str, scope: str) -> Any:
    """The stage of one credential. What it asks answers with whom it was asked for."""
    auth = Auth.model_validate({"scheme": "bearer", "secret": "env:KEY"})
    credential = Credential(auth, Secret(secret))
    facts = examples.facts(base_url="http://v.example")
    vendor = Vendor.model_construct(purpose="", document="", vendor="v", facts=facts, operations={})
    held = VendorCache(
        answers, vendor, "http://v.example", credential, RequestWriter(facts, "http://v.example", credential)
    )
    world = SimpleNamespace(now=lambda: 1.0, uptime=lambda: 9.0, wall=lambda: 1.0)
    upstream: Any = SimpleNamespace(echo_mask=None, cache=held, world=world, address="http://v.example")

    async def vendor_says(call: Any) -> Reply:
        account = call.headers.get("Stripe-Account", "")
        who = (secret, call.app if scope == "app" else "", account, call.path)
        names = CIMultiDictProxy(CIMultiDict({"Cache-Control": "max-age=60"}))
        lines = ((b"Cache-Control", b"max-age=60"),)
        return Reply(200, "OK", lines, repr(who).encode(), Verdict.SUCCESS, vendor_headers=names)

    rules = Cache.model_validate({"shared": scope})
    return cache.stage(examples.plan(idempotency="safe", method="GET", cache=rules), upstream, vendor_says)


ASKED = st.tuples(
    st.sampled_from(["sk_one", "sk_two"]),
    st.sampled_from(["shop", "desk"]),
    st.sampled_from(["", "acct_1", "acct_2"]),
    st.sampled_from(["/a", "/a?b", "/ab"]),
)


@given(scope=st.sampled_from(["app", "credential"]), asked_for=st.lists(ASKED, max_size=30))
def test_no_answer_is_ever_given_across_credentials_apps_or_accounts(scope: str, asked_for: list[Any]) -> None:
    answers = AnswerCache(1_000_000)
    stages = {secret: reading(answers, secret, scope) for secret in ("sk_one", "sk_two")}

    async def ask() -> None:
        for secret, app, account, path in asked_for:
            lines = {"Stripe-Account": account} if account else {}
            raw = tuple((name.encode(), value.encode()) for name, value in lines.items())
            headers = CIMultiDictProxy(CIMultiDict(lines))
            call = examples.call(app=app, method="GET", path=path, headers=headers, raw_headers=raw)
            reply = await stages[secret](call)
            assert reply.body == repr((secret, app if scope == "app" else "", account, path)).encode()

    asyncio.run(ask())
    assert len(answers) == len({(one[0], one[1] if scope == "app" else "", *one[2:]) for one in asked_for})
