"""Programs that come with packages of Debian. A test without its program is skipped, and fails in CI, which has all."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGES = {
    "amtool": "prometheus-alertmanager",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "promtool": "prometheus",
    "systemd-analyze": "systemd",
}
"""Program → the package that it comes with."""
RUN_S = 60.0


def tool(name: str) -> str:
    """Where a program is."""
    found = shutil.which(name)
    missing = f"there is no {name} on this machine: apt-get install {PACKAGES[name]}"
    if found is None and os.environ.get("CI"):
        pytest.fail(missing)
    if found is None:
        pytest.skip(missing)
    return found


def run_tool(name: str, *words: str | Path, given: str = "") -> str:
    """What a program prints, which reads what is `given`. Its exit code must be 0."""
    command = [tool(name), *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=RUN_S, input=given)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
