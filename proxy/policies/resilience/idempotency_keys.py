"""The keys of a write: the app's, the one that the vendor sees, and our own where the app gave none.

What a key means once it is on record is tidegate.proxy.policies.resilience.idempotency_record.
"""

import hashlib

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.call import Call

APP_HEADER = "Idempotency-Key"
"""An app's header for any write (draft-ietf-httpapi-idempotency-key-header), whatever its vendor calls it."""


def given_key(call: Call) -> str | None:
    """The app's key as it sent it, under the standard's name or the vendor's; empty for two that differ.

    The field has one item (draft-ietf-httpapi-idempotency-key-header section 2), and nobody can say which was meant.
    """
    given = call.headers.getall(APP_HEADER, ())
    if not given and call.plan.key_header is not None:
        given = call.headers.getall(call.plan.key_header, ())
    if not given:
        return None
    return given[0] if len(given) == 1 or len({*given}) == 1 else ""


def own_key(call_id: str) -> str:
    """The key of a call whose app gave none. The id was drawn for it, so nobody else has this key."""
    return f"tidegate-{call_id}"


def vendor_key_of(call: Call, key: str) -> str:
    """The key that the vendor sees of a call whose key is `key`."""
    return bounded(key, call.plan) if key == call.own_key else vendor_key(call.app, key, call.plan)


def vendor_key(app: str, key: str, plan: OperationPlan) -> str:
    """The key that the vendor sees. Apps share one account there, so another app's equal key must not meet this one."""
    # No app's name is empty, so a key of the app `local` that looks like another app's is set apart by a colon.
    return bounded(f"{app}:{key}" if app != "local" else f":{key}" if ":" in key else key, plan)


def bounded(key: str, plan: OperationPlan) -> str:
    """A key as long as the vendor takes it: of a longer one, as much of its digest as there is room for."""
    most = plan.key_characters_max
    return key if len(key) <= most else hashlib.sha256(key.encode()).hexdigest()[:most]


def quoted(key: str) -> str:
    """A key as a header's value (RFC 8941 §3.3.3): whatever it holds, it is read back as it was."""
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
