"""`app_away`: the apps that Tidegate posts to are away, or do not do well."""

from typing import ClassVar, Literal

from tidegate.chaos.trouble.surrounding_fault import AwayMode, LastingFault, Setting


class AppAway(LastingFault):
    """The addresses of the apps do not take what they are posted.

    `refuse`: nobody listens. `error`: 500. `busy`: 503 with Retry-After. `deaf`: taken, and the answer never comes.
    """

    kind: Literal["app_away"] = "app_away"
    of_posts: ClassVar[bool] = True
    mode: AwayMode = "refuse"

    def shift(self, stage: Setting, sign: int) -> None:
        """All of them."""
        stage.app_away(self.mode if sign > 0 else None)
