"""The block `telemetry` of tidegate.yaml: where log lines, spans and metrics go. It sends none."""

from typing import Annotated

from pydantic import AfterValidator, Field

from tidegate.configfile.block import Block
from tidegate.configfile.file_place import checked_path
from tidegate.configfile.units import Duration, Portion
from tidegate.configfile.web_address import BaseAddress
from tidegate.policy.data import RegionName

LOG_WORDS = ("stderr", "none")
"""What `log` may say instead of the path of a file."""
NO_LOGS = frozenset(("stdout", "off", "no", "false", "true", "null", "syslog", "journald", "console", "json", "-"))
"""What other programs take for a log, and what would be the name of a file here."""


def checked_log(written: str) -> str:
    """Where lines go, as it is written: a word of LOG_WORDS, or a path. Raises ValueError where it is a slip."""
    if written.lower() in (*NO_LOGS, *LOG_WORDS) and written not in LOG_WORDS:
        raise ValueError(f"write stderr, none, or the path of a file; a file of that name is ./{written}")
    return checked_path(written)


class TelemetrySettings(Block):
    """The places of log lines, spans and metrics. Spans are made only where `otlp` is set, or its standard variable."""

    log: Annotated[str, AfterValidator(checked_log)] = "stderr"
    """Where the JSON line of each call goes: `stderr`, `none`, or a file's path."""
    otlp: Annotated[BaseAddress | None, Field(examples=["http://127.0.0.1:4318"])] = None
    """The HTTP address of an OpenTelemetry collector."""
    sample: Portion = 0.05
    """The share of calls that are traced, where the app did not decide it with a `traceparent`."""
    metrics_every: Annotated[Duration | None, Field(ge=1, le=3600)] = None
    """How often metrics are sent to that collector as well; None for never, or what the standard variables say."""
    app_labels: Annotated[int, Field(ge=0, le=1000)] = 100
    """So many apps have a label of their own in metrics; those beyond share `other`."""
    region: RegionName | None = None
    """Where the collector keeps what it gets. Asked for where there are rules of `residency`."""
