"""The command line: lists the commands, imports the one that is called, and turns errors into exit codes.

Exit codes: 0 held, 1 a promise broke or a check failed (a command raises `typer.Exit(1)`), 2 wrong usage or
configuration, 130 interrupted, 143 terminated. This file knows no command's options: each command is a function in a
file of its own, in one of the rooms here, so `tidegate --help` imports nothing but typer. How to add one:
docs/contributing/command.md.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version as distribution_version
from io import BufferedWriter, FileIO, TextIOWrapper
from types import FrameType
from typing import Annotated, Any, NamedTuple, TextIO

import typer

from tidegate.cli.command_group import command_group
from tidegate.problems import UsageError


class Command(NamedTuple):
    """One command: its room, the words that call it, its one-line help.

    Its file carries the first word's name, its function the last word's.
    """

    room: str
    words: tuple[str, ...]
    help: str

    @property
    def module(self) -> str:
        """The module that holds the command's function."""
        return f"tidegate.cli.{self.room}.{self.words[0]}"


COMMANDS: tuple[Command, ...] = (
    Command("proof", ("demo",), "Play an outage: simulator, proxy and apps, a live table, and a verdict."),
    Command("proxy", ("up",), "Leave a simulator and a proxy running, and print what to try."),
    Command("proxy", ("serve",), "Run the proxy."),
    Command("traffic", ("top",), "Show every vendor of a running proxy at a glance, live."),
    Command("traffic", ("calls",), "List the calls that a running proxy has answered, the newest last."),
    Command("traffic", ("call",), "Show one call as a timeline, with the reason of each step."),
    Command("proxy", ("ca", "init"), "Make the forward proxy's own CA."),
    Command("proxy", ("ca", "export"), "Print its certificate, for apps to trust."),
    Command("proxy", ("outbox", "list"), "List writes that were accepted."),
    Command("proxy", ("outbox", "show"), "Show one with its attempts."),
    Command("proxy", ("outbox", "replay"), "Send dead ones again, one or many."),
    Command("proxy", ("outbox", "resolve"), "Decide about one that was perhaps carried out."),
    Command("proxy", ("outbox", "cancel"), "Give one up."),
    Command("proxy", ("outbox", "approve"), "Let one go that waits for approval."),
    Command("proxy", ("outbox", "refuse"), "Refuse one that waits for approval."),
    Command("proxy", ("inbox", "list"), "List webhooks and results for apps."),
    Command("proxy", ("inbox", "show"), "Show one with its attempts."),
    Command("proxy", ("inbox", "replay"), "Send dead ones again, one or many."),
    Command("proxy", ("inbox", "resolve"), "Decide about one that was perhaps carried out."),
    Command("proxy", ("inbox", "cancel"), "Give one up."),
    Command("proxy", ("dead", "list"), "List dead letters."),
    Command("proxy", ("dead", "show"), "Show one with its attempts."),
    Command("proxy", ("dead", "replay"), "Send dead ones again, one or many."),
    Command("proxy", ("dead", "resolve"), "Decide about one that was perhaps carried out."),
    Command("proxy", ("dead", "cancel"), "Give one up."),
    Command("proxy", ("secrets", "status"), "Show the secrets in use, their ages, and what is wrong with them."),
    Command("proxy", ("secrets", "rotate"), "Look for new secrets now, and put them in force."),
    Command("proxy", ("secrets", "audit"), "List what was recorded of secrets, the newest last."),
    Command("proxy", ("audit", "list"), "List what was recorded, the newest last."),
    Command("proxy", ("audit", "verify"), "Walk the chain, and name the first row that does not fit."),
    Command("proxy", ("audit", "export"), "Write every row as JSON lines, with the chain's head last."),
    Command("proxy", ("apps", "token"), "Make a token for an app, and print it once, with its hash."),
    Command("proxy", ("apps", "list"), "List the apps of tidegate.yaml and what each may do."),
    Command("traffic", ("discover", "status"), "Print how much was seen of what apps call."),
    Command("traffic", ("discover", "list"), "List the hosts and operations that apps called."),
    Command("traffic", ("discover", "write"), "Write first vendor files of them."),
    Command("contracts", ("deprecations",), "Show which operations vendors end, when, and who calls them."),
    Command("simulator", ("simulate",), "Run the simulator of one vendor."),
    Command("simulator", ("control", "journal"), "Print the requests that a simulator got."),
    Command("simulator", ("control", "faults"), "Print a simulator's armed faults."),
    Command("simulator", ("control", "arm"), "Arm a fault."),
    Command("simulator", ("control", "disarm"), "Drop every fault."),
    Command("simulator", ("control", "state"), "Print what the vendor holds."),
    Command("simulator", ("control", "given"), "Bring the vendor into a state."),
    Command("simulator", ("control", "clock"), "Print the vendor's clock, or put it forward."),
    Command("simulator", ("control", "save"), "Write a snapshot to a file."),
    Command("simulator", ("control", "restore"), "Put a snapshot back."),
    Command("simulator", ("control", "reset"), "Begin again."),
    Command("contracts", ("record",), "Record what a real vendor answers on a cassette, by way of mitmproxy."),
    Command("contracts", ("cassette", "har"), "Make a cassette from an HTTP archive."),
    Command("contracts", ("cassette", "flows"), "Make a cassette from a flow file of mitmproxy's."),
    Command("contracts", ("cassette", "age"), "Print how old cassettes are; a stale one fails where told so."),
    Command("contracts", ("cassette", "refresh"), "Ask again for what is on a cassette, and print what changed."),
    Command("vendor", ("new",), "Begin with a vendor: vendor file, adapter, test and scenario, from its document."),
    Command("vendor", ("scan",), "Find calls past the proxy, retries, keys and the like in an app's code."),
    Command("vendor", ("check",), "Check vendor files against the rules TG001 to TG010."),
    Command("vendor", ("schema",), "Print the JSON Schema of the vendor file."),
    Command("vendor", ("explain",), "Print each effective value of a vendor's policy and where it came from."),
    Command("vendor", ("blueprint",), "Write the blueprint of a vendor, as Markdown or HTML."),
    Command("vendor", ("alerts",), "Write the alert rules of vendors for Prometheus."),
    Command("vendor", ("dashboards",), "Write Grafana dashboards of vendors."),
    Command("proof", ("chaos", "run"), "Run scenarios in the virtual world and judge their invariants."),
    Command("proof", ("chaos", "search"), "Draw scenarios from seeds, play them all, and make what fails small."),
    Command("proof", ("chaos", "replay"), "Play one seed of a search again."),
    Command("proof", ("chaos", "outage"), "Play five minutes of outage under load, and measure the recovery."),
    Command("proof", ("chaos", "orders"), "Play the order flow from a shop to a warehouse, outage included."),
    Command("proof", ("load", "burst"), "Send a burst through proxy and simulator, and judge it."),
    Command("proof", ("load", "soak"), "Play a vendor's ordinary traffic for long, and judge it."),
    Command("proof", ("load", "orders"), "Send a shop's orders through to a warehouse, and judge it."),
    Command("proof", ("bench",), "Measure processor time per call against a bare forwarder."),
    Command("contracts", ("contracts", "verify"), "Verify the pacts against a provider."),
    Command("contracts", ("contracts", "publish"), "Publish the pacts to a Pact broker."),
    Command("contracts", ("contracts", "deployable"), "Ask a Pact broker whether a version may be deployed."),
    Command("contracts", ("contracts", "covered"), "Check that each pact is within the vendor's document."),
    Command("contracts", ("contracts", "drift"), "Show what a vendor changed, graded by what the pacts use."),
    Command("contracts", ("contracts", "observed"), "Show how a vendor's answers have changed, as seen by a proxy."),
)
"""Every command of this version, in the order of the help text."""

