"""The text of a consumer test: each call through the real proxy to the simulator, failures, and the scenario.

It expects what the rehearsal saw. What it writes uses the public names of `tidegate.adapters` and `tidegate.testing`.
"""

import re
from collections.abc import Iterator, Sequence
from keyword import iskeyword

from tidegate.policy.plan_values import SAFE
from tidegate.scaffold.adapter_text import AdapterNames, wrapped_import
from tidegate.scaffold.call_shape import CallArgument, CallShape
from tidegate.scaffold.python_text import literal, wrapped
from tidegate.scaffold.rehearsal import RehearsedCall

SCENARIO = "scenario.yaml"


def consumer_text(
    names: AdapterNames, source: str, rehearsed: Sequence[RehearsedCall], deferred: frozenset[str]
) -> str:
    """The whole file. `deferred` are the operations that Tidegate may carry out later."""
    steady = sorted(
        (one for one in rehearsed if not one.failure), key=lambda one: one.call.operation.method not in SAFE
    )
    tests = [line for one in rehearsed for line in _call(one)]
    tests += [line for one in steady[:1] for line in _refusals(one, later=one.call.operation.id in deferred)]
    tests += [line for one in steady if one.survives_loss is not None for line in _loss(one)]
    tests += [line for one in steady[:1] for line in _scenario(one)]
    code = "\n".join(tests)
    failures = sorted(name for name in _IMPORTED if re.search(rf"(raises\(|except |, ){name}\b", code))
    lines = [
        f'"""What the app uses of {names.vendor}: each call through the real proxy to its simulator, in virtual time.',
        "",
        f"Written by `tidegate new` from {source}. Yours to change, and to add to.",
        '"""',
        "",
        "from pathlib import Path",
        "",
        *(["import pytest"] if "pytest." in code else []),
        f"from {names.module} import {names.class_name}",
        "",
        *(wrapped_import(failures) if failures else []),
        "from tidegate.testing import VirtualSandbox, run",
        "",
        "HERE = Path(__file__).resolve().parent",
    ]
    return "\n".join(lines) + "\n" + code.replace("ADAPTER", names.class_name) + "\n"


_IMPORTED = (
    "Deferred", "Conflict", "Misconfigured", "NotFound", "OutcomeUnknown", "RateLimited", "Rejected", "Unavailable",
    "VendorContractBroken", "VendorFailure",
)  # fmt: skip


def _story(title: str, body: Sequence[str], sandbox: str = "VirtualSandbox(HERE)") -> Iterator[str]:
    yield ""
    yield ""
    yield f"def test_{title}() -> None:"
    yield "    async def story() -> None:"
    yield f"        async with {sandbox} as sandbox:"
    for line in body:
        yield f"            {line}" if line else ""
    yield ""
    yield "    run(story)"


def _call(one: RehearsedCall) -> Iterator[str]:
    call = one.call
    if one.failure:
        body = [*_given(one), f"with pytest.raises({one.failure}):", *_asked(call, one, "    ", "")]
        yield from _story(f"{call.name}_is_refused_and_understood", body)
        return
    result = call.result
    body = [*_given(one), *_asked(call, one, "", "" if result.form == "nothing" else "answer = ")]
    body += {
        "object": [_sure(call) or "assert answer is not None"],
        "list": ["assert isinstance(answer, list)"],
        "content": ["assert isinstance(answer, bytes)"],
        "nothing": [],
    }[result.form]
    body.append(f"sandbox.received({literal(call.operation.id)}, times=1{_body(call)})")
    yield from _story(f"{call.name}_is_sent_once_and_its_answer_read", body)


def _sure(call: CallShape) -> str:
    sure = next((field for field in call.result.fields if field.sure), None)
    return f"assert answer.{sure.name} is not None" if sure is not None else ""


def _body(call: CallShape) -> str:
    """The body to look for, where it is a few plain values."""
    sent = call.of("body")
    if call.body != "json" or call.whole or not sent or any(not _is_plain(one) for one in sent):
        return ""
    return f", body={literal({one.wire: one.sample for one in sent})}"


