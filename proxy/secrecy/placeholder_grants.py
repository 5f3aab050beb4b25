"""Who may use which placeholder, and to whom its secret may go: what tidegate.yaml grants.

A placeholder is a name, not a secret: whoever learns it can do nothing without the token of an app that it is granted
to. So what counts is who asks, and which host the request goes to. It knows nothing of requests.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tidegate.redaction.secret import Secret

MARK = "tg_"
"""What every placeholder begins with; an app's own token may too, and so is never taken for a text."""


@dataclass(frozen=True, slots=True)
class PlaceholderGrant:
    """One placeholder."""

    name: str
    secret: Secret
    apps: frozenset[str]
    hosts: frozenset[str]
    """The hosts of vendors that may get the secret, in lower case."""


class PlaceholderGrants:
    """All that are granted."""

    def __init__(self, grants: Iterable[PlaceholderGrant] = ()) -> None:
        self._grants = {f"{MARK}{grant.name}": grant for grant in grants}

    def secret(self, placeholder: str, app: str, host: str) -> Secret | None:
        """The secret for an app's request to a host; None where the placeholder is unknown, or is another's.

        Which of the two it is nobody is told: that a name exists is not every app's business.
        """
        grant = self._grants.get(placeholder)
        return grant.secret if grant is not None and app in grant.apps and host in grant.hosts else None

    def secrets_for(self, host: str) -> list[tuple[str, Secret]]:
        """Name and secret of each that a host may get."""
        return [(grant.name, grant.secret) for grant in self._grants.values() if host in grant.hosts]


NO_GRANTS = PlaceholderGrants()
