"""The port that a URL leads to, and the usual ports of its schemes (RFC 9110 §4.2.1, §4.2.2)."""

from urllib.parse import SplitResult

USUAL_PORTS = {"http": 80, "https": 443}


def port_of(parts: SplitResult) -> int:
    """The port of an http or https URL, the usual one where it names none. Raises ValueError for what is no port."""
    return parts.port or (443 if parts.scheme == "https" else 80)
