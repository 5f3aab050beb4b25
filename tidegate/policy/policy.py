"""The policy of a vendor file, a block a file, and what an entry of `operations` may say instead.

Each block's file holds its keys and defaults, its plan values, its description for `tidegate explain` and the rules
that look at nothing else. The defaults are DESIGN §5's. What the vendor does is tidegate.vendor.facts.
"""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import Block, HeaderName
from tidegate.configfile.units import Duration, Share
from tidegate.policy.alerting.alerts import Alerts
from tidegate.policy.alerting.slo import Slo
from tidegate.policy.breaker import Breaker, BreakerSettings
from tidegate.policy.bulkhead import Bulkhead
from tidegate.policy.cache import CacheSettings
from tidegate.policy.coalesce import CoalesceSettings
from tidegate.policy.data import Data, DataSettings
from tidegate.policy.deferral.defer import DeferSettings
from tidegate.policy.deferral.lookup import LookupSettings
from tidegate.policy.fallback import FallbackSettings
from tidegate.policy.hedge import HedgeSettings
from tidegate.policy.idempotency import IdempotencySettings
from tidegate.policy.limiter import Limiting, Queue
from tidegate.policy.privacy.placeholders import PlaceholderPlaces, PlaceholderSettings
from tidegate.policy.privacy.redact import Redact
from tidegate.policy.retry import Retry, RetrySettings
from tidegate.policy.stream import Streaming, StreamSettings
from tidegate.policy.timeout import BUDGET_S, Timeouts, TimeoutSettings
from tidegate.policy.watch.drift import DriftWatch


class Policy(Block):
    """What we do about it. The proxy acts on these."""

    budget: Duration = BUDGET_S
    """The time of a whole call, waits and retries included. An app may ask for less."""
    timeout: Timeouts = Timeouts()
    """The times of one attempt."""
    stream: Streaming = Streaming()
    """The times of an answer that is passed on as it comes."""
    retry: Retry = Retry()
    """When and how often a call is tried again."""
    breaker: Breaker = Breaker()
    """When the vendor is left alone."""
    queue: Queue = Queue()
    """Calls that wait for a limit."""
    limiter: Limiting = Limiting()
    """How the vendor's limits are kept."""
    bulkhead: Bulkhead | None = None
    """How many calls each operation group may have under way."""
    quota_alert: tuple[Share, ...] = ()
    """Shares of a limit whose use raises an alert; one below 100% is needed."""
    alerts: Alerts | None = None
    """What the generated alert rules watch."""
    drift: DriftWatch = DriftWatch()
    """Which answers are compared with the document, and with earlier ones."""
    slo: Slo | None = None
    """What share of calls should go well, and how fast. Its error budget's burn rates become alert rules."""
    data: Data | None = None
    """Which personal data may be sent."""
    redact: Redact = Redact()
    """What may be seen of secrets and of personal data."""
    placeholders: PlaceholderPlaces | None = None
    """Where a placeholder of an app's becomes a secret in every operation that does not say otherwise."""
    forward: Annotated[tuple[HeaderName, ...], Field(examples=[["X-Forwarded-For"]])] = ()
    """Request headers about the app's own network (`Forwarded`, `X-Forwarded-…`, `X-Real-IP`, `Via`, traces) that are
    sent on all the same. None is where this is left out: the vendor is no part of our network."""
    unlisted: Literal["pass", "report", "refuse"] = "pass"
    """What happens to a request that belongs to no operation of the document. `report` lets it pass, counts and logs
    it."""


class OperationSettings(
    # pydantic puts the keys of the last class first.
    DataSettings,
    PlaceholderSettings,
    HedgeSettings,
    CoalesceSettings,
    CacheSettings,
    LookupSettings,
    DeferSettings,
    FallbackSettings,
    BreakerSettings,
    RetrySettings,
    StreamSettings,
    TimeoutSettings,
    IdempotencySettings,
):
    """What differs for one operation, or for all whose id matches a pattern like `Post*`."""
