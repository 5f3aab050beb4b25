"""A promise of a load run, and what every verdict on promises says. It knows nothing of how one is judged."""

from dataclasses import dataclass

from tidegate.verdict import CaseVerdict, as_junit


@dataclass(frozen=True, slots=True)
class Promise:
    """One sentence that holds or does not. `found` says what was seen."""

    name: str
    held: bool
    found: str


class PromisesVerdict:
    """A verdict that is made of promises."""

    __slots__ = ()
    promises: tuple[Promise, ...]

    @property
    def untried(self) -> tuple[str, ...]:
        """What else did not happen, though every promise was put to the test."""
        return ()

    @property
    def inconclusive(self) -> tuple[str, ...]:
        """What did not happen, so that no promise was put to the test."""
        raise NotImplementedError

    @property
    def held(self) -> bool:
        """True where every promise was put to the test and held."""
        return not self.inconclusive and not self.untried and all(promise.held for promise in self.promises)

    def case(self, name: str) -> CaseVerdict:
        """The verdict as CI jobs read it."""
        broken = [f"{promise.name}: {promise.found}" for promise in self.promises if not promise.held]
        return CaseVerdict(name, () if self.inconclusive else broken, (*self.inconclusive, *self.untried))

    def junit(self, suite: str, seconds: float) -> str:
        """The JUnit file, one case a promise. `seconds` is how long the run took."""
        cases = [
            CaseVerdict(promise.name, () if promise.held or self.inconclusive else (promise.found,), self.inconclusive)
            for promise in self.promises
        ]
        missed = [CaseVerdict("tried", (), self.untried)] if self.untried else []
        return as_junit(suite, [*cases, *missed], time=f"{seconds:.3f}")

    def outcome(self) -> dict[str, object]:
        """The promises and the verdict on them as plain data."""
        promises = {promise.name: {"held": promise.held, "found": promise.found} for promise in self.promises}
        return {"promises": promises, "held": self.held, "inconclusive": [*self.inconclusive, *self.untried]}
