"""The seal of one proxy: the keys in force, and whose data is sealed with them. A reload changes both.

Sealed is what belongs to a vendor whose file lists personal data, and what belongs to nobody who is served now, our own
events among it: that may hold a vendor's. All of a body is sealed, not single fields
(docs/decisions/0014-sealed-bodies.md).
"""

import base64
from collections.abc import Callable, Sequence
from random import Random

from tidegate.proxy.store.sealed.sealing_keys import SealingKeys, Unopened, is_sealed, unsealed

NO_KEYS = SealingKeys()
_TEXT_MARK = "tidegate-sealed:"


class Seal:
    """See the module. `is_personal` says of a vendor's name whether its data is to be sealed."""

    def __init__(self, nonces: Random, keys: SealingKeys = NO_KEYS, is_personal: Callable[[str], bool] = bool) -> None:
        self.keys = keys
        self._nonces = nonces
        self._is_personal = is_personal

    def wanted(self, vendor: str) -> bool:
        """Whether what belongs to a vendor is sealed."""
        return bool(self.keys) and self._is_personal(vendor)

    def put(self, data: bytes, place: str, *, wanted: bool) -> bytes:
        """Bytes as they are stored at a place."""
        return self.keys.sealed(data, place, self._nonces) if wanted else unsealed(data)

    def put_text(self, text: str, place: str, *, wanted: bool) -> str:
        """A text as it is stored at a place where no bytes can stand."""
        data = self.put(text.encode("utf-8", "surrogateescape"), place, wanted=wanted)
        if not is_sealed(data) and not text.startswith(_TEXT_MARK):
            return text
        return _TEXT_MARK + base64.b64encode(data).decode()

    def open_text(self, stored: str, place: str) -> str | Unopened:
        """A stored text as it was."""
        if not stored.startswith(_TEXT_MARK):
            return stored
        try:
            data = base64.b64decode(stored.removeprefix(_TEXT_MARK), validate=True)
        except ValueError:
            return Unopened("What is sealed there is damaged.")
        opened = self.keys.opened(data, place)
        return opened if isinstance(opened, Unopened) else opened.decode("utf-8", "surrogateescape")

    def open_all(self, stored: Sequence[bytes], places: Sequence[str]) -> tuple[bytes, ...] | Unopened:
        """Stored bytes as they were, all of them or none."""
        found = [self.keys.opened(data, place) for data, place in zip(stored, places, strict=True)]
        opened = tuple(data for data in found if isinstance(data, bytes))
        return next((data for data in found if isinstance(data, Unopened)), opened)
