"""Outbox and inbox in plain Python, as the port says they are: what any store is compared with. It knows no store."""

from collections import Counter
from dataclasses import dataclass, field, replace

from tidegate.proxy.policies.delivery.delivery import (
    DUE,
    FOLLOWS,
    LEASES_LOST_MAX,
    LIVE,
    MAY,
    Delivery,
    DeliveryState,
    NewDelivery,
    Settlement,
)
from tidegate.proxy.store.deliveries import HandMade

DEAD_KEPT_S = 30 * 86_400.0
Key = tuple[str, str, str, str, str]


def key_of(new: NewDelivery) -> Key:
    return new.box, new.app, new.vendor, new.operation, new.key


@dataclass
class ModelRow:
    """One delivery. `seq` is its place in the order of acceptance."""

    seq: int
    new: NewDelivery
    accepted: float
    state: DeliveryState
    not_before: float
    ever_sent: bool
    resting: DeliveryState
    attempts: int = 0
    leases_lost: int = 0
    token: int = 0
    lease_until: float = 0.0
    dead_reason: str = ""
    status: int = 0
    keep_until: float = 0.0
    former_keys: list[Key] = field(default_factory=list)
    tries: list[tuple[int, bool, bool]] = field(default_factory=list)
    """The token of each attempt, whether its end is known, and whether that came late."""

    def move(self, state: DeliveryState) -> None:
        """Change the state, as the policy allows it."""
        assert state in FOLLOWS[self.state], f"{self.new.id}: {self.state} → {state}"
        self.resting = self.state if state == "leased" else state
        self.state = state

    def is_unsure(self) -> bool:
        """Whether the vendor may have carried it out, though it ends."""
        begun = self.dead_reason == "rejected" and self.status >= 500
        unsure = self.state == "parked" or "unknown" in (self.state, self.resting) or self.dead_reason == "poison"
        return self.new.box == "outbox" and self.ever_sent and (unsure or begun)

    def holds(self) -> bool:
        passed = self.new.order == "skip" and self.attempts >= self.new.skip_after
        return bool(self.new.order_key) and self.state in LIVE and not passed

    def seen(self) -> tuple[object, ...]:
        return (
            self.new.key, self.state, self.attempts, self.leases_lost, self.not_before, self.resting, self.ever_sent,
            self.token, self.lease_until, self.dead_reason, self.new.deadline,
        )  # fmt: skip


def seen_of(delivery: Delivery) -> tuple[object, ...]:
    """What a store says of a delivery, to be compared with ModelRow.seen."""
    return (
        delivery.new.key, delivery.state, delivery.attempts, delivery.leases_lost, delivery.not_before,
        delivery.resting, delivery.ever_sent, delivery.lease_token, delivery.lease_until, delivery.dead_reason,
        delivery.new.deadline,
    )  # fmt: skip


