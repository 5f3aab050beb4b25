"""The Grafana dashboards: one for the proxy with all its vendors, one for each vendor.

Built with Grafana's own library, so that what it writes is what Grafana reads. The figures are the proxy's metrics.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from grafana_foundation_sdk.builders import dashboard, prometheus, timeseries
from grafana_foundation_sdk.builders.common import VizLegendOptions
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from tidegate.monitoring.slo_alerts import NOBODY, WELL
from tidegate.vendor.vendor import Vendor

SOURCE_VARIABLE = "source"
"""The dashboard's variable that picks the Prometheus to ask."""
REFRESH = "10s"
HEIGHT, SPAN = 8, 12
"""Grid units of a panel: two stand side by side."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A panel: what it shows, in which unit of Grafana's, and the queries with the names of their lines."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    means: str = ""


Row = tuple[str, tuple[Figure, ...]]


def overview_dashboard(vendors: Sequence[Vendor]) -> str:
    """The dashboard of the proxy and all its vendors, as JSON."""
    rows = (
        ("Vendors", tuple(_overview())),
        ("Deliveries", tuple(_deliveries(""))),
        ("The proxy itself", tuple(_proxy())),
    )
    links = [vendor.vendor for vendor in vendors]
    return _written("tidegate", "Tidegate", rows, f"All vendors of the proxy: {', '.join(links)}.")


def vendor_dashboard(vendor: Vendor) -> str:
    """The dashboard of a vendor, as JSON."""
    where = f'vendor="{vendor.vendor}"'
    rows = (
        ("Calls", tuple(_calls(where))),
        ("Limits and breakers", tuple(_limits(where))),
        ("Writes", tuple(_writes(where))),
        ("Deliveries", tuple(_deliveries(where))),
        ("Credentials and deprecations", tuple(_credentials(where))),
    )
    return _written(f"tidegate-{vendor.vendor}", f"Tidegate: {vendor.vendor}", rows, vendor.purpose)


def _overview() -> Iterator[Figure]:
    every = "sum by (vendor) (rate(tidegate_calls_total[$__rate_interval]))"
    failed = f'verdict!~"{WELL}|{NOBODY}"'
    bad = f"sum by (vendor) (rate(tidegate_calls_total{{{failed}}}[$__rate_interval]))"
    yield Figure("Calls", "reqps", ((every, "{{vendor}}"),))
    yield Figure(
        "Calls that did not go well",
        "percentunit",
        ((f"{bad} / {every}", "{{vendor}}"),),
        "Failed, throttled, refused, or with a credential that the vendor does not take.",
    )
    yield Figure(
        "Time of a call, p99",
        "s",
        ((_quantile("0.99", "tidegate_call_seconds", "", "vendor"), "{{vendor}}"),),
    )
    yield Figure(
        "Breaker", "none", (("max by (vendor, group) (tidegate_breaker_state)", "{{vendor}} {{group}}"),), BREAKER
    )


BREAKER = "0 is closed, 1 half-open, 2 open."


def _calls(where: str) -> Iterator[Figure]:
    yield Figure(
        "Calls by verdict",
        "reqps",
        ((f"sum by (verdict) (rate(tidegate_calls_total{{{where}}}[$__rate_interval]))", "{{verdict}}"),),
    )
    yield Figure(
        "Calls by app",
        "reqps",
        ((f"sum by (app) (rate(tidegate_calls_total{{{where}}}[$__rate_interval]))", "{{app}}"),),
    )
    yield Figure(
        "Time of a call",
        "s",
        tuple((_quantile(share, "tidegate_call_seconds", where), f"p{share[2:]}") for share in ("0.50", "0.99")),
    )
    yield Figure(
        "Attempts by verdict",
        "reqps",
        ((f"sum by (verdict) (rate(tidegate_attempts_total{{{where}}}[$__rate_interval]))", "{{verdict}}"),),
        "More attempts than calls are resends.",
    )
    yield Figure(
        "Our own refusals",
        "reqps",
        ((f"sum by (problem) (rate(tidegate_refusals_total{{{where}}}[$__rate_interval]))", "{{problem}}"),),
    )
    yield Figure(
        "Calls by operation",
        "reqps",
        ((f"topk(10, sum by (operation) (rate(tidegate_calls_total{{{where}}}[$__rate_interval])))", "{{operation}}"),),
    )


def _limits(where: str) -> Iterator[Figure]:
    yield Figure(
        "Limits in use", "percentunit", ((f"max by (limit) (tidegate_limit_used_ratio{{{where}}})", "{{limit}}"),)
    )
    yield Figure("Calls that wait for a limit", "none", ((f"sum(tidegate_queue_depth{{{where}}})", "queue"),))
    yield Figure("Breaker", "none", ((f"max by (group) (tidegate_breaker_state{{{where}}})", "{{group}}"),), BREAKER)
    yield Figure("Connections", "none", ((f"sum(tidegate_connections{{{where}}})", "connections"),))


def _writes(where: str) -> Iterator[Figure]:
    yield Figure(
        "Writes by outcome",
        "reqps",
        ((f"sum by (outcome) (rate(tidegate_outcomes_total{{{where}}}[$__rate_interval]))", "{{outcome}}"),),
        "`unknown` may or may not have happened.",
    )
    yield Figure(
        "Calls that apps sent again by themselves",
        "reqps",
        ((f"sum by (operation) (rate(tidegate_repeats_total{{{where}}}[$__rate_interval]))", "{{operation}}"),),
        "An SDK retries behind Tidegate, which retries too: set its retries to 0.",
    )


def _deliveries(where: str) -> Iterator[Figure]:
    yield Figure(
        "Deliveries in the store",
        "none",
        ((f"sum by (box, state) (tidegate_deliveries{{{where}}})", "{{box}} {{state}}"),),
        "Dead and parked ones wait for a person.",
    )
    waiting = f'{_and(where)}state=~"queued|waiting|unknown"'
    yield Figure(
        "Age of the oldest that waits",
        "s",
        ((f"max by (box) (tidegate_delivery_oldest_seconds{{{waiting}}})", "{{box}}"),),
    )


def _credentials(where: str) -> Iterator[Figure]:
    yield Figure(
        "Age of the secret in force",
        "s",
        ((f"max by (secret) (tidegate_secret_age_seconds{{{where}}})", "{{secret}}"),),
    )
    yield Figure(
        "Days until the vendor ends an operation",
        "d",
        ((f"min by (operation) (tidegate_sunset_days{{{where}}})", "{{operation}}"),),
    )
    yield Figure(
        "Changes found in the vendor's answers",
        "none",
        ((f"sum(increase(tidegate_drift_found_total{{{where}}}[1h]))", "in the last hour"),),
        "Where `policy.drift` samples answers.",
    )


def _proxy() -> Iterator[Figure]:
    yield Figure("Lateness of the event loop, p99", "s", ((_quantile("0.99", "tidegate_loop_lag_seconds", ""), "p99"),))
    yield Figure("Store is ready", "none", (("min(tidegate_store_ready)", "ready"),))
    yield Figure("Connections of apps", "none", (("sum by (port) (tidegate_app_connections)", "{{port}}"),))
    yield Figure(
        "Log lines lost", "none", (("sum(increase(tidegate_log_lines_dropped_total[$__rate_interval]))", "lines"),)
    )


def _and(where: str) -> str:
    return f"{where}," if where else ""


def _quantile(share: str, metric: str, where: str, *labels: str) -> str:
    by = ", ".join((*labels, "le"))
    return f"histogram_quantile({share}, sum by ({by}) (rate({metric}_bucket{{{where}}}[$__rate_interval])))"


def _written(uid: str, title: str, rows: Sequence[Row], description: str) -> str:
    made = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags(["tidegate"])
        .refresh(REFRESH)
        .time("now-1h", "now")
        .editable()
        .with_variable(dashboard.DatasourceVariable(SOURCE_VARIABLE).label("Prometheus").type("prometheus"))
    )
    for name, figures in rows:
        made = made.with_row(dashboard.Row(name))
        for figure in figures:
            made = made.with_panel(_panel(figure))
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def _panel(figure: Figure) -> timeseries.Panel:
    source = DataSourceRef(type_val="prometheus", uid=f"${{{SOURCE_VARIABLE}}}")
    legend = VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True)
    panel = (
        timeseries.Panel()
        .title(figure.title)
        .description(figure.means)
        .unit(figure.unit)
        .datasource(source)
        .legend(legend)
        .height(HEIGHT)
        .span(SPAN)
    )
    for letter, (expression, name) in zip(ascii_uppercase, figure.queries, strict=False):
        query = prometheus.Dataquery().expr(expression).legend_format(name).ref_id(letter).datasource(source)
        if "_bucket" in expression:
            query = query.exemplar(True)
        panel = panel.with_target(query)
    return panel
