"""The version of its API that a vendor answers with: which, for which operation, and since when.

A vendor that moves an app on to another version than it asked for says so in a header alone (Shopify after a year,
GitHub where none is asked for). A header is looked at with the announcements of ends, so about once a minute.
"""

from dataclasses import dataclass, field

from tidegate.proxy.policies.dialects.dialect_reader import Headers

VERSION_HEADERS = (
    "Stripe-Version", "X-Shopify-API-Version", "X-GitHub-Api-Version-Selected", "Openai-Version", "Anthropic-Version",
    "Api-Version", "X-Api-Version",
)  # fmt: skip
"""Headers in which vendors name the version of an answer."""
VERSIONS_MAX = 200
VALUE_CHARS_MAX = 64


@dataclass(slots=True)
class AnsweredVersion:
    """One version of one operation's answers. `first` and `last` are seconds since 1970."""

    header: str
    value: str
    first: float
    last: float


@dataclass(slots=True)
class AnsweredVersions:
    """The versions that one vendor answered with. `asked` is the header in which one is asked for, empty for none."""

    asked: str = ""
    seen: dict[tuple[str, str, str], AnsweredVersion] = field(default_factory=dict)

    def read(self, headers: Headers) -> tuple[str, str] | None:
        """The header of an answer that names its version, and the version; None where there is none."""
        names = (self.asked, f"{self.asked}-Selected", *VERSION_HEADERS) if self.asked else VERSION_HEADERS
        for name in names:
            value = headers.get(name)
            if value is not None:
                return name, value[:VALUE_CHARS_MAX]
        return None

    def record(
        self, operation: str, name: str, value: str, wall: float
    ) -> tuple[AnsweredVersion, AnsweredVersion] | None:
        """Take note of a version. Where it is another than the last: the former and the new one."""
        key = (operation, name, value)
        known = self.seen.get(key)
        if known is not None:
            known.last = wall
            return None
        if len(self.seen) >= VERSIONS_MAX:
            return None
        former = max((one for (op, header, _), one in self.seen.items() if (op, header) == (operation, name)),
                     key=lambda one: one.last, default=None)  # fmt: skip
        new = self.seen[key] = AnsweredVersion(name, value, wall, wall)
        return None if former is None else (former, new)
