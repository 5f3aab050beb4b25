"""Domain ports and the vendors behind them, spoken to in plain HTTP through a proxy.

The names below are public: docs/api/adapters.md. Of the ground this imports the problems and their types alone.
"""

from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Conflict,
    KeyReused,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    Undelivered,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.orders import (
    Fulfilment,
    FulfilmentState,
    Order,
    OrderLine,
    Orders,
    OrderUnreadable,
    Outdated,
    PaymentState,
    PostalAddress,
    Warehouse,
)
from tidegate.adapters.ports.payments import (
    Declined,
    Payment,
    PaymentPage,
    Payments,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.stripe.adapter import StripePayments
from tidegate.adapters.warehouse.adapter import HttpWarehouse
from tidegate.adapters.webhook_signature import SignatureRefused, SignedPost, WebhookVerifier

__all__ = [
    "Conflict",
    "Declined",
    "Deferred",
    "Fulfilment",
    "FulfilmentState",
    "Gateway",
    "GatewayResponse",
    "HttpWarehouse",
    "KeyReused",
    "Misconfigured",
    "Money",
    "NotFound",
    "Order",
    "OrderLine",
    "OrderUnreadable",
    "Orders",
    "OutcomeUnknown",
    "Outdated",
    "Payment",
    "PaymentPage",
    "PaymentState",
    "PaymentStatus",
    "Payments",
    "PostalAddress",
    "RateLimited",
    "Refund",
    "RefundStatus",
    "Rejected",
    "ShopifyOrders",
    "SignatureRefused",
    "SignedPost",
    "StripePayments",
    "Unavailable",
    "Undelivered",
    "VendorContractBroken",
    "VendorFailure",
    "Warehouse",
    "WebhookVerifier",
    "segment",
]
