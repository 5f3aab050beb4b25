"""Tests of tidegate.proxy.store.postgres.postgres_errors."""

import psycopg
import pytest
from psycopg import errors

from tidegate.proxy.store.postgres.postgres_errors import StoreAddress, is_lost, trouble_of
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store_place import passwords_of

TOLD = {
    errors.DiskFull: "full",
    errors.ReadOnlySqlTransaction: "read-only",
    errors.InsufficientPrivilege: "read-only",
    errors.TooManyConnections: "away",
    errors.AdminShutdown: "away",
    errors.CrashShutdown: "away",
    errors.CannotConnectNow: "away",
    errors.ConnectionFailure: "away",
    errors.InvalidPassword: "away",
    errors.InvalidCatalogName: "away",
    errors.QueryCanceled: "locked",
    errors.LockNotAvailable: "locked",
    errors.DeadlockDetected: "locked",
    errors.SerializationFailure: "locked",
    errors.TransactionTimeout: "locked",
    errors.DatabaseDropped: "away",
    errors.DataCorrupted: "corrupt",
    errors.IndexCorrupted: "corrupt",
    errors.UndefinedTable: "corrupt",
    errors.IoError: "disk",
    errors.UndefinedFile: "disk",
    errors.UniqueViolation: None,
    errors.SyntaxError: None,
    psycopg.OperationalError: "away",
    psycopg.InterfaceError: "away",
    psycopg.DataError: None,
}


@pytest.mark.parametrize("kind", TOLD, ids=[kind.__name__ for kind in TOLD])
def test_an_error_is_told_in_the_words_of_the_port(kind: type[psycopg.Error]) -> None:
    assert trouble_of(kind("why")) == TOLD[kind]
    assert StoreAddress("postgresql://db/x").error(kind("why")).trouble == (TOLD[kind] or "")


def test_servers_that_take_no_writes_are_told_apart_from_a_server_that_is_away() -> None:
    told = trouble_of(psycopg.OperationalError('connection to server at "db", port 5432 failed: session is read-only'))
    assert told == "read-only"


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (errors.AdminShutdown("x"), True),
        (errors.ConnectionFailure("x"), True),
        (errors.TransactionTimeout("x"), True),
        (errors.InvalidSqlStatementName("x"), True),
        (errors.DatabaseDropped("x"), True),
        (psycopg.OperationalError("server closed the connection unexpectedly"), True),
        (psycopg.InterfaceError("the connection is closed"), True),
        (errors.DiskFull("x"), False),
        (errors.QueryCanceled("x"), False),
        (psycopg.DataError("x"), False),
    ],
)
def test_after_some_errors_nobody_knows_whether_it_was_done(error: psycopg.Error, lost: bool) -> None:
    assert is_lost(error) is lost


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://shop:canary@db:5433/tide?sslmode=require",
        "postgresql://shop@db:5433/tide?password=canary",
        "postgresql://shop:c%61nary@db:5433/tide?sslpassword=can%61ry",
    ],
)
def test_an_address_shows_no_password_and_neither_does_what_goes_wrong_there(url: str) -> None:
    address = StoreAddress(url)
    assert repr(address) == "postgresql://shop@db:5433/tide"
    for password in passwords_of(url):
        error = address.error(psycopg.OperationalError(f"no entry for {password} here\nDETAIL: canary"))
        assert str(error).endswith("no entry for [redacted] here")


def test_a_row_is_not_quoted() -> None:
    error = StoreAddress("postgresql://db/x").error(
        errors.CheckViolation("it is wrong\nDETAIL: Failing row contains (4)")
    )
    assert str(error) == "postgresql://db/x: this store cannot be used: it is wrong"


@pytest.mark.parametrize(
    "url", ["postgresql://shop:can%zzary@db/x", "postgresql://db/x?canary=1", "postgresql://[::1/x"]
)
def test_what_is_no_url_is_told_without_repeating_it(url: str) -> None:
    with pytest.raises(StoreError, match="this is no URL of a PostgreSQL database") as why:
        StoreAddress(url)
    assert "canary" not in str(why.value)
    assert why.value.__suppress_context__
