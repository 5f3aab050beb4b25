"""Headers that a provider wants with every request, and that no adapter sends: the proxy puts them in."""

from collections.abc import Mapping

from tidegate.vendor.vendor import Facts


def provider_headers(facts: Facts) -> Mapping[str, str]:
    """The version of the vendor's API, where it wants to be told one."""
    versioning = facts.versioning
    return {versioning.header: versioning.pin} if versioning is not None else {}
