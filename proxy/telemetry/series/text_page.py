"""Families of metrics as text: Prometheus' older format, or OpenMetrics 1.0 with exemplars.

The library's own writers make a sample of each bucket and look at each of its labels: with a few hundred operations
they hold up the loop for a tenth of a second at every scrape. These take a tenth of that. What they write is judged by
the library's parsers in the tests.

Sources: Prometheus, "Text-based format"; OpenMetrics 1.0, "Text format".
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from prometheus_client.core import Metric

from tidegate.proxy.telemetry.series.histogram import TraceExample
from tidegate.proxy.telemetry.series.histogram_rows import LE, HistogramRows, trace_labels

LABEL_SETS_KEPT = 8192
"""So many sets of labels are remembered as they are written."""

ShowExample = Callable[[TraceExample], str]


def text_page(families: Iterable[Metric], *, openmetrics: bool) -> bytes:
    """Everything as one page."""
    parts: list[str] = []
    show = _exemplar if openmetrics else _nothing
    for family in families:
        total = "_total" if family.type == "counter" and not openmetrics else ""
        help_text = family.documentation.replace("\\", "\\\\").replace("\n", "\\n")
        if openmetrics:
            help_text = help_text.replace('"', '\\"')
        parts.append(f"# HELP {family.name}{total} {help_text}\n# TYPE {family.name}{total} {family.type}\n")
        parts += _histograms(family, show) if isinstance(family, HistogramRows) else _samples(family)
    if openmetrics:
        parts.append("# EOF\n")
    return "".join(parts).encode()


def _samples(family: Metric) -> Iterator[str]:
    for sample in family.samples:
        labels = _written(tuple(sample.labels.items()))
        yield f"{sample.name}{f'{{{labels}}}' if labels else ''} {_number(sample.value)}\n"


def _histograms(family: HistogramRows, show: ShowExample) -> Iterator[str]:
    name, names = family.name, family.labels
    for row in family.rows:
        labels, upto = _written(tuple(zip(names, row.labels, strict=True))), row.cumulated()
        rest = f",{labels}}} " if labels else "} "
        examples = row.examples
        lines = [
            f'{name}_bucket{{le="{bound}"{rest}{count}.0{show(examples[place]) if place in examples else ""}\n'
            for place, (bound, count) in enumerate(zip(LE, upto, strict=True))
        ]
        own = f"{{{labels}}}" if labels else ""
        yield "".join(lines) + f"{name}_count{own} {upto[-1]}.0\n{name}_sum{own} {_number(row.sum_s)}\n"


@lru_cache(maxsize=LABEL_SETS_KEPT)
def _written(labels: tuple[tuple[str, str], ...]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(labels))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _exemplar(example: TraceExample) -> str:
    return f" # {{{_written(tuple(trace_labels(example).items()))}}} {_number(example.seconds)} {example.wall:.3f}"


def _nothing(_: TraceExample) -> str:
    return ""


def _number(value: float) -> str:
    text = repr(float(value))
    return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(text, text)
