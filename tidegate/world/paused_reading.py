"""How reading goes on at an aiohttp connection, either side's: by the shortest way where it has never been paused.

aiohttp parses again after each body that is read, in case that its parser has kept bytes while reading was paused. It
keeps some only where there was a pause. But once there was, it may keep them later as well: a pause for the count of
chunks holds at the next bytes of a body, which may come when nothing is paused any more.
"""

from aiohttp.base_protocol import BaseProtocol


class PausedReading(BaseProtocol):
    """Goes before aiohttp's class. Whoever takes it on sets `_was_paused` to False."""

    __slots__ = ()
    _was_paused: bool

    def pause_reading(self) -> None:
        """Called where a body has more that is not read than it may hold."""
        self._was_paused = True  # type: ignore[misc]  # the slot is in the class that takes it on
        super().pause_reading()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Called for each body that is read."""
        if self._was_paused:
            super().resume_reading(resume_parser)
