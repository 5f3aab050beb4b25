"""Whether the forward proxy lets a request or a tunnel go to a host, and how: a decision with its reason.

The first rule that covers the destination decides. Where none does, a vendor's own server is opened, and everything
else is refused. In warn mode what would be refused goes through as a tunnel, and the decision says so. It knows names
and ports; which addresses a name may lead to is tidegate.proxy.wire.egress.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal

from tidegate.proxy.policies.destinations.destination import Destination

Action = Literal["open", "tunnel", "deny"]
"""Read and held to every policy; passed through unread; refused."""

Reach = Literal["refuse", "warn", "allow"]
"""What is done about an address that is not public."""

DEFAULT_PORTS = (443,)
"""The ports of a rule that names none, and of a tunnel."""


@dataclass(frozen=True, slots=True)
class HostPattern:
    """The hosts of a rule: a name, `*.suffix` for every name below it, an address, or a network."""

    text: str

    def covers(self, host: str) -> bool:
        """True for a host in the form of Destination.host."""
        text = self.text
        if text.startswith("*."):
            return host.endswith(text[1:]) and len(host) > len(text) - 1
        if "/" in text:
            return _in_network(host, text)
        return host == text


def _in_network(host: str, network: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    there: IPv4Network | IPv6Network = ip_network(network)
    return address.version == there.version and address in there


@dataclass(frozen=True, slots=True)
class HostRule:
    """One rule of tidegate.yaml. `ports` is empty for every port, `apps` for every app."""

    hosts: tuple[HostPattern, ...]
    action: Action
    ports: tuple[int, ...] = DEFAULT_PORTS
    apps: tuple[str, ...] = ()
    reach: Reach = "refuse"
    region: str = ""
    any_name: bool = False
    """A handshake in a tunnel may name another server than its CONNECT."""

    def covers(self, to: Destination, app: str) -> bool:
        """True where it decides."""
        return (
            (not self.ports or to.port in self.ports)
            and (not self.apps or app in self.apps)
            and any(pattern.covers(to.host) for pattern in self.hosts)
        )


@dataclass(frozen=True, slots=True)
class HostDecision:
    """What is done with a request or a tunnel. `reason` is one of a closed list, `rule` a number from 1, or 0."""

    action: Action
    reason: Literal["rule", "vendor", "no rule", "rule denies"]
    rule: int = 0
    reach: Reach = "refuse"
    warned: bool = False
    """It would be refused, and is let through because the mode is `warn`."""
    region: str = ""
    """Of the hosts, as the rule has it; empty where nobody has written it."""
    any_name: bool = False
    """See HostRule.any_name."""

    @property
    def refused(self) -> bool:
        """True where nothing goes through."""
        return self.action == "deny"

    def __str__(self) -> str:
        return {
            "rule": f"forward.rules.{self.rule - 1} lets it through",
            "rule denies": f"forward.rules.{self.rule - 1} refuses it",
            "vendor": "it is a vendor's server",
            "no rule": "no rule under forward.rules covers it",
        }[self.reason]


@dataclass(frozen=True, slots=True)
class HostRules:
    """The rules in force. Without any, vendors' servers alone are reached."""

    rules: Sequence[HostRule] = ()
    warns: bool = False

    def decide(self, to: Destination, app: str, *, vendor: bool) -> HostDecision:
        """The decision on a destination. `vendor` says that it is a vendor's own server."""
        for number, rule in enumerate(self.rules, 1):
            if rule.covers(to, app):
                if rule.action != "deny":
                    return HostDecision(
                        rule.action, "rule", number, rule.reach, region=rule.region, any_name=rule.any_name
                    )
                return self._refused("rule denies", number)
        return HostDecision("open", "vendor") if vendor else self._refused("no rule")

    def _refused(self, reason: Literal["no rule", "rule denies"], number: int = 0) -> HostDecision:
        if self.warns:
            return HostDecision("tunnel", reason, number, warned=True)
        return HostDecision("deny", reason, number)
