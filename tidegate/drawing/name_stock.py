"""The stock of names that a load needs: which requests must be made before it begins, and what they supplied.

Pure: whoever has a client makes each request that is due, and gives back its answer. A call takes its names from the
stock. One that removes what it names has a thing of its own, so that no other call misses it.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.drawing.supplies import CHAIN_MAX, Supplies, Supply, taken_name

STOCK_OF_EACH = 5
"""So many names of a kind are shared by all calls that leave them where they are."""

TRIES_MAX = 3
"""A request that supplies nothing so often in a row is not made again."""

ORDERS_MAX = 20_000
"""Requests before the load begins."""

REMOVING = "DELETE"


@dataclass(frozen=True, slots=True)
class StockOrder:
    """A request that is to be made: its source, and the names that it takes from the stock.

    What a `spare` one supplies is for a call that removes it.
    """

    source: str
    names: Mapping[str, str]
    tag: str
    spare: bool = False


class NameStock:
    """The stock. `calls` are the sources of the load's calls, one for each call; `run` begins its orders' tags."""

    def __init__(self, supplies: Supplies, calls: Iterable[str], rng: random.Random, run: str) -> None:
        self._supplies = supplies
        self._rng = rng
        self._run = run
        self._shared: dict[str, list[dict[str, str]]] = defaultdict(list)
        self._spare: dict[str, list[dict[str, str]]] = defaultdict(list)
        self._failures: Counter[str] = Counter()
        self._flaws: dict[str, str] = {}
        self._made = 0
        self._given: dict[str, dict[str, Supply]] = defaultdict(dict)
        """The names that each source supplies."""
        self._wanted: list[str] = []
        """What is shared, each after what it needs itself."""
        self._spares_wanted: Counter[str] = Counter()
        for source, number in Counter(calls).items():
            self._want(source, 0)
            removed = self._removed(source)
            if removed is not None:
                self._spares_wanted[removed.source] += number

    def due(self) -> StockOrder | None:
        """The next request to make; None where nothing is missing that can be had."""
        if self._made >= ORDERS_MAX:
            return None
        for source in self._wanted:
            if len(self._shared[source]) < STOCK_OF_EACH and self._failures[source] < TRIES_MAX:
                return self._order(source, spare=False)
        for source, number in self._spares_wanted.items():
            if len(self._spare[source]) < number and self._failures[source] < TRIES_MAX:
                return self._order(source, spare=True)
        return None

    def replenish(self, source: str) -> StockOrder | None:
        """The request that makes one more thing for a call that removes it; None for a call that removes nothing."""
        removed = self._removed(source)
        return self._order(removed.source, spare=True) if removed is not None else None

    def put(self, order: StockOrder, status: int, answer: Any) -> None:
        """The answer to a request that was due: its status (0 for none) and its content as data."""
        taken = {
            supply.name: name
            for supply in self._given[order.source].values()
            if 200 <= status < 300 and (name := taken_name(supply, answer))
        }
        if taken:
            (self._spare if order.spare else self._shared)[order.source].append({**order.names, **taken})
            self._failures[order.source] = 0
            return
        self._failures[order.source] += 1
        got = "no name in the answer" if 200 <= status < 300 else f"status {status}: {str(answer)[:200]}"
        self._flaws[order.source] = f"{order.source} supplied no name for the calls that need one: {got}"

    @property
    def flaws(self) -> list[str]:
        """A sentence for each request that supplied nothing."""
        return [flaw for source, flaw in self._flaws.items() if not self._shared[source] and not self._spare[source]]

    def names_for(self, source: str) -> dict[str, str]:
        """The names for one call, the same thing's as far as they belong together."""
        names: dict[str, str] = {}
        removed = self._removed(source)
        if removed is not None and self._spare[removed.source]:
            names |= self._spare[removed.source].pop()
        for supply in reversed(self._supplies.needs(source)):
            if supply.name in names or supply == removed:
                continue
            items = self._shared[supply.source]
            fitting = [one for one in items if all(names.get(name, value) == value for name, value in one.items())]
            if fitting:
                names |= fitting[self._rng.randrange(len(fitting))]
        return names

    def _order(self, source: str, *, spare: bool) -> StockOrder:
        self._made += 1
        return StockOrder(source, self.names_for(source), f"{self._run}-s{self._made:05d}", spare)

    def _removed(self, source: str) -> Supply | None:
        """What a call removes: the innermost of the things that it names."""
        needs = self._supplies.needs(source)
        return needs[-1] if needs and self._supplies.operation_of(source).method == REMOVING else None

    def _want(self, source: str, depth: int) -> None:
        """Note what a call needs; what that needs itself comes first, so that the first that is missing can be made."""
        removed = self._removed(source)
        for supply in self._supplies.needs(source):
            self._given[supply.source][supply.name] = supply
            if supply.source not in self._wanted and depth < CHAIN_MAX:
                self._want(supply.source, depth + 1)
                if supply != removed:
                    self._wanted.append(supply.source)
