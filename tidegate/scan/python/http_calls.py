"""HTTP libraries of Python: which of their calls go out, and which of these wait for ever unless told. Data only."""

import re

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "send"})

_OUT = re.compile(
    r"(?:requests(?:\.api)?|httpx)\.(?:get|post|put|patch|delete|head|options|request|stream)"
    r"|requests\.(?:Session|session|sessions\.Session)\(\)\.(?:get|post|put|patch|delete|head|options|request|send)"
    r"|httpx\.(?:Async)?Client\(\)\.(?:get|post|put|patch|delete|head|options|request|stream|send)"
    r"|aiohttp\.(?:ClientSession\(\)\.(?:get|post|put|patch|delete|head|options|request|ws_connect)|request)"
    r"|urllib\.request\.(?:urlopen|urlretrieve|build_opener\(\)\.open)"
    r"|urllib3\.(?:(?:PoolManager|ProxyManager|HTTPS?ConnectionPool)\(\)\.(?:request|urlopen)|request)"
    r"|http\.client\.HTTPS?Connection\(\)\.(?:request|getresponse)"
)
_WAITS = re.compile(
    r"requests(?:\.api)?\.(?:get|post|put|patch|delete|head|options|request)"
    r"|requests\.(?:Session|session|sessions\.Session)\(\)\.(?:get|post|put|patch|delete|head|options|request|send)"
    r"|urllib\.request\.(?:urlopen|build_opener\(\)\.open)"
    r"|urllib3\.request"
)
_MADE = re.compile(r"http\.client\.HTTPS?Connection|urllib3\.(?:PoolManager|ProxyManager|HTTPS?ConnectionPool)")


def goes_out(name: str) -> bool:
    """Whether a call of this name sends a request. `requests.Session().get` is one on a session."""
    return _OUT.fullmatch(name) is not None


def waits_for_ever(name: str) -> bool:
    """Whether such a call has no timeout unless it is given one. httpx has 5 s, aiohttp 5 minutes."""
    return _WAITS.fullmatch(name) is not None


def made_without_timeout(name: str) -> bool:
    """Whether what is made by this name gives its calls no timeout unless it is told."""
    return _MADE.fullmatch(name) is not None


def library(name: str) -> str:
    """The library that a call is of."""
    return "urllib" if name.startswith(("urllib.", "http.client")) else name.partition(".")[0]
