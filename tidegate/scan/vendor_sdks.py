"""The vendors' SDKs that a scan knows: their modules, their clients, and what leads a client elsewhere. Data only.

A client's `redirects` are arguments (or options) with which it calls another host; one that has none is followed by its
settings alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VendorSdk:
    """One SDK in one language."""

    vendor: str
    modules: tuple[str, ...]
    """What is imported, with all that is below it."""
    clients: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A client's name in the module → what redirects it."""
    settings: tuple[str, ...] = ()
    """Attributes of the module that redirect every call, like `stripe.api_base`."""


PYTHON = (
    VendorSdk("openai", ("openai",), {
        "OpenAI": ("base_url",), "AsyncOpenAI": ("base_url",), "AzureOpenAI": ("azure_endpoint", "base_url"),
        "AsyncAzureOpenAI": ("azure_endpoint", "base_url"),
    }, ("base_url", "api_base")),
    VendorSdk("anthropic", ("anthropic",), {"Anthropic": ("base_url",), "AsyncAnthropic": ("base_url",)}),
    VendorSdk("stripe", ("stripe",), {"StripeClient": ("base_addresses",)}, ("api_base",)),
    VendorSdk("twilio", ("twilio",), {"rest.Client": ("http_client",)}),
    VendorSdk("sendgrid", ("sendgrid",), {"SendGridAPIClient": ("host",)}),
    VendorSdk("github", ("github", "ghapi", "githubkit"), {"Github": ("base_url",), "GitHub": ("base_url",)}),
    VendorSdk("gitlab", ("gitlab",), {"Gitlab": ("url",)}),
    VendorSdk("slack", ("slack_sdk", "slack_bolt"), {
        "WebClient": ("base_url",), "web.WebClient": ("base_url",), "web.async_client.AsyncWebClient": ("base_url",),
        "App": ("client",),
    }),
    VendorSdk("shopify", ("shopify",), {"Session": (), "ShopifyResource": ()}),
    VendorSdk("adyen", ("Adyen",), {"Adyen": (), "Client": ()}),
    VendorSdk("woocommerce", ("woocommerce",), {"API": ("url",)}),
)  # fmt: skip

JAVASCRIPT = (
    VendorSdk("openai", ("openai",), {"OpenAI": ("baseURL",), "default": ("baseURL",)}),
    VendorSdk("anthropic", ("@anthropic-ai/sdk",), {"Anthropic": ("baseURL",), "default": ("baseURL",)}),
    VendorSdk("stripe", ("stripe",), {"Stripe": ("host",), "default": ("host",)}),
    VendorSdk("twilio", ("twilio",), {"Twilio": ("httpClient",), "default": ("httpClient",)}),
    VendorSdk("sendgrid", ("@sendgrid/mail", "@sendgrid/client"), {"setApiKey": ()}),
    VendorSdk("github", ("octokit", "@octokit/rest", "@octokit/core"), {
        "Octokit": ("baseUrl",), "default": ("baseUrl",),
    }),
    VendorSdk("gitlab", ("@gitbeaker/rest",), {"Gitlab": ("host",)}),
    VendorSdk("slack", ("@slack/web-api", "@slack/bolt"), {"WebClient": ("slackApiUrl",), "App": ("clientOptions",)}),
    VendorSdk("shopify", ("@shopify/shopify-api",), {"shopifyApi": ("hostName",)}),
    VendorSdk("adyen", ("@adyen/api-library",), {"Client": ("liveEndpointUrlPrefix",)}),
)  # fmt: skip

GO = (
    VendorSdk("openai", ("github.com/openai/openai-go", "github.com/sashabaranov/go-openai"), {
        "NewClient": ("WithBaseURL",),
    }),
    VendorSdk("anthropic", ("github.com/anthropics/anthropic-sdk-go",), {"NewClient": ("WithBaseURL",)}),
    VendorSdk("stripe", ("github.com/stripe/stripe-go",), {"NewClient": ("WithBackends",)}, ("SetBackend",)),
    VendorSdk("twilio", ("github.com/twilio/twilio-go",), {
        "NewRestClient": (), "NewRestClientWithParams": ("Client",),
    }),
    VendorSdk("sendgrid", ("github.com/sendgrid/sendgrid-go",), {"NewSendClient": ()}),
    VendorSdk("github", ("github.com/google/go-github",), {"NewClient": ("WithEnterpriseURLs", "BaseURL")}),
    VendorSdk("gitlab", ("gitlab.com/gitlab-org/api/client-go", "github.com/xanzy/go-gitlab"), {
        "NewClient": ("WithBaseURL",),
    }),
    VendorSdk("slack", ("github.com/slack-go/slack",), {"New": ("OptionAPIURL",)}),
    VendorSdk("adyen", ("github.com/adyen/adyen-go-api-library",), {"NewClient": ("LiveEndpointURLPrefix",)}),
)  # fmt: skip

HOSTS: Mapping[str, tuple[str, ...]] = {
    "sendgrid": ("api.sendgrid.com", "api.eu.sendgrid.com"),
    "twilio": ("verify.twilio.com", "messaging.twilio.com"),
    "adyen": ("checkout-test.adyen.com", "pal-test.adyen.com"),
    "github": ("uploads.github.com",),
    "stripe": ("files.stripe.com",),
}
"""Hosts of vendors beside those that their vendor files have."""


def sdk_of(module: str, sdks: tuple[VendorSdk, ...], separator: str = ".") -> VendorSdk | None:
    """The SDK that a module belongs to; None for any other."""
    for sdk in sdks:
        if any(module == known or module.startswith(known + separator) for known in sdk.modules):
            return sdk
    return None
