"""Excuses for a proxy: moments of trouble that were not its own, and times in which nobody could get much done.

Functions of the evidence, as in chaos/judge/promises.py. How a kind of fault counts here, it says itself (see Fault).
"""

from itertools import pairwise

from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.timeline.credential_change import ASKED
from tidegate.chaos.timeline.offered_load import Window, outages
from tidegate.scenario.fault import Fault
from tidegate.scenario.fault_kinds import known_kinds
from tidegate.simulator.trouble.refusals.expired_token import ExpiredToken

ON_THE_WAY_S = 2.0
"""Seconds: a call that begins so shortly before an outage may be on its way, or in the queue, when that begins."""
ROUGH_SHARE = 0.15
"""A fault that hits more than this share of requests is an outage to the yardstick of usefulness."""
APP_WAIT_S = 10.0
"""An app's longest wait between two calls."""
TOKEN_PAUSE_S = 33.0
"""A proxy's longest pause after a token endpoint that failed, and its last question."""
LATE_S = 0.15
"""The way to the app and back, and two commits."""
COMMITS = 4
"""A call commits twice, and may find another commit under way each time."""


def trouble_moments(evidence: Evidence) -> list[float]:
    """Moments at which the vendor, or the way to it, did not do well."""
    slow_s = evidence.policy.breaker.slow - 1.0
    away = outages(evidence.scenario)
    harmful = {name for name, kind in known_kinds(Fault).items() if kind.harmful}
    moments = [
        entry["at"] + entry["took_s"]
        for entry in evidence.entries
        if entry["took_s"] > slow_s or harmful & {*entry["faults"]}
    ]
    moments += [at for at, _ in evidence.tap.sends if any(begin - 1.0 <= at <= end + 1.0 for begin, end in away)]
    return sorted([*moments, *evidence.happened.cuts, *evidence.tap.failed_dials])


def lost_time(evidence: Evidence) -> list[Window]:
    """The windows in which nobody could get much done: outages, what comes close to one, and the recovery from them."""
    breaker = evidence.policy.breaker
    recovery_s = breaker.open_max + breaker.ramp + APP_WAIT_S
    if evidence.file is not None:  # a probe that nobody answers takes all of its time, which may be a minute and more
        recovery_s += max((plan.attempt_s for plan in evidence.file.plans.values()), default=0.0)
    rough = [
        (fault.begin, fault.end_s + (recovery_s if fault.trips_breaker else APP_WAIT_S))
        for fault in evidence.scenario.faults
        if fault.end_s is not None and fault.calls_hit > ROUGH_SHARE
    ]
    rough += [  # without a token nobody gets anything done
        (fault.begin, fault.end_s + TOKEN_PAUSE_S + APP_WAIT_S)
        for fault in evidence.scenario.faults
        if fault.end_s is not None and ASKED in fault.aimed_operations
    ]
    away = [(begin - ON_THE_WAY_S, end + recovery_s) for begin, end in outages(evidence.scenario)]
    if evidence.file is not None:  # a vendor that has said so gets nothing until then
        long = [(begin, until) for begin, until, _ in evidence.tap.pauses if until - begin > APP_WAIT_S]
        rough += [(begin, until + APP_WAIT_S) for begin, until in (*evidence.tap.shut, *long)]
    return [*rough, *away, *((crash, up_s + APP_WAIT_S) for crash, up_s in evidence.happened.crashes)]


def token_recoveries(evidence: Evidence) -> list[float]:
    """The moments at which a token came after one had not: before, no call could find out how the vendor is."""
    given = {grant.at for grant in evidence.tap.grants}
    answers = [answered for _, answered in evidence.tap.asked]
    return [after for before, after in pairwise(answers) if before not in given and after in given]


def longest_call_s(evidence: Evidence) -> float:
    """Seconds that the policy gives the longest of its calls."""
    plans = evidence.file.plans.values() if evidence.file is not None else ()
    return max((plan.budget_s for plan in plans), default=evidence.policy.budget)


def slow_disk_s(evidence: Evidence) -> float:
    """Seconds that faults add to each commit, all of them together."""
    return sum(fault.commit_delay_s for fault in evidence.scenario.faults)


def locked_out(evidence: Evidence) -> frozenset[str]:
    """The ids of intents that were sent last under a member of the pool whose key the vendor forgets for good.

    What such a write may have done, nobody can find out: another member is another account.
    """
    gone = {
        app[-4:]
        for fault in evidence.scenario.faults
        if evidence.drawn.pool is not None and isinstance(fault, ExpiredToken) and fault.end_s is None
        for app in fault.apps
    }
    sent = (tag.partition("/")[0] for _, tag in evidence.tap.sends)  # an app asks again under the same key
    last = dict(zip(sent, evidence.tap.senders, strict=True)) if gone else {}
    return frozenset(intent for intent, key in last.items() if key in gone)
