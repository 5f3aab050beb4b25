"""What the forward proxy is held to: the rules, the vendors' servers, its CA. One value, replaced whole by a reload."""

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.problems import UsageError
from tidegate.proxy.config import Config
from tidegate.proxy.credentials.secret_reference import resolve
from tidegate.proxy.forward.certificate_authority import CertificateAuthority, load_authority
from tidegate.proxy.forward.leaf_contexts import LeafContexts
from tidegate.proxy.forward.vendor_origins import VendorOrigins
from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.policies.destinations.host_rules import HostPattern, HostRule, HostRules
from tidegate.proxy.settings.forward_config import ForwardCA, ForwardRule, ForwardSettings
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.url_port import USUAL_PORTS
from tidegate.world.world import World


@dataclass(frozen=True, slots=True)
class ForwardPolicy:
    """See the module."""

    settings: ForwardSettings
    rules: HostRules
    origins: VendorOrigins
    leaves: LeafContexts | None
    needs_token: bool
    """Apps show a token (Proxy-Authorization)."""

    def spoken_at(self, to: Destination) -> str:
        """The scheme that a server speaks inside a tunnel: http at a vendor's own port for it, and at the usual one."""
        if self.origins.at("https", to):
            return "https"
        return "http" if to.port == USUAL_PORTS["http"] or self.origins.at("http", to) else "https"

    def unopened(self, to: Destination, now: float) -> str:
        """Why a host that is to be opened cannot be at `now` (since 1970); empty where it can."""
        if self.leaves is None:
            return "it is to be opened, and there is no CA: run `tidegate ca init`, and write `forward: {ca: {}}`"
        if not self.leaves.authority.covers(to.host):
            return f"the CA was not made for {to.host}: `tidegate ca init --force` makes one for all hosts in use"
        if not self.leaves.authority.good_at(now):
            until = self.leaves.authority.certificate.not_valid_after_utc
            return f"the CA is good until {until:%Y-%m-%d}, and not now: `tidegate ca init --force` makes another"
        return ""


def policy_of(config: Config, upstreams: Mapping[str, Upstream], leaves: LeafContexts | None) -> ForwardPolicy | None:
    """The policy of a configuration; None where there is no `forward`. `leaves` are of its CA."""
    settings = config.forward
    if settings is None:
        return None
    rules = HostRules([_rule(rule) for rule in settings.rules], warns=settings.mode == "warn")
    return ForwardPolicy(settings, rules, VendorOrigins(upstreams), leaves, needs_token=not config.anonymous)


def leaves_of(
    world: World, config: Config, environ: Mapping[str, str], old: LeafContexts | None
) -> LeafContexts | None:
    """The contexts of the CA that is configured, read anew; None for no CA. Raises UsageError where it is no good.

    Certificates that the old one has made are kept, where the CA is the same.
    """
    place = config.forward.ca if config.forward is not None else None
    if place is None:
        return None
    authority = authority_of(place, environ)
    if old is not None and old.authority.certificate == authority.certificate and old.life_s == place.leaf_life:
        return old
    return LeafContexts(world, authority, place.leaf_life)


def authority_of(place: ForwardCA, environ: Mapping[str, str]) -> CertificateAuthority:
    """The CA that is configured. Raises UsageError."""
    try:
        return load_authority(place.folder, passphrase_of(place, environ))
    except UsageError as error:
        raise UsageError(f"forward.ca: {error}") from None


def passphrase_of(place: ForwardCA, environ: Mapping[str, str]) -> bytes | None:
    """What the CA's key is sealed with; None for nothing. Raises UsageError."""
    return resolve(place.passphrase, environ).reveal().encode() if place.passphrase is not None else None


def _rule(rule: ForwardRule) -> HostRule:
    patterns = tuple(HostPattern(text) for text in rule.hosts)
    return HostRule(
        patterns, rule.action, rule.ports, rule.apps, rule.private_addresses, rule.region or "",
        any_name=rule.server_name == "any",
    )  # fmt: skip
