"""Whoever wears secrets, as the watch over them sees it: what is in use, what can be worn, and where to tell of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.policies.credentials.secret_versions import SecretVersion


@dataclass(frozen=True, slots=True)
class SecretUse:
    """The use of a secret: by which vendor, empty where it is Tidegate's own, and how old it may become."""

    vendor: str = ""
    rotate_every_s: float | None = None


class SecretWearer(Protocol):
    """A proxy. See tidegate.proxy.reload.worn_secrets."""

    def uses(self) -> Mapping[SecretRef, SecretUse]:
        """Every reference that is in use now."""
        ...

    def prepare(self, refs: Sequence[SecretRef]) -> Callable[[], object]:
        """Make ready to wear what the book says of `refs` now, changing nothing. Returns what puts it in force.

        Raises UsageError where it cannot be worn.
        """
        ...

    def retired(self, ref: SecretRef, version: SecretVersion) -> None:
        """The overlap of a version is over: nothing of ours uses it any more. It can be ended where it came from."""
        ...

    def note(self, text: str, facts: Mapping[str, str | float]) -> None:
        """Write a line into the log."""
        ...

    def record(self, what: str, ref: SecretRef, version: SecretVersion | None, why: str = "") -> None:
        """Write a row into the audit log: `rotated`, `refused`, `revoked`, or `fallback`."""
        ...