GROUPS = {
    "ca": "The CA with which the forward proxy opens connections.",
    "outbox": "Writes on their way to vendors, in a running proxy.",
    "inbox": "Webhooks and results on their way to apps.",
    "dead": "Dead letters: what ended without success, in both boxes.",
    "apps": "Who may call, and what each may do.",
    "secrets": "The secrets of a running proxy.",
    "audit": "What people, and the proxy itself, did, on record.",
    "chaos": "Faults and invariants in a world with virtual time.",
    "load": "Load tests with a verdict.",
    "discover": "What apps really call, as a running proxy has seen it.",
    "control": "A running simulator: its journal, faults, state and clock.",
    "cassette": "Recorded answers for the simulator.",
    "contracts": "What the adapters use of each vendor.",
}
"""The first word of each command of two words, with its help."""

ONLY_PRINTS = "traffic"
"""The room of commands that do nothing but print, some of them for ever: they end where nobody reads any more."""

EXTRAS = {**dict.fromkeys(("gevent", "locust", "pact", "pact_ffi"), "harness"), "grafana_foundation_sdk": "dashboards"}
"""Package → the extra that brings it."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code. `argv` is without the program's name; None means `sys.argv`."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    command = called(arguments or _being_completed())
    if command is None or command.room != ONLY_PRINTS:
        sys.stdout, sys.stderr = _heard_or_not(sys.stdout), _heard_or_not(sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal cannot write is escaped, and no traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        with _stoppable():
            application(command)(arguments, prog_name="tidegate")
    except UsageError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}" if error.filename is not None else str(error))
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        refuse(f"this command needs {error.name}, which the extra tidegate[{extra}] installs")


class _HeardOrNot(FileIO):
    """A stream of the program's, of which nobody may want the rest (`| head`): what is left is thrown away."""

    def write(self, content: Any, /) -> int:
        """Write, or pretend to."""
        try:
            return super().write(content)
        except BrokenPipeError:
            return memoryview(content).nbytes


