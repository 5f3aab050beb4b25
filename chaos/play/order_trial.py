"""A trial of the order flow: plays a drawn scenario of it, and tells which promises broke."""

from collections.abc import Iterator

from tidegate.chaos.judge.wire_promises import not_at_rest
from tidegate.chaos.play.order_flow import PlayedOrders, play_orders
from tidegate.chaos.timeline.draw import DrawnScenario


def played_orders(drawn: DrawnScenario) -> PlayedOrders:
    """Play it. Raises Deadlock or OutOfTime where its world cannot end."""
    return play_orders(drawn.scenario(), drawn.seed, dice=drawn.orders)


def order_violations(played: PlayedOrders) -> list[str]:
    """The broken promises, one sentence each, its first word the promise's name."""
    left = [f"at rest: {sentence}" for sentence in not_at_rest(played.rest)]
    return [*played.broken, *left, *_surprises(played)]


def _surprises(played: PlayedOrders) -> Iterator[str]:
    yield from (f"surprise: {sentence}" for sentence in played.surprises)
    for line in played.lines:
        if "bug" in line:
            yield f"surprise: the proxy failed with {line['bug']} at {', '.join(line['where'][-2:])}"
