"""HTTP Archives (HAR 1.2), as browsers and proxies save them, read into the exchanges of a cassette.

Format: the HAR 1.2 specification (W3C Web Performance, 2012). It keeps what was asked and answered, and drops pages,
timings, cookies and caches.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from tidegate.problems import UsageError
from tidegate.simulator.cassette.cassette import Message, RecordedExchange, content

TIME_MS_MAX = 86_400_000.0
"""No answer took longer than a day."""


def read(path: Path, base_url: str) -> tuple[list[RecordedExchange], int]:
    """The exchanges with the vendor at `base_url`, and how many others there were.

    Raises UsageError, which names the place in the file.
    """
    try:
        archive = orjson.loads(content(path))
        entries = archive["log"]["entries"]
    except OSError as error:
        raise UsageError(f"{path}: the archive cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: this is not an HTTP archive: it has no log/entries") from None
    if not isinstance(entries, list):
        raise UsageError(f"{path}: log/entries is not a list")
    exchanges: list[RecordedExchange] = []
    for place, entry in enumerate(entries):
        try:
            exchanges.extend(_of_the_vendor(entry, base_url))
        except (KeyError, TypeError, ValueError, AttributeError, Base64Error) as error:
            reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            reason = "this is no entry of HAR 1.2" if isinstance(error, TypeError | AttributeError) else reason
            raise UsageError(f"{path}: log/entries/{place}: {reason}") from None
    return exchanges, len(entries) - len(exchanges)


def _of_the_vendor(entry: Any, base_url: str) -> Iterator[RecordedExchange]:
    request, answer = entry["request"], entry["response"]
    url, base = urlsplit(request["url"]), urlsplit(base_url)
    prefix = base.path.rstrip("/")
    if url.netloc.lower() != base.netloc.lower() or not f"{url.path}/".startswith(f"{prefix}/"):
        return
    if not isinstance(answer["status"], int):
        raise ValueError(f"the status {answer['status']!r} is no number")  # noqa: TRY004 - of the file, not of a call
    if not 100 <= answer["status"] <= 599:
        return  # 0: it was never answered
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    yield RecordedExchange(
        str(request["method"]),
        path,
        Message(_headers(request), _sent(request.get("postData") or {})),
        answer["status"],
        Message(_headers(answer), _received(answer.get("content") or {})),
        min(max(float(entry.get("time") or 0.0), 0.0), TIME_MS_MAX) / 1000,
    )


def _headers(message: Any) -> dict[str, str]:
    return {str(header["name"]).lower(): str(header["value"]) for header in message.get("headers") or ()}


def _sent(data: Any) -> bytes:
    if "text" in data or not data.get("params"):
        return str(data.get("text", "")).encode()
    return urlencode([(param["name"], param.get("value", "")) for param in data["params"]]).encode()


def _received(content: Any) -> bytes:
    text = content.get("text", "")
    return b64decode(text, validate=True) if content.get("encoding") == "base64" else str(text).encode()
