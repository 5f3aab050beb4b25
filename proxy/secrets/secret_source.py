"""A source of secrets: what it is asked, what it answers, and the two ways in which it fails.

What is read together is one *bundle*: all keys of a Kubernetes mount, all fields of a Vault path. Its secrets change
together or not at all, so that a user and a password of two different rotations never meet. A source knows places; it
knows no vendor, and nothing of what a secret is for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tidegate.configfile.secret_references import SecretRef
from tidegate.problems import UsageError
from tidegate.redaction.secret import Secret

SECRET_BYTES_MAX = 65_536
"""A longer secret is refused: it is a file of something else."""


@dataclass(frozen=True, slots=True)
class SourcedSecret:
    """A secret as its source gave it."""

    secret: Secret
    mark: str = ""
    """The source's own word for the version: a number, an id, the stamp of a file."""
    created_wall: float | None = None
    """Seconds since 1970; None where the source does not say."""
    expires_wall: float | None = None
    warning: str = ""
    """What is to be told about its place: that it never changes, that others can read it."""


Bundle = Mapping[SecretRef, SourcedSecret]


class SecretFlaw(UsageError):
    """The source has answered, and what is there cannot be used. The text names the reference, never the value."""


class SourceAway(UsageError):
    """The source does not answer now, or does not let us in. What was read last stays good for a time."""


class SecretSource(Protocol):
    """One kind of place."""

    def bundle(self, ref: SecretRef) -> str:
        """The name of what is read together with it."""
        ...

    async def read(self, bundle: str, refs: Sequence[SecretRef], *, forced: bool = False) -> Bundle:
        """All of one bundle, at one moment.

        `forced` takes what is there now; otherwise what may still be being written is left for the next time, and is
        then not in the answer. Raises SecretFlaw or SourceAway.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def usable(ref: SecretRef, text: str) -> Secret:
    """A secret whose end of line is taken away. Raises SecretFlaw where nothing is left, or it is too long."""
    text = text.rstrip("\r\n")
    if not text:
        raise SecretFlaw(f"{ref}: the secret is empty")
    if len(text) > SECRET_BYTES_MAX:
        raise SecretFlaw(f"{ref}: the secret is longer than {SECRET_BYTES_MAX} bytes")
    if "\0" in text:
        raise SecretFlaw(f"{ref}: the secret holds a NUL byte")
    return Secret(text)


def header_flaw(text: str) -> str:
    """Why a secret cannot stand in a header or in an address; empty where it can."""
    if text.isascii() and text.isprintable():
        return ""
    return "the secret holds a line break or a character that cannot stand in a header"
