"""An alert rule, and what it means to the one who is woken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule. `lasts` is Prometheus' `for`; `means` and `steps` go into the runbook."""

    name: str
    expression: str
    lasts: str
    severity: str
    means: str
    steps: tuple[str, ...]
