"""The load generator: one Locust user that sends every call of the schedule at its planned start.

Locust's own users are a closed model: one waits for its answer before it asks again, so a stalled server sees less
load and the report stays fine. Here one user only keeps time. Each call gets a greenlet of its own, and its response
time counts from the planned start. It writes one record a call and judges nothing.

Gevent patches the standard library, so this file is only ever run by the `locust` program, in a process of its own:

    locust -f loadtests/locustfile.py --headless --users 1 --host http://127.0.0.1:8080 --rate 20 --seconds 12 \
        --records records.jsonl --exit-code-on-error 0
"""

import time
from argparse import ArgumentParser
from pathlib import Path

import gevent  # type: ignore[import-untyped]  # gevent ships no types
from gevent.pool import Group  # type: ignore[import-untyped]  # as above
from locust import FastHttpUser, constant, events, task
from locust.contrib.fasthttp import ResponseContextManager
from locust.env import Environment

from tidegate.loadtests.call_record import CallRecord, write_records
from tidegate.loadtests.schedule import READ, LoadShape, Planned, plan

_CONNECTIONS_MAX = 4000


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]  # Locust does not type its hooks
def _add_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("Tidegate's schedule")
    group.add_argument("--rate", type=float, default=20.0, help="sustained calls a second")
    group.add_argument("--seconds", type=float, default=12.0, help="length of the run")
    group.add_argument("--factor", type=float, default=10.0, help="the burst's rate, in sustained rates")
    group.add_argument("--burst-seconds", type=float, default=3.0, help="length of the burst in the middle")
    group.add_argument("--run-name", default="run", help="makes the intents of two runs differ")
    group.add_argument("--answer-within", type=float, default=40.0, help="seconds before a call is given up")
    group.add_argument("--records", required=True, help="file to write one JSON line a call to")


class Dispatcher(FastHttpUser):
    """Keeps time and starts calls. There is never more than one."""

    fixed_count = 1
    wait_time = constant(0)
    connection_timeout = 10.0
    default_headers = {"Authorization": "Bearer tidegate-load"}  # noqa: RUF012  # Locust declares it so

    def __init__(self, environment: Environment) -> None:
        """Work out the schedule, and the pool that lets every call of it be open at once."""
        options = environment.parsed_options
        assert options is not None
        self._planned = plan(
            LoadShape(options.rate, options.seconds, options.factor, options.burst_seconds), options.run_name
        )
        self.concurrency = min(len(self._planned), _CONNECTIONS_MAX)
        self.network_timeout = options.answer_within
        self._records_path = Path(options.records)
        self._records: list[CallRecord] = []
        self._start = 0.0
        super().__init__(environment)

    @task
    def offer(self) -> None:
        """Start every call when it is due, wait for the last answer, write the records, end the run."""
        calls = Group()
        self._start = time.monotonic()
        for planned in self._planned:
            wait_s = self._start + planned.at_s - time.monotonic()
            if wait_s > 0:
                gevent.sleep(wait_s)
            calls.spawn(self._call, planned)
        calls.join(timeout=self.network_timeout + self.connection_timeout)
        write_records(self._records_path, self._records)
        assert self.environment.runner is not None
        self.environment.runner.quit()

    def _call(self, planned: Planned) -> None:
        started_s = time.monotonic() - self._start
        with self._request(planned) as response:
            ended_s = time.monotonic() - self._start
            response.request_meta["response_time"] = (ended_s - planned.at_s) * 1000
            headers = response.headers or {}
            error = getattr(response, "error", None) if response.status_code == 0 else None
            self._records.append(
                CallRecord(
                    number=planned.number,
                    kind=planned.kind,
                    intent=planned.intent,
                    planned_s=planned.at_s,
                    started_s=started_s,
                    ended_s=ended_s,
                    status=response.status_code,
                    retry_after=headers.get("retry-after"),
                    problem=headers.get("tidegate-problem"),
                    error=repr(error) if error else None,
                )
            )

    def _request(self, planned: Planned) -> ResponseContextManager:
        if planned.kind == READ:
            return self.client.get("/stripe/v1/payment_intents?limit=3", name="read", catch_response=True)
        form = (
            f"amount=1999&currency=eur&confirm=true&payment_method=pm_card_visa&metadata%5Border_id%5D={planned.intent}"
        )
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": planned.intent,
        }
        return self.client.post(
            "/stripe/v1/payment_intents", data=form, headers=headers, name="payment", catch_response=True
        )
