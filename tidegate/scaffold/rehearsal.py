"""A rehearsal: each call of a new adapter, once, through the real proxy to the simulator, before anything is written.

What a call comes to there is what its test then expects. It runs in virtual time, on the files of a folder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.chaos.world.virtual_loop import run
from tidegate.policy.plan_values import SAFE
from tidegate.scaffold.adapter_text import AdapterNames
from tidegate.scaffold.call_shape import CallShape, PathObject
from tidegate.testing.virtual_sandbox import VirtualSandbox


@dataclass(frozen=True, slots=True)
class RehearsedCall:
    """One call, and what came of it. `objects` are those that were put there for it."""

    call: CallShape
    objects: tuple[PathObject, ...]
    failure: str
    """The failure's class; empty where the call succeeded."""
    says: str = ""
    """The failure in words."""
    survives_loss: bool | None = None
    """Of a write: whether it was done although the first answer was lost. None where that was not tried."""
    sent_once: bool = True
    """Whether that write was not sent again. A DELETE is, and what is gone by then does not tell who took it."""


def rehearse(folder: Path, names: AdapterNames, calls: Sequence[CallShape]) -> list[RehearsedCall]:
    """Rehearse these calls with the vendor file and the adapter of a folder."""
    adapter_class = _loaded(folder / f"{names.module}.py")[names.class_name]
    rehearsed: list[RehearsedCall] = []

    async def story() -> None:
        async with VirtualSandbox(folder) as sandbox:
            adapter = adapter_class(sandbox.gateway)
            for number, call in enumerate(calls):
                rehearsed.append(await _tried(sandbox, adapter, call, f"rehearsal-{number}"))
                await sandbox.world.sleep(1.0)

    run(story)
    return rehearsed


def _loaded(file: Path) -> Mapping[str, Any]:
    """The names of the adapter's file. It is run from its text, so that no bytecode is left beside it."""
    names: dict[str, Any] = {"__name__": f"tidegate_new_{file.stem}"}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)  # noqa: S102 - we wrote it just now
    return names


async def _tried(sandbox: VirtualSandbox, adapter: Any, call: CallShape, key: str) -> RehearsedCall:
    """With every object of its path there, with those around it alone, and with none."""
    outcome = RehearsedCall(call, (), "Unavailable")
    for turn, objects in enumerate(dict.fromkeys((call.objects, call.objects[:-1], ()))):
        sandbox.reset()
        outcome = await _once(sandbox, adapter, call, f"{key}-{turn}", objects)
        if not outcome.failure:
            break
    if outcome.failure or call.operation.method in SAFE:
        return outcome
    sandbox.reset()
    sandbox.arm(kind="reset_after", first_n=1)
    lost = await _once(sandbox, adapter, call, f"{key}-lost", outcome.objects)
    sandbox.disarm()
    survives = {"": True, "OutcomeUnknown": False}.get(lost.failure)
    return RehearsedCall(call, outcome.objects, "", "", survives, len(sandbox.received(call.operation.id)) == 1)


async def _once(
    sandbox: VirtualSandbox, adapter: Any, call: CallShape, key: str, objects: tuple[PathObject, ...]
) -> RehearsedCall:
    given = {one.name: one.sample for one in call.arguments if one.place != "page"}
    for one in objects:
        try:
            given[one.argument] = sandbox.given(one.state, **{wire: given[name] for wire, name in one.around})["id"]
        except ValueError as error:
            return RehearsedCall(call, objects, "NotFound", str(error))
    if call.operation.method not in SAFE:
        given["key"] = key
    try:
        answer = await getattr(adapter, call.name)(**given)
    except VendorFailure as failure:
        return RehearsedCall(call, objects, type(failure).__name__, str(failure))
    if isinstance(answer, Deferred):
        return RehearsedCall(call, objects, "Unavailable", "it was accepted for later")
    return RehearsedCall(call, objects, "")
