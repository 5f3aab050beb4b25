"""The apps' side of outbox and inbox: takes what the proxy posts, webhooks and results, and is away for a while.

It remembers every post; what they should have been is for the judge to say. A post that is taken twice counts once for
an app that reads `webhook-id`, as docs/inbox.md tells it to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from tidegate.adapters.webhook_signature import SignatureRefused, WebhookVerifier
from tidegate.chaos.apps.away_door import STATUSES, AwayDoor
from tidegate.chaos.world.virtual_world import VirtualWorld


@dataclass(frozen=True, slots=True)
class TakenPost:
    """One post as an app got it. `status` is what it answered, 0 for nothing; `purpose` is webhooks or callback."""

    at: float
    app: str
    purpose: str
    id: str
    body: bytes
    verified: bool
    status: int


class EventReceiver:
    """See the module. `secrets` are the apps' own, by app; `wall` is the right time."""

    def __init__(self, machine: VirtualWorld, secrets: Mapping[str, str], since: Callable[[], float]) -> None:
        self._since = since
        self._verifiers = {app: WebhookVerifier([secret]) for app, secret in secrets.items()}
        self._door = AwayDoor(machine, web.Server(self._take, access_log=None))
        self.start, self.send_away, self.close = self._door.start, self._door.send_away, self._door.close
        self.taken: list[TakenPost] = []

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        _, app, purpose = request.path.split("/")
        mode = self._door.mode
        status = 204 if mode is None else STATUSES.get(mode, 0)
        try:
            # Its age is not looked at: a scenario may set the proxy's clock wrong.
            stamp = float(request.headers["webhook-timestamp"])
            name, verified = self._verifiers[app].verify(request.headers, body, stamp).id, True
        except (SignatureRefused, KeyError, ValueError):
            name, verified = request.headers.get("webhook-id", ""), False
        self.taken.append(TakenPost(self._since(), app, purpose, name, body, verified, status))
        return self._door.away(request) or web.Response(status=204)
