"""`webhook`: what happens to a webhook on its way. The fault, and each of its modes."""

from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tidegate.configfile.units import Duration
from tidegate.simulator.trouble.aimed_fault import CountedFault
from tidegate.simulator.trouble.choice import Choice
from tidegate.simulator.trouble.delivery_plan import DeliveryPlan

FORGED = "whsec_nobody_knows_this"
ROTATED = "whsec_of_the_next_quarter"


class WebhookMode(Choice):
    """A change to the delivery of a webhook. A subclass that has a `name` is one."""

    def plan(self, fault: "WebhookFault", plan: DeliveryPlan) -> None:
        """Change how the webhook is delivered. Of two faults of one mode the later one rules."""
        raise NotImplementedError


class WebhookFault(CountedFault):
    """Something happens to a webhook on its way, see docs/scenarios.md."""

    kind: Literal["webhook"] = "webhook"
    mode: Annotated[str, BeforeValidator(WebhookMode.checked)]
    events: Annotated[tuple[str, ...], Field(strict=False)] = ("*",)
    """Event types, or patterns like `payment_intent.*`."""
    delay: Duration = 5.0
    copies: Annotated[int, Field(ge=1, le=100)] = 1

    @property
    def of_webhooks(self) -> bool:
        """True."""
        return True

    @property
    def journal_name(self) -> str:
        """The mode alone."""
        return self.mode

    def aims_at_event(self, event: str) -> bool:
        """True for the events that it names."""
        return any(fnmatchcase(event, pattern) for pattern in self.events)

    def plan_delivery(self, plan: DeliveryPlan) -> None:
        """As the mode says."""
        WebhookMode.named(self.mode).plan(self, plan)
        if self.mode not in plan.faults:
            plan.faults.append(self.mode)


class Duplicate(WebhookMode):
    """It comes again, `copies` times."""

    name = "duplicate"

    def plan(self, fault: WebhookFault, plan: DeliveryPlan) -> None:
        """More of the same."""
        plan.copies = fault.copies


class Late(WebhookMode):
    """It comes `delay` later."""

    name = "late"

    def plan(self, fault: WebhookFault, plan: DeliveryPlan) -> None:
        """The delay."""
        plan.late_s = fault.delay


class Reorder(WebhookMode):
    """It comes after the next one, or after `delay` where none follows."""

    name = "reorder"

    def plan(self, fault: WebhookFault, plan: DeliveryPlan) -> None:
        """Held for so long at most."""
        plan.held_s = fault.delay


class Forge(WebhookMode):
    """Its signature is made with a secret that is nobody's."""

    name = "forge"

    def plan(self, fault: WebhookFault, plan: DeliveryPlan) -> None:
        """That secret alone."""
        del fault
        plan.secrets_instead = (FORGED,)


class Drop(WebhookMode):
    """It never comes."""

    name = "drop"

    def plan(self, fault: WebhookFault, plan: DeliveryPlan) -> None:
        """Nothing is sent."""
        del fault
        plan.dropped = True


class Early(WebhookMode):
    """It comes before the answer of the request that caused it."""

    name = "early"

    def plan(self, fault: WebhookFault, plan: DeliveryPlan) -> None:
        """At once."""
        del fault
        plan.early = True


class Stale(WebhookMode):
    """Its time stamp is older than the tolerance by `delay`, as in a replay."""

    name = "stale"

    def plan(self, fault: WebhookFault, plan: DeliveryPlan) -> None:
        """A second more than the tolerance, at least."""
        plan.stamp_age_s = int(plan.tolerance_s) + int(fault.delay) + 1


class TwoSignatures(WebhookMode):
    """It is signed with two secrets, as while one is changed."""

    name = "two_signatures"

    def plan(self, fault: WebhookFault, plan: DeliveryPlan) -> None:
        """The next secret beside the right one."""
        del fault
        plan.secrets_before = (ROTATED,)
