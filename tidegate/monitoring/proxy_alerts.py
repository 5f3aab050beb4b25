"""The alerts about the proxy itself, which no vendor causes: its store, its loop, its log, what it holds."""

from tidegate.monitoring.alert import Alert

EXPIRES_S = 7 * 86_400.0
"""What Tidegate itself holds is told so long before it ends."""
EXPIRES_BY_HAND_S = 30 * 86_400.0
"""What every app must be given anew: a CA."""
LAG_MAX_S = 0.1
"""An event loop that runs so late adds as much to every call."""

STORE = Alert(
    "TidegateStoreNotReady",
    "min(tidegate_store_ready) == 0",
    "1m",
    "critical",
    "The proxy's own store cannot be written: keyed writes, deferred writes and webhooks are refused.",
    (
        "The reason stands in /readyz and in the log.",
        "Is the disk full, read-only or failing? Is the database there?",
        "Nothing needs to be restarted: the proxy tries every second whether it can write again.",
    ),
)

LAG = Alert(
    "TidegateLoopLate",
    f"histogram_quantile(0.99, sum by (le) (rate(tidegate_loop_lag_seconds_bucket[5m]))) > {LAG_MAX_S:g}",
    "5m",
    "warning",
    "Tidegate has more to do than its processor can: every call waits for it.",
    (
        "Is the machine busy with something else? Look at its load.",
        "Start more workers (tidegate serve --workers), or more machines on one store.",
    ),
)

LOG = Alert(
    "TidegateLogLost",
    "sum(increase(tidegate_log_lines_dropped_total[10m])) > 0",
    "0m",
    "warning",
    "Log lines could not be written in time, or not without a secret in them, and are lost.",
    (
        "Is whoever reads the log too slow, or its disk full?",
        "Nothing else is lost: calls, deliveries and the audit log do not depend on it.",
    ),
)

OWN = Alert(
    "TidegateOwnExpires",
    f'min by (kind, name) (tidegate_expires_seconds{{kind!="CA"}}) < {EXPIRES_S:g}'
    f' or min by (kind, name) (tidegate_expires_seconds{{kind="CA"}}) < {EXPIRES_BY_HAND_S:g}',
    "10m",
    "warning",
    "A token of an app, Tidegate's own CA or a certificate ends soon; then calls are refused.",
    (
        "A token: tidegate apps token makes another; both are good until the first ends.",
        "The CA: tidegate ca init --force makes another, which every app must trust before it is used.",
        "A certificate: put the new one in the old one's place; it is taken up by itself.",
    ),
)

PROXY_ALERTS = (STORE, LAG, LOG, OWN)
"""They are in every vendor's runbook, so that they cannot be forgotten."""
