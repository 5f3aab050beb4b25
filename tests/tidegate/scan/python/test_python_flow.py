"""A retry leaves with its success and goes on with its failure; loops over items, pages and states are none."""

from pathlib import Path

import pytest

from tidegate.scan.scanning import scan
from tidegate.scan.vendor_hosts import VendorHosts

HEAD = "import requests, time\ndef f(u, q):\n"


def rules(body: str, folder: Path) -> set[str]:
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    (folder / "a.py").write_text(HEAD + indented + "\n")
    return {one.rule_name for one in scan([folder], VendorHosts({})).findings} - {"no-timeout"}


@pytest.mark.parametrize(
    "body",
    [
        "for _ in range(3):\n  try:\n    x = requests.get(u)\n    break\n  except OSError:\n    pass",
        "while True:\n  try:\n    requests.get(u)\n  except OSError:\n    pass\n  else:\n    return",
        "for n_try in (1, 2):\n  try:\n    return requests.get(u, n_try)\n  except OSError:\n    if n_try: continue",
        "while q:\n  r = requests.get(u)\n  if r.ok: return r\n  time.sleep(1)",
    ],
)
def test_a_retry(body: str, tmp_path: Path) -> None:
    assert rules(body, tmp_path) == {"retry-loop"}


@pytest.mark.parametrize(
    "body",
    [
        "for v in q:\n  try:\n    return requests.get(v)\n  except OSError:\n    pass",
        "while True:\n  v = q.get()\n  try:\n    requests.get(v)\n    break\n  except OSError:\n    pass",
        "for _ in range(3):\n  try:\n    return requests.get(u)\n  except OSError:\n    raise",
        "for _ in range(3):\n  requests.get(u)",
        "while True:\n  r = requests.get(u).json()\n  if r['state'] == 'done': return r\n  time.sleep(1)",
        "for _ in range(3):\n  def later():\n    try:\n      return requests.get(u)\n    except OSError:\n      pass",
    ],
)
def test_no_retry(body: str, tmp_path: Path) -> None:
    assert rules(body, tmp_path) == set()


def test_a_handler_that_raises_in_any_branch_is_no_catch_all(tmp_path: Path) -> None:
    body = "try:\n  requests.get(u)\nexcept Exception as e:\n  if e.args:\n    raise\n  return None"
    assert rules(body, tmp_path) == set()
