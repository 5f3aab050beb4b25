"""A number that is another whenever a page of the console would show something else.

What changes by the clock alone (rates, shares of limits that run empty) counts as changed every CLOCK_S seconds.
"""

from collections.abc import Callable, Sequence

from tidegate.proxy.desk.depth_watch import DepthWatch
from tidegate.proxy.desk.port.admin_view import AdminView

CLOCK_S = 10.0


class PageChanges:
    """See the module. `marks` are values that change with what pages show: the last call, a count of rows."""

    def __init__(
        self,
        proxy: AdminView,
        now: Callable[[], float],
        marks: Sequence[Callable[[], object]] = (),
        depths: DepthWatch | None = None,
    ) -> None:
        self._proxy, self._now, self._marks, self._depths = proxy, now, marks, depths
        self._last: object = None
        self._revision = 0

    async def revision(self) -> int:
        """The number now."""
        if self._depths is not None:
            await self._depths.look()
        seen = self._seen()
        if seen != self._last:
            self._last = seen
            self._revision += 1
        return self._revision

    def _seen(self) -> object:
        proxy = self._proxy
        breakers = {
            name: [(group, document.get("state")) for group, document in state.breakers.items()]
            for name, state in proxy.state().items()
        }
        depths = [] if self._depths is None else [{**kind, "oldest_s": 0} for kind in self._depths.document()]
        return (
            breakers, depths, [mark() for mark in self._marks], int(self._now() // CLOCK_S), proxy.draining,
            dict(proxy.troubles), proxy.store_trouble, dict(proxy.file), dict(proxy.refused),
        )  # fmt: skip
