"""The ordinary traffic of each shipped vendor: sessions, in which a call takes names from those before it.

Data alone: it sends nothing. Which writes carry a key is for the vendor file to say (`facts.idempotency`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ContentKind = Literal["", "json", "form", "file"]

LARGE_BYTES = 200_000
"""More than the proxy of a soak keeps to be resent (`KEPT_BYTES` of the soak): such a body is passed on as it comes."""


@dataclass(frozen=True, slots=True)
class SoakStep:
    """One call of a session.

    `{n}` in path and content stands for the session's number, any other name for what an earlier step's answer had at
    the pointer in `takes`. `padded` makes the content larger than is kept, `chunked` sends it without a length. From a
    step that is `left` the app goes away: after the first bytes of a stream, else at once.
    """

    method: str
    path: str
    content: Any = None
    kind: ContentKind = ""
    takes: Mapping[str, str] = field(default_factory=dict)
    padded: bool = False
    chunked: bool = False
    left: bool = False

    @property
    def writes(self) -> bool:
        """True where it may change something at the vendor."""
        return self.method not in ("GET", "HEAD")


def _get(path: str, **more: Any) -> SoakStep:
    return SoakStep("GET", path, **more)


def _json(method: str, path: str, content: Any, **more: Any) -> SoakStep:
    return SoakStep(method, path, content, "json", **more)


def _form(path: str, content: Mapping[str, str], **more: Any) -> SoakStep:
    return SoakStep("POST", path, content, "form", **more)


_PAYMENT = {"amount": "1099", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true",
            "automatic_payment_methods[enabled]": "true", "automatic_payment_methods[allow_redirects]": "never",
            "metadata[order_id]": "order-{n}"}  # fmt: skip
_STRIPE = (
    _form("/v1/customers", {"email": "{n}@example.com"}, takes={"customer": "/id"}),
    _get("/v1/customers/{customer}"),
    _form("/v1/customers/{customer}", {"name": "Name {n}"}, chunked=True),
    _form("/v1/payment_intents", _PAYMENT, takes={"intent": "/id"}),
    _get("/v1/payment_intents/{intent}"),
    _get("/v1/payment_intents?limit=3"),
    _form("/v1/refunds", {"payment_intent": "{intent}"}, takes={"refund": "/id"}),
    _get("/v1/refunds/{refund}"),
    _get("/v1/events?limit=3", left=True),
    _get("/v1/refunds?limit=3"),
    SoakStep("DELETE", "/v1/customers/{customer}"),
)

_TALK = {"messages": [{"role": "user", "content": "one two {n}"}]}
_OPENAI = (
    _get("/models"),
    _json("POST", "/chat/completions", {"model": "m", **_TALK}),
    _json("POST", "/chat/completions", {"model": "m", "stream": True, **_TALK}),
    _json("POST", "/chat/completions", {"model": "m", "stream": True, **_TALK}, left=True),
    _json("POST", "/chat/completions", {"model": "m", **_TALK}, padded=True),
    _json("POST", "/responses", {"model": "m", "input": "three {n}"}, takes={"response": "/id"}),
    _get("/responses/{response}"),
    _json("POST", "/responses", {"model": "m", "input": "four {n}", "stream": True}),
    SoakStep("POST", "/files", {"purpose": "batch"}, "file", takes={"file": "/id"}),
    SoakStep("POST", "/files", {"purpose": "batch"}, "file", takes={"large": "/id"}, padded=True),
    _get("/files/{file}"),
    _get("/files/{file}/content"),
    SoakStep("DELETE", "/files/{file}"),
    SoakStep("DELETE", "/files/{large}"),
)

_MESSAGE = {"model": "claude-test", "max_tokens": 100, **_TALK}
_ANTHROPIC = (
    _get("/v1/models"),
    _get("/v1/models/claude-test"),
    _json("POST", "/v1/messages", _MESSAGE),
    _json("POST", "/v1/messages", {**_MESSAGE, "stream": True}),
    _json("POST", "/v1/messages", {**_MESSAGE, "stream": True}, left=True),
    _json("POST", "/v1/messages", _MESSAGE, padded=True),
    _json("POST", "/v1/messages/count_tokens", {"model": "claude-test", **_TALK}, chunked=True),
)

_REPOSITORY = "/repos/{owner}/{repo}"
_GITHUB = (
    _get("/user"),
    _json("POST", "/user/repos", {"name": "soak-{n}"}, takes={"owner": "/owner/login", "repo": "/name"}),
    _get(_REPOSITORY),
    _json("POST", f"{_REPOSITORY}/issues", {"title": "Issue {n}"}, takes={"issue": "/number"}),
    _json("PATCH", f"{_REPOSITORY}/issues/{{issue}}", {"state": "closed"}, chunked=True),
    _json("POST", f"{_REPOSITORY}/issues/{{issue}}/comments", {"body": "Text {n}"}, takes={"comment": "/id"}),
    _json("POST", f"{_REPOSITORY}/issues/{{issue}}/comments", {"body": "Text {n}"}, padded=True),
    _get(f"{_REPOSITORY}/issues/{{issue}}/comments"),
    _get(f"{_REPOSITORY}/issues", left=True),
    SoakStep("DELETE", f"{_REPOSITORY}/issues/comments/{{comment}}"),
    SoakStep("DELETE", _REPOSITORY),
)

_SLACK = (
    _form("/auth.test", {}),
    _form("/conversations.create", {"name": "soak-{n}"}, takes={"channel": "/channel/id"}),
    _get("/conversations.info?channel={channel}"),
    _json("POST", "/chat.postMessage", {"channel": "{channel}", "text": "Hello {n}"}, takes={"ts": "/ts"}),
    _json("POST", "/chat.update", {"channel": "{channel}", "ts": "{ts}", "text": "Hello again"}, padded=True),
    _get("/conversations.history?channel={channel}"),
    _get("/conversations.list?limit=3", left=True),
    _form("/chat.delete", {"channel": "{channel}", "ts": "{ts}"}, chunked=True),
    _form("/conversations.archive", {"channel": "{channel}"}),
)

_ACCOUNT = "/2010-04-01/Accounts/{account}"
_SMS = {"To": "+15005550010", "From": "+15005550006", "Body": "Hello {n}"}
_TWILIO = (
    _form(f"{_ACCOUNT}/Messages.json", _SMS, takes={"message": "/sid"}),
    _get(f"{_ACCOUNT}/Messages/{{message}}.json"),
    _get(f"{_ACCOUNT}/Messages.json?PageSize=3", left=True),
    _form(f"{_ACCOUNT}/Queues.json", {"FriendlyName": "queue {n}"}, takes={"queue": "/sid"}),
    _form(f"{_ACCOUNT}/Queues/{{queue}}.json", {"FriendlyName": "other {n}"}, chunked=True),
    _get(f"{_ACCOUNT}/Queues/{{queue}}.json"),
    SoakStep("DELETE", f"{_ACCOUNT}/Queues/{{queue}}.json"),
)

_LINK = {"merchantAccount": "Shop", "reference": "order-{n}", "amount": {"currency": "EUR", "value": 1099}}
_ADYEN = (
    _json("POST", "/paymentLinks", _LINK, takes={"link": "/id"}),
    _get("/paymentLinks/{link}"),
    _json("PATCH", "/paymentLinks/{link}", {"status": "expired"}, chunked=True),
    _json("POST", "/payments", {**_LINK, "paymentMethod": {"type": "scheme"}, "returnUrl": "https://shop.example"},
          takes={"payment": "/pspReference"}),
    _json("POST", "/payments/{payment}/refunds", {"merchantAccount": "Shop", "amount": _LINK["amount"]}),
    _json("POST", "/payments/{payment}/refunds", {"merchantAccount": "Shop", "amount": _LINK["amount"]}, padded=True),
    _get("/paymentLinks/{link}", left=True),
)  # fmt: skip


def _graphql(query: str, **more: Any) -> SoakStep:
    variables = {"id": "{product}"} if "$id" in query else {}
    content = {"query": query, "variables": variables}
    return _json("POST", "/admin/api/2026-07/graphql.json", content, **more)


_CREATE = 'mutation { productCreate(product: {title: "Mug"}) { product { id } userErrors { message } } }'
_READ = "query($id: ID!) { product(id: $id) { title } }"
_UPDATE = 'mutation($id: ID!) { productUpdate(product: {id: $id, title: "Cup"}) { userErrors { field } } }'
_DELETE = "mutation($id: ID!) { productDelete(input: {id: $id}) { deletedProductId } }"
_SHOPIFY = (
    _graphql("{ shop { name currencyCode } }"),
    _graphql(_CREATE, takes={"product": "/data/productCreate/product/id"}),
    _graphql(_READ),
    _graphql(_UPDATE, chunked=True),
    _graphql(_READ, padded=True),
    _graphql("{ products(first: 3) { nodes { id } } }", left=True),
    _graphql(_DELETE),
)

_MAIL = {
    "personalizations": [{"to": [{"email": "ada@example.com"}]}], "from": {"email": "shop@example.com"},
    "subject": "Order {n}", "content": [{"type": "text/plain", "value": "Thank you."}],
}  # fmt: skip
_SENDGRID = (
    _json("POST", "/v3/mail/send", _MAIL),
    _json("POST", "/v3/mail/send", _MAIL, chunked=True),
    _get("/v3/scopes"),
    _get("/v3/suppression/bounces?limit=3", left=True),
)

_ISSUES = "/api/v4/projects/7/issues"
_GITLAB = (
    _json("POST", _ISSUES, {"title": "Issue {n}"}, takes={"issue": "/iid"}),
    _get(f"{_ISSUES}/{{issue}}"),
    _json("PUT", f"{_ISSUES}/{{issue}}", {"state_event": "close"}, chunked=True),
    _get(f"{_ISSUES}?per_page=3", left=True),
    SoakStep("DELETE", f"{_ISSUES}/{{issue}}"),
)

_WOOCOMMERCE = (
    _json("POST", "/orders", {"status": "processing", "currency": "EUR"}, takes={"order": "/id"}),
    _get("/orders/{order}"),
    _json("PUT", "/orders/{order}", {"status": "completed"}, chunked=True),
    _get("/orders?per_page=3", left=True),
)

TRAFFIC: Mapping[str, tuple[SoakStep, ...]] = {
    "adyen": _ADYEN, "anthropic": _ANTHROPIC, "github": _GITHUB, "gitlab": _GITLAB, "openai": _OPENAI,
    "sendgrid": _SENDGRID, "shopify": _SHOPIFY, "slack": _SLACK, "stripe": _STRIPE, "twilio": _TWILIO,
    "woocommerce": _WOOCOMMERCE,
}  # fmt: skip
"""The session of each vendor."""
