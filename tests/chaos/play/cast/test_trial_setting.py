"""Both settings have everything that a trial asks for."""

import inspect

from tidegate.chaos.play.cast.cast_setting import CastSetting
from tidegate.chaos.play.cast.trial_setting import TrialSetting
from tidegate.chaos.play.credentials import CredentialStage


def test_both_settings_answer_the_same_questions() -> None:
    asked = {name: part for name, part in vars(TrialSetting).items() if inspect.isfunction(part) and name[0] != "_"}
    assert len(asked) > 10
    for setting in (CastSetting, CredentialStage):
        for name, part in asked.items():
            own = inspect.signature(getattr(setting, name))
            assert [*own.parameters] == [*inspect.signature(part).parameters], (setting, name)
