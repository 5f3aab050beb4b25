"""`tidegate dead …`: deliveries of both boxes that ended without success."""

from tidegate.cli.proxy.delivery_commands import cancel_of, list_of, replay_of, resolve_of, show_of

_ONLY = {"state": "dead"}

list = list_of(_ONLY)  # noqa: A001 - the command's name
show = show_of(_ONLY)
replay = replay_of(_ONLY)
resolve = resolve_of(_ONLY)
cancel = cancel_of(_ONLY)
