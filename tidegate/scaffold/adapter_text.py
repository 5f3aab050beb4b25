"""The text of an adapter: a class with a method for each call, a class for each thing that is read, and no more.

What it writes uses the public names of `tidegate.adapters` alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tidegate.policy.plan_values import SAFE
from tidegate.scaffold.call_shape import CallArgument, CallShape
from tidegate.scaffold.identifiers import pascal, snake
from tidegate.scaffold.python_text import literal, wrapped
from tidegate.scaffold.result_shape import CallResult, ResultField

_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class AdapterNames:
    """What the adapter of a vendor is called: its file, its module and its class."""

    vendor: str
    key_header: str = "Authorization"
    """Where an app's token goes: the slot of the vendor's own key."""

    @property
    def module(self) -> str:
        """The module, without a package: the test beside it imports it so."""
        return f"{snake(self.vendor)}_adapter"

    @property
    def class_name(self) -> str:
        """The class."""
        return f"{pascal(self.vendor)}Adapter"


def adapter_text(names: AdapterNames, source: str, calls: Sequence[CallShape], deferred: frozenset[str]) -> str:
    """The whole file. `deferred` are the operations that Tidegate may carry out later."""
    body = [*_class(names, calls, deferred)]
    results = {call.result.class_name: call.result for call in calls if call.result.class_name}
    readers = [line for result in results.values() for line in _reader(result)]
    types = [line for name, result in results.items() for line in _type(name, result, calls)]
    code = "\n".join([*types, *body, *readers])
    imported = sorted(name for name in _PUBLIC if re.search(rf"\b{name}\b", code))
    abstract = [name for name in ("Mapping", "Sequence") if re.search(rf"\b{name}\b", code)]
    lines = [
        f'"""{names.vendor} by its own API, in plain HTTP through Tidegate: each field by its name, and nothing else.',
        "",
        f"Written by `tidegate new` from {source}. Yours to change. Retries, limits and secrets are the proxy's,",
        "so there are none here: a write is sent once, under a key that is the same however often the app asks for it.",
        '"""',
        "",
        *([f"from collections.abc import {', '.join(abstract)}"] if abstract else []),
        *(["from dataclasses import dataclass"] if results else []),
        "",
        *wrapped_import(imported),
        "",
        "",
        "",
    ]
    if not results and not abstract:
        del lines[6]
    return "\n".join(lines) + code.rstrip("\n") + "\n"


_PUBLIC = (
    "Deferred", "Fields", "Gateway", "deferred_of", "ensure_success", "read_list", "read_object", "segment",
)  # fmt: skip


