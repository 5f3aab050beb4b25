"""`tidegate control …`: what a running simulator's control API does, from the shell."""

import json
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

import typer

from tidegate.cli.remote.json_document import read_document, read_reason
from tidegate.plain_line import plain, plain_json
from tidegate.problems import UsageError
from tidegate.whole_file import write_whole

TIMEOUT_S = 30.0
ANSWER_BYTES_MAX = 256 * 1024 * 1024
"""A snapshot has everything that the vendor holds."""
_NEAR = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks without a proxy of the environment: a simulator is near, and HTTP_PROXY may be the proxy that is tried out."""

Url = Annotated[
    str,
    typer.Option(help="The simulator's control API.", envvar="TIDEGATE_SIMULATOR", metavar="URL"),
]
BODY_LINE = 200
"""Characters of a body in the journal's short form."""

HERE = "http://127.0.0.1:9101"


def _request(url: str, method: str, path: str, body: object = None) -> Any:
    """The control API's answer. Raises UsageError where it refuses, or is not there."""
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is no address of a simulator; it looks like {HERE}")
    data = None if body is None else json.dumps(body).encode()
    try:
        return _answer(url, path, method, data)
    except HTTPException as error:
        raise UsageError(f"no simulator answers on {url!r}: {error}") from None


def _answer(url: str, path: str, method: str, data: bytes | None) -> Any:
    try:
        request = _made(url, path, method, data)
    except ValueError as error:
        raise UsageError(f"{url!r} is no address of a simulator: {error}") from None
    try:
        with _NEAR.open(request, timeout=TIMEOUT_S) as answer:
            return read_document(answer.read(ANSWER_BYTES_MAX), f"{url} is no simulator of this version")
    except HTTPError as error:
        with error:
            why = read_reason(error.read(ANSWER_BYTES_MAX).decode(errors="replace"))
        raise UsageError(why or f"{url} answered {error.code}; is it a simulator's control API?") from None
    except (URLError, OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "reason", error)
        raise UsageError(f"no simulator answers on {url}: {reason}; say where it is with --url") from None


def _made(url: str, path: str, method: str, data: bytes | None) -> urllib.request.Request:
    return urllib.request.Request(  # noqa: S310  # the scheme was looked at
        url.rstrip("/") + path, data=data, method=method, headers={"Content-Type": "application/json"}
    )


def _print(document: object) -> None:
    print(plain_json(json.dumps(document, indent=2, ensure_ascii=False)))


def journal(
    url: Url = HERE,
    since: Annotated[int, typer.Option(help="Only requests after this one.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 10_000,
    content: Annotated[bool, typer.Option("--content", help="Print the headers and the body of each, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole entries as one JSON document.")] = False,
) -> None:
    """Print the requests that came in, what was sent, and why one was refused. Secrets are hidden."""
    journal = _request(url, "GET", "/journal?" + urlencode({"since": since, "limit": limit}))
    if as_json:
        _print(journal)
        return
    for entry in journal["entries"]:
        print("\n".join(map(plain, (_line(entry), *_content(entry, whole=content)))))
    if journal["more"]:
        print(f"… more; go on with --since {journal['entries'][-1]['n']}")


def _line(entry: dict[str, Any]) -> str:
    parts = [
        f"{entry['n']:>5}  {entry['at']:>9.3f} s  {entry['status'] or 'none':>4}  {entry['method']} {entry['path']}"
    ]
    if entry["faults"]:
        parts.append("faults: " + ", ".join(entry["faults"]))
    if entry["replayed"]:
        parts.append("replayed")
    parts += [f"{effect['kind']} {effect['id']}" for effect in entry["effects"]]
    return "  · ".join(parts)


def _content(entry: dict[str, Any], *, whole: bool) -> Iterator[str]:
    if entry.get("refused"):
        yield f"       refused: {entry['refused']}"
    sent = entry.get("sent")
    if sent is None:
        return
    if whole:
        yield from (f"       {name}: {value}" for name, value in sent["headers"].items())
    if sent["body"]:
        body = sent["body"] if whole else " ".join(sent["body"][:BODY_LINE].split())
        more = sent["cut"] or (not whole and len(sent["body"]) > BODY_LINE)
        yield from (f"       sent: {body}" + (f" … ({sent['bytes']:,} bytes)" if more else "")).splitlines()


def faults(url: Url = HERE) -> None:
    """Print the armed faults, and how many requests each has hit."""
    _print(_request(url, "GET", "/faults")["faults"])


def arm(
    fault: Annotated[str, typer.Argument(help="""A fault or a list of them, like '{"kind": "error"}'.""")],
    url: Url = HERE,
) -> None:
    """Arm a fault; its times count from now."""
    try:
        faults = json.loads(fault)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the fault is not JSON: {error}") from None
    _print(_request(url, "POST", "/faults", faults)["faults"])


def disarm(url: Url = HERE) -> None:
    """Drop every fault."""
    _request(url, "DELETE", "/faults")
    print("no faults are armed")


def state(url: Url = HERE) -> None:
    """Print everything that the vendor holds."""
    _print(_request(url, "GET", "/state")["resources"])


def given(
    sentence: Annotated[str, typer.Argument(help="The state, like 'a customer exists'.")],
    params: Annotated[str, typer.Option(help="""Its parameters as JSON, like '{"name": "Ada"}'.""")] = "{}",
    url: Url = HERE,
) -> None:
    """Bring the vendor into a state, and print what there is to know of it."""
    try:
        parameters = json.loads(params)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the parameters are not JSON: {error}") from None
    _print(_request(url, "POST", "/states", {"state": sentence, "params": parameters}))


def clock(
    advance: Annotated[str | None, typer.Option(help="Put it forward by so much, like 24h.")] = None, url: Url = HERE
) -> None:
    """Print the vendor's clock, or put it forward."""
    _print(_request(url, "GET", "/clock") if advance is None else _request(url, "POST", "/clock", {"advance": advance}))


def reset(url: Url = HERE) -> None:
    """Begin again: no objects, no journal, the scenario from its first second."""
    _request(url, "POST", "/reset")
    print("begun again")


def save(path: Annotated[Path, typer.Argument(help="The file to write.", metavar="FILE")], url: Url = HERE) -> None:
    """Write a snapshot of what the vendor holds and remembers."""
    write_whole(path, json.dumps(_request(url, "GET", "/snapshot")))
    print(f"saved to {path}")


def restore(
    path: Annotated[Path, typer.Argument(help="A file that `tidegate control save` wrote.", metavar="FILE")],
    url: Url = HERE,
) -> None:
    """Put a snapshot back."""
    try:
        snapshot = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: the snapshot cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: this is not JSON: {error}") from None
    _print(_request(url, "PUT", "/snapshot", snapshot)["kinds"])
