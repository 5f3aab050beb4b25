"""The thresholds of the alert rules that are made from a vendor file (tidegate.monitoring.alert_rules)."""

from tidegate.configfile.block import Block
from tidegate.configfile.one_line import OneLine
from tidegate.configfile.units import Duration, Portion

OLDEST_S = 900.0
"""An outage of five minutes, and the time in which what it held back is sent, raise no alert."""


class Alerts(Block):
    """What the generated alert rules watch."""

    errors: Portion
    """This share of failed calls raises an alert."""
    slow_p99: Duration
    """This 99th percentile of a call's time raises an alert."""
    oldest: Duration = OLDEST_S
    """A delivery that waits longer than this raises an alert."""
    runbook: OneLine
    """The runbook that is opened then."""
