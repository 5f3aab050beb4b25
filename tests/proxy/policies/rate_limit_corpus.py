"""What vendors say about their limits, as they say it, and what it means: one case a line.

A case is: what it shows; the dialect (a preset, or the declared headers); the answer's headers; the counts that are
told, each as its fields that are not the default; the wait after a refusal for the rate, or None; and the body, for
dialects that speak in it. `WALL` is our clock. Facts: each vendor's page on limits, RFC 9110 §10.2.3, and the drafts
03, 07 and 10 of draft-ietf-httpapi-ratelimit-headers.
"""

from typing import Any

WALL = 1_700_000_000.0
"""Tue, 14 Nov 2023 22:13:20 GMT."""
NOW = "Tue, 14 Nov 2023 22:13:20 GMT"
FAST = "Tue, 14 Nov 2023 22:18:20 GMT"
"""The clock of a vendor that is 300 s ahead of ours."""
SLOW = "Tue, 14 Nov 2023 22:08:20 GMT"
MONTH_S, LONGEST_S = 31 * 86400.0, 540.0

Case = (
    tuple[str, Any, dict[str, str], list[dict[str, Any]], float | None]
    | tuple[str, Any, dict[str, str], list[dict[str, Any]], float | None, Any]
)


def reset(form: str, means: str = "reset") -> dict[str, Any]:
    """A dialect of one header that says when, in a form, beside how many are left."""
    return {"headers": {"X-Left": {"means": "remaining"}, "X-Reset": {"means": means, "form": form}}}


def github(remaining: str, at: str, **more: str) -> dict[str, str]:
    return {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": at, **more}


def openai(kind: str, limit: str, remaining: str, wait: str) -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{kind}": limit,
        f"x-ratelimit-remaining-{kind}": remaining,
        f"x-ratelimit-reset-{kind}": wait,
    }


def shopify(asked: Any, spent: Any, limit: Any, left: Any, rate: Any) -> dict[str, Any]:
    status = {"maximumAvailable": limit, "currentlyAvailable": left, "restoreRate": rate}
    return {"extensions": {"cost": {"requestedQueryCost": asked, "actualQueryCost": spent, "throttleStatus": status}}}


