"""References to secrets, `source:name`: which sources there are, and how each writes the name of a secret.

The grammar is strict, because a literal secret that passed for a reference would be kept, shown and logged as one. It
reads no secret.
"""

import difflib
import re
from dataclasses import dataclass

SOURCES: dict[str, tuple[re.Pattern[str], str]] = {
    "env": (re.compile(r"[^=\0]+"), "env:STRIPE_KEY"),
    "file": (re.compile(r"[^\0]+"), "file:/run/secrets/key"),
    "kubernetes": (re.compile(r"/[^\0]*[^/\0]"), "kubernetes:/etc/secrets/stripe/key"),
    "systemd": (re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*"), "systemd:stripe_key"),
    "vault": (re.compile(r"[^/#\s]+(?:/[^/#\s]+)+#[^#\s]+"), "vault:secret/stripe#key"),
    "aws": (re.compile(r"[A-Za-z0-9/_+=.@:-]+(?:#[^#\s]+)?"), "aws:prod/stripe#key"),
}
"""Source → the form of a name, and an example of a whole reference.

`vault` has the mount of a KV engine (version 2), the path in it, and a field. `aws` has the name or ARN of a secret,
and a field where its value is a JSON object.
"""

REMOTE = frozenset({"vault", "aws"})
"""Sources on another machine: they are asked beforehand and in the background, never when a secret is needed."""

WRITTEN = "^(?:" + "|".join(f"{source}:{pattern.pattern}" for source, (pattern, _) in SOURCES.items()) + ")$"
"""The form of every reference, for a JSON Schema."""

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,15}")
"""What may be meant as the name of a source."""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """The place of a secret. Never the secret."""

    source: str
    name: str

    def __str__(self) -> str:
        return f"{self.source}:{self.name}"

    @property
    def place(self) -> str:
        """What is read as a whole: the name without its field."""
        return self.name.rpartition("#")[0] or self.name if self.source in REMOTE else self.name

    @property
    def field(self) -> str:
        """The field of what is read; empty for all of it."""
        return self.name.rpartition("#")[2] if self.source in REMOTE and "#" in self.name else ""

    @property
    def remote(self) -> bool:
        """Whether it has to be fetched from another machine."""
        return self.source in REMOTE


class LiteralSecretError(ValueError):
    """Something stands where a reference to a secret must stand. Its text never repeats what: it may be the secret."""

    def __init__(self, cure: str = "") -> None:
        super().__init__(
            cure or "this is a literal secret; write a reference to it, like env:STRIPE_KEY or file:/run/secrets/key"
        )


def parse_secret(value: object) -> SecretRef:
    """`env:NAME`, `file:/path`, `vault:mount/path#field` … → SecretRef. Raises LiteralSecretError."""
    if not isinstance(value, str):
        raise LiteralSecretError
    source, colon, name = value.partition(":")
    if source in SOURCES and colon:
        pattern, example = SOURCES[source]
        if pattern.fullmatch(name):
            return SecretRef(source, name)
        raise LiteralSecretError(f"this is no reference of the source {source}; it looks like {example}")
    raise LiteralSecretError(_cure(source) if colon and _WORD.fullmatch(source) else "")


def _cure(source: str) -> str:
    """For a word that is near the name of a source. It names sources alone: the word may be half of a secret."""
    near = difflib.get_close_matches(source.lower(), SOURCES, n=2, cutoff=0.6)
    if not near:
        return ""
    like = " or ".join(SOURCES[name][1] for name in near)
    return f"there is no such source of secrets; did you mean {' or '.join(near)}, as in {like}?"
