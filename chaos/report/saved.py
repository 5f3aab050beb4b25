"""What Tidegate saved in a run, and what that cost, in sentences: the demo's last words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tidegate.chaos.apps.retry_loop import AGAIN, ReportedOutcome
from tidegate.chaos.play.run import PlayedRun
from tidegate.report.course import percentile
from tidegate.report.numerals import duration
from tidegate.report.proxy_log import ProxyLog

HEAD = "What Tidegate saved, and what it cost (without Tidegate → with it):"


@dataclass(frozen=True, slots=True)
class SavingFigures:
    """A run in the numbers of which savings and costs are made. Times are seconds."""

    doubled: int
    contradicted: int
    unknown: int
    over_quota: int
    silent: int
    """Answers that did not say what became of a call: a lost connection, a 5xx that is no 503."""
    refused: int
    """Answers that said: later."""
    done: int
    asked: int
    attempts: int
    p50_s: float
    p99_s: float
    """Half of what was done was done within the first, 99 % within the second, from the planned start on."""

    @property
    def attempts_each(self) -> float:
        """Requests at the vendor for each intent that was done."""
        return self.attempts / max(self.done, 1)


def saving_figures(played: PlayedRun) -> SavingFigures:
    """The numbers of a run."""
    figures = played.figures
    waits_s = [one.ended_s - one.intent.start_s for one in played.endings if one.outcome is ReportedOutcome.DONE]
    statuses = [status for one in played.endings for status in one.statuses]
    return SavingFigures(
        doubled=figures.doubled,
        contradicted=figures.contradicted,
        unknown=figures.unknown,
        over_quota=figures.over_quota,
        silent=sum(status == 0 or (status >= 500 and status != 503) for status in statuses),
        refused=sum(status in AGAIN for status in statuses),
        done=figures.done,
        asked=figures.asked,
        attempts=figures.attempts,
        p50_s=percentile(waits_s, 0.5),
        p99_s=percentile(waits_s, 0.99),
    )


def last_words(naive: PlayedRun, tidegate: PlayedRun) -> list[str]:
    """What was saved, and what it cost, a sentence each."""
    straight, ours = saving_figures(naive), saving_figures(tidegate)
    log = ProxyLog.of(tidegate.outputs, tidegate.zero_wall_s)
    return [
        HEAD,
        *_saved(straight, ours),
        *_cost(straight, ours, [call.held_s for call in log.calls if call.status == 200]),
    ]


def _saved(naive: SavingFigures, ours: SavingFigures) -> Iterator[str]:
    yield _less(naive.doubled, ours.doubled, "double charges")
    yield _less(naive.unknown, ours.unknown, "orders of which nobody knew whether they were paid")
    if naive.contradicted or ours.contradicted:
        yield _less(naive.contradicted, ours.contradicted, "customers who paid and were told that they had not")
    yield _less(naive.silent, ours.silent, "errors that did not say what became of a call")
    yield _less(naive.over_quota, ours.over_quota, "requests beyond the vendor's limit")


def _cost(naive: SavingFigures, ours: SavingFigures, held_s: Sequence[float]) -> Iterator[str]:
    yield _less(naive.asked - naive.done, ours.asked - ours.done, "orders that were not done")
    yield _less(naive.refused, ours.refused, "answers that said: come back later")
    half, most = (
        f"{duration(without)} → {duration(with_it)}"
        for without, with_it in ((naive.p50_s, ours.p50_s), (naive.p99_s, ours.p99_s))
    )
    yield f"Waiting: half of what was done took at most {half}, 99 % at most {most}."
    held = [duration(percentile(held_s, share)) for share in (0.5, 0.99)]
    yield (
        f"Latency: Tidegate itself held half of the calls that went well for at most {held[0]}, 99 % for at most "
        f"{held[1]}: queue, pauses before retries, disk."
    )
    yield (
        f"Quota: {naive.attempts:,} → {ours.attempts:,} requests at the vendor, {naive.attempts_each:.2f} → "
        f"{ours.attempts_each:.2f} for each order done."
    )


def _less(naive: int, ours: int, what: str) -> str:
    """Both counts of something of which less is better."""
    begin = "Saved:" if ours < naive else "Cost:" if ours > naive else "The same:"
    more = " more" if ours > naive else ""
    return f"{begin} {abs(naive - ours) or ours:,}{more} {what} ({naive:,} → {ours:,})."
