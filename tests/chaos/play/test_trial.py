"""One trial: it depends on its seed and on nothing else, and leaves nothing behind."""

import os
import subprocess
import sys

from tidegate.chaos.apps.retry_loop import ReportedOutcome
from tidegate.chaos.play.trial import played
from tidegate.chaos.search_vendors import LANGUAGE, PAYMENTS
from tidegate.chaos.timeline.draw import draw

MINUTES = 1.0
SCRIPT = (
    "from tidegate.cli import main\n"
    "try:\n    main(['chaos', 'replay', '7', '--minutes', '1', '--json'])\n"
    "except SystemExit as left:\n    assert not left.code\n"
)


def test_a_trial_repeats_in_the_same_process() -> None:
    first, again = played(draw(3, MINUTES)), played(draw(3, MINUTES))
    for one, other in zip(first.values(), again.values(), strict=True):
        assert one.entries == other.entries
        assert one.calls == other.calls
        assert one.tap == other.tap
        assert one.lines == other.lines


def test_a_trial_holds_keyed_and_unkeyed_writes_reads_from_vendor_and_cache_and_streams() -> None:
    parts = played(draw(2, 5.0))
    stories = {
        ending.intent.story
        for part in parts.values()
        for ending in part.endings
        if ending.outcome is ReportedOutcome.DONE
    }
    assert stories >= {
        "payment",
        "charge",
        "member",
        "signup",
        "leave",
        "quit",
        "read",
        "browse",
        "chat",
        "talk",
        "skim",
    }
    assert {line["cache"] for line in parts[PAYMENTS].lines if "cache" in line} >= {"hit", "miss"}
    streams = [line["streamed"] for line in parts[LANGUAGE].lines if "streamed" in line]
    assert max(one["events"] for one in streams) == 6
    assert all(part.entries for part in parts.values())


def test_the_same_seed_is_the_same_bytes_whatever_python_hashes_with() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(found) == 1
