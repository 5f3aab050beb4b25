"""Answers that are kept in memory, bounded by bytes; what was not used for longest goes first.

The key says for whom an answer was made: the place (vendor, address, credential) and, where apps do not share, the app.
Nothing here compares less than the whole key, so no answer can be found by anyone else. It knows nothing of freshness.
"""

from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from multidict import CIMultiDictProxy

from tidegate.proxy.policies.caching.freshness import StoredAnswer
from tidegate.proxy.policies.caching.invalidation import named_by
from tidegate.proxy.policies.caching.vary import Selecting, selecting

VARIANTS_MAX = 16
"""So many answers of one URL, told apart by Vary, are kept; a vendor that varies by a random header has no more."""

SHARE_MAX = 4
"""No answer may take more than the whole room divided by this."""

DOUBTFUL_MAX = 4096
"""So much is remembered as written to, so that a read that was under way is not kept."""


class Key(NamedTuple):
    """Whose answer it is and to what. `app` is empty where apps share; `varying` are request headers, with values."""

    place: bytes
    path: str
    query: str
    app: str
    varying: Selecting


class AnswerCache:
    """The answers of one proxy, for all its vendors."""

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.bytes = 0
        """The bytes that are held now."""
        self._variants: OrderedDict[Key, list[StoredAnswer]] = OrderedDict()
        self._by_name: dict[tuple[bytes, str], set[Key]] = {}
        self._doubtful: OrderedDict[tuple[bytes, str], float] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._variants.values()))

    def get(self, key: Key, headers: CIMultiDictProxy[str]) -> StoredAnswer | None:
        """The answer that a request with these headers selects (RFC 9111 §4.1), the newest where several match."""
        variants = self._variants.get(key)
        if variants is None:
            return None
        self._variants.move_to_end(key)
        for stored in variants:
            if not stored.varied or stored.varied == selecting((name for name, _ in stored.varied), headers):
                return stored
        return None

    def put(self, key: Key, stored: StoredAnswer) -> bool:
        """Keep an answer in place of the one with the same selecting headers.

        False where it is too large, or was asked for before a write made it doubtful.
        """
        size = stored.size + _size(key)
        name = key.place, named_by(key.path)
        doubtful_until = self._doubtful.get(name)
        if size > self.bytes_max // SHARE_MAX or (doubtful_until is not None and stored.requested_at <= doubtful_until):
            return False
        variants = self._variants.setdefault(key, [])
        self._variants.move_to_end(key)
        self._by_name.setdefault(name, set()).add(key)
        for at, other in enumerate(variants):
            if other.varied == stored.varied:
                self._forget(key, variants, at)
                break
        if len(variants) >= VARIANTS_MAX:
            self._forget(key, variants, -1)
        variants.insert(0, stored)
        self.bytes += size
        self.resize(self.bytes_max)
        return True

    def resize(self, bytes_max: int) -> None:
        """Hold at most so much from now on."""
        self.bytes_max = bytes_max
        while self.bytes > bytes_max:
            self._drop(next(iter(self._variants)))

    def forget(self, place: bytes, names: Iterable[str], now: float) -> None:
        """Drop what is held of these, whatever the query and whoever may use it, and what is on its way here.

        Each is named as `named_by` does.
        """
        for name in names:
            self._doubtful[place, name] = now
            self._doubtful.move_to_end((place, name))
            if len(self._doubtful) > DOUBTFUL_MAX:
                self._doubtful.popitem(last=False)
            for key in tuple(self._by_name.get((place, name), ())):
                self._drop(key)

    def drop(self, key: Key, stored: StoredAnswer) -> None:
        """Drop one answer, if it is still held."""
        variants = self._variants.get(key, [])
        for at, other in enumerate(variants):
            if other is stored:
                self._forget(key, variants, at)
                if not variants:
                    self._drop(key)
                return

    def _forget(self, key: Key, variants: list[StoredAnswer], at: int) -> None:
        self.bytes -= variants.pop(at).size + _size(key)

    def _drop(self, key: Key) -> None:
        variants = self._variants.pop(key)
        self.bytes -= sum(stored.size + _size(key) for stored in variants)
        name = key.place, named_by(key.path)
        keys = self._by_name[name]
        keys.discard(key)
        if not keys:
            del self._by_name[name]


def _size(key: Key) -> int:
    return 4 * (len(key.path) + len(key.query) + len(key.app)) + sum(
        len(name) + len(value) for name, value in key.varying
    )
