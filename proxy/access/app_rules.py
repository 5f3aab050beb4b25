"""What one app may do: the operations it may call, how often, how urgently, and which of its writes wait for approval.

Made when a configuration comes into force. An app that has no such rules has no AppRule, and costs nothing here.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.openapi.document import Document
from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import UNLISTED
from tidegate.problems import PROBLEMS
from tidegate.proxy.access.app_tokens import LOCAL
from tidegate.proxy.access.method_override import override_in, override_of
from tidegate.proxy.access.operation_lists import Lists, OperationList, is_plain, readings
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.call.content import Content
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.config import Config
from tidegate.proxy.policies.limits.app_quota import AppQuota
from tidegate.proxy.policies.limits.wait_queue import urgency_of


class AskedCall(NamedTuple):
    """What an app asks for: an operation's plan, the method and the vendor's path, and the vendor's document."""

    plan: OperationPlan
    method: str
    path: str
    document: Document


@dataclass(slots=True)
class AppRule:
    """The rules of one app. `allowed` and `approved` are None where there are none; `all_writes` approve each write."""

    app: str
    allowed: Lists | None
    approved: Lists | None
    all_writes: bool
    approve_within_s: float
    quota: AppQuota | None
    urgency: int | None

    def refusal(
        self, asked: AskedCall, headers: CIMultiDictProxy[str], now: float, wall: Callable[[], float]
    ) -> Reply | None:
        """Why it may not make this call; None where it may. Its quota is taken then."""
        why = self._disallowed(asked) if self.allowed is not None else ""
        if not why and self.is_bound(asked.plan.vendor):
            why = self._in_disguise(override_of(asked.method, asked.path, headers))
        if why:
            return refused(PROBLEMS["app-forbidden"], why)
        if self.quota is not None:
            wait_s = self.quota.take(now, wall())
            if wait_s > 0:
                detail = f"{self.app} has made as many calls as apps.{self.app}.calls lets it make."
                return refused(PROBLEMS["rate-limited"], detail, retry_after_s=math.ceil(wait_s))
        return None

    def is_bound(self, vendor: str) -> bool:
        """Whether it matters which operation of a vendor a request is: some are not allowed, or wait for approval."""
        return self.allowed is not None or self.all_writes or bool(self.approved and vendor in self.approved)

    def refusal_of_content(self, vendor: str, content: Content, headers: CIMultiDictProxy[str]) -> Reply | None:
        """Why it may not send this content; None where it may. A content that is streamed may end before its end."""
        why = self._in_disguise(override_in(content, headers)) if self.is_bound(vendor) else ""
        return refused(PROBLEMS["app-forbidden"], why) if why else None

    def waits_for_approval(self, asked: AskedCall) -> bool:
        """Whether a write is to wait until a person lets it go."""
        plan = asked.plan
        if plan.idempotency == "safe":
            return False
        if self.all_writes:
            return True
        named = self.approved.get(plan.vendor) if self.approved is not None else None
        return named is not None and any(named.names(each) for each in _operations(asked))

    def headers(self, headers: CIMultiDictProxy[str]) -> CIMultiDictProxy[str]:
        """The headers with the urgency that its calls have: what they name, and no more than they may have."""
        if self.urgency is None:
            return headers
        given = headers.get("Priority")
        if given is not None and urgency_of(given) >= self.urgency and "u=" in given:
            return headers
        changed = CIMultiDict(headers)
        changed["Priority"] = f"u={self.urgency}"
        return CIMultiDictProxy(changed)

    def _in_disguise(self, name: str) -> str:
        """Why a request is refused that has something by which a vendor may take it for another operation."""
        return f"{self.app} may not make every call by itself, so its requests cannot have {name}." if name else ""

    def _disallowed(self, asked: AskedCall) -> str:
        plan = asked.plan
        allowed = self.allowed.get(plan.vendor) if self.allowed is not None else None
        if allowed is None:
            return f"{self.app} may call nothing of {plan.vendor}: apps.{self.app}.allow does not name it."
        for operation in _operations(asked):
            if not allowed.names(operation):
                list_ = f"apps.{self.app}.allow.{plan.vendor}"
                return f"{self.app} may not call {operation} of {plan.vendor}: {list_} would have to name it."
        return ""


def app_settings(config: Config) -> dict[str, AppSettings]:
    """The settings of every app, with what waits for approval whichever app it is that writes."""
    everywhere = {vendor: use.approve for vendor, use in config.use.items() if use.approve}
    if not everywhere:
        return config.apps
    settings: dict[str, AppSettings] = {}
    for name in {*config.apps, *(one.app for one in config.tokens), *([LOCAL] if config.anonymous else [])}:
        own = config.apps.get(name, AppSettings())
        if own.approve != "writes":
            lists = own.approve or {}
            both = {vendor: (*lists.get(vendor, ()), *everywhere.get(vendor, ())) for vendor in {*lists, *everywhere}}
            own = own.model_copy(update={"approve": both})
        settings[name] = own
    return settings


def app_rules(apps: Mapping[str, AppSettings], before: Mapping[str, AppRule]) -> dict[str, AppRule]:
    """The rules of the apps that have any. What was used of a quota under the rules `before` stays used."""
    rules: dict[str, AppRule] = {}
    for app, settings in apps.items():
        calls = settings.calls
        quota = AppQuota(calls.minute, calls.day) if calls.minute is not None or calls.day is not None else None
        if settings.allow is None and settings.approve is None and quota is None and settings.urgency is None:
            continue
        old = before.get(app)
        if quota is not None and old is not None and old.quota is not None:
            quota.inherit(old.quota)
        rules[app] = AppRule(
            app, _lists(settings.allow), _lists(settings.approve) if isinstance(settings.approve, dict) else None,
            settings.approve == "writes", settings.approve_within, quota, settings.urgency,
        )  # fmt: skip
    return rules


def _lists(named: Mapping[str, tuple[str, ...]] | None) -> Lists | None:
    return None if named is None else {vendor: OperationList(names) for vendor, names in named.items()}


def _operations(asked: AskedCall) -> Sequence[str]:
    """Every operation that the call may be to the vendor, the document's own reading first."""
    operation = asked.plan.operation
    bare = asked.path.partition("?")[0]
    if operation != UNLISTED and is_plain(bare):
        return (operation,)
    return list(dict.fromkeys((operation, *readings(asked.method, bare, asked.document, listed=operation != UNLISTED))))
