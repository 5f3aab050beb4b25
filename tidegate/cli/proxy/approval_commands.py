"""`tidegate outbox approve` and `refuse`: a person decides about a write that waits for approval.

What would be sent is shown first, as far as it may be shown.
"""

import json
from collections.abc import Callable
from typing import Any

import typer

from tidegate.cli.proxy.admin_port import AdminPort
from tidegate.cli.proxy.delivery_commands import action_of, found
from tidegate.plain_text import plain

FIXED = {"box": "outbox"}


def decision(action: str, meaning: str) -> Callable[..., None]:
    """The command of an action."""
    return action_of(FIXED, action, meaning, _show)


def _show(port: AdminPort, delivery: str) -> None:
    for line in request_lines(found(port, FIXED, delivery, body=True)):
        typer.echo(line, err=True)


def request_lines(document: Any) -> list[str]:
    """What would be sent, in lines; secrets and personal data are not in the document."""
    request = document["request"]
    lines = [f"{document['app']} → {document['vendor']} {document['operation']}, accepted {document['accepted']}"]
    lines.append(f"{request['method']} {request['destination']}")
    lines += [f"{name}: {value}" for name, value in request["headers"].items()]
    body = request.get("body")
    lines.append(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))
    return [plain(line) for line in lines]
