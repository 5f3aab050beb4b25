"""A reload changes what metrics show, and not where they are sent."""

from pathlib import Path

from tests.proxy.reload.test_reload import metrics
from tests.proxy.reload.test_reload_whole import story_of, write
from tests.proxy.town import Town
from tidegate.proxy.reload.reload import Reloader


def test_how_many_apps_metrics_show_by_name_is_changed_and_how_often_they_are_sent_is_not(tmp_path: Path) -> None:
    async def story(town: Town, reloader: Reloader) -> tuple[str, str, str]:
        await town.ask("GET", "/things/things/1")
        town.proxy.telemetry.flush()
        before = metrics(town)
        write(tmp_path, "telemetry: {app_labels: 0}\n")
        await reloader.reload()
        after = metrics(town)
        write(tmp_path, "telemetry: {app_labels: 0, metrics_every: 5s}\n")
        await reloader.reload()
        return before, after, str(town.proxy.refused["tidegate.yaml"]["why"])

    before, after, why = story_of(tmp_path, story)
    labels = 'operation="GetThing",vendor="things",verdict="success"'
    assert f'tidegate_calls_total{{app="local",{labels}}} 1.0' in before
    assert f'tidegate_calls_total{{app="other",{labels}}} 1.0' in after
    assert "telemetry.metrics_every" in why
