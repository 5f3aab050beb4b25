"""What the words beside a list say of its page: the names of fields and of headers, and which schemas may have them.

It knows no operation.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.schema_types import Level, types_of
from tidegate.values.string_values import plain_name

MEANS: Mapping[str, str] = {
    "hasmore": "more", "more": "more", "hasnextpage": "more", "firstid": "first", "lastid": "last",
    "nextcursor": "token", "nextpagetoken": "token", "nexttoken": "token", "next": "next", "nextpage": "next",
    "nextpageuri": "next", "nextpageurl": "next", "previouspageuri": "previous", "previouspageurl": "previous",
    "previous": "previous", "firstpageuri": "start_uri", "firstpageurl": "start_uri", "uri": "this", "url": "this",
    "page": "page", "pagesize": "limit", "perpage": "limit", "start": "begin", "end": "end", "total": "count",
    "totalcount": "count", "totalresults": "count", "key": "key", "odatanextlink": "next", "nextlink": "next",
    "odatacount": "count", "totalelements": "count", "totalitems": "count", "totalrecords": "count", "nexturl": "next",
    "totalpages": "pages", "pagecount": "pages", "lastpage": "pages", "number": "page", "currentpage": "page",
    "size": "limit", "limit": "limit", "offset": "begin", "skip": "begin", "prev": "previous", "prevpage": "previous",
    "previouspage": "previous", "self": "this", "nexthref": "next", "continue": "token", "nextmarker": "token",
    "endcursor": "token", "nextoffset": "next_begin", "resultcount": "shown", "numberofelements": "shown",
    "count": "count", "pagenumber": "page", "pageindex": "page", "pageno": "page", "itemsperpage": "limit",
    "startindex": "begin", "numpages": "pages", "numberofpages": "pages", "pages": "pages", "pagetotal": "pages",
    "recordstotal": "count", "recordsfiltered": "count", "totalsize": "count", "itemcount": "count",
    "totalhits": "count", "numberofitems": "count", "numbermatched": "count", "numberreturned": "shown",
    "countreturned": "shown", "from": "from_place", "to": "to_place", "haspreviouspage": "has_previous",
    "hasprevious": "has_previous", "hasprev": "has_previous", "hasprevpage": "has_previous", "hasnext": "more",
    "hasmoreitems": "more", "isfirst": "is_first", "isfirstpage": "is_first", "islast": "is_last",
    "islastpage": "is_last", "take": "limit", "isempty": "is_empty", "empty": "is_empty", "paged": "is_paged",
}  # fmt: skip
"""The meaning of a field beside a list, by its plain name."""
_SWITCHES: Mapping[str, str] = {"first": "is_first", "last": "is_last"}
"""The meaning of names that mean something else where they are no switches."""
LINKS: Mapping[str, str] = {"first": "first_uri", "last": "last_uri"}
"""The same in an object of links."""
ADDRESSES = frozenset({"next", "previous", "start_uri", "this", "first_uri", "last_uri"})
"""What says the address of a page."""
_COUNTS = frozenset({
    "page", "limit", "begin", "end", "count", "pages", "next_begin", "shown", "next_number", "previous_number",
    "from_place", "to_place",
})  # fmt: skip
_BOOLEANS = frozenset({"more", "has_previous", "is_first", "is_last", "is_empty", "is_paged"})


def header_meaning(name: str, level: Level) -> str:
    """What a header says of a page, like `X-Total-Count`; empty where it says nothing of one."""
    plain = plain_name(name).removeprefix("x").removeprefix("pagination")
    if plain == "contentrange":
        return "range"
    means = meaning(plain, level)
    return means if means in _COUNTS | _BOOLEANS | {"token"} else ""


def meaning(name: str, level: Level) -> str:
    """The meaning of a field of a plain name, empty where it has none that its schema lets it have."""
    means = MEANS.get(name, "")
    if "boolean" in types_of(level):
        means = _SWITCHES.get(name, means)
    if not means and ("next" in name or "prev" in name):
        is_token = any(word in name for word in ("token", "cursor", "marker"))
        means = "previous" if "prev" in name else "token" if is_token else "next"
    if means in ("next", "previous") and "integer" in types_of(level):
        means += "_number"
    return means if means and may_mean(means, level) else ""


def may_mean(means: str, level: Level) -> bool:
    """True where a field can say this: a count is no text with a form of its own, an address no number."""
    types = {*types_of(level)} - {"null"}
    if not types:
        return True
    if means in _COUNTS:
        return bool({"integer", "number", "string"} & types)
    if means in _BOOLEANS:
        return "boolean" in types
    return "string" in types if means in ADDRESSES else not {"object", "array", "boolean"} & types


def without_cursors(body: Any) -> Any:
    """An answer without the texts that lead to a next page, where its schema does not tell of them."""
    if not isinstance(body, dict):
        return body
    means = {name: MEANS.get(plain_name(name), "") for name in body}
    return {
        name: "" if means[name] in ("token", "next") and isinstance(value, str) else without_cursors(value)
        for name, value in body.items()
    }
