"""Retries and catch-all handlers in a Python file: what stands around a call that goes out.

A loop is a retry where it tries one and the same call again, and leaves with its success. One over items, pages or a
queue is none, and neither is one that asks whether something is done: there the next round is another call, or looks at
the answer's content.
"""

import ast
from collections.abc import Callable, Iterator, Sequence

from tidegate.scan.python.python_names import PythonNames, inside

VendorCall = Callable[[ast.Call], tuple[bool, str]]
Report = Callable[[ast.AST, str, str, str], None]

_LIBRARIES = ("tenacity", "backoff", "retrying", "retry", "retry2", "stamina", "opnieuw")
_TRY_WORDS = ("attempt", "retr", "tries", "try")
_STATUS = frozenset({"status_code", "status", "ok", "code", "is_success", "is_error"})
_BROAD = frozenset({"Exception", "BaseException"})


def find_flow(names: PythonNames, vendor_call: VendorCall, report: Report) -> None:
    """Report retries and catch-all handlers."""
    for node in names.nodes:
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            _loop(node, names, vendor_call, report)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _decorated(node, names, vendor_call, report)
        elif isinstance(node, ast.Try | ast.TryStar):
            _handlers(node, vendor_call, report)
        elif isinstance(node, ast.With | ast.AsyncWith):
            _suppressed(node, names, vendor_call, report)
        elif isinstance(node, ast.Call):
            _told_to_retry(node, names, report)


def _calls(statements: Sequence[ast.stmt], vendor_call: VendorCall) -> list[tuple[ast.Call, str]]:
    found = []
    for node in inside(statements):
        if isinstance(node, ast.Call):
            out, vendor = vendor_call(node)
            if out:
                found.append((node, vendor))
    return found


# --- retries ---------------------------------------------------------------------------------------------------------


def _loop(
    loop: ast.For | ast.AsyncFor | ast.While, names: PythonNames, vendor_call: VendorCall, report: Report
) -> None:
    calls = _calls(loop.body, vendor_call)
    if calls and isinstance(loop, ast.For | ast.AsyncFor) and names.of(loop.iter).partition(".")[0] in _LIBRARIES:
        report(loop, "retry-loop", "this loop sends a call again by a library", calls[0][1])
        return
    if not calls or (isinstance(loop, ast.For | ast.AsyncFor) and not _counts(loop) and _used(loop.target, calls)):
        return
    bound = _bound_inside(loop)
    if any(isinstance(node, ast.Name) and node.id in bound for call, _ in calls for node in _arguments(call)):
        return
    if _tries_again(loop, calls) or _looks_at_status(loop, calls):
        report(loop, "retry-loop", "this loop sends a call again by itself", calls[0][1])


