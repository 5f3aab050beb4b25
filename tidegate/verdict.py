"""A verdict, as every command that judges gives it: it held, it broke, or nothing was put to the test.

Pure. What is judged is the matter of the rooms; here is only what a CI job reads of it: an exit code, a JUnit file,
annotations of GitHub.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.junit import JUnitCase, JUnitFailure, document, junit_suite


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """The verdict on one thing. What broke wins over what was not tried: a broken promise is broken in any case."""

    name: str
    broken: Sequence[str] = ()
    inconclusive: Sequence[str] = ()
    """What did not happen, so that nothing can be said."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Further ones of its JUnit case, like `time` in seconds."""


def exit_code(cases: Iterable[CaseVerdict]) -> int:
    """1 where something broke, else 2 where something was not tried, or there is nothing at all; 0 where all held."""
    judged = list(cases)
    if any(case.broken for case in judged):
        return 1
    return 2 if not judged or any(case.inconclusive for case in judged) else 0


def as_junit(suite: str, cases: Sequence[CaseVerdict], **attributes: str) -> str:
    """The JUnit file, with further `attributes` of its suite.

    What is inconclusive is an error there, and never a case that passed.
    """
    return document([junit_suite(suite, [_case(suite, case) for case in cases], **attributes)])


def _case(suite: str, case: CaseVerdict) -> JUnitCase:
    said = [*case.broken, *case.inconclusive]
    failure = JUnitFailure(case.broken[0], "\n".join(said)) if case.broken else None
    error = "\n".join(case.inconclusive) if failure is None else ""
    return JUnitCase(suite, case.name, failure, error, attributes=case.attributes)


def github_annotations(cases: Iterable[CaseVerdict]) -> Iterator[str]:
    """Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    for case in cases:
        title = github_property(case.name)
        yield from (f"::error title={title}::{github_data(sentence)}" for sentence in case.broken)
        yield from (f"::warning title={title}::{github_data(sentence)}" for sentence in case.inconclusive)


def github_data(text: str) -> str:
    """A text as the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    """A text as the value of a property of a workflow command."""
    return github_data(text).replace(":", "%3A").replace(",", "%2C")
