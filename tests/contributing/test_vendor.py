"""A vendor by the page's recipe: its two files are enough for the rules, the proxy and the simulator."""

from pathlib import Path

import pytest

from tests.contributing.recipe import blocks
from tidegate.cli import main
from tidegate.simulator import Simulator
from tidegate.testing import VirtualProxy, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "adapters" / "weather"
    folder.mkdir(parents=True)
    [document], [vendor] = blocks("vendor", "json"), blocks("vendor", "yaml")
    (folder / "openapi.json").write_text(document)
    (folder / "vendor.yaml").write_text(vendor)
    return folder


@pytest.mark.parametrize(("command", "shown"), [("check", "1 file: all rules hold"), ("explain", "ListForecasts")])
def test_its_rules_hold(command: str, shown: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, str(folder)])
    assert left.value.code == 0
    assert shown in capsys.readouterr().out


def test_the_proxy_serves_it(folder: Path) -> None:
    async def story() -> int:
        async with VirtualProxy(folder, [503, 200]) as proxy:
            return (await proxy.request("GET", "/weather/forecasts")).status

    assert run(story) == 200


def test_the_simulator_plays_it(folder: Path) -> None:
    with Simulator(folder) as weather:
        assert weather.journal() == []
