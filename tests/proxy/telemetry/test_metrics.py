"""Tests of tidegate.proxy.telemetry.metrics."""

from prometheus_client.parser import text_string_to_metric_families

from tests.proxy.examples import attempt, finished, plan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.telemetry.metrics import REFUSED_CREDENTIAL, Metrics, VendorServer, VendorState
from tidegate.proxy.telemetry.series.histogram import BOUNDS_S
from tidegate.proxy.telemetry.traceparent import attempt_span_id


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
    assert not any(count for (name, _), count in found.items() if name == "tidegate_outcomes_total")
    assert found["tidegate_refusals_total", (("problem", "overloaded"), ("vendor", "stripe"))] == 1
    assert found["tidegate_refusals_total", (("problem", "not-found"), ("vendor", ""))] == 1


def test_what_a_rule_tells_at_its_first_time_is_there_as_nothing_before() -> None:
    """Prometheus' `increase` of a series that begins with 1 is 0."""
    found = samples(metrics())
    assert found["tidegate_outcomes_total", (("outcome", "unknown"), ("vendor", "stripe"))] == 0
    assert found["tidegate_refusals_total", (("problem", REFUSED_CREDENTIAL), ("vendor", "stripe"))] == 0
    assert REFUSED_CREDENTIAL in PROBLEMS


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
    base = {
        "server_address": "api.stripe.com", "server_port": "443", "http_request_method": "POST",
        "url_template": "/v1/refunds",
    }  # fmt: skip
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
    assert not any(count for (name, _), count in samples(other).items() if name == "tidegate_refusals_total")


def test_attempts_at_one_server_add_up_whichever_vendor_it_is() -> None:
    server = VendorServer("api.vendor.com", 443)
    made = Metrics({"one": server, "other": server})
    for vendor in ("one", "other", "other"):
        made.count(finished(plan=plan(vendor=vendor)))
    name = "http_client_request_duration_seconds_count"
    assert [value for (found, _), value in samples(made).items() if found == name] == [3]


def test_apps_beyond_the_bound_share_a_label() -> None:
    made = metrics()
    made.apps.put(["shop"], 1)
    for app in ("shop", "office", "desk"):
        made.count(finished(app=app))
    name = "tidegate_calls_total"
    found = {dict(labels)["app"]: value for (told, labels), value in samples(made).items() if told == name}
    assert found == {"shop": 1, "other": 2}


def test_limits_that_each_app_has_for_itself_are_bounded_with_the_apps() -> None:
    limits = {"account": 0.1, "calls for shop": 0.2, "calls for office": 0.3, "calls for desk": 0.9}
    of = {"calls for shop": "shop", "calls for office": "office", "calls for desk": "desk"}
    made = Metrics({}, lambda: {"stripe": VendorState(limits=limits, limit_apps=of)})
    made.apps.put(["shop"], 1)
    name = "tidegate_limit_used_ratio"
    found = {dict(labels)["limit"]: value for (told, labels), value in samples(made).items() if told == name}
    assert found == {"account": 0.1, "calls for shop": 0.2, "calls for other": 0.9}


def test_a_sampled_call_leads_from_the_histograms_to_its_trace() -> None:
    made = metrics()
    trace = {"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331", "sampled": True}
    attempts = [attempt(began=100.0, ended=100.02), attempt(2, began=100.1, ended=100.4)]
    call = finished(attempts=attempts, began=100.0, now=100.5, wall=1_700_000_000.5, **trace)
    made.count(call)
    made.exemplify(call, spanned=True)
    found = exemplars(made)
    own = {"trace_id": trace["trace_id"], "span_id": trace["span_id"]}
    assert found["tidegate_call_seconds"] == {"0.5": (own, 0.5, 1_700_000_000.5)}
    first, second = (found["http_client_request_duration_seconds"][le] for le in ("0.025", "0.5"))
    assert [round(value, 6) for value in (*first[1:], *second[1:])] == [0.02, 1_700_000_000.02, 0.3, 1_700_000_000.4]
    assert first[0]["span_id"] == attempt_span_id("b7ad6b7169203331", 1) != second[0]["span_id"]


def test_where_no_span_of_ours_is_made_the_trace_alone_is_named() -> None:
    made, call = metrics(), finished(trace_id="0af7651916cd43dd8448eb211c80319c", span_id="b7ad6b7169203331")
    made.count(call)
    made.exemplify(call, spanned=False)
    assert {frozenset(labels) for row in exemplars(made).values() for labels, _, _ in row.values()} == {
        frozenset({"trace_id"})
    }


def exemplars(made: Metrics) -> dict[str, dict[str, tuple[dict[str, str], float, float]]]:
    """Family → bound → exemplar."""
    found: dict[str, dict[str, tuple[dict[str, str], float, float]]] = {}
    for family in made.registry.collect():
        for sample in family.samples:
            if (example := sample.exemplar) is not None:
                shown = (dict(example.labels), example.value, float(example.timestamp or 0.0))
                found.setdefault(family.name, {})[sample.labels["le"]] = shown
    return found
