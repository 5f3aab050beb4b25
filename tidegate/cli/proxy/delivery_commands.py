"""The commands that `tidegate outbox`, `inbox` and `dead` share: each looks at, or acts on, its part of the deliveries.

What may be done is decided by the proxy; here it is asked once, and said what it came to.
"""

import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.cli.proxy.delivery_tables import bulk_lines, print_delivery, print_list
from tidegate.plain_line import plain
from tidegate.problems import UsageError

Admin = Annotated[str | None, typer.Option(help="The proxy's admin port.", envvar="TIDEGATE_ADMIN", metavar="URL")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="The proxy's file; ./tidegate.yaml by default.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The delivery's id.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
By = Annotated[str | None, typer.Option(help="Who does it; your user name by default. It stays in the audit.")]
Note = Annotated[str, typer.Option(help="Why, in a line. It stays in the audit.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Body = Annotated[Path | None, typer.Option(help="A file with the body to send instead; - for standard input.")]
Reason = Annotated[str | None, typer.Option(help="Only what died for this reason.")]
App = Annotated[str | None, typer.Option(help="Only this app's.")]
Vendor = Annotated[str | None, typer.Option(help="Only this vendor's.")]
Operation = Annotated[str | None, typer.Option(help="Only of this operation, or event.")]
OrderKey = Annotated[str | None, typer.Option(help="Only with this order key.")]
Text = Annotated[str | None, typer.Option(help="Only what has this in its id, key, order key or detail.")]
Since = Annotated[str | None, typer.Option(help="Accepted since then: 2026-01-31T10:00:00Z, or how long ago, like 2h.")]
Until = Annotated[str | None, typer.Option(help="Accepted before then.")]

PATH = "/deliveries"
Fixed = dict[str, str]
"""What a command's first word narrows everything to."""


class Hand(NamedTuple):
    """Who acts, why, and how."""

    by: str
    note: str
    yes: bool
    dry_run: bool
    as_json: bool


def port_of(admin: str | None, config: Path | None) -> AdminPort:
    """The admin port that is meant."""
    return AdminPort(admin_access(admin, config))


def _print_json(document: object) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=True))


def _given(**filters: str | None) -> Fixed:
    if empty := [name.replace("_", "-") for name, value in filters.items() if value == ""]:
        raise UsageError(f"--{empty[0]} is empty, and would find all; write what it is, or leave it out")
    return {name: value for name, value in filters.items() if value is not None}


def list_of(fixed: Fixed) -> Callable[..., None]:
    """`list`: a page of them."""

    def command(
        state: Annotated[list[str] | None, typer.Option(help="Only in this state; more than one can be given.")] = None,
        reason: Reason = None,
        app: App = None,
        vendor: Vendor = None,
        operation: Operation = None,
        order_key: OrderKey = None,
        text: Text = None,
        since: Since = None,
        until: Until = None,
        after: Annotated[str | None, typer.Option(help="Go on where a page ended.")] = None,
        limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=500)] = 50,
        as_json: AsJson = False,
        admin: Admin = None,
        config: ConfigFile = None,
    ) -> None:
        """List them, the newest first."""
        narrowed = _given(reason=reason, app=app, vendor=vendor, operation=operation, order_key=order_key, text=text,
                          since=since, until=until, after=after)  # fmt: skip
        states = [] if "state" in fixed else [("state", each) for each in state or ()]
        if state and "state" in fixed:
            raise UsageError(f"these are {fixed['state']} all; look with `outbox list --state` or `inbox list --state`")
        page = port_of(admin, config).get(PATH, [*fixed.items(), *narrowed.items(), *states, ("limit", str(limit))])
        if as_json:
            _print_json(page)
            return
        print_list(page)
        if page["next"]:
            print(f"… more; go on with --after {plain(page['next'])}")
        elif not page["deliveries"]:
            typer.echo("none", err=True)

    return command


def show_of(fixed: Fixed) -> Callable[..., None]:
    """`show`: one of them."""

    def command(
        delivery: Id,
        body: Annotated[bool, typer.Option("--body", help="Show of the bodies what may be shown.")] = False,
        as_json: AsJson = False,
        admin: Admin = None,
        config: ConfigFile = None,
    ) -> None:
        """Show one with its attempts, its last answer, and what was done to it by hand."""
        document = found(port_of(admin, config), fixed, delivery, body=body)
        if as_json:
            _print_json(document)
        else:
            print_delivery(document)

    return command


def replay_of(fixed: Fixed) -> Callable[..., None]:
    """`replay`: one of them, or all that filters find."""

    def command(
        delivery: Annotated[str | None, typer.Argument(metavar="[ID]", help="One; without it, all that match.")] = None,
        reason: Reason = None,
        app: App = None,
        vendor: Vendor = None,
        operation: Operation = None,
        order_key: OrderKey = None,
        text: Text = None,
        since: Since = None,
        until: Until = None,
        share: Annotated[str, typer.Option(help="Of many: at most this share of their operation's limit.")] = "10%",
        dry_run: DryRun = False,
        yes: Yes = False,
        by: By = None,
        note: Note = "",
        as_json: AsJson = False,
        admin: Admin = None,
        config: ConfigFile = None,
    ) -> None:
        """Send dead ones again, under their keys: one, or all that the options find."""
        narrowed = _given(reason=reason, app=app, vendor=vendor, operation=operation, order_key=order_key, text=text,
                          since=since, until=until)  # fmt: skip
        hand = Hand(who_is(by), note, yes, dry_run, as_json)
        if delivery is None:
            _replay_many(port_of(admin, config), fixed, narrowed, share, hand)
        elif narrowed:
            raise UsageError("give an id, or what they have in common; not both")
        else:
            act(port_of(admin, config), fixed, delivery, {"action": "replay"}, hand)

    return command


