"""A first vendor file of what was seen at a host: it passes `tidegate check`, and says what a person must decide.

What nobody could see stands as the most careful choice (a write is never resent, the rate is learned), with a comment,
and under `undecided`, which `check` names until a person has taken the line away.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tidegate.proxy.discovery.discovery_document import DiscoveredHost
from tidegate.proxy.discovery.document_draft import operation_ids
from tidegate.vendor.dialect_facts import PRESETS, PresetName

_LABEL = re.compile(r"[^a-z0-9]+")
_UNTELLING = frozenset(("api", "www", "com", "org", "net", "io", "dev", "app", "co", "uk", "de", "eu"))
_YAML_WORDS = frozenset(("true", "false", "null"))
"""What YAML takes for no text."""
NEVER_TWICE = ("POST", "PATCH")
LISTED_MAX = 5


@dataclass(frozen=True, slots=True)
class VendorDraft:
    """A vendor file as text, and the vendor's name."""

    name: str
    text: str


def vendor_name(host: str) -> str:
    """A name for the vendor at a host: `api.stripe.com` → `stripe`."""
    labels = [label for label in re.split(r"[.:]", host.lower()) if label]
    telling = [label for label in labels if label not in _UNTELLING] or labels
    name = _LABEL.sub("-", "-".join(telling)).strip("-")
    return name if re.match(r"[a-z]", name) and name not in _YAML_WORDS else f"host-{name}"


def vendor_draft(found: DiscoveredHost, name: str) -> VendorDraft:
    """The vendor file of a host."""
    undecided = [
        "purpose: say in a sentence what it is used for",
        "owner: whom the runbook names",
        "facts.region: where the vendor keeps the data, and facts.personal_data: which fields are personal",
    ]
    auth = list(_auth(found, name, undecided))
    limits = list(_limits(found, undecided))
    writes = list(_writes(found, undecided))
    undecided += [
        "facts.errors: where the error stands in the body of an answer; bodies were not looked at",
        "policy.alerts: when somebody is to be woken, and the runbook",
    ]
    lines = [
        "# Written by `tidegate discover` from what apps called; bodies and values of headers were not looked at.",
        f"vendor: {name}",
        f"purpose: {found.calls} calls were seen at {found.host}.",
        "owner: undecided",
        "document: openapi.json",
        "undecided:  # `tidegate check` names each of these; take a line away once it is decided",
        *[f"  - {_quoted(line)}" for line in undecided],
        "",
        "facts:",
        f"  base_url: {_quoted(f'{found.scheme}://{found.host}')}",
        "  # region: eu",
        *auth,
        '  errors: {envelope: "/error", ours: {error: "{problem}"}}',
        *limits,
        "",
        "policy:",
        "  quota_alert: [80%, 95%]",
        f"  alerts: {{errors: 5%, slow_p99: 5s, runbook: {name}}}",
        "  unlisted: report  # what was not seen yet passes, and is counted",
        *writes,
    ]
    return VendorDraft(name, "\n".join(lines) + "\n")


def _auth(found: DiscoveredHost, name: str, undecided: list[str]) -> Iterator[str]:
    seen = list(found.total().of("auth"))
    slot = seen[0] if seen else ""
    variable = _LABEL.sub("_", name).upper() + "_KEY"
    yield "  auth:"
    if slot in ("bearer", "basic"):
        yield f"    scheme: {slot}"
    elif slot:
        yield "    scheme: header"
        yield f"    header: {_quoted(slot)}"
    else:
        yield "    scheme: bearer  # no credential was seen"
        undecided.append("facts.auth.scheme: no credential was seen in the usual places")
    if len(seen) > 1:
        undecided.append(f"facts.auth.scheme: credentials stood in {', '.join(seen[:LISTED_MAX])}")
    yield f"    secret: env:{variable}"
    yield "    rotate_every: 90d"
    yield "    scopes: undecided"
    undecided.append(f"facts.auth: where the secret is (env:{variable} is a guess), how often it changes, its scopes")


def _limits(found: DiscoveredHost, undecided: list[str]) -> Iterator[str]:
    yield "  adaptive: true  # the rate is learned from refusals until the vendor's limits stand here"
    preset = preset_of(found.limits)
    if preset is not None:
        yield f"  dialect: {preset}"
    others = [name for name in found.limits if name != "retry-after" and not _belongs(name, preset)]
    told = f"; headers that tell of them: {', '.join(sorted(others)[:LISTED_MAX])}" if others else ""
    undecided.append(f"facts.limits: the vendor's limits, as its documentation has them{told}")
    for status, times in sorted(found.retry_after.items()):
        if status not in ("429", "503"):
            undecided.append(
                f"facts.throttled: {times} answers of {status} had Retry-After; do they refuse for the rate?"
            )


def _writes(found: DiscoveredHost, undecided: list[str]) -> Iterator[str]:
    names = operation_ids(found.operations)
    writes = [(name, one) for name, one in zip(names, found.operations, strict=True) if one.method in NEVER_TWICE]
    if not writes:
        return
    yield ""
    yield "operations:"
    for name, one in writes:
        record, keys = one.record, list(one.record.of("key_headers"))
        seen = f"keys in {keys[0]} on {record.keyed} of {record.calls} calls" if keys else "no key was seen"
        yield f"  {name}: {{idempotency: never-resend}}  # {seen}"
        if record.unsafe:
            undecided.append(
                f"operations.{name}: {record.unsafe} unsafe retries: sent again without a key after no answer, or a "
                "failure; what makes that safe?"
            )
    keyed = [name for name, one in writes if one.record.keyed]
    if keyed:
        undecided.append(
            f"facts.idempotency: apps send keys with {_listed(keyed)}; if the vendor honours them, write it, and "
            "idempotency: vendor-key"
        )
    undecided.append(f"operations: is a resend safe for {_listed([name for name, _ in writes])}? Now none is resent")


def preset_of(limits: Mapping[str, str]) -> PresetName | None:
    """The known dialect all of whose headers were seen; the one with most of them."""
    seen, fitting = {name.lower() for name in limits}, []
    for name, dialect in PRESETS.items():
        headers = {header.lower() for header in dialect.headers}
        if headers and headers <= seen:
            fitting.append((len(headers), name))
    return max(fitting, default=(0, None), key=lambda one: one[0])[1]


def _belongs(header: str, preset: PresetName | None) -> bool:
    return preset is not None and header.lower() in {name.lower() for name in PRESETS[preset].headers}


def _listed(names: list[str]) -> str:
    rest = f" and {len(names) - LISTED_MAX} more" if len(names) > LISTED_MAX else ""
    return ", ".join(names[:LISTED_MAX]) + rest


def _quoted(text: str) -> str:
    """A text as YAML reads it back, whatever stands in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else " " for char in escaped) + '"'
