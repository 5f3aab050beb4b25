"""Tests of tidegate.proxy.telemetry.metrics."""

from prometheus_client.parser import text_string_to_metric_families

from tests.proxy.examples import attempt, finished, plan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.telemetry.metrics import BOUNDS_S, Metrics, VendorServer, VendorState, error_type


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(metrics.render().decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def metrics() -> Metrics:
    return Metrics({"stripe": VendorServer("api.stripe.com", 443, "https://api.stripe.com")})


def test_calls_attempts_and_outcomes_are_counted_by_operation() -> None:
    made = metrics()
    made.count(finished(attempts=[attempt(status=503, verdict=Verdict.FAILED), attempt(2)]))
    made.count(finished(attempts=[attempt()]))
    found = samples(made)
    operation = (("operation", "PostRefunds"), ("vendor", "stripe"), ("verdict", "success"))
    assert found["tidegate_calls_total", (("app", "shop"), *operation)] == 2
    assert found["tidegate_attempts_total", operation] == 2
    failed = (("operation", "PostRefunds"), ("vendor", "stripe"), ("verdict", "failed"))
    assert found["tidegate_attempts_total", failed] == 1
    assert found["tidegate_outcomes_total", (("outcome", "done"), ("vendor", "stripe"))] == 2


def test_each_app_has_its_own_count_of_calls() -> None:
    made = metrics()
    for app in ("shop", "office", "shop"):
        made.count(finished(app=app))
    counts = {
        dict(labels)["app"]: count for (name, labels), count in samples(made).items() if name == "tidegate_calls_total"
    }
    assert counts == {"shop": 2, "office": 1}


def test_a_read_has_no_outcome_and_a_refusal_has_a_problem() -> None:
    made = metrics()
    refusal = finished(
        plan=plan(idempotency="safe"), outcome=Outcome.NOT_APPLIED, attempts=[], problem=PROBLEMS["overloaded"],
        verdict=Verdict.REFUSED, status=503,
    )  # fmt: skip
    made.count(refusal)
    made.refused("", "not-found")
    found = samples(made)
    assert not [name for name, _ in found if name.startswith("tidegate_outcomes")]
    assert found["tidegate_refusals_total", (("problem", "overloaded"), ("vendor", "stripe"))] == 1
    assert found["tidegate_refusals_total", (("problem", "not-found"), ("vendor", ""))] == 1


def test_a_histogram_is_cumulative_and_ends_with_every_call() -> None:
    made = metrics()
    for took_s in (0.005, 0.006, 3.0, 100.0):
        made.count(finished(began=0.0, now=took_s))
    found = samples(made)

    def bucket(le: str) -> float:
        return found["tidegate_call_seconds_bucket", (("le", le), ("operation", "PostRefunds"), ("vendor", "stripe"))]

    assert [bucket("0.005"), bucket("0.01"), bucket("5.0"), bucket("10.0"), bucket("+Inf")] == [1, 2, 3, 3, 4]
    labels = (("operation", "PostRefunds"), ("vendor", "stripe"))
    assert found["tidegate_call_seconds_count", labels] == 4
    assert abs(found["tidegate_call_seconds_sum", labels] - 103.011) < 1e-9
    assert len([name for name, _ in found if name == "tidegate_call_seconds_bucket"]) == len(BOUNDS_S) + 1


def test_attempts_are_told_as_the_http_conventions_name_them() -> None:
    made = metrics()
    made.count(finished(attempts=[attempt(status=0, error="connection_terminated"), attempt(2, status=429)]))
    base = {"server_address": "api.stripe.com", "server_port": "443", "http_request_method": "POST"}
    found = samples(made)
    for status, error in (("", "connection_terminated"), ("429", "429")):
        labels = base | {"http_response_status_code": status, "error_type": error}
        assert found["http_client_request_duration_seconds_count", tuple(sorted(labels.items()))] == 1


def test_the_policies_state_is_asked_at_each_scrape() -> None:
    made = metrics()
    assert "tidegate_breaker_state" not in {name for name, _ in samples(made)}
    made.state = lambda: {
        "stripe": VendorState(
            breakers={"a": {"state": "closed"}, "b": {"state": "half-open"}, "c": {"state": "open"}},
            limits={"account": 0.75},
            queued=3,
            connections=2,
            ending={"GetOld": 12.5, "GetOlder": None},
        )
    }
    found = samples(made)
    states = {dict(labels)["group"]: value for (name, labels), value in found.items() if name.endswith("breaker_state")}
    assert states == {"a": 0, "b": 1, "c": 2}
    assert found["tidegate_limit_used_ratio", (("limit", "account"), ("vendor", "stripe"))] == 0.75
    assert found["tidegate_queue_depth", (("vendor", "stripe"),)] == 3
    assert found["tidegate_connections", (("vendor", "stripe"),)] == 2
    assert found["tidegate_sunset_days", (("operation", "GetOld"), ("vendor", "stripe"))] == 12.5
    ending = {
        dict(labels)["operation"]: value for (name, labels), value in found.items() if name.endswith("deprecated")
    }
    assert ending == {"GetOld": 1, "GetOlder": 1}


def test_what_became_of_cached_reads_is_counted() -> None:
    made = metrics()
    for did in ("", "hit", "hit", "stale"):
        made.count(finished(cache=did))
    name = "tidegate_cached_total"
    found = {dict(labels)["result"]: value for (told, labels), value in samples(made).items() if told == name}
    assert found == {"hit": 2, "stale": 1}


def test_calls_that_an_app_sent_again_by_itself_are_counted() -> None:
    made = metrics()
    for earlier in ("", "c1", "c1"):
        made.count(finished(repeats=earlier))
    assert [value for (name, _), value in samples(made).items() if name == "tidegate_repeats_total"] == [2]


def test_two_proxies_in_one_process_count_apart() -> None:
    one, other = metrics(), metrics()
    one.refused("stripe", "overloaded")
    assert not [name for name, _ in samples(other) if name.startswith("tidegate_refusals")]


def test_an_error_has_a_type_and_a_success_has_none() -> None:
    assert error_type(attempt(status=200)) == ""
    assert error_type(attempt(status=404)) == "404"
    assert error_type(attempt(status=0, error="dns_error")) == "dns_error"
