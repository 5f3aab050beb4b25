"""What a vendor's webhooks are verified and answered by: each value of its scheme's grammar, and where it came from."""

from typing import Any

from tidegate.configfile.block import Block
from tidegate.vendor.signature_facts import grammar_of
from tidegate.vendor.vendor_file import LoadedVendor

_OWN = ("tolerance", "dedupe", "challenge", "accepted")
"""Fields of the vendor file beside the scheme. Secrets and bodies are nobody's business here."""


def webhook_values(loaded: LoadedVendor) -> dict[str, tuple[Any, str]]:
    """Each value as it is written in a vendor file, with its origin; empty where no scheme is named."""
    webhooks = loaded.vendor.facts.webhooks
    if webhooks is None or webhooks.scheme is None:
        return {}
    at = ("facts", "webhooks")
    scheme = grammar_of(webhooks.scheme).model_dump(mode="json", exclude_defaults=True)
    named = isinstance(webhooks.scheme, str)
    values: dict[str, tuple[Any, str]] = {
        f"scheme.{name}": (
            value,
            f"scheme {webhooks.scheme}" if named else _line(loaded, (*at, "scheme", name)),
        )
        for name, value in scheme.items()
    }
    for name in _OWN:
        value = getattr(webhooks, name)
        written = name in webhooks.model_fields_set
        if value is not None:
            told = _plain(value) if isinstance(value, Block) else webhooks.model_dump(mode="json")[name]
            values[name] = (told, _line(loaded, (*at, name)) if written else "default")
    return values


def _plain(block: Block) -> Any:
    return block.model_dump(mode="json", exclude_unset=bool(block.model_fields_set))


def _line(loaded: LoadedVendor, loc: tuple[str, ...]) -> str:
    return f"{loaded.path.name}:{loaded.position(loc).line}"
