"""What is said of the inbox: what breaks each promise is in good_boxes.py, what excuses it here."""

from dataclasses import replace

from tests.chaos.judge.boxes.good_boxes import BOXES, BROKEN_BOXES, boxes, taken, webhook
from tests.chaos.judge.good_run import words


def test_a_webhook_that_was_refused_need_not_be_delivered() -> None:
    assert words(boxes(posted=[*BOXES.posted, webhook(3, 50.0, status=503)])) == []


def test_one_that_the_proxy_died_of_three_times_is_a_dead_letter() -> None:
    lost = BROKEN_BOXES["undelivered"].boxes
    assert lost is not None
    assert words(boxes(taken=lost.taken, poisoned=frozenset({("office", b"event 2")}))) == []


def test_a_post_that_its_app_did_not_answer_well_is_no_delivery() -> None:
    failed = [replace(post, status=500) if post.id == "whd_office_2" else post for post in BOXES.taken]
    assert words(boxes(taken=failed)) == ["undelivered"]
    assert words(boxes(taken=[*failed, taken("office", 2, 47.0)])) == []


def test_what_nobody_signed_reaches_no_app() -> None:
    assert words(boxes(taken=[*BOXES.taken, taken("shop", 3, 50.0)])) == ["forged"]
    assert words(boxes(posted=[*BOXES.posted, webhook(3, 50.0, genuine=False, status=401)])) == []


def test_a_post_without_a_good_signature_is_told_of() -> None:
    assert words(boxes(taken=[*BOXES.taken, taken("shop", 2, 50.0, verified=False)])) == ["renamed"]


def test_the_order_counts_from_when_the_vendor_knew_that_an_event_was_taken() -> None:
    early = [BOXES.posted[0], webhook(2, 42.15)]
    swapped = BROKEN_BOXES["disordered"].boxes
    assert swapped is not None
    assert words(boxes(taken=swapped.taken, posted=early)) == [], "both were on their way at once"
    assert words(boxes(taken=swapped.taken, inbox_order="skip")) == []
