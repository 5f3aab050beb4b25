"""`tidegate outbox …`: writes on their way to vendors."""

from tidegate.cli.proxy.approval_commands import decision
from tidegate.cli.proxy.delivery_commands import cancel_of, list_of, replay_of, resolve_of, show_of

_ONLY = {"box": "outbox"}

list = list_of(_ONLY)  # noqa: A001 - the command's name
show = show_of(_ONLY)
replay = replay_of(_ONLY)
resolve = resolve_of(_ONLY)
cancel = cancel_of(_ONLY)
approve = decision("approve", "Let a write go that waits for approval; it is carried out as a deferred one.")
refuse = decision("refuse", "Refuse a write that waits for approval: it is never sent.")
