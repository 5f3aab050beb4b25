"""Callers of operations that will end."""

from tests.proxy.examples import finished as ended
from tests.proxy.examples import plan as example_plan
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.observation.deprecated_calls import APPS_MAX, OTHERS, DeprecatedCalls


def finished(app: str = "shop", wall: float = 1.0, *, deprecated: bool = False) -> FinishedCall:
    return ended(app=app, wall=wall, plan=example_plan(deprecated=deprecated))


def test_calls_of_an_operation_that_ends_are_counted_by_app() -> None:
    plan = example_plan()
    calls = DeprecatedCalls({plan.vendor: {plan.operation}})
    for app, wall in (("shop", 1.0), ("desk", 2.0), ("shop", 3.0)):
        calls.note(finished(app, wall))
    counted = calls.of(plan.vendor, plan.operation)
    assert {app: (one.calls, one.first, one.last) for app, one in counted.items()} == {
        "shop": (2, 1.0, 3.0), "desk": (1, 2.0, 2.0),
    }  # fmt: skip


def test_what_the_document_alone_marks_counts_and_other_operations_do_not() -> None:
    calls = DeprecatedCalls()
    calls.note(finished())
    assert calls.callers == {}
    calls.note(finished(deprecated=True))
    assert len(calls.callers) == 1


def test_apps_are_bound() -> None:
    calls = DeprecatedCalls()
    for at in range(APPS_MAX + 10):
        calls.note(finished(f"app{at}", deprecated=True))
    plan = example_plan()
    counted = calls.of(plan.vendor, plan.operation)
    assert len(counted) == APPS_MAX + 1
    assert counted[OTHERS].calls == 10
