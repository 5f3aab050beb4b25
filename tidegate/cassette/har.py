"""HTTP Archives (HAR 1.2), as browsers and proxies save them, read into the exchanges of a cassette.

Format: the HAR 1.2 specification (W3C Web Performance, 2012), and what tools write in its name: null for nothing, the
scheme's own port, HTTP/2's pseudo headers, a body in base64, a form in parts. It keeps what was asked and answered, and
drops pages, timings, cookies and caches.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

from tidegate.cassette.cassette_file import content
from tidegate.cassette.multipart_parts import BodyPart, body_of_parts, boundary_of
from tidegate.cassette.recorded_exchange import Message, RecordedExchange, lowered
from tidegate.content_coding import saved
from tidegate.problems import UsageError
from tidegate.url_port import USUAL_PORTS

TIME_MS_MAX = 86_400_000.0
"""No answer took longer than a day."""

BODY_BYTES_MAX = 1 << 26
"""A body that was saved compressed is decoded up to so many bytes; a longer one stays as it was saved."""

BOUNDARY = "tidegate-parts"
"""Between the parts of a form whose own boundary the archive does not tell."""

_URL_SAFE = "%/:?#[]@!$&'()*+,;=~-._"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Archive:
    """The exchanges with one vendor. `others` counts what was left out, `began_s` is the second of the first.

    `bodiless` counts, of these, answers whose body the tool did not save: nobody can play them.
    """

    exchanges: tuple[RecordedExchange, ...]
    others: int
    began_s: float | None
    bodiless: int = 0


def read(path: Path, base_url: str) -> Archive:
    """The exchanges with the vendor at `base_url`. Raises UsageError, which names the place in the file."""
    try:
        entries = _json(content(path))["log"]["entries"]
    except OSError as error:
        raise UsageError(f"{path}: the archive cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"{path}: this is not an HTTP archive: it has no log/entries{_seen(path)}") from None
    if not isinstance(entries, list):
        raise UsageError(f"{path}: log/entries is not a list")
    exchanges: list[RecordedExchange] = []
    times: list[float] = []
    bodiless = 0
    for place, entry in enumerate(entries):
        try:
            _put_beside(entry, path.parent)
            for exchange in _of_the_vendor(entry, base_url):
                times.extend(_time_of(entry))
                if _lacks_body(entry):
                    bodiless += 1
                else:
                    exchanges.append(exchange)
        except (KeyError, TypeError, ValueError, AttributeError, Base64Error) as error:
            reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            reason = "this is no entry of HAR 1.2" if isinstance(error, TypeError | AttributeError) else reason
            raise UsageError(f"{path}: log/entries/{place}: {reason}") from None
    return Archive(tuple(exchanges), len(entries) - len(exchanges), min(times, default=None), bodiless)


def _seen(path: Path) -> str:
    """What a file is instead, where its beginning tells."""
    start = content(path)[:4096]
    if start.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "; it is packed: unpack it first"
    if b"interactions" in start:  # VCR, vcrpy, pytest-recording, betamax
        return "; it is a cassette of another tool: play it there, and save what passes as an archive"
    return ""


def _lacks_body(entry: Any) -> bool:
    """True for an answer that had a body which was not saved, as browsers leave out what they no longer hold."""
    saved: Any = entry["response"].get("content") or {}
    size = saved.get("size")
    return isinstance(size, int) and size > 0 and saved.get("text") is None and entry["request"]["method"] != "HEAD"


def _json(raw: bytes) -> Any:
    """JSON as tools write it: in UTF-16, with control characters and halves of characters in texts, with NaN."""
    try:
        return orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return json.loads(raw, strict=False)


def is_below(url: str, base_url: str) -> bool:
    """True where an address belongs to a vendor's: the same host and port, and its path or one below it."""
    one, base = urlsplit(url), urlsplit(base_url)
    prefix = base.path.rstrip("/")
    return _authority(url) == _authority(base_url) and f"{one.path}/".startswith(f"{prefix}/")


def _authority(url: str) -> tuple[str, int | None]:
    """Host and port; a scheme's own port need not be written (RFC 3986 §6.2.3)."""
    parts = urlsplit(url)
    return (parts.hostname or "").rstrip("."), parts.port or USUAL_PORTS.get(parts.scheme.lower())


def _of_the_vendor(entry: Any, base_url: str) -> Iterator[RecordedExchange]:
    request, answer = entry["request"], entry.get("response")
    if not answer or str(request["method"]).upper() == "CONNECT" or not _leads_there(request["url"], base_url):
        return  # it was never answered, it is the way to another, or it is another's
    status = answer["status"] or 0
    if isinstance(status, str) and status.isdecimal():
        status = int(status)
    if not isinstance(status, int | float) or status != int(status):
        raise ValueError(f"the status {answer['status']!r} is no number")
    if not 200 <= status <= 599:
        return  # 0: it was never answered; 101: what followed was no HTTP
    url = urlsplit(quote(request["url"], safe=_URL_SAFE))
    query = url.query or quote(urlencode(_pairs(request.get("queryString"))), safe=_URL_SAFE)
    asked, answered = _headers(request), _headers(answer)
    if (target := _text(answer.get("redirectURL"))) and 300 <= status <= 399:
        answered.setdefault("location", target)
    sent, media = _sent(request.get("postData") or {}, asked.get("content-type", ""))
    if sent and media:
        asked["content-type"] = media
    yield RecordedExchange(
        str(request["method"]).upper(),
        (url.path or "/") + (f"?{query}" if query else ""),
        Message(
            {"host": url.netloc.rpartition("@")[2], **asked},
            saved(sent, asked.get("content-encoding", ""), BODY_BYTES_MAX),
        ),
        int(status),
        Message(answered, _received(answer.get("content") or {}, answered)),
        _took_s(entry.get("time")),
    )


