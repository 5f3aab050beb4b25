"""What was just done, in a sentence, to be shown on the page that follows: by a number in its address, never by text.

A text in the address could be anybody's. The numbers tell nothing and need be no secret: who asks has logged in.
"""

NOTICES_MAX = 64


class Notices:
    """The last NOTICES_MAX notices of one console."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._count = 0

    def keep(self, text: str) -> str:
        """The number of a notice."""
        self._count += 1
        number = str(self._count)
        self._texts[number] = text
        if len(self._texts) > NOTICES_MAX:
            del self._texts[next(iter(self._texts))]
        return number

    def find(self, number: str) -> str:
        """The notice of a number; empty where it is none of the last."""
        return self._texts.get(number, "")
