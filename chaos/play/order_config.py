"""The configuration of the order flow, virtual and live: its vendors, secrets, tidegate.yaml and shipped scenario."""

import base64
from pathlib import Path
from typing import Any, Final

import tidegate.chaos
from tidegate.scenario.scenario import Scenario, load_scenario

SHOP, WAREHOUSE = "shopify", "warehouse"
ADDRESSES: Final = {SHOP: "198.51.100.20", WAREHOUSE: "198.51.100.30"}
VENDOR_PORT = 80
VENDOR_DELAY_S = 0.02
PROXY_PORT, INBOX_PORT, APP_PORT = 8080, 8082, 3000

STORE = "store.db"
TOKEN = "local"  # noqa: S105 - any is good on loopback
SECRETS: Final = {
    "SHOPIFY_TOKEN": "shpat_the_token_that_no_output_may_show",
    "SHOPIFY_WEBHOOK_SECRET": "shpss_the_secret_that_no_output_may_show",
    "WAREHOUSE_API_KEY": "wms_the_key_that_no_output_may_show",
    "ORDER_APP_SECRET": "whsec_" + base64.b64encode(b"that no output may show either!!").decode(),
}

STAMP_HEADER: Final = "X-Shopify-Triggered-At"
"""When the shop sent a webhook."""
TOPICS: Final = ("orders/create", "orders/updated", "orders/cancelled")
"""Those whose webhooks carry the whole order; orders/edited and orders/delete do not."""


def configuration(addresses: dict[str, str], *, ports: tuple[int, int] = (PROXY_PORT, INBOX_PORT)) -> dict[str, Any]:
    """The tidegate.yaml of the order flow, as data. `addresses` are the base URLs of shop, warehouse and app."""
    source = {"vendor": SHOP, "apps": ["orders"], "events": TOPICS}
    return {
        "listen": f"127.0.0.1:{ports[0]}",
        "admin": "127.0.0.1:0",
        "store": STORE,
        "use": {name: {"base_url": addresses[name], "private_addresses": "allow"} for name in (SHOP, WAREHOUSE)},
        "inbox": {"listen": f"127.0.0.1:{ports[1]}", "sources": {SHOP: source}},
        "apps": {
            "orders": {"webhooks": {"url": addresses["app"], "secrets": ["env:ORDER_APP_SECRET"], "order_by": "/id"}}
        },
    }


def shipped_orders(*, outage: bool = True) -> Scenario:
    """The scenario that comes with Tidegate; without its outage where none is wanted."""
    whole = load_scenario(Path(tidegate.chaos.__file__).parent / "scenarios" / "flows" / "orders.yaml")
    faults = tuple(fault for fault in whole.faults if outage or not fault.outage)
    return whole.model_copy(update={"faults": faults})