def _counts(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop goes over numbers, or its variable says that it counts tries."""
    target = loop.target.id.lower() if isinstance(loop.target, ast.Name) else ""
    ranged = isinstance(loop.iter, ast.Call) and getattr(loop.iter.func, "id", "") in ("range", "count")
    return any(word in target for word in _TRY_WORDS) or (ranged and not target.startswith(("page", "offset")))


def _used(target: ast.expr, calls: Sequence[tuple[ast.Call, str]]) -> bool:
    names = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    return any(isinstance(node, ast.Name) and node.id in names for call, _ in calls for node in _arguments(call))


def _arguments(call: ast.Call) -> Iterator[ast.AST]:
    for argument in (*call.args, *(one.value for one in call.keywords if one.arg != "timeout")):
        yield from ast.walk(argument)


def _bound_inside(loop: ast.For | ast.AsyncFor | ast.While) -> set[str]:
    """Names that get another value in each round: what is sent with them is something else each time."""
    bound: set[str] = set()
    for node in inside(loop.body):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.NamedExpr | ast.For):
            for one in node.targets if isinstance(node, ast.Assign) else [node.target]:
                bound |= {name.id for name in ast.walk(one) if isinstance(name, ast.Name)}
    return {name for name in bound if not any(word in name.lower() for word in (*_TRY_WORDS, "delay", "wait", "sleep"))}


def _tries_again(loop: ast.stmt, calls: Sequence[tuple[ast.Call, str]]) -> bool:
    """A `try` in the loop around the call, whose success leaves the loop and whose failure may not."""
    for node in inside(getattr(loop, "body", [])):
        if not isinstance(node, ast.Try | ast.TryStar) or not any(_holds(node.body, call) for call, _ in calls):
            continue
        leaves = any(isinstance(one, ast.Return | ast.Break) for one in inside([*node.body, *node.orelse]))
        leaves = leaves or _leaves_after(loop, node)
        goes_on = any(not _always_leaves(handler.body) for handler in node.handlers)
        if leaves and goes_on:
            return True
    return False


def _leaves_after(loop: ast.stmt, node: ast.Try | ast.TryStar) -> bool:
    """Whether the statements behind a `try` leave the loop: `try: … except: continue` and then `return answer`."""
    body: list[ast.stmt] = getattr(loop, "body", [])
    if node not in body:
        return False
    rest = body[body.index(node) + 1 :]
    continues = any(isinstance(one, ast.Continue) for handler in node.handlers for one in inside(handler.body))
    return continues and any(isinstance(one, ast.Return | ast.Break) for one in rest)


def _looks_at_status(loop: ast.stmt, calls: Sequence[tuple[ast.Call, str]]) -> bool:
    """A wait in the loop, and a test of the answer's status: the same request goes again where it was refused."""
    body = getattr(loop, "body", [])
    sleeps = any(isinstance(node, ast.Call) and _last(node.func) == "sleep" for node in inside(body))
    tests = [node.test for node in inside(body) if isinstance(node, ast.If | ast.While)]
    tests += [loop.test] if isinstance(loop, ast.While) else []
    status = any(isinstance(one, ast.Attribute) and one.attr in _STATUS for test in tests for one in ast.walk(test))
    leaves = any(isinstance(node, ast.Return | ast.Break) for node in inside(body))
    return bool(calls) and sleeps and status and leaves


def _holds(statements: Sequence[ast.stmt], call: ast.Call) -> bool:
    return any(node is call for node in inside(statements))


def _always_leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether a handler ends the loop whatever happens."""
    last = body[-1] if body else None
    if isinstance(last, ast.If) and last.orelse:
        return _always_leaves(last.body) and _always_leaves(last.orelse)
    return isinstance(last, ast.Raise | ast.Return | ast.Break)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _decorated(
    node: ast.FunctionDef | ast.AsyncFunctionDef, names: PythonNames, vendor_call: VendorCall, report: Report
) -> None:
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = names.of(called)
        if name.partition(".")[0] not in _LIBRARIES:
            continue
        calls = _calls(node.body, vendor_call)
        if calls:
            report(decorator, "retry-loop", f"{name} sends the calls of {node.name} again", calls[0][1])


def _told_to_retry(call: ast.Call, names: PythonNames, report: Report) -> None:
    """`HTTPAdapter(max_retries=3)`, `Retry(total=3)`."""
    name = names.of(call.func)
    if name == "aiohttp_retry.RetryClient":
        report(call, "retry-loop", "RetryClient sends calls again", "")
    if name.endswith(("requests.adapters.HTTPAdapter", "util.retry.Retry", "util.Retry", "httpx.HTTPTransport")):
        words = ("max_retries", "total", "retries")
        given = [one.value for one in call.keywords if one.arg in words] + (call.args[:1] if "Retry" in name else [])
        if any(
            not (isinstance(one, ast.Constant) and not one.value) and not isinstance(one, ast.Name) for one in given
        ):
            report(call, "retry-loop", f"{name.rpartition('.')[2]} sends calls again", "")


# --- handlers --------------------------------------------------------------------------------------------------------


def _handlers(node: ast.Try | ast.TryStar, vendor_call: VendorCall, report: Report) -> None:
    calls = _calls(node.body, vendor_call)
    if not calls:
        return
    for handler in node.handlers:
        if _is_broad(handler.type) and not any(isinstance(one, ast.Raise) for one in inside(handler.body)):
            what = "except:" if handler.type is None else f"except {ast.unparse(handler.type)}:"
            report(handler, "catch-all", f"`{what}` swallows every failure of the call in it", calls[0][1])


def _is_broad(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(_is_broad(one) for one in kind.elts)
    return isinstance(kind, ast.Name) and kind.id in _BROAD


def _suppressed(node: ast.With | ast.AsyncWith, names: PythonNames, vendor_call: VendorCall, report: Report) -> None:
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and names.of(call.func) == "contextlib.suppress":
            calls = _calls(node.body, vendor_call)
            if calls and any(_is_broad(one) for one in call.args):
                report(call, "catch-all", "`suppress(Exception)` swallows every failure of the call in it", calls[0][1])
