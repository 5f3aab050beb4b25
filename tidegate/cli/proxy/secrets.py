"""`tidegate secrets …`: the secrets of a running proxy: their versions and ages, and a look for new ones now.

No value is shown: the proxy does not give any out.
"""

import json
from operator import itemgetter
from typing import Annotated, Any

import typer
from rich.table import Table

from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.cli.proxy.audit import AuditChain, print_rows
from tidegate.cli.proxy.delivery_commands import Admin, AsJson, ConfigFile
from tidegate.cli.proxy.delivery_tables import console
from tidegate.configfile.units import written_duration
from tidegate.problems import UsageError
from tidegate.proxy.audit.audited import AUDITED

Named = Annotated[str | None, typer.Argument(metavar="[REFERENCE]", help="One secret, like file:/run/secrets/key.")]


def status(reference: Named = None, config: ConfigFile = None, admin: Admin = None, as_json: AsJson = False) -> None:
    """Show each secret in use: its version, its age, and what is wrong with it. Exit 1 where something is."""
    shown = AdminPort(admin_access(admin, config)).get("/secrets")["secrets"]
    if reference is not None:
        shown = [one for one in shown if one["secret"] == reference]
        if not shown:
            raise UsageError(f"no secret in use has the reference {reference}; `tidegate secrets status` lists them")
    if as_json:
        _print_json({"secrets": shown})
    else:
        _print_table(shown)
    if any(one["refused"] or one["stale"] or one["fallen_back"] for one in shown):
        raise typer.Exit(1)


def rotate(
    reference: Named = None,
    retire: Annotated[
        bool, typer.Option("--retire-old", help="Let the former ones be good no more: somebody else may have them.")
    ] = False,
    config: ConfigFile = None,
    admin: Admin = None,
    as_json: AsJson = False,
) -> None:
    """Ask the sources now, and put in force what is new. Exit 1 where something there cannot be used."""
    order: dict[str, object] = {"retire": retire} | ({} if reference is None else {"secret": reference})
    came = AdminPort(admin_access(admin, config)).post("/secrets/rotate", order)
    if as_json:
        _print_json(came)
    else:
        print("\n".join(f"{one} is in force" for one in came["rotated"]) or "nothing new")
        for one, why in came["refused"].items():
            print(f"{one} is as it was: {why}")
    if came["refused"]:
        raise typer.Exit(1)


def audit(reference: Named = None, config: ConfigFile = None, admin: Admin = None, as_json: AsJson = False) -> None:
    """List what was recorded of secrets: who came into force, who was refused, who is over. The newest is last."""
    chain, rows = AuditChain(AdminPort(admin_access(admin, config))), list[dict[str, Any]]()
    for what in AUDITED:
        if what.startswith("secret."):
            rows += [json.loads(row.line) for row in chain.rows(what=what)]
    rows = sorted((row for row in rows if reference in (None, row.get("secret"))), key=itemgetter("n"))
    if as_json:
        _print_json({"rows": rows})
        return
    print_rows(rows)


def _print_json(document: Any) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def _print_table(shown: list[dict[str, Any]]) -> None:
    table = Table("secret", "vendor", "version", "age", "due in", "former, until", "state", box=None)
    for one in shown:
        former = [version for version in one["versions"] if version["state"] == "previous"]
        table.add_row(
            one["secret"],
            one["vendor"] or "tidegate",
            str(one["version"]),
            _rough(one["age_s"]),
            "" if one["due_s"] is None else _rough(one["due_s"]),
            ", ".join(str(version["number"]) for version in former),
            _state(one),
        )
    console().print(table)


def _state(one: dict[str, Any]) -> str:
    if one["refused"]:
        return f"new one refused: {one['refused']}"
    if one["fallen_back"]:
        return "the vendor refuses the newest; the one before is in force"
    return str(one["away"] or one["warning"] or "good")


def _rough(seconds: float) -> str:
    """A duration in its largest unit: `90d`, `3.5h`, `-2d`."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    for unit_s in (86_400, 3_600, 60):
        if seconds >= unit_s:
            return sign + written_duration(round(seconds / unit_s, 1) * unit_s)
    return sign + written_duration(seconds)
