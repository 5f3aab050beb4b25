"""Where items are signed one by one, all of them must be the vendor's."""

from typing import Any

import orjson

from tests.proxy.policies.webhooks.signed import ADYEN_KEY, recipe
from tidegate.proxy.policies.webhooks.signature_keys import keys_of
from tidegate.proxy.policies.webhooks.signed_items import items_of, signed_item_secret
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw
from tidegate.simulator.behaviour.signatures import sealed

OLD = "ab" * 32


def notification(*references: str, key: str = ADYEN_KEY) -> Any:
    """A notification whose items are signed with a key."""
    amount = {"value": 1, "currency": "EUR"}
    items = [{"NotificationRequestItem": {"pspReference": name, "amount": amount}} for name in references]
    return orjson.loads(sealed("adyen", orjson.dumps({"notificationItems": items}), (key,)))


def secret_of(document: Any) -> int | WebhookFlaw:
    adyen = recipe("adyen")
    return signed_item_secret(adyen, keys_of(adyen.grammar, [ADYEN_KEY, OLD]), orjson.dumps(document))


def test_each_item_is_looked_at() -> None:
    document = notification("P1", "P2", "P3")
    assert secret_of(document) == 0
    document["notificationItems"][2]["NotificationRequestItem"]["pspReference"] = "P4"
    assert secret_of(document) is WebhookFlaw.NO_MATCH
    # Adyen's own library for Python looked at the first item alone (adyen-python-api-library, pull request 305).


def test_the_oldest_secret_is_told() -> None:
    both = notification("P1")
    both["notificationItems"] += notification("P2", key=OLD)["notificationItems"]
    assert secret_of(both) == 1
    both["notificationItems"].reverse()
    assert secret_of(both) == 1


def test_an_item_without_a_signature_is_refused() -> None:
    document = notification("P1", "P2")
    del document["notificationItems"][1]["NotificationRequestItem"]["additionalData"]
    assert secret_of(document) is WebhookFlaw.NO_SIGNATURE


def test_a_scheme_without_a_list_signs_the_whole_document() -> None:
    assert items_of(recipe("mailgun"), {"a": 1}) == [{"a": 1}]
    assert items_of(recipe("adyen"), {"a": 1}) is WebhookFlaw.MALFORMED_BODY
