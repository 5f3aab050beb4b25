"""`tidegate up`: leave a simulated vendor and a proxy running, and print what to try, until Ctrl-C.

Both are ordinary `tidegate simulate` and `tidegate serve` processes in a folder that is thrown away afterwards. The
real vendor is never called: its secret is replaced by one that only the simulator knows.
"""

import os
import signal
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tidegate.loadtests.programs import Program, RunError, answers, tidegate
from tidegate.problems import UsageError

VENDOR = "stripe"
SECRET_VARIABLE = "STRIPE_API_KEY"  # noqa: S105 - the variable's name
SIMULATED_SECRET = "sk_test_simulated"  # noqa: S105 - opens nothing but the simulator
WATCH_S = 0.5

CONFIG = """\
listen: 127.0.0.1:{port}
admin: 127.0.0.1:{admin}
store: store.db
use:
  stripe: {{base_url: "http://127.0.0.1:{simulator}", private_addresses: allow}}
"""

TRY = """\
The proxy is up: http://127.0.0.1:{port}/stripe, in front of a simulated Stripe.

Pay, and pay again with the same key: one payment, the same answer.

    curl -u any: http://127.0.0.1:{port}/stripe/v1/payment_intents -H "Idempotency-Key: order-1" \\
         -d amount=1200 -d currency=eur -d payment_method=pm_card_visa -d confirm=true -d "metadata[order_id]=1"

The same with the stripe SDK (pip install stripe), unchanged but for its base address:

    import stripe
    client = stripe.StripeClient("any", base_addresses={{"api": "http://127.0.0.1:{port}/stripe"}})
    customer = client.v1.customers.create(params={{"email": "ada@example.com"}})
    payment = {{"amount": 1200, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}}
    print(client.v1.payment_intents.create(params={{**payment, "customer": customer.id}}).status)
    print([each.id for each in client.v1.customers.list().auto_paging_iter()])

Make the vendor fail: each second answer is lost after the payment was made. Then pay with a new key.

    curl http://127.0.0.1:{control}/faults -d '{{"faults": [{{"kind": "reset_after", "probability": "50%"}}]}}'
    curl -X DELETE http://127.0.0.1:{control}/faults

Look at what happened in a browser: the proxy's console, and the simulator's page.

    http://127.0.0.1:{admin}/
    http://127.0.0.1:{control}/

The same for programs: every request the vendor got, the proxy's figures, its policies, its log.

    curl http://127.0.0.1:{control}/journal
    curl http://127.0.0.1:{admin}/metrics
    curl http://127.0.0.1:{admin}/state
    tail -f {log}

Stop both with Ctrl-C."""


def up(
    port: Annotated[int, typer.Option(help="The proxy's port.", min=1, max=65535)] = 8080,
    simulator_port: Annotated[
        int, typer.Option(help="The simulated vendor's port; its control API takes the next one.", min=1, max=65534)
    ] = 9100,
    admin_port: Annotated[int, typer.Option(help="The port of health, metrics and state.", min=1, max=65535)] = 8081,
) -> None:
    """Leave a simulated Stripe and a proxy running, and print what to try."""
    ports = {"port": port, "simulator": simulator_port, "control": simulator_port + 1, "admin": admin_port}
    if len(set(ports.values())) < len(ports):
        raise UsageError("the ports must differ; the simulator also takes the one after its own")
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _run(ports, stop)
    except RunError as error:
        raise UsageError(str(error)) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(ports: dict[str, int], stop: threading.Event) -> None:
    environ = {**os.environ, SECRET_VARIABLE: SIMULATED_SECRET}
    with tempfile.TemporaryDirectory(prefix="tidegate-up-") as folder, ExitStack() as running:
        home = Path(folder)
        (home / "tidegate.yaml").write_text(CONFIG.format(**ports), encoding="utf-8")
        simulate = tidegate(
            "simulate", VENDOR, "--port", str(ports["simulator"]), "--control-port", str(ports["control"])
        )
        simulator = running.enter_context(Program("simulator", simulate, home, environ=environ))
        proxy = running.enter_context(Program("proxy", tidegate("serve", "-c", "tidegate.yaml"), home, environ=environ))
        simulator.wait_until(lambda: stop.is_set() or answers(ports["control"], "/clock")())
        proxy.wait_until(lambda: stop.is_set() or answers(ports["admin"], "/readyz")())
        simulator.check()  # what answered above may have been somebody else's
        proxy.check()
        if not stop.is_set():
            print(TRY.format(**ports, log=proxy.log), flush=True)
        while not stop.wait(WATCH_S):
            simulator.check()
            proxy.check()
