"""Tests of tidegate.proxy.telemetry.series.app_labels."""

from tidegate.proxy.telemetry.series.app_labels import OTHER, AppLabels


def test_the_first_apps_of_the_file_have_labels_of_their_own_and_the_others_share_one() -> None:
    apps = AppLabels(["shop", "office", "shop", "desk"], most=2)
    assert [apps.label(app) for app in ("desk", "office", "shop", "")] == [OTHER, "office", "shop", ""]


def test_apps_that_no_file_names_have_labels_while_there_is_room() -> None:
    apps = AppLabels(["shop"], most=2)
    assert [apps.label(app) for app in ("new", "newer", "shop", "new")] == ["new", OTHER, "shop", "new"]


def test_counts_beyond_the_bound_add_up_and_of_values_the_highest_counts() -> None:
    apps = AppLabels(["shop"], most=1)
    rows: dict[tuple[str, ...], int] = {("a", "shop"): 1, ("a", "x"): 2, ("a", "y"): 3, ("b", "y"): 4}
    assert apps.summed(rows, 1) == {("a", "shop"): 1, ("a", OTHER): 5, ("b", OTHER): 4}
    assert apps.highest(rows, 1) == {("a", "shop"): 1, ("a", OTHER): 3, ("b", OTHER): 4}


def test_no_app_has_a_label_where_the_bound_is_nothing() -> None:
    assert AppLabels(["shop"], most=0).summed({("shop",): 1, ("office",): 2}, 0) == {(OTHER,): 3}


def test_a_reload_puts_another_file_and_bound_in_force() -> None:
    apps = AppLabels(["shop"], most=1)
    apps.put(["office", "shop"], 1)
    assert (apps.label("shop"), apps.label("office")) == (OTHER, "office")
