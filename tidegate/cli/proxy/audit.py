"""`tidegate audit …`: what was recorded in a running proxy, shown, checked, written to a file.

The chain is checked here, row by row, and not by the proxy: what it says is what is to be checked.
"""

import builtins
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.plain_text import plain
from tidegate.problems import UsageError
from tidegate.proxy.store.audit.audit_chain import AuditHead, AuditRow, Break, ChainWalk
from tidegate.proxy.store.audit.audit_export import head_line, row_line, start_line, verify_lines
from tidegate.proxy.telemetry.log_line import stamp

PATH = "/audit"
PAGE_ROWS = 500

Admin = Annotated[str | None, typer.Option(help="The proxy's admin port.", envvar="TIDEGATE_ADMIN", metavar="URL")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="The proxy's file; ./tidegate.yaml by default.")
]
Known = Annotated[
    builtins.list[str] | None,
    typer.Option("--head", metavar="N:DIGEST", help="A row's digest, as a log or an export has it; more than once."),
]


def list(  # noqa: A001 - the command's name
    target: Annotated[str, typer.Option(help="Only of this, like delivery:ID or vendor:stripe.")] = "",
    what: Annotated[str, typer.Option(help="Only this kind, like breaker.forced.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    admin: Admin = None,
    config: ConfigFile = None,
) -> None:
    """List what was recorded, the newest last."""
    import orjson

    rows = [orjson.loads(row.line) for row in AuditChain(_port(admin, config)).rows(target=target, what=what)]
    if as_json:
        print(orjson.dumps({"rows": rows}, option=orjson.OPT_INDENT_2).decode())
        return
    print_rows(rows)


def verify(
    file: Annotated[Path | None, typer.Argument(help="An export; without one, what the running proxy has.")] = None,
    known: Known = None,
    admin: Admin = None,
    config: ConfigFile = None,
) -> None:
    """Walk the chain from its start to its head, and name the first row that does not fit. Leaves with 1 then."""
    anchors = _anchors(known or [])
    if file is not None:
        with file.open(encoding="utf-8", errors="replace") as lines:
            walk, broken = verify_lines(lines, anchors)
    else:
        walk, broken = AuditChain(_port(admin, config)).walked(anchors)
    _leave(walk, broken, anchors)


def export(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file; standard output by default.")] = None,
    admin: Admin = None,
    config: ConfigFile = None,
) -> None:
    """Write every row as a JSON line, with the chain's head last. Leaves with 1 where the chain is broken."""
    chain = AuditChain(_port(admin, config))
    if output is None:
        walk, broken = chain.walked({}, print)
    else:
        with output.open("x", encoding="utf-8") as to:
            walk, broken = chain.walked({}, lambda line: print(line, file=to))
    _leave(walk, broken, {})


class AuditChain:
    """The chain of a running proxy, page by page."""

    def __init__(self, port: AdminPort) -> None:
        self._port = port
        self.head = AuditHead(0, "")

    def rows(self, **narrowed: str) -> Iterator[AuditRow]:
        """Every row. The head is the one of the last page."""
        after, given = 0, [(name, value) for name, value in narrowed.items() if value]
        while True:
            page: Any = self._port.get(PATH, [("after", str(after)), ("limit", str(PAGE_ROWS)), *given])
            head, start = page["head"], page["start"]
            self.head = AuditHead(head["n"], head["digest"], start["n"], start["digest"])
            rows = [AuditRow(row["n"], row["line"], row["digest"]) for row in page["rows"]]
            yield from rows
            if len(rows) < PAGE_ROWS:
                return
            after = rows[-1].n

    def walked(
        self, anchors: dict[int, str], write: Callable[[str], object] = lambda _: None
    ) -> tuple[ChainWalk, Break | None]:
        """Walk along it, and write it as an export."""
        rows = self.rows()
        first = next(rows, None)
        walk = ChainWalk(self.head.start_n, self.head.start_digest)
        walk.anchors = anchors
        write(start_line(self.head))
        for row in () if first is None else (first, *rows):
            walk.go([row])
            write(row_line(row))
        broken = walk.end(self.head.n, self.head.digest)
        write(head_line(self.head.n, self.head.digest))
        return walk, broken


def _port(admin: str | None, config: Path | None) -> AdminPort:
    return AdminPort(admin_access(admin, config))


def _anchors(known: Sequence[str]) -> dict[int, str]:
    anchors: dict[int, str] = {}
    for text in known:
        n, colon, digest = text.partition(":")
        if not colon or not n.isdecimal() or len(digest) != 64:
            raise UsageError(f"--head {text}: write a row's number and its digest, like 12:5e1f…, 64 hex digits")
        anchors[int(n)] = digest.lower()
    return anchors


def _leave(walk: ChainWalk, broken: Break | None, anchors: dict[int, str]) -> None:
    unseen = [n for n in anchors if n > walk.n]
    if broken is None and unseen:
        broken = Break(walk.n + 1, f"it is not there; row {unseen[0]} was there once")
    if broken is not None:
        typer.echo(f"tidegate: the chain is broken at row {broken.n}: {broken.why}", err=True)
        raise typer.Exit(1)
    sys.stderr.write(f"tidegate: {walk.rows} rows, a whole chain; its head is {walk.n}:{walk.digest}\n")


def print_rows(rows: Sequence[dict[str, Any]]) -> None:
    """Print rows for people; that there is none goes to standard error."""
    for row in rows:
        print(plain(shown_row(row)))
    if not rows:
        typer.echo("none", err=True)


def shown_row(row: dict[str, Any]) -> str:
    """A row on one line, for people."""
    words = [str(row["n"]), stamp(row["wall"]), row["what"], row["who"], row.get("target", "")]
    named = [f"{name}={row[name]}" for name in ("secret", "version", "fingerprint", "call_id") if name in row]
    facts = [f"{name}={_written(value)}" for name, value in row.get("facts", {}).items()]
    return "  ".join(word for word in [*words, *named, *facts, row.get("reason", "")] if word)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
