"""A want of our own is shown while it lasts, and noted once a second."""

from tidegate.proxy.upstream.own_means import LASTS_S, NOTE_EVERY_S, OwnMeans


def test_a_want_lasts_for_a_while_after_it_was_last_met() -> None:
    clock, notes = [0.0], list[str]()
    means = OwnMeans(lambda: clock[0], notes.append)
    assert (means.trouble, means.wants) == ("", 0)
    means.ran_out("no descriptors")
    clock[0] = LASTS_S - 0.1
    assert means.trouble == "no descriptors"
    means.ran_out("no ports")
    clock[0] += LASTS_S - 0.1
    assert means.trouble == "no ports"
    clock[0] += 0.1
    assert (means.trouble, means.wants) == ("", 2)


def test_it_is_noted_once_a_second_and_counted_every_time() -> None:
    clock, notes = [0.0], list[str]()
    means = OwnMeans(lambda: clock[0], notes.append)
    for _ in range(3):
        means.ran_out("no descriptors")
    clock[0] = NOTE_EVERY_S
    means.ran_out("no ports")
    assert (notes, means.wants) == (["no descriptors", "no ports"], 4)


def test_whoever_has_idle_connections_is_asked_to_give_one_up_each_time() -> None:
    means, given = OwnMeans(lambda: 0.0, list[str]().append), list[str]()
    means.givers += [lambda: given.append("vendors"), lambda: given.append("apps")]
    means.ran_out("no descriptors")
    means.ran_out("no descriptors")
    assert given == ["vendors", "apps"] * 2
