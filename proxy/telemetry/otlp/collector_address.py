"""Where a collector is: by tidegate.yaml, or by OpenTelemetry's standard variables. Pure.

Source: OpenTelemetry Protocol Exporter specification, "Endpoint URLs for OTLP/HTTP".
"""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

Signal = Literal["traces", "metrics"]

BASE_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"
METRICS_EXPORTER, METRICS_INTERVAL = "OTEL_METRICS_EXPORTER", "OTEL_METRIC_EXPORT_INTERVAL"
SECRET_CHARS_MIN, FIELDS_MAX = 6, 100
EVERY_S = 60.0
"""The specification's interval where nothing is said."""
EVERY_MIN_S = 1.0


def is_off(signal: Signal, environ: Mapping[str, str]) -> bool:
    """Whether a standard variable forbids to send a signal, whatever else is said."""
    disabled = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return disabled or environ.get(f"OTEL_{signal.upper()}_EXPORTER", "").strip().lower() == "none"


def own_variable(signal: Signal) -> str:
    """The variable that names the whole address for one signal."""
    return f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT"


def is_named(endpoint: str | None, signal: Signal, environ: Mapping[str, str]) -> bool:
    """Whether there is a collector for a signal."""
    return endpoint is not None or any(environ.get(name) for name in (own_variable(signal), BASE_VARIABLE))


def signal_url(endpoint: str, signal: Signal) -> str:
    """The address for one signal under `telemetry.otlp`.

    An address without a path is a collector's base, and gets the standard path. One with a path is meant for traces as
    it is; for metrics, its `/v1/traces` is replaced, or the standard path stands behind it.
    """
    parts = urlsplit(endpoint)
    path = parts.path.rstrip("/")
    if signal == "traces" and path:
        return endpoint
    path = path.removesuffix("/v1/traces").removesuffix("/v1/metrics")
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/v1/{signal}", parts.query, ""))


def push_every_s(written: float | None, environ: Mapping[str, str]) -> float | None:
    """Seconds between two exports of metrics; None where nobody asked for any.

    They are asked for by tidegate.yaml, or by a standard variable that names metrics: OTEL_METRICS_EXPORTER=otlp, or an
    address for metrics alone. A collector that is named for all signals may be one that takes traces only.
    """
    exporters = {name.strip() for name in environ.get(METRICS_EXPORTER, "").split(",")}
    if is_off("metrics", environ) or written is not None:
        return None if is_off("metrics", environ) else written
    if "otlp" not in exporters and not environ.get(own_variable("metrics")):
        return None
    milliseconds = environ.get(METRICS_INTERVAL, "").strip()
    readable = milliseconds.isascii() and milliseconds.isdecimal() and len(milliseconds) <= 10
    return max(int(milliseconds) / 1000, EVERY_MIN_S) if readable else EVERY_S


def secrets_in(endpoint: str) -> list[str]:
    """What an address may hold that is nobody's business: a password, and the values of its query that are long enough.

    An exporter's own log lines name the whole address. Raises ValueError where it is none.
    """
    parts = urlsplit(endpoint)
    values = [value for _, value in parse_qsl("&".join(parts.query.split("&", FIELDS_MAX)[:FIELDS_MAX]))]
    return [value for value in (parts.password or "", *values) if len(value) >= SECRET_CHARS_MIN]


def header_secrets(headers: str) -> list[str]:
    """What the headers of a standard variable hold, `name=value,name=value`: each value, with and without its scheme.

    An entry that is none is quoted by an exporter as it stands, so what it holds behind a colon counts too.
    """
    found: list[str] = []
    for entry in headers.split(",", FIELDS_MAX)[:FIELDS_MAX]:
        value = unquote(re.split("[=:]", entry, maxsplit=1)[-1]).strip()
        found += (value, value.rpartition(" ")[2])
    return [value for value in dict.fromkeys(found) if len(value) >= SECRET_CHARS_MIN]
