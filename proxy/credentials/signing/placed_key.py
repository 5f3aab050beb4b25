"""A key in the query, or in a field of the body. The app's own value of that name is taken out.

Everything else of query and body stays as the app wrote it: a number of 20 digits in JSON keeps them all.
"""

import json
from json.decoder import JSONDecoder
from urllib.parse import quote, quote_plus, unquote_plus

from tidegate.proxy.credentials.signing.signed_request import RequestSigner, SignedRequest
from tidegate.redaction.secret import Secret

FORM = "application/x-www-form-urlencoded"
_WITH_BODY = ("POST", "PUT", "PATCH")


class QueryKey(RequestSigner):
    """The key in the query parameter `parameter`."""

    def __init__(self, parameter: str, key: Secret) -> None:
        self._parameter = parameter
        self._pair = f"{quote(parameter, safe='')}={quote(key.reveal(), safe='')}"

    def sign(self, request: SignedRequest) -> None:
        """See RequestSigner.sign."""
        pairs = without(request.query, self._parameter)
        request.target = f"{request.path}?{'&'.join([*pairs, self._pair])}"


class BodyField(RequestSigner):
    """The key in a field at the top of the body, which is a JSON object or a form."""

    needs_body = True

    def __init__(self, field: str, key: Secret) -> None:
        self._field = field
        self._member = f"{json.dumps(field)}:{json.dumps(key.reveal())}"
        self._pair = f"{quote_plus(field)}={quote_plus(key.reveal())}"

    def sign(self, request: SignedRequest) -> None:
        """See RequestSigner.sign."""
        if not request.body:
            request.put("Content-Type", "application/json")
            request.reframe(f"{{{self._member}}}".encode())
        elif media_type(request.header("Content-Type")) == FORM:
            pairs = without(request.body.decode("latin-1"), self._field)
            request.reframe("&".join([*pairs, self._pair]).encode("latin-1"))
        else:
            request.reframe(self._with_member(request.body.decode()).encode())

    def flaw(self, method: str, content_type: str, body: bytes) -> str:
        """See Signer."""
        media = media_type(content_type)
        if not body:
            return "" if method in _WITH_BODY else f"This vendor takes its key in the body, and a {method} has none."
        if media == FORM:
            return ""
        if media != "application/json" and not media.endswith("+json"):
            return "This vendor takes its key in a JSON object or a form, and the body is neither."
        try:
            members(body.decode())
        except ValueError:  # of the decoder, of the text's coding
            return "This vendor takes its key in a JSON object, and the body cannot be read as one."
        return ""

    def _with_member(self, text: str) -> str:
        start, found = members(text)
        rest = [text[begin:end] for name, begin, end in found if name != self._field]
        if len(rest) == len(found):  # the usual case: nothing is taken out
            return f"{text[:start]}{self._member}{',' if found else ''}{text[start:]}"
        return f"{{{','.join([self._member, *rest])}}}"


def without(pairs: str, name: str) -> list[str]:
    """The pairs of a query or form but those of a name."""
    return [pair for pair in pairs.split("&") if pair and unquote_plus(pair.partition("=")[0]) != name]


def media_type(content_type: str) -> str:
    """`Application/JSON; charset=utf-8` → `application/json`."""
    return content_type.partition(";")[0].strip().lower()


_DECODER = JSONDecoder()


def members(text: str) -> tuple[int, list[tuple[str, int, int]]]:
    """Where the inside of a JSON object begins, and its members: name, begin and end. Raises ValueError."""
    place = _after_space(text, 0)
    if text[place : place + 1] != "{":
        raise ValueError("no object")
    start, found = place + 1, list[tuple[str, int, int]]()
    place = _after_space(text, start)
    if text[place : place + 1] == "}":
        return start, _ended(text, place, found)
    while True:
        if text[place : place + 1] != '"':
            raise ValueError("no name")
        begin = place
        name, place = _DECODER.raw_decode(text, place)
        place = _after_space(text, place)
        if text[place : place + 1] != ":":
            raise ValueError("no colon")
        try:
            _, end = _DECODER.raw_decode(text, _after_space(text, place + 1))
        except RecursionError:
            raise ValueError("too deep") from None
        found.append((name, begin, end))
        place = _after_space(text, end)
        if text[place : place + 1] != ",":
            return start, _ended(text, place, found)
        place = _after_space(text, place + 1)


def _ended(text: str, place: int, found: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    if text[place : place + 1] != "}" or text[place + 1 :].strip(" \t\r\n"):
        raise ValueError("no end")
    return found


def _after_space(text: str, place: int) -> int:
    while text[place : place + 1] in (" ", "\t", "\r", "\n"):
        place += 1
    return place
