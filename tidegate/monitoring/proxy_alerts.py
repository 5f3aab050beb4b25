"""The alerts about the proxy itself, which no vendor causes: its store, means, loop, clock and log, what it holds."""

from tidegate.monitoring.alert import Alert

EXPIRES_S = 7 * 86_400.0
"""What Tidegate itself holds is told so long before it ends."""
EXPIRES_BY_HAND_S = 30 * 86_400.0
"""What every app must be given anew: a CA."""
JOB = "tidegate"
"""Prometheus' job that asks proxies is to have a name that begins so, like those in deploy/."""
SKEW_MAX_S = 60.0
"""A fifth of the age that webhooks may usually have."""
LAG_MAX_S = 0.1
"""An event loop that runs so late adds as much to every call."""

ABSENT = Alert(
    "TidegateAbsent",
    "absent(tidegate_store_ready)",
    "2m",
    "critical",
    "Prometheus gets no figures of any proxy; every other alert is blind.",
    (
        "Is there a target for each proxy on Prometheus' page of targets? What it says of them is the reason.",
        "Does one run? /healthz on its admin port says so. All at a glance, without Prometheus: tidegate top.",
    ),
)

DOWN = Alert(
    "TidegateDown",
    f'min by (instance) (up{{job=~"{JOB}.*"}}) == 0',
    "2m",
    "critical",
    "Prometheus cannot ask one of the proxies for its figures: it is away, or does not let Prometheus in.",
    (
        "Does it run? /healthz on its admin port, or its service manager, says so. The others take its calls.",
        "Prometheus' page of targets says why not: nobody listens, a wrong token (401), a name not in `hosts` (421).",
        "A wrong start says what to mend, in the log and by: tidegate check.",
    ),
)

STORE = Alert(
    "TidegateStoreNotReady",
    "min by (instance) (tidegate_store_ready) == 0",
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
    f"histogram_quantile(0.99, sum by (instance, le) (rate(tidegate_loop_lag_seconds_bucket[5m]))) > {LAG_MAX_S:g}",
    "5m",
    "warning",
    "Tidegate has more to do than its processor can: every call waits for it.",
    (
        "Is the machine busy with something else? Look at its load.",
        "Start more proxies on one store (PostgreSQL), behind one address.",
    ),
)

MEANS = Alert(
    "TidegateOutOfMeans",
    "max by (instance) (tidegate_out_of_means) == 1",
    "1m",
    "critical",
    "The process lacks descriptors, memory or local ports: connections to vendors cannot be made.",
    (
        "Which of them stands in /readyz and in the log.",
        "Descriptors: raise LimitNOFILE or ulimit -n. Ports: net.ipv4.ip_local_port_range.",
        "Too many apps at once? Look at tidegate_app_connections; lower connections_max.",
    ),
)

CLOCK = Alert(
    "TidegateClockSkew",
    f"max by (source) (abs(tidegate_webhook_skew_seconds)) > {SKEW_MAX_S:g}",
    "5m",
    "warning",
    "This machine's clock and a vendor's are apart; webhooks are refused once that is more than the tolerance.",
    (
        "Set this machine's clock by NTP: timedatectl or chronyc tracking says how far it is off.",
        "Is one source alone apart? Then it is that vendor's clock, or its webhooks come late.",
    ),
)

LOG = Alert(
    "TidegateLogLost",
    "sum by (instance) (increase(tidegate_log_lines_dropped_total[10m])) > 0",
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

PROXY_ALERTS = (ABSENT, DOWN, STORE, MEANS, LAG, CLOCK, LOG, OWN)
"""They are in every vendor's runbook, so that they cannot be forgotten."""
