"""The sources that a proxy has, by name, and which of its secrets are read together. It asks none of them."""

from collections.abc import Iterable, Mapping

from tidegate.configfile.secret_references import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.secrets.secret_source import SecretSource

LOCAL = "local"
"""The name of all sources on this machine, which are one."""

BundleKey = tuple[str, str]
"""The source's name and the bundle's."""


class NamedSources:
    """See the module."""

    def __init__(self, sources: Mapping[str, SecretSource]) -> None:
        self._sources = sources

    def source(self, ref: SecretRef) -> SecretSource:
        """The source of a secret. Raises UsageError where tidegate.yaml names none."""
        source = self._sources.get(self.name(ref))
        if source is None:
            raise UsageError(f"{ref}: tidegate.yaml does not say where {ref.source} is; write secrets.{ref.source}")
        return source

    def name(self, ref: SecretRef) -> str:
        """The name of its source."""
        return ref.source if ref.remote else LOCAL

    def key(self, ref: SecretRef) -> BundleKey:
        """What it is read with. Raises UsageError."""
        return self.name(ref), self.source(ref).bundle(ref)

    def grouped(self, refs: Iterable[SecretRef]) -> dict[BundleKey, tuple[SecretRef, ...]]:
        """The references by what is read together, each once. Raises UsageError."""
        groups: dict[BundleKey, tuple[SecretRef, ...]] = {}
        for ref in dict.fromkeys(refs):
            key = self.key(ref)
            groups[key] = (*groups.get(key, ()), ref)
        return groups

    async def close(self) -> None:
        """Let go of their connections."""
        for source in self._sources.values():
            await source.close()
