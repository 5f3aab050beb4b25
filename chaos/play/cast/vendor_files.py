"""Vendor files as they are played: in a wire without TLS, calm for a rehearsal, tight for a search.

Facts and policy stay as they are written, but for what a virtual world does not have, and for what a search draws.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tidegate.policy.bulkhead import Bulkhead
from tidegate.values.fixtures import read_fixtures
from tidegate.vendor.facts import Facts, Limit
from tidegate.vendor.vendor_file import LoadedVendor

_SIGNING = frozenset({"hmac", "message-signature", "aws-sigv4", "certificate"})


def played(loaded: LoadedVendor) -> LoadedVendor:
    """The file as it is played: who signs, shows a certificate or asks for tokens sends a key here.

    What is judged is not whether a signature is right; tidegate's own tests say that.
    """
    auth = loaded.vendor.facts.auth
    changes: dict[str, object] = {"tokens": None, "certificate": None, "optional": False, "requirements": "scheme"}
    if auth.scheme in _SIGNING:
        changes |= {"scheme": "bearer", "header": "Authorization", "hmac": None, "message_signature": None, "aws": None}
    return _with(loaded, auth=auth.model_copy(update=changes))


def open_door(loaded: LoadedVendor) -> LoadedVendor:
    """A vendor that lets everybody in, within its limits."""
    auth = played(loaded).vendor.facts.auth.model_copy(update={"optional": True})
    return _with(loaded, auth=auth)


def calm(loaded: LoadedVendor) -> LoadedVendor:
    """A vendor that lets everybody in, as often as they like."""
    return _with(open_door(loaded), limits=(), concurrency=(), quotas=())


def tight(loaded: LoadedVendor, limit: Limit, places: Bulkhead | None, *, hints: bool) -> LoadedVendor:
    """A vendor whose one limit ordinary bursts reach, with the bulkhead that was drawn, and with its `hints` or not."""
    errors = loaded.vendor.facts.errors
    if not hints:
        errors = errors.model_copy(update={"retry_hint": None})
    made = _with(loaded, limits=(limit,), errors=errors)
    if places is None:
        return made
    policy = made.vendor.policy.model_copy(update={"bulkhead": places})
    return replace(made, vendor=made.vendor.model_copy(update={"policy": policy}))


def fixtures_of(loaded: LoadedVendor) -> Mapping[str, Any]:
    """The vendor's own sample objects, where its file names some. Raises UsageError where they cannot be read."""
    fixtures = loaded.vendor.facts.resources.fixtures
    return read_fixtures(loaded.path.parent / fixtures) if fixtures is not None else {}


def _with(loaded: LoadedVendor, **facts: object) -> LoadedVendor:
    made: Facts = loaded.vendor.facts.model_copy(update=facts)
    return replace(loaded, vendor=loaded.vendor.model_copy(update={"facts": made}))