def _leads_there(url: Any, base_url: str) -> bool:
    """True where an address is the vendor's; some that tools write are none."""
    try:
        return is_below(str(url), base_url)
    except ValueError:
        return False


def _took_s(time_ms: Any) -> float:
    took_ms = float(time_ms or 0.0)
    return min(max(took_ms, 0.0), TIME_MS_MAX) / 1000 if took_ms == took_ms else 0.0  # noqa: PLR0124 - NaN is not itself


def _put_beside(entry: Any, folder: Path) -> None:
    """Put in the bodies that a tool wrote into files of their own beside the archive (Playwright's `_file`)."""
    answer: Any = entry.get("response") or {}
    for holder in (entry["request"].get("postData"), answer.get("content")):
        name = holder.get("_file") if holder else None
        if not name or holder.get("text"):
            continue
        if Path(name).name != name:
            raise ValueError(f"the body's file {name!r} is not beside the archive")
        try:
            holder["text"] = b64encode(content(folder / name)).decode()
        except OSError as error:
            raise ValueError(f"the body's file {name!r} cannot be read: {error.strerror}") from None
        holder["encoding"] = "base64"


def _time_of(entry: Any) -> Iterator[float]:
    """The second of an entry, where it says one."""
    try:
        at = datetime.fromisoformat(str(entry.get("startedDateTime")))
    except ValueError:
        return
    if at.tzinfo is not None:
        yield at.timestamp()


def _headers(message: Any) -> dict[str, str]:
    """Headers, without HTTP/2's pseudo headers (RFC 9113 §8.3)."""
    written = message.get("headers") or ()
    pairs = (
        written.items() if isinstance(written, dict) else ((header["name"], header.get("value")) for header in written)
    )
    return lowered((str(name), _text(value)) for name, value in pairs if not str(name).startswith(":"))


def _text(value: Any) -> str:
    """A text; what a tool wrote as values in its place is JSON."""
    return "" if value is None else orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)


def _pairs(params: Any) -> list[tuple[str, str]]:
    return [(_text(param["name"]), _text(param.get("value"))) for param in params or ()]


def _sent(data: Any, media: str) -> tuple[bytes, str]:
    """What was sent, and its media type where that had to be made up."""
    text, params = data.get("text"), data.get("params")
    media = _text(data.get("mimeType")) or media
    if text or not params:
        body = _text(text)
        return (_from_base64(body) if _is_base64(data) else body.encode(_charset(media), "replace")), media
    is_multipart = media.lstrip().lower().startswith("multipart/")
    if not is_multipart and not any(param.get("fileName") for param in params):
        return urlencode(_pairs(params)).encode(), media or _FORM
    boundary = boundary_of(media)
    if boundary is None:
        boundary, media = BOUNDARY, f"multipart/form-data; boundary={BOUNDARY}"
    return body_of_parts([_part(param) for param in params], boundary), media


def _part(param: Any) -> BodyPart:
    """A part as the archive tells of it: what was in a file is often left out."""
    told = (_text(param.get(key)) for key in ("name", "fileName", "contentType"))
    name, filename, media = (text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A") for text in told)
    head = f'Content-Disposition: form-data; name="{name}"'
    head += f'; filename="{filename}"' if filename else ""
    head += f"\r\nContent-Type: {media}" if media else ""
    return BodyPart(head.encode(), name, _text(param.get("value")).encode())


def _is_base64(data: Any) -> bool:
    return _text(data.get("encoding") or data.get("_encoding")).lower() == "base64"


def _from_base64(text: str) -> bytes:
    """Base64, in lines, in the letters of URLs, without its end, or in pieces (Polly.JS), as tools write it too."""
    if text.lstrip().startswith("["):
        return b"".join(map(_from_base64, orjson.loads(text)))
    plain = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    return b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _received(content: Any, headers: dict[str, str]) -> bytes:
    text = _text(content.get("text"))
    media = headers.get("content-type") or _text(content.get("mimeType"))
    if not _is_base64(content):
        return text.encode(_charset(media), "replace")
    return saved(_from_base64(text), headers.get("content-encoding", ""), BODY_BYTES_MAX)


def _charset(media: str) -> str:
    """The encoding in which a client reads a text of this media type."""
    charset = media.lower().partition("charset=")[2].partition(";")[0].strip("\"' ")
    try:
        return charset if charset and "é".encode(charset, "replace") else "utf-8"
    except (LookupError, ValueError):  # Python has codecs that are none of texts
        return "utf-8"