class DeliveryModel:
    """Every delivery that is kept."""

    def __init__(self) -> None:
        self.rows: dict[str, ModelRow] = {}
        self._seq = 0

    def known(self, key: Key) -> ModelRow | None:
        for row in self.rows.values():
            if key in (key_of(row.new), *row.former_keys):
                return row
        return None

    def accept(self, new: NewDelivery, now: float) -> ModelRow | None:
        """None where its key is known."""
        if self.known(key_of(new)) is not None:
            return None
        if new.order_key and new.order == "latest-wins":
            for row in self._of_order(new):
                replaces = new.box == "inbox" or row.new.operation == new.operation
                if replaces and row.state in ("queued", "waiting") and not row.ever_sent and row.holds():
                    self._end(row, "cancelled", now)
        self._seq += 1
        unknown = new.state == "unknown"
        row = ModelRow(self._seq, new, now, new.state, new.not_before, unknown, new.state)
        self.rows[new.id] = row
        return row

    def overdue(self, box: str, now: float) -> None:
        """What ends by itself at a claim."""
        for row in self._of_box(box):
            if row.state in ("leased", "sending") and row.lease_until <= now:
                self._lose(row, now)
        for row in self._of_box(box):
            if row.state in ("queued", "waiting") and not row.ever_sent and row.new.deadline <= now:
                row.token += 1
                self._die(row, "expired", now)

    def eligible(self, box: str, now: float, vendors: list[str] | None) -> list[ModelRow]:
        """What may be leased, in the order of priority and acceptance."""
        rows = [
            row
            for row in self._of_box(box)
            if row.state in DUE
            and row.not_before <= now
            and (vendors is None or row.new.vendor in vendors)
            and not any(other.seq < row.seq and other.holds() for other in self._of_order(row.new))
        ]
        return sorted(rows, key=lambda row: (-row.new.priority, row.seq))

    def lease(self, delivery_id: str, until: float) -> None:
        row = self.rows[delivery_id]
        row.move("leased")
        row.token += 1
        row.lease_until = until

    def ours(self, delivery: Delivery) -> ModelRow | None:
        """The row of a lease, where it is not lost."""
        row = self.rows.get(delivery.new.id)
        if row is None or row.token != delivery.lease_token or row.state not in ("leased", "sending"):
            return None
        return row

    def begin(self, delivery: Delivery, now: float) -> bool:
        row = self.ours(delivery)
        if row is None or row.state != "leased" or row.lease_until <= now:
            return False
        row.move("sending")
        row.ever_sent = True
        row.tries.append((row.token, False, False))
        return True

    def settle(self, delivery: Delivery, settlement: Settlement, now: float) -> bool:
        row = self.ours(delivery)
        known = self.rows.get(delivery.new.id)
        if known is not None:
            known.tries = [
                (token, True, row is None) if token == delivery.lease_token and not ended else (token, ended, late)
                for token, ended, late in known.tries
            ]
        if row is None:
            return False
        row.attempts += settlement.counts
        row.not_before = settlement.not_before
        row.lease_until = 0.0
        row.status = settlement.status
        if settlement.state == "dead":
            self._die(row, settlement.dead_reason, now)
            row.resting = settlement.resting
        elif settlement.state == "done":
            self._end(row, "done", now)
        else:
            row.move(settlement.state)
        return True

    def act(self, delivery_id: str, hand: HandMade, now: float) -> bool:
        row = self.rows.get(delivery_id)
        if row is None or row.state not in MAY[hand.action]:
            return False
        if hand.action in ("confirm", "cancel"):
            unsure = row.is_unsure()
            self._end(row, "done" if hand.action == "confirm" else "cancelled", now)
            row.dead_reason = ""
            row.resting = "unknown" if unsure and hand.action == "cancel" else row.state
            return True
        if hand.action == "redo":
            former = key_of(row.new)
            if self.known((*former[:4], hand.key)) is not None:
                return False
            row.former_keys.append(former)
            row.new = replace(row.new, key=hand.key)
            row.ever_sent = False
        row.move("unknown" if row.ever_sent and row.new.box == "outbox" else "queued")
        row.attempts = row.leases_lost = 0
        row.not_before, row.dead_reason = now, ""
        row.new = replace(row.new, deadline=now + (row.new.deadline - row.accepted))
        row.accepted = now
        return True

    def sweep(self, now: float) -> int:
        gone = [name for name, row in self.rows.items() if row.state not in LIVE and row.keep_until <= now]
        for name in gone:
            del self.rows[name]
        return len(gone)

    def depths(self) -> dict[tuple[str, ...], int]:
        """Rows of each kind."""
        counts: dict[tuple[str, ...], int] = {}
        for row in self.rows.values():
            kind = (row.new.box, row.new.app, row.new.vendor, row.state, row.dead_reason)
            counts[kind] = counts.get(kind, 0) + 1
        return counts

    def _lose(self, row: ModelRow, now: float) -> None:
        row.lease_until = 0.0
        if row.state == "leased":
            row.move(row.resting)
            return
        row.attempts += 1
        row.leases_lost += 1
        if row.leases_lost >= LEASES_LOST_MAX:
            row.token += 1
            self._die(row, "poison", now)
        else:
            row.move("unknown" if row.new.box == "outbox" else "waiting")

    def _die(self, row: ModelRow, reason: str, now: float) -> None:
        row.move("dead")
        row.dead_reason = reason
        row.keep_until = now + max(row.new.keep_s, DEAD_KEPT_S)

    def _end(self, row: ModelRow, state: DeliveryState, now: float) -> None:
        row.move(state)
        row.keep_until = now + row.new.keep_s

    def _of_box(self, box: str) -> list[ModelRow]:
        return [row for row in self.rows.values() if row.new.box == box]

    def _of_order(self, new: NewDelivery) -> list[ModelRow]:
        scope = (new.box, new.app, new.vendor, new.order_key)
        return [
            row
            for row in self.rows.values()
            if new.order_key and (row.new.box, row.new.app, row.new.vendor, row.new.order_key) == scope
        ]


def judge_claim(leased: list[str], eligible: list[ModelRow], limit: int) -> None:
    """Judge what was leased: as many as there may be, greater priority first, each app in its order, apps by turns."""
    rows = {row.new.id: row for row in eligible}
    assert set(leased) <= set(rows), "one that may not go"
    assert len(leased) == len(set(leased)) == min(limit, len(eligible))
    priorities = [rows[name].new.priority for name in leased]
    assert priorities == [row.new.priority for row in eligible][: len(leased)]
    for priority in set(priorities):
        level = [row for row in eligible if row.new.priority == priority]
        taken = [rows[name] for name in leased if rows[name].new.priority == priority]
        counts = Counter(row.new.app for row in taken)
        for app in {row.new.app for row in level}:
            of_app = [row.seq for row in level if row.new.app == app]
            assert [row.seq for row in taken if row.new.app == app] == of_app[: counts[app]]
            if counts[app] < len(of_app):
                assert counts[app] >= max(counts.values()) - 1, "its turn was passed over"
