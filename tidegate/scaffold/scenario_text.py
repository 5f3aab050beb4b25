"""The text of a scenario: two bad minutes of a vendor, aimed at the operations that the adapter uses."""

from collections.abc import Sequence

from tidegate.policy.plan_values import SAFE
from tidegate.scaffold.call_shape import CallShape
from tidegate.scaffold.yaml_text import written


def scenario_text(vendor: str, calls: Sequence[CallShape]) -> str:
    """The whole file."""
    writes = [call.operation.id for call in calls if call.operation.method not in SAFE]
    lines = [
        f"# Two bad minutes of {vendor}, as `tidegate simulate {vendor} --scenario FILE` plays them.",
        "# docs/scenarios.md explains every line.",
        f"name: two bad minutes of {vendor}",
        "seconds: 120",
        "seed: 1",
        "faults:",
        "  - {kind: latency, delay: 50ms, jitter: 100ms}",
        "  - {kind: throttle, from: 10s, for: 5s, retry_after: 1s, probability: 50%}",
        "  - {kind: error, status: 503, probability: 2%}",
        "  - {kind: reset_before, probability: 2%}",
        "  - {kind: outage, from: 60s, for: 20s, mode: refuse}",
    ]
    if writes:
        lines.append(f"  - {{kind: reset_after, probability: 2%, operations: {written(writes)}}}")
    lines += ["load:", "  - {rate: 1/s}"]
    return "\n".join(lines) + "\n"
