"""`tidegate outbox approve` and `refuse`: a person decides about a write that waits for approval.

What would be sent is shown first, as far as it may be shown.
"""

import json
from collections.abc import Callable
from typing import Any

import typer

from tidegate.cli.proxy.delivery_commands import (
    Admin,
    AsJson,
    By,
    ConfigFile,
    DryRun,
    Hand,
    Id,
    Note,
    Yes,
    act,
    found,
    port_of,
    who_is,
)
from tidegate.cli.proxy.delivery_tables import plain

FIXED = {"box": "outbox"}


def decision(action: str, meaning: str) -> Callable[..., None]:
    """The command of an action."""

    def command(
        delivery: Id,
        dry_run: DryRun = False,
        yes: Yes = False,
        by: By = None,
        note: Note = "",
        as_json: AsJson = False,
        admin: Admin = None,
        config: ConfigFile = None,
    ) -> None:
        port, hand = port_of(admin, config), Hand(who_is(by), note, yes, dry_run, as_json)
        if not as_json:
            for line in request_lines(found(port, FIXED, delivery, body=True)):
                typer.echo(line, err=True)
        act(port, FIXED, delivery, {"action": action}, hand)

    command.__doc__ = meaning
    return command


def request_lines(document: Any) -> list[str]:
    """What would be sent, in lines; secrets and personal data are not in the document."""
    request = document["request"]
    lines = [f"{document['app']} → {document['vendor']} {document['operation']}, accepted {document['accepted']}"]
    lines.append(f"{request['method']} {request['destination']}")
    lines += [f"{name}: {value}" for name, value in request["headers"].items()]
    body = request.get("body")
    lines.append(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))
    return [plain(line) for line in lines]
