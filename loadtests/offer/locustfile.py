"""The load generator: one Locust user that sends every call at its planned start.

Locust's own users are a closed model: one waits for its answer before it asks again, so a stalled server sees less
load and the report stays fine. Here one user only keeps time. Each call gets a greenlet of its own, and its response
time counts from the planned start. It writes one record a call and judges nothing.

On several hosts the master deals the calls out: worker i of n gets every n-th. A worker needs no file, only the
master's address. Gevent patches the standard library, so this file is only ever run by the `locust` program:

    locust -f loadtests/offer/locustfile.py --headless --users 1 --calls calls.jsonl --records records.jsonl \
        --exit-code-on-error 0
"""

import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import gevent  # type: ignore[import-untyped]  # gevent ships no types
from gevent.pool import Group  # type: ignore[import-untyped]  # as above
from locust import FastHttpUser, constant, events, task
from locust.contrib.fasthttp import FAILURE_EXCEPTIONS, LocustBadStatusCode, ResponseContextManager
from locust.env import Environment
from locust.runners import MasterRunner, Runner, WorkerRunner

from tidegate.loadtests.offer.call_record import CallRecord, is_accepted, write_records
from tidegate.loadtests.offer.offered_call import OfferedCall, read_calls

CONNECTIONS_MAX = 4000
DEALT_AT_ONCE = 500
"""Calls, or records, in one message between master and worker."""

WATCHED_EVERY_S = 2.0
"""A master looks this often whether its workers are still there."""

DEAL, RECORDS, OVER = "tidegate-deal", "tidegate-records", "tidegate-over"
"""The messages: calls to a worker, records to the master, a worker has made its last call."""

_dealt: list[OfferedCall] = []
_records: list[CallRecord] = []
_over: list[str] = []
_ended: list[bool] = []


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]  # Locust does not type its hooks
def _add_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("Tidegate's calls")
    group.add_argument("--calls", default="", help="file of the calls, one JSON object a line")
    group.add_argument("--records", default="", help="file to write one JSON line a call to")
    group.add_argument("--began", default="", help="file to make when the first call is due")
    group.add_argument("--answer-within", type=float, default=40.0, help="seconds before a call is given up")


@events.init.add_listener  # type: ignore[untyped-decorator]  # as above
def _listen(environment: Environment, **_: object) -> None:
    runner = environment.runner
    assert runner is not None
    if not isinstance(runner, MasterRunner):
        runner.register_message(DEAL, _take_calls)
    if not isinstance(runner, WorkerRunner):
        runner.register_message(RECORDS, _take_records)
        runner.register_message(OVER, _end)


@events.test_start.add_listener  # type: ignore[untyped-decorator]  # as above
def _deal(environment: Environment, **_: object) -> None:
    """Give every worker its calls, before it hears that it shall start."""
    runner, options = environment.runner, environment.parsed_options
    if isinstance(runner, WorkerRunner) or runner is None or options is None:
        return
    calls = [call.document() for call in read_calls(Path(options.calls))]
    workers = [node.id for node in runner.clients.ready] if isinstance(runner, MasterRunner) else [None]
    for place, worker in enumerate(workers):
        part = calls[place :: len(workers)]
        for first in range(0, len(part), DEALT_AT_ONCE):
            runner.send_message(DEAL, {"calls": part[first : first + DEALT_AT_ONCE]}, worker)
    if isinstance(runner, MasterRunner):
        gevent.spawn(_watch, runner, options.records)


def _take_calls(msg: Any, **_: object) -> None:
    _dealt.extend(OfferedCall.of(document) for document in msg.data["calls"])


def _take_records(msg: Any, **_: object) -> None:
    _records.extend(CallRecord(**document) for document in msg.data["records"])


def _end(environment: Environment, msg: Any, **_: object) -> None:
    """A worker is done; after the last one the records are written, and the run ends."""
    runner, options = environment.runner, environment.parsed_options
    assert runner is not None
    assert options is not None
    _over.append(msg.node_id)
    _end_if_over(runner, options.records)


def _watch(runner: MasterRunner, records: str) -> None:
    """End the run although a worker has gone missing: its calls are in no record then, and the verdict says so."""
    while not _ended:
        gevent.sleep(WATCHED_EVERY_S)
        _end_if_over(runner, records)


def _end_if_over(runner: Runner, records: str) -> None:
    """End the run when every worker that is still there is done."""
    there = runner.worker_count if isinstance(runner, MasterRunner) else 1
    if len(_over) >= there and not _ended:
        _ended.append(True)
        write_records(Path(records), sorted(_records, key=lambda record: record.number))
        gevent.spawn(_leave, runner)


def _leave(runner: Runner) -> None:
    """End the run. Workers that are stopped first send what they still have of Locust's statistics."""
    runner.stop()
    runner.quit()


class Dispatcher(FastHttpUser):
    """Keeps time and starts calls. There is one in each process."""

    wait_time = constant(0)
    connection_timeout = 10.0
    insecure = False  # Locust's own default is to trust whoever answers
    host = "http://127.0.0.1"

    def __init__(self, environment: Environment) -> None:
        """Take the calls that were dealt, and a pool that lets every one of them be open at once."""
        options = environment.parsed_options
        assert options is not None
        self._calls = list(_dealt)
        self.concurrency = max(1, min(len(self._calls), CONNECTIONS_MAX))
        self.network_timeout = options.answer_within
        self._began = options.began
        self._made: list[CallRecord] = []
        self._start = 0.0
        super().__init__(environment)

    @task
    def offer(self) -> None:
        """Start every call when it is due, wait for the last answer, give the records to the master, end the run."""
        calls = Group()
        self._start = time.monotonic()
        if self._began:
            Path(self._began).touch()
        for call in self._calls:
            wait_s = self._start + call.at_s - time.monotonic()
            if wait_s > 0:
                gevent.sleep(wait_s)
            calls.spawn(self._call, call)
        calls.join(timeout=self.network_timeout + self.connection_timeout)
        runner = self.environment.runner
        assert runner is not None
        documents = [asdict(record) for record in self._made]
        for first in range(0, len(documents), DEALT_AT_ONCE):
            runner.send_message(RECORDS, {"records": documents[first : first + DEALT_AT_ONCE]})
        runner.send_message(OVER, {})
        gevent.sleep(self.network_timeout)  # until the runner stops this user

    def _call(self, call: OfferedCall) -> None:
        started_s = time.monotonic() - self._start
        with self._request(call) as response:
            ended_s = time.monotonic() - self._start
            response.request_meta["response_time"] = (ended_s - call.at_s) * 1000
            headers = response.headers or {}
            error = getattr(response, "error", None) or response.request_meta["exception"]
            # Locust keeps the status of an answer whose content broke off: to its app it is none.
            broke_off = isinstance(error, FAILURE_EXCEPTIONS) and not isinstance(error, LocustBadStatusCode)
            whole = response.status_code != 0 and not broke_off
            self._made.append(
                CallRecord(
                    number=call.number,
                    name=call.name,
                    tag=call.tag,
                    planned_s=call.at_s,
                    started_s=started_s,
                    ended_s=ended_s,
                    status=response.status_code if whole else 0,
                    retry_after=headers.get("retry-after"),
                    later=is_accepted(response.status_code, headers.get("proxy-status")),
                    problem=headers.get("tidegate-problem"),
                    error=None if whole else repr(error),
                )
            )

    def _request(self, call: OfferedCall) -> ResponseContextManager:
        return self.client.request(
            call.method,
            call.url,
            name=call.name,
            data=cast("Any", call.content or None),
            headers=dict(call.headers),
            catch_response=True,
            allow_redirects=False,
        )
