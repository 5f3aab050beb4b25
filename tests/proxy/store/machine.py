"""A machine whose clocks a test moves. Everything else of it is real."""

from tests.proxy.store.places import NOW
from tidegate.world.world import RealWorld


class Machine(RealWorld):
    """`passed` time moves both clocks; `jump` moves the wall clock alone; `restart` begins another start."""

    def __init__(self) -> None:
        super().__init__()
        self.up_s, self.wall_s, self.start = 100.0, NOW, "first"

    def uptime(self) -> float:
        return self.up_s

    def wall(self) -> float:
        return self.wall_s

    def boot_id(self) -> str:
        return self.start

    def passes(self, seconds: float) -> None:
        self.up_s += seconds
        self.wall_s += seconds

    def jump(self, seconds: float) -> None:
        self.wall_s += seconds

    def restart(self, off_s: float = 0.0) -> None:
        self.start, self.up_s = f"{self.start} again", 0.0
        self.wall_s += off_s
