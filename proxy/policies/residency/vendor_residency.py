"""What residency means for one vendor: the rules in force, where the vendor is, what its file marks. Made at load.

A vendor about which there is no rule at all has no part of its pipelines for it. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tidegate.configfile.units import SecretRef
from tidegate.policy.data import Data, DataPlan
from tidegate.proxy.policies.residency.outgoing_request import OutgoingTerms
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules, ResidencyWatch
from tidegate.proxy.policies.residency.tokens import Tokens
from tidegate.vendor.vendor import Facts


@dataclass(frozen=True, slots=True)
class VendorResidency:
    """See the module. `region` is that of the address that is sent to; empty where nobody has written it."""

    watch: ResidencyWatch
    region: str = ""
    tokens: Mapping[SecretRef, Tokens] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """The keys of tokens as they are written, which nobody may be shown."""

    def terms(self, plan: DataPlan, personal: tuple[str, ...]) -> OutgoingTerms | None:
        """What holds for an operation of a vendor with these personal fields; None where no rule is about it."""
        data = plan.data or Data()
        if self.watch.rules.written is None and not (personal and data.otherwise is not None):
            return None
        key = data.token_key
        tokens = self.tokens.get(key) if key is not None else None
        return OutgoingTerms(personal, data, data.region or self.region, plan.template, tokens)


NO_RESIDENCY = VendorResidency(ResidencyWatch(ResidencyRules()))
"""There is no rule about anything."""


def region_of(facts: Facts, address: str, written: str | None) -> str:
    """The region of the address that a vendor is reached at; empty where it is not known.

    `written` is what tidegate.yaml says of it. Else it is that of the host among the vendor's `hosts`, else that of the
    vendor, where it is the vendor's own address and no other.
    """
    if written is not None:
        return written
    host, own = _host(address), _host(facts.base_url)
    known = facts.hosts.get(host)
    if known is not None:
        return known
    return facts.region or "" if host == own else ""


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".")


def token_keys(policy: Data | None, operations: Iterable[Data | None]) -> list[SecretRef]:
    """Every reference to a key of tokens in a vendor file, each once."""
    blocks = [policy, *operations]
    return list(dict.fromkeys(data.token_key for data in blocks if data is not None and data.token_key is not None))
