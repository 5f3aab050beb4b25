"""Answers of a vendor that is what vendors are: drawn from a seed, in no order, with rare cases and long tails."""

from collections.abc import Callable
from random import Random
from typing import Any

Answer = dict[str, Any]
Change = Callable[[Answer, Random], object]

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def payment(rng: Random, number: int) -> Answer:
    """One payment of a list that grows."""
    cents = int(10 ** rng.gauss(3.2, 0.6))
    return {
        "id": "pi_" + "".join(rng.choices(LETTERS, k=24)),
        "amount": cents,
        "fee": round(cents * 0.029 / 100, 2),
        "created": 1_700_000_000 + number * 37,
        "timeout": rng.choice([5, 10, 15, 20, 30, 45, 60, 90, 120, 300]),
        "currency": rng.choice(["eur", "usd", "gbp"]),
        "status": rng.choices(["succeeded", "processing", "canceled", "requires_action"], [80, 10, 6, 4])[0],
        "updated_at": f"2026-11-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:11Z",
        "country": rng.choice(["DE", "FR", "AT", "US"]),
        "receipt": None if rng.random() < 0.3 else f"r{number}",
        "captured": rng.random() < 0.93,
        "refunded": int(cents * rng.random()) if rng.random() < 0.2 else 0,
        "rate": rng.randint(1, 99),
        "items": [{"sku": f"S{at}", "created": 10**6 - at * 50 - rng.randint(1, 49)} for at in range(10)],
    }


def _set(name: str, value: Callable[[Answer, Random], Any]) -> Change:
    return lambda answer, rng: answer.update({name: value(answer, rng)})


