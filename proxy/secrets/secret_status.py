"""What there is to say of each secret, for people, metrics and alerts: versions, age, what is due, and what is wrong.

A secret's value is in none of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.policies.credentials.secret_versions import SecretVersion, SecretVersions
from tidegate.proxy.secrets.secret_wearer import SecretUse
from tidegate.proxy.secrets.watched_bundle import WatchedBundle

VERSIONS_SHOWN_MAX = 10


@dataclass(frozen=True, slots=True)
class SecretStatus:
    """The status of one secret. Times are seconds."""

    ref: SecretRef
    use: SecretUse
    life: SecretVersions
    age_s: float
    """Since its source got the version in force; where the source does not say, since the proxy did."""
    due_s: float | None
    """Until it is as old as it may become, less than nothing where it is older; None where nobody said how old."""
    expires_s: float | None
    """Until its source lets it end."""
    refusal: str
    away: str
    stale: bool
    warning: str

    @property
    def version(self) -> SecretVersion | None:
        """The version in force."""
        return self.life.in_force

    @property
    def fallen_back(self) -> bool:
        """Whether a former version is in force, because the vendor refuses the newest."""
        return self.life.fallback is not None and self.version is not self.life.current

    def document(self, now: float, wall: float) -> dict[str, object]:
        """The same, to be shown."""
        return {
            "secret": str(self.ref),
            "vendor": self.use.vendor,
            "version": self.version.number if self.version else None,
            "age_s": round(self.age_s),
            "due_s": None if self.due_s is None else round(self.due_s),
            "expires_s": None if self.expires_s is None else round(self.expires_s),
            "fallen_back": self.fallen_back,
            "refused": self.refusal,
            "away": self.away,
            "stale": self.stale,
            "warning": self.warning,
            "versions": [_shown(one, now, wall) for one in reversed(self.life.kept[-VERSIONS_SHOWN_MAX:])],
        }


def statuses(
    uses: Mapping[SecretRef, SecretUse],
    lives: Mapping[SecretRef, SecretVersions],
    bundles: Iterable[WatchedBundle],
    now: float,
    wall: float,
) -> list[SecretStatus]:
    """The status of each secret in use, in the order of their references."""
    read_with = {ref: bundle for bundle in bundles for ref in bundle.refs}
    known = sorted(uses.keys() & lives.keys(), key=str)
    return [_status(ref, uses[ref], lives[ref], read_with.get(ref), now, wall) for ref in known]


def troubles(all_of_them: list[SecretStatus]) -> Iterator[tuple[str, str]]:
    """Reference and sentence, for each secret with which something is wrong. The proxy works all the same."""
    for status in all_of_them:
        if status.refusal:
            yield str(status.ref), f"a new secret is refused: {status.refusal}"
        elif status.fallen_back:
            yield str(status.ref), "the vendor refuses the newest version; the one before is in force"
        elif status.stale:
            yield str(status.ref), status.away


def _status(
    ref: SecretRef, use: SecretUse, life: SecretVersions, bundle: WatchedBundle | None, now: float, wall: float
) -> SecretStatus:
    version = life.in_force
    since = version.since if version is not None else now
    created = version.created_wall if version is not None else None
    age_s = max(wall - created, 0.0) if created is not None else now - since
    expires = version.expires_wall if version is not None else None
    return SecretStatus(
        ref,
        use,
        life,
        age_s,
        None if use.rotate_every_s is None else use.rotate_every_s - age_s,
        None if expires is None else expires - wall,
        bundle.refusal if bundle is not None else "",
        bundle.away if bundle is not None else "",
        stale=bundle is not None and bundle.stale,
        warning=bundle.warnings.get(ref, "") if bundle is not None else "",
    )


def _shown(version: SecretVersion, now: float, wall: float) -> dict[str, object]:
    return {
        "number": version.number,
        "state": version.state,
        "since": round(wall - (now - version.since)),
        "until": None if version.until is None else round(wall + version.until - now),
        "source_version": version.mark,
        "refused_by_vendor": version.refused,
    }