def resolve_of(fixed: Fixed) -> Callable[..., None]:
    """`resolve`: say what became of one, or do it anew."""

    def command(
        delivery: Id,
        confirm: Annotated[bool, typer.Option("--confirm", help="It was carried out: you have seen it there.")] = False,
        redo: Annotated[bool, typer.Option("--redo", help="It was not: send it again under a new key.")] = False,
        body: Body = None,
        key: Annotated[str, typer.Option(help="The new key; one is made where none is given.")] = "",
        dry_run: DryRun = False,
        yes: Yes = False,
        by: By = None,
        note: Note = "",
        as_json: AsJson = False,
        admin: Admin = None,
        config: ConfigFile = None,
    ) -> None:
        """Decide about one that was perhaps carried out (--confirm, --redo), or send it anew with another body."""
        if confirm == redo:
            raise UsageError("say what became of it: --confirm (it was carried out) or --redo (it was not; a new key)")
        if confirm and (body is not None or key):
            raise UsageError("--body and --key belong to --redo")
        order: dict[str, object] = {"action": "redo" if redo else "confirm"}
        order |= {"body": _read(body)} if body is not None else {}
        order |= {"key": key} if key else {}
        act(port_of(admin, config), fixed, delivery, order, Hand(who_is(by), note, yes, dry_run, as_json))

    return command


def cancel_of(fixed: Fixed) -> Callable[..., None]:
    """`cancel`: give one up."""
    return action_of(fixed, "cancel", "Give one up: it is not sent any more.")


def action_of(
    fixed: Fixed, action: str, meaning: str, first: Callable[[AdminPort, str], object] | None = None
) -> Callable[..., None]:
    """A command that does one thing to one of them. `first` shows a person what it is about; not as JSON."""

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
        if first is not None and not as_json:
            first(port, delivery)
        act(port, fixed, delivery, {"action": action}, hand)

    command.__doc__ = meaning
    return command


def found(port: AdminPort, fixed: Fixed, delivery: str, *, body: bool = False) -> Any:
    """A delivery of this command's part. Leaves with 1 where it stands elsewhere, or nowhere."""
    if not delivery.isascii() or not delivery.isprintable() or not delivery or set(delivery) & set("/?#% "):
        raise UsageError("this is no id of a delivery; `list` shows them")
    document = port.get(f"{PATH}/{delivery}", [("body", "redacted")] if body else None)
    elsewhere = "box" in fixed and document["box"] != fixed["box"]
    if elsewhere:
        typer.echo(f"tidegate: it stands in the {document['box']}: `tidegate {document['box']} …`", err=True)
        raise typer.Exit(1)
    return document


def act(port: AdminPort, fixed: Fixed, delivery: str, action: dict[str, object], hand: Hand) -> None:
    """Do something to one, after it was asked."""
    found(port, fixed, delivery)
    order = {**action, "by": hand.by, "note": hand.note}
    result = port.post(f"{PATH}/{delivery}", {**order, "dry_run": True})
    if not hand.dry_run:
        first = "; what became of it is asked first" if result["asked_first"] else ""
        forgotten = ", because the vendor may not know its key any more" if result["key_forgotten"] else ""
        would = f"{delivery} is {result['state']}, and would be {result['would_be']}{first}{forgotten}"
        _ask(f"{would}. Go on?", yes=hand.yes)
        result = port.post(f"{PATH}/{delivery}", order)
    if hand.as_json:
        _print_json(result)
    elif hand.dry_run:
        print(f"{delivery} is {result['state']}, and would be {result['would_be']}")
    else:
        print(f"{delivery} is {result['state']}")


def _replay_many(port: AdminPort, fixed: Fixed, narrowed: Fixed, share: str, hand: Hand) -> None:
    """Replay all that are found, after it was asked."""
    wanted = {name: value for name, value in (fixed | narrowed).items() if name != "state"}
    if not narrowed:
        raise UsageError("say which: an id, or --vendor, --reason, --until …; `--until 0s` is all of them")
    order: dict[str, object] = {"filter": wanted, "share": share, "by": hand.by, "note": hand.note}
    result = port.post(f"{PATH}/replay", {**order, "dry_run": True})
    if not hand.dry_run:
        if result["matched"]:
            if not hand.yes:
                typer.echo("\n".join(bulk_lines(result)), err=True)
            _ask(f"Replay {result['matched']:,}?", yes=hand.yes)
        result = port.post(f"{PATH}/replay", {**order, "at_most": result["matched"]})
    if hand.as_json:
        _print_json(result)
    else:
        print("\n".join(bulk_lines(result)))


def who_is(by: str | None) -> str:
    """Who acts, for the audit: the user's name where none is given."""
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user has no name
        raise UsageError("say who does it, with --by") from None


def _ask(question: str, *, yes: bool) -> None:
    """Ask once. Leaves with 1 where the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Nobody can be asked here: add --yes")
    sys.stderr.write(f"{question} [y/N] ")  # standard output is for what programs read
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        typer.echo("tidegate: nothing was done", err=True)
        raise typer.Exit(1)


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file}: a body that is edited is UTF-8 text") from None