def _heard_or_not(stream: TextIO) -> TextIO:
    """The stream, where a reader that leaves is no failure: verdict, files and exit code come all the same."""
    if type(stream) is not TextIOWrapper:  # a test's own, or none at all
        return stream
    raw = _HeardOrNot(stream.fileno(), "wb", closefd=False)
    buffer = raw if stream.write_through else BufferedWriter(raw)
    return TextIOWrapper(
        buffer, stream.encoding, line_buffering=stream.line_buffering, write_through=stream.write_through
    )


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let the signals that end a job do what Ctrl-C does, so that the programs that the command started end with it.

    A second one ends it at once. Whoever serves puts handlers of its own in the place of these.
    """
    ended: list[int] = []

    def leave(number: int, frame: FrameType | None) -> None:
        ended.append(number)
        signal.signal(number, signal.SIG_DFL)
        interrupt = signal.getsignal(signal.SIGINT)
        if not callable(interrupt):  # a job in the background of a script ignores it
            raise SystemExit(128 + number)
        interrupt(signal.SIGINT, frame)

    ours = threading.current_thread() is threading.main_thread()
    numbers = [one for one in (signal.SIGTERM, signal.SIGHUP) if ours and signal.getsignal(one) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, leave)
    try:
        yield
    except KeyboardInterrupt:  # while the command was imported: typer sees to it from then on
        raise SystemExit(128 + (ended or [signal.SIGINT])[0]) from None
    except SystemExit as left:
        raise SystemExit(128 + ended[0] if ended and left.code == 128 + signal.SIGINT else left.code) from None
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _being_completed() -> list[str]:
    """The words that a shell asks to complete (typer's variable), without the program's name."""
    return os.environ.get("_TYPER_COMPLETE_ARGS", "").split()[1:] if "_TIDEGATE_COMPLETE" in os.environ else []


def refuse(message: str) -> None:
    """Say on standard error what was wrong with the call, and leave with 2."""
    typer.echo(f"tidegate: error: {message}", err=True)
    raise SystemExit(2)


def called(arguments: Sequence[str]) -> Command | None:
    """The command that these arguments call, if any. Only its words are read: the program itself has no values."""
    words = tuple(argument for argument in arguments if not argument.startswith("-"))
    for command in COMMANDS:
        if words[: len(command.words)] == command.words:
            return command
    return None


def application(command: Command | None) -> typer.Typer:
    """The typer application in which `command` is the real one and each other is a name with its help."""
    root = command_group(
        "Tidegate: an egress proxy for vendor APIs, and a simulator that plays the vendor.", completion=True
    )
    root.callback()(_program)
    groups = {"": root}
    for each in COMMANDS:
        *group, name = each.words
        key = "".join(group)
        if key not in groups:
            groups[key] = command_group(GROUPS[key])
            groups[key].callback()(_nothing)
            root.add_typer(groups[key], name=key)
        run = _load(each) if each is command else _nothing
        groups[key].command(name, help=None if each is command else each.help, short_help=each.help)(run)
    return root


def _load(command: Command) -> Callable[..., object]:
    function = getattr(import_module(command.module), command.words[-1])
    if not callable(function):
        message = f"{command.module} has no command {command.words[-1]}"
        raise TypeError(message)
    return function  # type: ignore[no-any-return]  # getattr is untyped, and callable() says no more


def _nothing() -> None:
    """A command that is only listed."""


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"tidegate {distribution_version('tidegate')}")
        raise typer.Exit


def _program(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Read the options of the program itself."""