LONG = {"DE": "DEU", "FR": "FRA", "AT": "AUT", "US": "USA"}
PLANTED: dict[str, tuple[Change, str, str]] = {
    # what changes at the vendor, the field, and the kind by which it is found
    "cents become decimals": (_set("amount", lambda a, _: a["amount"] / 100), "/amount", "scale-changed"),
    "cents become whole units": (_set("amount", lambda a, _: max(1, a["amount"] // 100)), "/amount", "scale-changed"),
    "seconds since 1970 become milliseconds": (_set("created", lambda a, _: a["created"] * 1000), "/created",
                                               "scale-changed"),
    "a duration's seconds become milliseconds": (_set("timeout", lambda a, _: a["timeout"] * 1000), "/timeout",
                                                 "scale-changed"),
    "a percentage becomes a share": (_set("rate", lambda a, _: a["rate"] / 100), "/rate", "scale-changed"),
    "ids have another prefix": (_set("id", lambda a, _: "pay_" + a["id"][3:]), "/id", "shape-changed"),
    "ids become UUIDs": (_set("id", lambda _, r: f"{r.getrandbits(32):08x}-1234-4321-8888-{r.getrandbits(48):012x}"),
                         "/id", "shape-changed"),
    "ids are longer": (_set("id", lambda a, _: a["id"] + "abc"), "/id", "shape-changed"),
    "a list is the other way round": (_set("items", lambda a, _: a["items"][::-1]), "/items by created",
                                      "order-changed"),
    "pages are longer": (_set("items", lambda a, _: (a["items"] * 3)[:25]), "/items", "size-changed"),
    "a status is new, in one answer of ten": (
        _set("status", lambda a, r: "blocked" if r.random() < 0.1 else a["status"]), "/status", "value-appeared"),
    "null comes, in one answer of seven": (_set("currency", lambda a, r: None if r.random() < 0.15 else a["currency"]),
                                           "/currency", "null-appeared"),
    "a field is gone": (lambda a, _: a.pop("receipt"), "/receipt", "presence-changed"),
    "a field is left out now and then": (lambda a, r: a.pop("country") if r.random() < 0.2 else None, "/country",
                                         "presence-changed"),
    "a field has another name": (lambda a, _: a.update(total=a.pop("amount")), "/total", "property-appeared"),
    "a date becomes a number": (_set("updated_at", lambda _, r: 1_700_000_000 + r.randint(0, 999)), "/updated_at",
                                "kind-appeared"),
    "a date has an offset": (_set("updated_at", lambda a, _: a["updated_at"][:-1] + "+02:00"), "/updated_at",
                             "shape-changed"),
    "codes are in capitals": (_set("currency", lambda a, _: a["currency"].upper()), "/currency", "shape-changed"),
    "countries have three letters": (_set("country", lambda a, _: LONG[a["country"]]), "/country", "shape-changed"),
    "a number becomes a text": (_set("amount", lambda a, _: str(a["amount"])), "/amount", "kind-appeared"),
    "refunds are negative": (_set("refunded", lambda a, _: -a["refunded"]), "/refunded", "sign-changed"),
    "a flag is the other way round": (_set("captured", lambda a, _: not a["captured"]), "/captured", "share-changed"),
}  # fmt: skip

Draw = Callable[[Random], Any]
LEFT_OUT = object()


def ordinary_fields(rng: Random, count: int) -> list[Draw]:
    """Fields that do not change: free texts, long tails, rare values, counters, clocks, ids, lists."""
    return [_FAMILIES[at % len(_FAMILIES)](rng) for at in range(count)]


def _counter(step: int, start: int = 0) -> Draw:
    last = [start]

    def draw(rng: Random) -> int:
        last[0] += rng.randint(1, step)
        return last[0]

    return draw


def _amount(rng: Random) -> Draw:
    middle, spread = rng.uniform(1, 5), rng.uniform(0.2, 1.5)
    return lambda r: int(10 ** r.gauss(middle, spread))


def _price(rng: Random) -> Draw:
    middle = rng.uniform(0.5, 2.5)
    return lambda r: round(10 ** r.gauss(middle, 0.5), 2)


def _words(count: int, fall: float) -> Callable[[Random], Draw]:
    weights = [10 ** (-at / fall) for at in range(count)]
    names = [f"state_{chr(97 + at)}" for at in range(count)]
    return lambda _: lambda r: r.choices(names, weights)[0]


def _rare(value: Any, ordinary: Draw) -> Callable[[Random], Draw]:
    def family(rng: Random) -> Draw:
        share = rng.choice([0.5, 0.1, 0.01, 0.002, 0.0005])
        return lambda r: value if r.random() < share else ordinary(r)

    return family


def _text(rng: Random) -> Draw:
    del rng
    return lambda r: r.choice(["Anna", "Bob van", "C.", "Öl", "x y z", "Ann-Marie", "42", "a@b.example"])


def _list(rng: Random) -> Draw:
    del rng
    return lambda r: [{"n": r.randint(0, 99), "created": 10**9 - at * 99 - r.randint(0, 98)}
                      for at in range(r.choice([10, 10, 10, 3, 7]))]  # fmt: skip


def _flag(rng: Random) -> Draw:
    share = rng.random()
    return lambda r: r.random() < share


_FAMILIES: tuple[Callable[[Random], Draw], ...] = (
    _amount, _price, _words(12, 3.0), _words(24, 5.0), _words(4, 1.5), _text, _list,
    _rare(None, lambda r: int(10 ** r.gauss(3, 1))), _rare(LEFT_OUT, lambda r: r.randint(0, 9)),
    _rare("text", lambda r: r.randint(1, 7)), _rare(-5, lambda r: r.randint(0, 100)), _rare("chf", lambda r: "eur"),
    lambda _: _counter(5), lambda _: _counter(5000, 1_700_000_000), _flag,
    lambda _: lambda r: "pi_" + "".join(r.choices(LETTERS, k=24)),
    lambda _: lambda r: "".join(r.choices("0123456789abcdef", k=r.choice([32, 32, 32, 31]))),
    lambda _: lambda r: f"2026-{r.randint(1, 12):02}-{r.randint(1, 28):02}T10:00:{r.randint(0, 59):02}Z",
    lambda _: lambda r: str(r.randint(1, 10 ** r.randint(1, 6))),
    lambda _: lambda r: [r.randint(1, 9) for _ in range(r.randint(0, 12))],
)  # fmt: skip
