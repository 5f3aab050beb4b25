"""`tidegate explain VENDOR [OPERATION]`: the pipeline of an operation, and every effective value with its origin."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidegate.check.checking import load_checked
from tidegate.cli.vendor.access_explanation import words_of
from tidegate.cli.vendor.pool_explanation import pool_of
from tidegate.cli.vendor.webhook_explanation import webhook_values
from tidegate.configfile.block import Block
from tidegate.configfile.finding import VendorFileError
from tidegate.configfile.units import written_duration
from tidegate.configfile.wording import nearest
from tidegate.plain_line import plain
from tidegate.plan.plan import OperationPlan
from tidegate.plan.plan_words import value_names, written_value
from tidegate.plan.planning import UNLISTED, plan_unlisted, plan_vendor
from tidegate.problems import UsageError
from tidegate.proxy.config import load_config
from tidegate.proxy.pipeline import describe
from tidegate.vendor.search_path import find_vendor


def explain(
    vendor: Annotated[str, typer.Argument(help="A vendor's name, or its vendor file or folder.", metavar="VENDOR")],
    operation: Annotated[
        str | None,
        typer.Argument(help="An operation's id, or `unlisted`; an overview of all by default.", metavar="[OPERATION]"),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print each effective value of a vendor's policy, and of its webhooks, and where it came from.

    A vendor with several credentials has them listed by name, with the limits of each.
    """
    try:
        loaded, document = load_checked(find_vendor(vendor))
    except VendorFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    plans = {**plan_vendor(loaded, document), UNLISTED: plan_unlisted(loaded, "POST")}
    if operation is not None and operation not in plans:
        raise UsageError(f"{loaded.vendor.vendor} has no operation {operation}{nearest(operation, plans)}")
    config = load_config()
    pool = pool_of(config, loaded.vendor)
    if as_json:
        chosen = plans if operation is None else {operation: plans[operation]}
        shown = {name: as_data(plan) | {"apps": words_of(config, plan)} for name, plan in chosen.items()}
        report = {"vendor": loaded.vendor.vendor, "operations": shown} | ({"pool": asdict(pool)} if pool else {})
        if operation is None and (hooks := webhook_values(loaded)):
            report["webhooks"] = {name: {"value": value, "origin": origin} for name, (value, origin) in hooks.items()}
        typer.echo(json.dumps(report, sort_keys=True, ensure_ascii=False, indent=2))
    elif operation is None:
        _show_all(plans)
        _show_rows(("credential", "its limits"), pool.rows if pool else {})
        _show_webhooks(webhook_values(loaded))
    else:
        _show_one(plans[operation])
        _show_rows(("credential", "its limits"), pool.rows if pool else {})
        _show_rows(("app", "with this operation"), words_of(config, plans[operation]))


def as_data(plan: OperationPlan) -> dict[str, Any]:
    """A plan as JSON: its pipeline, and each value in base units (seconds, shares) with its origin."""
    return {
        "method": plan.method,
        "template": plan.template,
        "pipeline": [{"stage": stage, "numbers": numbers} for stage, numbers in describe(plan)],
        "values": {
            name: {"value": _data(getattr(plan, name)), "origin": plan.origins.get(name, "default")}
            for name in value_names()
        },
    }


def _data(value: object) -> object:
    if isinstance(value, tuple):
        return [item.model_dump(mode="json") if isinstance(item, Block) else item for item in value]
    if isinstance(value, Block):
        return value.model_dump(mode="json")
    return value


def _show_all(plans: Mapping[str, OperationPlan]) -> None:
    table = Table(box=None, pad_edge=False)
    for head in ("operation", "request", "resend", "budget", "attempt", "attempts", "limits", "vendor away"):
        table.add_column(head)
    for name, plan in plans.items():
        request = f"{plan.method} {plan.template}" if plan.template else "not in the document"
        numbers = (written_duration(plan.budget_s), written_duration(plan.attempt_s), str(plan.retry_attempts))
        limits = ", ".join(limit.name for limit in plan.limits) or "none"
        row = (name, request, plan.idempotency, *numbers, limits, plan.unavailable)
        table.add_row(*map(Text, map(plain, row)))
    _console().print(table)


def _show_webhooks(values: Mapping[str, tuple[Any, str]]) -> None:
    if not values:
        return
    table = Table(box=None, pad_edge=False)
    for head in ("webhooks", "is", "from"):
        table.add_column(head)
    for name, (value, origin) in values.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        table.add_row(Text(name), Text(plain(shown)), Text(origin))
    _console().print()
    _console().print(table)


def _show_one(plan: OperationPlan) -> None:
    console = _console()
    console.print(
        Text(plain(f"{plan.operation}: {plan.method} {plan.template or 'anything that is not in the document'}")),
        end="\n\n",
    )
    stages = Table(box=None, pad_edge=False)
    stages.add_column("stage")
    stages.add_column("numbers")
    for stage, numbers in describe(plan):
        stages.add_row(Text(stage), Text(plain(numbers)))
    values = Table(box=None, pad_edge=False)
    for head in ("value", "is", "from"):
        values.add_column(head)
    for name in value_names():
        written = written_value(name, getattr(plan, name))
        values.add_row(Text(name), Text(plain(written)), Text(plan.origins.get(name, "default")))
    console.print(stages)
    console.print()
    console.print(values)


def _show_rows(heads: tuple[str, str], rows: Mapping[str, str]) -> None:
    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head)
    for name, what in rows.items():
        table.add_row(Text(plain(name)), Text(plain(what)))
    _console().print()
    _console().print(table)


def _console() -> Console:
    """As wide as the terminal, and wide enough for a pipe: a value that is cut off explains nothing."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=400)
