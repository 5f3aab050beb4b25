"""A source on another machine that is asked only where our secrets may go: its region, by the rules of residency.

What it is asked for names vendors and places, and what lets us in goes along: data of Tidegate's own region, not
personal. Where the rules do not let that go, the source counts as away; so the last good secret stays in force.
"""

from collections.abc import Sequence

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.policies.residency.residency_rules import ResidencyWatch
from tidegate.proxy.secrets.secret_source import Bundle, SecretSource, SourceAway

WAY = "secrets"


class ResidentSource:
    """See the module and SecretSource. `name` is the source's, `region` empty where nobody has written it."""

    def __init__(self, source: SecretSource, name: str, watch: ResidencyWatch, region: str) -> None:
        self._source, self._name, self._watch, self._region = source, name, watch, region

    def bundle(self, ref: SecretRef) -> str:
        """See SecretSource.bundle."""
        return self._source.bundle(ref)

    async def read(self, bundle: str, refs: Sequence[SecretRef], *, forced: bool = False) -> Bundle:
        """See SecretSource.read. Raises SourceAway too where it may not be asked."""
        rules = self._watch.rules
        if rules.written is not None:
            decision = rules.decide(rules.home, "other", self._region)
            self._watch.count(WAY, self._name, decision)
            if not decision.sends:
                raise SourceAway(f"secrets.{self._name}: {decision.why(self._name)}")
        return await self._source.read(bundle, refs, forced=forced)

    async def close(self) -> None:
        """See SecretSource.close."""
        await self._source.close()
