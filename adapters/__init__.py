"""Domain ports and the vendors behind them, spoken to in plain HTTP through a proxy.

The names below are public: docs/api/adapters.md. Of the ground this imports the problems and their types alone.
"""

from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.ports.failures import (
    Conflict,
    KeyReused,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import (
    Declined,
    Payment,
    PaymentPage,
    Payments,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from tidegate.adapters.stripe.adapter import StripePayments

__all__ = [
    "Conflict",
    "Declined",
    "Gateway",
    "GatewayResponse",
    "KeyReused",
    "Misconfigured",
    "Money",
    "NotFound",
    "OutcomeUnknown",
    "Payment",
    "PaymentPage",
    "PaymentStatus",
    "Payments",
    "RateLimited",
    "Refund",
    "RefundStatus",
    "Rejected",
    "StripePayments",
    "Unavailable",
    "VendorContractBroken",
    "VendorFailure",
    "segment",
]
