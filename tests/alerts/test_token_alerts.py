"""The alerts about access tokens: none can be had, the account must be connected again, the refresh token ends."""

import json
from pathlib import Path
from typing import Any

from tests.alerts.watched_town import WatchedTown, watch
from tests.proxy.credentials.token_town import OAUTH, REFRESH_TOKEN
from tests.proxy.town import VENDOR, Seen
from tidegate.testing.scripted_vendor import WholeAnswer

JSON = {"Content-Type": "application/json"}
LONG_S = 90 * 86_400.0


class Authority:
    """A vendor that gives access tokens of ten minutes, or refuses with `status` and `error`.

    Whoever connected the account agreed until `ends`, in seconds of the town.
    """

    def __init__(self) -> None:
        self.status, self.error, self.ends = 200, "", LONG_S

    async def __call__(self, seen: Seen) -> WholeAnswer:
        """The token endpoint, and everything else."""
        if not seen.path.endswith("/oauth/token"):
            return 200, JSON, b'{"id": 1}'
        given = {"access_token": "at", "token_type": "Bearer", "expires_in": 600}
        given |= {"refresh_token": f"rt-until-{self.ends}", "refresh_token_expires_in": int(self.ends - seen.at_s)}
        return self.status, JSON, json.dumps({"error": self.error} if self.error else given).encode()


def play(tmp_path: Path, story: Any) -> None:
    tokens = {**REFRESH_TOKEN, "refresh_token": f"file:{tmp_path / 'refresh'}"}
    auth = {**VENDOR["facts"]["auth"], "oauth": OAUTH, "tokens": tokens}
    authority = Authority()
    watch(
        tmp_path, [authority], lambda town: story(town, authority),
        facts={**VENDOR["facts"], "auth": auth}, files={"refresh": "rt-of-the-first-day"},
    )  # fmt: skip


def test_an_account_that_must_be_connected_again_is_told_until_it_is(tmp_path: Path) -> None:
    async def story(town: WatchedTown, authority: Authority) -> None:
        await town.minutes(1)
        town.fires()
        authority.status, authority.error = 400, "invalid_grant"
        await town.minutes(9)
        town.fires("TidegateReauthorize")
        authority.status, authority.error = 200, ""
        town.put(refresh="rt-of-a-new-connection")
        await town.minutes(13)
        town.fires()

    play(tmp_path, story)


def test_a_token_endpoint_that_is_away_is_told_while_it_is(tmp_path: Path) -> None:
    async def story(town: WatchedTown, authority: Authority) -> None:
        await town.minutes(1)
        town.fires()
        authority.status, authority.error = 503, "temporarily_unavailable"
        await town.minutes(25)
        town.fires("TidegateTokenRefreshFails", "TidegateSlow")
        authority.status, authority.error = 200, ""
        await town.minutes(13)
        town.fires()

    play(tmp_path, story)


def test_a_refresh_token_that_ends_soon_is_told_until_there_is_another(tmp_path: Path) -> None:
    async def story(town: WatchedTown, authority: Authority) -> None:
        authority.ends = 3600.0
        await town.minutes(57)
        town.fires("TidegateRefreshTokenEnds")
        authority.ends = LONG_S
        town.put(refresh="rt-of-a-new-connection")
        await town.minutes(13)
        town.fires()

    play(tmp_path, story)
