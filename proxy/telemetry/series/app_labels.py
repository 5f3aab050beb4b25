"""The app as a label, and a bound on how many there are: one series for each app, and one for all that are beyond it.

Those that tidegate.yaml names first have labels of their own, so several proxies with one file agree on which.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import add
from typing import TypeVar

OTHER = "other"
"""The label of every app beyond the bound."""
APPS_MAX = 100

Row = tuple[str, ...]
N = TypeVar("N", bound=float)


class AppLabels:
    """See the module. It is asked when metrics are shown, never for a call."""

    def __init__(self, names: Iterable[str] = (), most: int = APPS_MAX) -> None:
        self.put(names, most)

    def put(self, names: Iterable[str], most: int) -> None:
        """From now on `most` apps have labels of their own, of `names` the first."""
        self._most = most
        self._own = set([*dict.fromkeys(names)][:most])

    def label(self, app: str) -> str:
        """The label of an app. No app has none."""
        if not app or app in self._own:
            return app
        if len(self._own) < self._most:
            self._own.add(app)
            return app
        return OTHER

    def summed(self, counts: Mapping[Row, int], place: int) -> dict[Row, int]:
        """Counts whose label at `place` is an app, those of apps beyond the bound added up."""
        return self._joined(counts, place, add)

    def highest(self, values: Mapping[Row, float], place: int) -> dict[Row, float]:
        """The same of values of which the highest counts."""
        return self._joined(values, place, max)

    def _joined(self, values: Mapping[Row, N], place: int, join: Callable[[N, N], N]) -> dict[Row, N]:
        joined = dict[Row, N]()
        for row, value in values.items():
            shown: Row = (*row[:place], self.label(row[place]), *row[place + 1 :])
            joined[shown] = join(joined[shown], value) if shown in joined else value
        return joined
