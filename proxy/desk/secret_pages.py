"""The admin pages of secrets: what there is of each, and an order to look for new ones now. No page shows a value."""

from collections.abc import Mapping

import orjson

from tidegate.configfile.wording import nearest
from tidegate.proxy.desk.page import Page, json_page, not_allowed
from tidegate.proxy.secrets.secret_status import SecretStatus, troubles
from tidegate.proxy.secrets.secret_watcher import SecretWatcher
from tidegate.proxy.secrets.secret_wearer import SecretWearer
from tidegate.world.world import World

PATH, ROTATE = "/secrets", "/secrets/rotate"


class SecretPages:
    """See the module."""

    def __init__(self, world: World, watcher: SecretWatcher, wearer: SecretWearer) -> None:
        self._world, self._watcher, self._wearer = world, watcher, wearer

    def statuses(self) -> list[SecretStatus]:
        """What there is of each secret."""
        return self._watcher.statuses()

    def counts(self) -> Mapping[tuple[str, str], int]:
        """What became of versions, by reference and event."""
        return self._watcher.counts

    @property
    def troubles(self) -> Mapping[str, str]:
        """Reference → what is wrong with it. The proxy works all the same."""
        return dict(troubles(self.statuses()))

    async def answer(self, method: str, path: str, body: bytes) -> Page:
        """The answer to a request for `/secrets` or `/secrets/rotate`."""
        if path == PATH:
            return self._shown() if method in ("GET", "HEAD") else not_allowed("GET, HEAD")
        if path != ROTATE:
            return json_page(404, {"error": "there is no such page"})
        return await self._rotate(body) if method == "POST" else not_allowed("POST")

    def _shown(self) -> Page:
        now, wall = self._world.now(), self._world.wall()
        return json_page(200, {"secrets": [status.document(now, wall) for status in self.statuses()]})

    async def _rotate(self, body: bytes) -> Page:
        """`{"secret": "vault:…"}`, or `{}` for all. What is there and cannot be used is in `refused`.

        With `"retire": true` the former versions are good no more.
        """
        try:
            order = orjson.loads(body)
        except orjson.JSONDecodeError:
            order = None
        named = order.get("secret") if isinstance(order, dict) else 0
        if named is not None and not isinstance(named, str):
            return json_page(400, {"error": 'say which: {"secret": "file:/run/secrets/key"}, or {} for all'})
        uses = {str(ref): ref for ref in self._wearer.uses()}
        if named is not None and named not in uses:
            return json_page(404, {"error": f"no secret in use has this reference{nearest(named, uses)}"})
        retire = order.get("retire", False) if isinstance(order, dict) else False
        if not isinstance(retire, bool):
            return json_page(400, {"error": '"retire" is true or false'})
        before = self._versions()
        await self._watcher.look([uses[named]] if named is not None else None, forced=True)
        if retire:
            self._watcher.end_overlap([uses[named]] if named is not None else uses.values())
        wanted = [status for status in self.statuses() if named in (None, str(status.ref))]
        refused = {str(one.ref): one.refusal or one.away for one in wanted if one.refusal or one.away}
        rotated = [ref for ref, number in self._versions().items() if before.get(ref) != number]
        return json_page(200, {"rotated": rotated, "refused": refused})

    def _versions(self) -> dict[str, int]:
        lives = self._watcher.book.lives
        return {str(ref): life.current.number for ref, life in lives.items() if life.current is not None}