def _is_plain(one: CallArgument) -> bool:
    return isinstance(one.sample, str | int) and len(str(one.sample)) <= 40


def _given(one: RehearsedCall) -> Iterator[str]:
    for thing in one.objects:
        around = dict(thing.around)
        plain = all(wire.isidentifier() and not iskeyword(wire) for wire in around)
        named = [f"{wire}={name}" for wire, name in around.items()]
        packed = [f"**{{{', '.join(f'{literal(wire)}: {name}' for wire, name in around.items())}}}"]
        parts = [literal(thing.state), *(named if plain else packed if around else [])]
        yield from (line[12:] for line in wrapped(f"{thing.argument} = sandbox.given", parts, '["id"]', 12))


def _asked(call: CallShape, one: RehearsedCall, indent: str, take: str, key: str = "order-1") -> Iterator[str]:
    there = {thing.argument for thing in one.objects}
    values = {arg.name: arg.name if arg.name in there else literal(arg.sample) for arg in call.arguments}
    parts = [values[arg.name] for arg in call.of("path")]
    parts += [f"{arg.name}={values[arg.name]}" for arg in call.of("query", "header", "body")]
    parts += [] if call.operation.method in SAFE else [f"key={literal(key)}"]
    for line in wrapped(f"{take}await ADAPTER(sandbox.gateway).{call.name}", parts, "", 12 + len(indent)):
        yield line[12:]


def _refusals(one: RehearsedCall, *, later: bool) -> Iterator[str]:
    for title, fault, failure in (
        ("throttles", 'sandbox.arm(kind="throttle")', "RateLimited"),
        ("is_away", 'sandbox.arm(kind="outage", mode="refuse")', "Unavailable"),
    ):
        armed = [*_given(one), fault]
        if later:
            body = [*armed, *_asked(one.call, one, "", "answer = "), "assert isinstance(answer, Deferred)"]
            yield from _story(f"a_write_to_a_vendor_that_{title}_is_accepted_for_later", body)
        else:
            body = [*armed, f"with pytest.raises({failure}):", *_asked(one.call, one, "    ", "")]
            yield from _story(f"a_vendor_that_{title}_is_told_apart", body)


def _loss(one: RehearsedCall) -> Iterator[str]:
    call = one.call
    armed = [*_given(one), 'sandbox.arm(kind="reset_after", first_n=1)']
    if one.survives_loss:
        yield from _story(f"{call.name}_is_done_although_an_answer_is_lost", [*armed, *_asked(call, one, "", "")])
    else:
        body = [*armed, "with pytest.raises(OutcomeUnknown):", *_asked(call, one, "    ", "")]
        times = ", times=1" if one.sent_once else ""  # else it depends on the connection that was lost, too
        body.append(f"sandbox.received({literal(call.operation.id)}{times})")
        name = "is_never_sent_twice" if one.sent_once else "is_unknown_where_an_answer_is_lost"
        yield from _story(f"{call.name}_{name}", body)


def _scenario(one: RehearsedCall) -> Iterator[str]:
    body = [
        *_given(one),
        "failed, seconds = 0, int(sandbox.seconds)",
        f"for {'_' if one.call.operation.method in SAFE else 'second'} in range(seconds):",
        "    try:",
        *_numbered(one),
        "    except VendorFailure:  # and nothing else",
        "        failed += 1",
        "    await sandbox.world.sleep(1.0)",
        "assert failed <= seconds * 0.4  # the outage, the breaker, and little more",
        "assert len(sandbox.journal()) <= seconds * 1.5  # what is tried again is bounded",
    ]
    sandbox = f'VirtualSandbox(HERE, scenario=HERE / "{SCENARIO}")'
    yield from _story("the_scenario_is_survived", body, sandbox)


def _numbered(one: RehearsedCall) -> Iterator[str]:
    """The call with a key of its own for each second."""
    for line in _asked(one.call, one, "        ", "", key="SECOND"):
        yield line.replace('key="SECOND"', 'key=f"order-{second}"')
