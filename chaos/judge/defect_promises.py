"""The judge of defects: no secret in any output, no bug in the log, and no good request that is called bad.

Functions of the evidence, as in chaos/judge/promises.py.
"""

from collections.abc import Iterator

from tidegate.chaos.judge.evidence import Evidence


def secret(evidence: Evidence) -> Iterator[str]:
    """No output shows the vendor's secret, and no request an app's token."""
    if evidence.leaked:
        yield f"{evidence.leaked} outputs show the vendor's secret, or an app's"
    if evidence.tap.tokens:
        yield f"{evidence.tap.tokens} requests show the vendor an app's token"


def surprise(evidence: Evidence) -> Iterator[str]:
    """Nothing that nobody expects: no bug in the log, and no app is told that its good request is bad."""
    yield from evidence.surprises
    for call in evidence.calls:
        expected = call.again == "other" and call.problem == "idempotency-mismatch"
        if call.problem in ("bad-request", "idempotency-mismatch", "internal-error") and not expected:
            yield f"call {call.tag} was told {call.problem}"
            break
    for line in evidence.lines:
        if "bug" in line:
            yield f"the proxy failed with {line['bug']} at {', '.join(line['where'][-2:])}"
