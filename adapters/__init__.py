"""Domain ports and the vendors behind them, spoken to in plain HTTP through a proxy.

The names below are public: docs/api/adapters.md. Of the ground this imports the problems and their types alone.
"""

from tidegate.adapters.adyen.adapter import AdyenPayments
from tidegate.adapters.answer_reading import ensure_success, read_list, read_object, vendor_failure
from tidegate.adapters.anthropic.adapter import AnthropicCompletions
from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.fallback.completions import FallbackCompletions
from tidegate.adapters.fallback.decisions import Decision, DecisionBook, DecisionBookInMemory, PassedOver, Standing
from tidegate.adapters.fallback.messaging import FallbackMessaging
from tidegate.adapters.fallback.payments import FallbackPayments, methods_by_vendor
from tidegate.adapters.fields import Fields
from tidegate.adapters.gateway import Gateway, GatewayResponse, segment
from tidegate.adapters.github.adapter import GitHubRecords
from tidegate.adapters.gitlab.adapter import GitLabRecords
from tidegate.adapters.openai.adapter import OpenAICompletions
from tidegate.adapters.ports.completions import (
    Completion,
    CompletionEnd,
    CompletionPart,
    Completions,
    Speaker,
    TextPiece,
    TokenUsage,
    Turn,
)
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Conflict,
    KeyReused,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Parked,
    RateLimited,
    Rejected,
    Unavailable,
    Undelivered,
    Unsuited,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.ports.message_book import MessageBook, MessageBookInMemory
from tidegate.adapters.ports.messaging import (
    InboundMessage,
    MessageEvent,
    MessageEventUnreadable,
    MessageStatus,
    Messaging,
    OutgoingMessage,
    Recipient,
    SentMessage,
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
from tidegate.adapters.ports.payment_book import PaymentBook, PaymentBookInMemory
from tidegate.adapters.ports.payments import (
    Declined,
    Payment,
    PaymentEvent,
    PaymentEventKind,
    PaymentEventUnreadable,
    PaymentPage,
    Payments,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from tidegate.adapters.ports.records import (
    Record,
    RecordDraft,
    RecordPage,
    RecordState,
    TrackedRecords,
    VersionConflict,
)
from tidegate.adapters.registry import Adapters, Link
from tidegate.adapters.sendgrid.adapter import SendGridMessaging
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.stripe.adapter import StripePayments
from tidegate.adapters.twilio.adapter import TwilioMessaging
from tidegate.adapters.warehouse.adapter import HttpWarehouse
from tidegate.adapters.webhook_signature import SignatureRefused, SignedPost, WebhookVerifier
from tidegate.adapters.woocommerce.orders import WooCommerceOrders

__all__ = [
    "Adapters",
    "AdyenPayments",
    "AnthropicCompletions",
    "Completion",
    "CompletionEnd",
    "CompletionPart",
    "Completions",
    "Conflict",
    "Decision",
    "DecisionBook",
    "DecisionBookInMemory",
    "Declined",
    "Deferred",
    "FallbackCompletions",
    "FallbackMessaging",
    "FallbackPayments",
    "Fields",
    "Fulfilment",
    "FulfilmentState",
    "Gateway",
    "GatewayResponse",
    "GitHubRecords",
    "GitLabRecords",
    "HttpWarehouse",
    "InboundMessage",
    "KeyReused",
    "Link",
    "MessageBook",
    "MessageBookInMemory",
    "MessageEvent",
    "MessageEventUnreadable",
    "MessageStatus",
    "Messaging",
    "Misconfigured",
    "Money",
    "NotFound",
    "OpenAICompletions",
    "Order",
    "OrderLine",
    "OrderUnreadable",
    "Orders",
    "OutcomeUnknown",
    "Outdated",
    "OutgoingMessage",
    "Parked",
    "PassedOver",
    "Payment",
    "PaymentBook",
    "PaymentBookInMemory",
    "PaymentEvent",
    "PaymentEventKind",
    "PaymentEventUnreadable",
    "PaymentPage",
    "PaymentState",
    "PaymentStatus",
    "Payments",
    "PostalAddress",
    "RateLimited",
    "Recipient",
    "Record",
    "RecordDraft",
    "RecordPage",
    "RecordState",
    "Refund",
    "RefundStatus",
    "Rejected",
    "SendGridMessaging",
    "SentMessage",
    "ShopifyOrders",
    "SignatureRefused",
    "SignedPost",
    "Speaker",
    "Standing",
    "StripePayments",
    "TextPiece",
    "TokenUsage",
    "TrackedRecords",
    "Turn",
    "TwilioMessaging",
    "Unavailable",
    "Undelivered",
    "Unsuited",
    "VendorContractBroken",
    "VendorFailure",
    "VersionConflict",
    "Warehouse",
    "WebhookVerifier",
    "WooCommerceOrders",
    "answer_to",
    "deferred_of",
    "ensure_success",
    "methods_by_vendor",
    "read_list",
    "read_object",
    "segment",
    "vendor_failure",
]