# fmt: off
# ruff: noqa: E501 - one case a line
RETRY_AFTER: list[Case] = [
    ("delay-seconds", None, {"Retry-After": "120"}, [], 120.0),
    ("zero is now", None, {"Retry-After": "0"}, [], 0.0),
    ("blanks around it", None, {"Retry-After": "  7 "}, [], 7.0),
    ("leading zeros", None, {"Retry-After": "007"}, [], 7.0),
    ("a float, as Shopify sends it", None, {"Retry-After": "2.0"}, [], 2.0),
    ("less than a second is kept", None, {"Retry-After": "0.25"}, [], 0.25),
    ("a float without its nought", None, {"Retry-After": ".5"}, [], 0.5),
    ("a float without its end", None, {"Retry-After": "3."}, [], 3.0),
    ("a delay with its units, as GitHub has sent it", None, {"Retry-After": "1m0s"}, [], 60.0),
    ("nine minutes are the longest", None, {"Retry-After": "86400"}, [], LONGEST_S),
    ("as many digits as a float can hold", None, {"Retry-After": "9" * 60}, [], LONGEST_S),
    ("more digits than a float can hold", None, {"Retry-After": "9" * 400}, [], None),
    ("a negative delay says nothing", None, {"Retry-After": "-5"}, [], None),
    ("nor does a plus sign", None, {"Retry-After": "+5"}, [], None),
    ("nor an exponent", None, {"Retry-After": "1e3"}, [], None),
    ("nor nan", None, {"Retry-After": "nan"}, [], None),
    ("nor inf", None, {"Retry-After": "Infinity"}, [], None),
    ("nor a word", None, {"Retry-After": "soon"}, [], None),
    ("nor nothing at all", None, {"Retry-After": ""}, [], None),
    ("nor two values in one", None, {"Retry-After": "30, 60"}, [], None),
    ("nor a hexadecimal number", None, {"Retry-After": "0x10"}, [], None),
    ("nor Arabic digits", None, {"Retry-After": "\u0663\u0660"}, [], None),
    ("nor JSON", None, {"Retry-After": '{"seconds": 5}'}, [], None),
    ("an HTTP-date against the vendor's Date", None, {"Retry-After": "Tue, 14 Nov 2023 22:14:20 GMT", "Date": NOW}, [], 60.0),
    ("the vendor's clock runs ahead", None, {"Retry-After": "Tue, 14 Nov 2023 22:19:20 GMT", "Date": FAST}, [], 60.0),
    ("the vendor's clock runs behind", None, {"Retry-After": "Tue, 14 Nov 2023 22:09:20 GMT", "Date": SLOW}, [], 60.0),
    ("without a Date our clock serves", None, {"Retry-After": "Tue, 14 Nov 2023 22:14:20 GMT"}, [], 60.0),
    ("a Date that is none counts as without", None, {"Retry-After": "Tue, 14 Nov 2023 22:14:20 GMT", "Date": "now"}, [], 60.0),
    ("a date of the past is now", None, {"Retry-After": "Tue, 14 Nov 2023 22:12:20 GMT", "Date": NOW}, [], 0.0),
    ("a date long past is now", None, {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT", "Date": NOW}, [], 0.0),
    ("a date before 1970 is now", None, {"Retry-After": "Sat, 01 Jan 1949 00:00:00 GMT", "Date": NOW}, [], 0.0),
    ("a date next year is nine minutes", None, {"Retry-After": "Thu, 14 Nov 2024 22:13:20 GMT", "Date": NOW}, [], LONGEST_S),
    ("the form of RFC 850", None, {"Retry-After": "Tuesday, 14-Nov-23 22:14:20 GMT", "Date": NOW}, [], 60.0),
    ("the form of asctime", None, {"Retry-After": "Tue Nov 14 22:14:20 2023", "Date": NOW}, [], 60.0),
    ("another zone", None, {"Retry-After": "Tue, 14 Nov 2023 23:14:20 +0100", "Date": NOW}, [], 60.0),
    ("a wrong day of the week", None, {"Retry-After": "Mon, 14 Nov 2023 22:14:20 GMT", "Date": NOW}, [], 60.0),
    ("a day that does not exist", None, {"Retry-After": "Tue, 34 Nov 2023 22:14:20 GMT", "Date": NOW}, [], None),
    ("an hour that does not exist", None, {"Retry-After": "Tue, 14 Nov 2023 25:14:20 GMT", "Date": NOW}, [], None),
    ("a month that does not exist", None, {"Retry-After": "Tue, 14 Brumaire 2023 22:14:20 GMT", "Date": NOW}, [], None),
    ("a moment since 1970", None, {"Retry-After": "1700000090", "Date": NOW}, [], 90.0),
    ("one in milliseconds", None, {"Retry-After": "1700000090500", "Date": NOW}, [], 90.5),
    ("one with a fraction", None, {"Retry-After": "1700000090.5", "Date": NOW}, [], 90.5),
    ("one of the past, never its own number", None, {"Retry-After": "1600000000", "Date": NOW}, [], 0.0),
    ("one by a clock that runs ahead", None, {"Retry-After": "1700000330", "Date": FAST}, [], 30.0),
    ("milliseconds in their own header", None, {"retry-after-ms": "1500"}, [], 1.5),
    ("which is finer and wins", None, {"Retry-After": "2", "retry-after-ms": "1500"}, [], 1.5),
    ("unless it cannot be read", None, {"Retry-After": "2", "retry-after-ms": "-1"}, [], 2.0),
    ("of milliseconds too", None, {"retry-after-ms": "99999999999"}, [], LONGEST_S),
    ("a declared header to wait by", {"headers": {"X-Wait": {"means": "retry", "form": "delta_ms"}}}, {"X-Wait": "250"}, [], 0.25),
    ("Azure's", {"headers": {"x-ms-retry-after-ms": {"means": "retry", "form": "delta_ms"}}}, {"x-ms-retry-after-ms": "1200"}, [], 1.2),
    ("Discord's", {"headers": {"X-RateLimit-Reset-After": {"means": "retry", "form": "delta_float"}}}, {"X-RateLimit-Reset-After": "1.47"}, [], 1.47),
    ("a declared one that is garbage", {"headers": {"X-Wait": {"means": "retry", "form": "delta"}}}, {"X-Wait": "?"}, [], None),
    ("the standard one wins over it", {"headers": {"X-Wait": {"means": "retry", "form": "delta"}}}, {"X-Wait": "9", "Retry-After": "3"}, [], 3.0),
]

FORMS: list[Case] = [
    ("delta", reset("delta"), {"X-Left": "0", "X-Reset": "30"}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("delta with a fraction", reset("delta_float"), {"X-Left": "0", "X-Reset": "1.5"}, [{"remaining": 0.0, "reset_s": 1.5}], 1.5),
    ("delta in milliseconds", reset("delta_ms"), {"X-Left": "0", "X-Reset": "1500"}, [{"remaining": 0.0, "reset_s": 1.5}], 1.5),
    ("a small delta is no moment", reset("delta"), {"X-Left": "0", "X-Reset": "1"}, [{"remaining": 0.0, "reset_s": 1.0}], 1.0),
    ("an absurd delta is cut to a month", reset("delta"), {"X-Left": "0", "X-Reset": "1700000030"}, [{"remaining": 0.0, "reset_s": MONTH_S}], LONGEST_S),
    ("a negative delta is absent", reset("delta"), {"X-Left": "0", "X-Reset": "-3"}, [{"remaining": 0.0}], None),
    ("epoch_s", reset("epoch_s"), {"X-Left": "0", "X-Reset": "1700000030", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("epoch_s by a clock that runs ahead", reset("epoch_s"), {"X-Left": "0", "X-Reset": "1700000330", "Date": FAST}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("epoch_s by a clock that runs behind", reset("epoch_s"), {"X-Left": "0", "X-Reset": "1699999730", "Date": SLOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("epoch_s of the past is 0, never its own number", reset("epoch_s"), {"X-Left": "0", "X-Reset": "1699990000", "Date": NOW}, [{"remaining": 0.0, "reset_s": 0.0}], 0.0),
    ("a delay where a moment was declared is the past", reset("epoch_s"), {"X-Left": "0", "X-Reset": "30", "Date": NOW}, [{"remaining": 0.0, "reset_s": 0.0}], 0.0),
    ("milliseconds where seconds were declared", reset("epoch_s"), {"X-Left": "0", "X-Reset": "1700000030000", "Date": NOW}, [{"remaining": 0.0, "reset_s": MONTH_S}], LONGEST_S),
    ("epoch_ms", reset("epoch_ms"), {"X-Left": "0", "X-Reset": "1700000030500", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.5}], 30.5),
    ("seconds where milliseconds were declared", reset("epoch_ms"), {"X-Left": "0", "X-Reset": "1700000030", "Date": NOW}, [{"remaining": 0.0, "reset_s": 0.0}], 0.0),
    ("epoch_float", reset("epoch_float"), {"X-Left": "0", "X-Reset": "1700000030.25", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.25}], 30.25),
    ("a negative moment is absent", reset("epoch_s"), {"X-Left": "0", "X-Reset": "-1", "Date": NOW}, [{"remaining": 0.0}], None),
    ("iso", reset("iso"), {"X-Left": "0", "X-Reset": "2023-11-14T22:13:50Z", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("iso with a fraction", reset("iso"), {"X-Left": "0", "X-Reset": "2023-11-14T22:13:50.500Z", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.5}], 30.5),
    ("iso in another zone", reset("iso"), {"X-Left": "0", "X-Reset": "2023-11-14T23:13:50+01:00", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("iso west of Greenwich", reset("iso"), {"X-Left": "0", "X-Reset": "2023-11-14T14:13:50-08:00", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("iso without a zone is in UTC", reset("iso"), {"X-Left": "0", "X-Reset": "2023-11-14T22:13:50", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("iso in small letters", reset("iso"), {"X-Left": "0", "X-Reset": "2023-11-14t22:13:50z", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("iso by a clock that runs ahead", reset("iso"), {"X-Left": "0", "X-Reset": "2023-11-14T22:18:50Z", "Date": FAST}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("iso of the past", reset("iso"), {"X-Left": "0", "X-Reset": "1999-12-31T23:59:59Z", "Date": NOW}, [{"remaining": 0.0, "reset_s": 0.0}], 0.0),
    ("a day alone says too little", reset("iso"), {"X-Left": "0", "X-Reset": "2023-11-15", "Date": NOW}, [{"remaining": 0.0}], None),
    ("the 30th of February", reset("iso"), {"X-Left": "0", "X-Reset": "2024-02-30T00:00:00Z", "Date": NOW}, [{"remaining": 0.0}], None),
    ("a number where iso was declared", reset("iso"), {"X-Left": "0", "X-Reset": "30", "Date": NOW}, [{"remaining": 0.0}], None),
    ("http_date", reset("http_date"), {"X-Left": "0", "X-Reset": "Tue, 14 Nov 2023 22:13:50 GMT", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("http_date by a clock that runs behind", reset("http_date"), {"X-Left": "0", "X-Reset": "Tue, 14 Nov 2023 22:08:50 GMT", "Date": SLOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("go_duration of minutes", reset("go_duration"), {"X-Left": "0", "X-Reset": "6m0s"}, [{"remaining": 0.0, "reset_s": 360.0}], 360.0),
    ("go_duration of milliseconds", reset("go_duration"), {"X-Left": "0", "X-Reset": "12ms"}, [{"remaining": 0.0, "reset_s": 0.012}], 0.012),
    ("go_duration with all of it", reset("go_duration"), {"X-Left": "0", "X-Reset": "1h2m3.5s"}, [{"remaining": 0.0, "reset_s": 3723.5}], LONGEST_S),
    ("go_duration of microseconds", reset("go_duration"), {"X-Left": "0", "X-Reset": "250\u00b5s"}, [{"remaining": 0.0, "reset_s": 0.00025}], 0.00025),
    ("a negative go_duration is absent", reset("go_duration"), {"X-Left": "0", "X-Reset": "-1s"}, [{"remaining": 0.0}], None),
    ("a go_duration without a unit", reset("go_duration"), {"X-Left": "0", "X-Reset": "30"}, [{"remaining": 0.0}], None),
    ("a go_duration with a foreign unit", reset("go_duration"), {"X-Left": "0", "X-Reset": "1d"}, [{"remaining": 0.0}], None),
    ("a guess: small is a delay", reset("guess"), {"X-Left": "0", "X-Reset": "30", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("a guess: from a milliard on it is a moment", reset("guess"), {"X-Left": "0", "X-Reset": "1700000030", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("a guess: larger yet, in milliseconds", reset("guess"), {"X-Left": "0", "X-Reset": "1700000030000", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("a guess: iso", reset("guess"), {"X-Left": "0", "X-Reset": "2023-11-14T22:13:50Z", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("a guess: a date", reset("guess"), {"X-Left": "0", "X-Reset": "Tue, 14 Nov 2023 22:13:50 GMT", "Date": NOW}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("a guess: a duration", reset("guess"), {"X-Left": "0", "X-Reset": "30s"}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("a guess: garbage", reset("guess"), {"X-Left": "0", "X-Reset": "whenever"}, [{"remaining": 0.0}], None),
    ("when some of it is there again", reset("delta", "next"), {"X-Left": "0", "X-Reset": "3"}, [{"remaining": 0.0, "next_s": 3.0}], 3.0),
    ("something is left: nobody needs to wait", reset("delta"), {"X-Left": "1", "X-Reset": "30"}, [{"remaining": 1.0, "reset_s": 30.0}], None),
    ("a negative rest is absent", reset("delta"), {"X-Left": "-1", "X-Reset": "30"}, [{"reset_s": 30.0}], None),
    ("a rest that is a word is absent", reset("delta"), {"X-Left": "none", "X-Reset": "30"}, [{"reset_s": 30.0}], None),
    ("a rest with a fraction", reset("delta"), {"X-Left": "0.5", "X-Reset": "30"}, [{"remaining": 0.5, "reset_s": 30.0}], 30.0),
    ("Retry-After overrides the reset", reset("delta"), {"X-Left": "0", "X-Reset": "30", "Retry-After": "5"}, [{"remaining": 0.0, "reset_s": 30.0}], 5.0),
    ("an answer from a cache tells of another time", reset("delta"), {"X-Left": "0", "X-Reset": "30", "Age": "12"}, [], None),
    ("an Age of 0 is fresh", reset("delta"), {"X-Left": "0", "X-Reset": "30", "Age": "0"}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("an Age that is garbage is none", reset("delta"), {"X-Left": "0", "X-Reset": "30", "Age": "old"}, [{"remaining": 0.0, "reset_s": 30.0}], 30.0),
    ("used and limit in two headers", {"headers": {"X-Used": {"means": "used"}, "X-Limit": {"means": "limit"}}}, {"X-Used": "40", "X-Limit": "100"}, [{"limit": 100.0, "used": 40.0, "remaining": 60.0}], None),
    ("more used than there is", {"headers": {"X-Used": {"means": "used"}, "X-Limit": {"means": "limit"}}}, {"X-Used": "140", "X-Limit": "100"}, [{"limit": 100.0, "used": 140.0, "remaining": 0.0}], None),
    ("nothing of the dialect is there", reset("delta"), {"Content-Type": "text/plain"}, [], None),
]
# fmt: on