def wrapped_import(names: Sequence[str], module: str = "tidegate.adapters") -> list[str]:
    """An import of names, on one line where it fits."""
    one = f"from {module} import {', '.join(names)}"
    return [one] if len(one) <= 120 else [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def _type(name: str, result: CallResult, calls: Sequence[CallShape]) -> Iterator[str]:
    uses = [call.operation.id for call in calls if call.result.class_name == name]
    yield "@dataclass(frozen=True, slots=True)"
    yield f"class {name}:"
    yield f'    """The fields that are read of an answer to {", ".join(uses[:3]).replace(chr(34), chr(39))}."""'
    yield ""
    for field in result.fields:
        yield f"    {field.name}: {field.type}{'' if field.sure else ' | None'}"
    yield ""
    yield ""


def _reader(result: CallResult) -> Iterator[str]:
    yield f"def {reader_name(result)}(fields: Fields) -> {result.class_name}:"
    yield f"    return {result.class_name}("
    for field in result.fields:
        yield f"        {field.name}={_read(field)},"
    yield "    )"
    yield ""
    yield ""


def reader_name(result: CallResult) -> str:
    """The function that reads one."""
    return f"_{snake(result.class_name)}"


def _read(field: ResultField) -> str:
    if field.sure:
        return f"fields.{'text' if field.type == 'str' else 'count'}({literal(field.wire)})"
    return f"fields.maybe({literal(field.wire)}, {field.type})"


def _class(names: AdapterNames, calls: Sequence[CallShape], deferred: frozenset[str]) -> Iterator[str]:
    header = f', key_header="{names.key_header}"' if names.key_header != "Authorization" else ""
    yield f"class {names.class_name}:"
    yield f'    """The calls to {names.vendor}. The gateway is Tidegate\'s:'
    yield ""
    yield f'        Gateway(session, "http://127.0.0.1:8080/{names.vendor}", token{header})'
    yield ""
    yield "    A method raises a VendorFailure of tidegate.adapters, and nothing else."
    yield '    """'
    yield ""
    yield "    def __init__(self, gateway: Gateway) -> None:"
    yield "        self._gateway = gateway"
    for call in calls:
        yield ""
        yield from _method(call, later=call.operation.id in deferred)
    yield ""
    yield ""


def returned(result: CallResult) -> str:
    """The type of what a method gives."""
    forms = {"object": result.class_name, "list": f"list[{result.class_name}]", "content": "bytes", "nothing": "None"}
    return forms[result.form]


def _method(call: CallShape, *, later: bool) -> Iterator[str]:
    gives = returned(call.result)
    if later:
        gives = "Deferred | None" if gives == "None" else f"{gives} | Deferred"
    yield from wrapped(f"async def {call.name}", ["self", *_parameters(call)], f" -> {gives}:", 4)
    yield f'        """{call.says}."""'
    yield from wrapped("answer = await self._gateway.send", [*_sent(call)], "", 8)
    if later:
        yield "        deferred = deferred_of(answer)"
        yield "        if deferred is not None:"
        yield "            return deferred"
    result = call.result
    at = "".join(f", {literal(step)}" for step in result.at)
    if result.form in ("object", "list"):
        yield f"        return read_{result.form}(answer, {reader_name(result)}{at})"
        return
    yield "        ensure_success(answer)"
    if result.form == "content":
        yield "        return answer.body"
    elif later:
        yield "        return None"


def _parameters(call: CallShape) -> Iterator[str]:
    """The parameters: what names the thing first, the rest by name."""
    for one in call.of("path"):
        yield f"{one.name}: {one.type}"
    named = [f"{one.name}: {one.type}" for one in call.of("query", "header", "body")]
    named += ["key: str"] if call.operation.method not in SAFE else []
    named += [f"{one.name}: {one.type} = None" for one in call.of("page")]
    named += ["more: Mapping[str, object] | None = None"] if _takes_more(call) else []
    if named:
        yield "*"
        yield from named


def _takes_more(call: CallShape) -> bool:
    return bool(call.body) and not call.whole


def _sent(call: CallShape) -> Iterator[str]:
    yield literal(call.operation.method)
    yield _path(call)
    query = [f"{literal(one.wire)}: {_joined(one)}" for one in call.of("query", "page")]
    if query:
        yield f"query={{{', '.join(query)}}}"
    headers = [f"{literal(one.wire)}: {_text(one)}" for one in call.of("header")]
    if headers:
        yield f"headers={{{', '.join(headers)}}}"
    if call.body:
        name = "form" if call.body == "form" else "document"
        if call.whole:
            yield f"{name}={call.of('body')[0].name}"
        else:
            entries = ["**(more or {})", *(f"{literal(one.wire)}: {one.name}" for one in call.of("body"))]
            yield f"{name}={{{', '.join(entries)}}}"
    if call.operation.method not in SAFE:
        yield "key=key"


def _path(call: CallShape) -> str:
    names = {one.wire: one for one in call.of("path")}
    template = call.operation.template.partition("#")[0]
    if not names:
        return literal(template)
    parts, at = [], 0
    for found in _PARAMETER.finditer(template):
        parts.append(literal(template[at : found.start()])[1:-1].replace("{", "{{").replace("}", "}}"))
        one = names[found[1]]
        parts.append(f"{{segment({_text(one)}, field='{one.name}')}}")
        at = found.end()
    rest = literal(template[at:])[1:-1].replace("{", "{{").replace("}", "}}")
    return f'f"{"".join(parts)}{rest}"'


def _text(one: CallArgument) -> str:
    if one.type == "bool":
        return f"str({one.name}).lower()"
    return one.name if one.type == "str" else f"str({one.name})"


def _joined(one: CallArgument) -> str:
    return f'",".join(map(str, {one.name}))' if one.joined else one.name
