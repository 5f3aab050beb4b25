"""Planted bugs of a pool of credentials: each is one that a proxy with several keys is likely to have."""

from typing import Any
from unittest.mock import patch

from tidegate.proxy.permits.pool_gate import PoolGate, WornPermit
from tidegate.proxy.policies.credentials.pool_member import PoolMember
from tidegate.proxy.stages.limits import pooled_limiter
from tidegate.proxy.store.sqlite.sqlite_records import SqliteRecords


def a_resend_wears_whichever_credential_has_room() -> Any:
    return patch.object(pooled_limiter, "pins", lambda verdict, sent: False)


def a_record_keeps_the_first_guess_of_its_credential() -> Any:
    async def wear(self: SqliteRecords, call_id: str, credential: str) -> bool:
        return True

    return patch.object(SqliteRecords, "wear", wear)


def a_permit_is_taken_of_one_credential_and_another_is_worn() -> Any:
    original = PoolGate._taken

    def taken(self: PoolGate, now: float, name: str, amounts: Any) -> WornPermit:
        worn = original(self, now, name, amounts)
        names = list(self.members)
        return WornPermit(names[(names.index(name) + 1) % len(names)], worn.trial, worn.permit)

    return patch.object(PoolGate, "_taken", taken)


def a_revoked_credential_is_worn_as_before() -> Any:
    return patch.object(PoolMember, "rejected", lambda self, now, version, trial=0: False)


def a_revoked_credential_is_tried_by_every_call_at_once() -> Any:
    return patch.object(PoolMember, "worn", lambda self, now: 0)


def a_call_under_a_revoked_credential_is_not_sent_again() -> Any:
    return patch.object(pooled_limiter.PooledLimiter, "_may_go_on", lambda self, call, reply: False)


POOL_MUTANTS = (
    a_resend_wears_whichever_credential_has_room,
    a_record_keeps_the_first_guess_of_its_credential,
    a_permit_is_taken_of_one_credential_and_another_is_worn,
    a_revoked_credential_is_worn_as_before,
    a_revoked_credential_is_tried_by_every_call_at_once,
    a_call_under_a_revoked_credential_is_not_sent_again,
)
