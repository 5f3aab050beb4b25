"""An order as Shopify's webhooks have it: the fields of its documentation's example that matter here, and some more."""

import json
from typing import Any

PAYLOAD: dict[str, Any] = {
    "id": 820982911946154508,
    "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
    "name": "#1001",
    "created_at": "2025-12-31T19:00:00-05:00",
    "updated_at": "2026-01-01T01:00:00+01:00",
    "cancelled_at": None,
    "currency": "USD",
    "financial_status": "paid",
    "total_price": "398.00",
    "email": "jon@example.com",
    "line_items": [
        {
            "id": 1,
            "sku": "IPOD-342-N",
            "variant_id": 808950810,
            "quantity": 2,
            "current_quantity": 1,
            "price": "199.00",
        },
        {"id": 2, "sku": None, "variant_id": 49148385, "quantity": 1, "price": "199.00"},
        {"id": 3, "sku": "GONE", "variant_id": 5, "quantity": 3, "current_quantity": 0, "price": "1.00"},
    ],
    "shipping_address": {
        "name": "Steve Shipper",
        "address1": "123 Shipping Street",
        "address2": None,
        "city": "Shippington",
        "zip": "40003",
        "province": "Kentucky",
        "province_code": "KY",
        "country": "United States",
        "country_code": "US",
    },
}


def payload(**changes: Any) -> bytes:
    """The order with other values."""
    return json.dumps({**PAYLOAD, **changes}).encode()
