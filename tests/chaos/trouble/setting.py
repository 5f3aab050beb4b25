"""The surroundings of a run as plain numbers, for faults to change."""

from dataclasses import dataclass, field


@dataclass
class Line:
    """The way to a vendor."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    odd: list[str] = field(default_factory=list)


@dataclass
class Machine:
    """A vendor's machine."""

    skew_s: float = 0.0


@dataclass
class Disk:
    """The proxy's disk."""

    commit_s: float = 0.004
    filled: int = 0

    def fill(self, sign: int) -> None:
        self.filled += sign


@dataclass
class Surroundings:
    """All of it, with what was done to it."""

    lines: list[Line] = field(default_factory=lambda: [Line(), Line(0.02)])
    vendors: list[Machine] = field(default_factory=lambda: [Machine(), Machine()])
    disk: Disk = field(default_factory=Disk)
    crashes: list[tuple[int, float]] = field(default_factory=list)
    powerless: int = 0
    away: list[str | None] = field(default_factory=list)
    failovers: list[tuple[int, float, float]] = field(default_factory=list)
    black_holes: int = 0
    cuts: int = 0
    proxy_skew_s: float = 0.0

    def crash(self, steps: int, down_s: float, *, power: bool = False) -> None:
        self.crashes.append((steps, down_s))
        self.powerless += power

    def app_away(self, mode: str | None) -> None:
        self.away.append(mode)

    def fail_over(self, steps: int, down_s: float, error_s: float) -> None:
        self.failovers.append((steps, down_s, error_s))

    def black_hole(self, *, on: bool) -> None:
        self.black_holes += 1 if on else -1

    def skew_proxy(self, by_s: float) -> None:
        self.proxy_skew_s += by_s

    def cut(self) -> None:
        self.cuts += 1
