"""Tests of tidegate.cli.proxy.admin_port: how it is found, and what is said where nobody answers."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from tests.authority import Authority
from tidegate.cli import main
from tidegate.cli.proxy.admin_port import AdminPort, admin_access, admin_url
from tidegate.loadtests.programs import free_port
from tidegate.problems import UsageError


@pytest.mark.parametrize(
    ("admin", "url"),
    [
        ("127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("'[::1]:9000'", "http://[::1]:9000"),
        ("':9000'", "http://127.0.0.1:9000"),
        ("'[::]:9000'", "http://127.0.0.1:9000"),
        ("proxy.internal:9000", "http://proxy.internal:9000"),
    ],
)
def test_it_is_where_tidegate_yaml_says(tmp_path: Path, admin: str, url: str) -> None:
    (tmp_path / "t.yaml").write_text(f"admin: {admin}\nadmin_tokens: [{{name: a, token: 'env:A'}}]\n")
    assert admin_url(None, tmp_path / "t.yaml") == url
    assert admin_url("http://elsewhere:1/", tmp_path / "t.yaml") == "http://elsewhere:1"


def test_a_port_that_only_the_proxy_knows_has_to_be_said(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("admin: 127.0.0.1:0\n")
    with pytest.raises(UsageError, match="say with --admin which it took"):
        admin_url(None, tmp_path / "t.yaml")


@pytest.mark.parametrize("admin", ["localhost:8081", "ftp://x", "http://", "", "http://[::1", "http://x:y"])
def test_what_is_no_address_is_refused(admin: str) -> None:
    with pytest.raises(UsageError, match="is no address of an admin port"):
        admin_url(admin, None)


def test_where_nobody_answers_the_cure_is_said() -> None:
    with pytest.raises(UsageError, match=r"no proxy answers on .*start one with `tidegate serve`, or say where it is"):
        AdminPort(f"http://127.0.0.1:{free_port()}").get("/deliveries")


@contextmanager
def stranger(status: int, body: bytes) -> Iterator[str]:
    """A server that always answers the same."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b"null"),
        (200, b"[]"),
        (404, b"nope"),
        (200, b"[" * 100_000),
        (500, b"oops"),
        (404, b'{"error": "there is no such page"}'),
        (421, b"[]"),
    ],
)
def test_what_is_no_proxy_of_this_version_is_told_in_a_line(status: int, body: bytes) -> None:
    with stranger(status, body) as url, pytest.raises(UsageError):
        AdminPort(url).get("/deliveries")


def test_what_an_answer_lacks_is_told_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with stranger(200, b'{"of": "another version"}') as url:
        for command, name in (
            ("calls", "calls"),
            ("outbox list", "deliveries"),
            ("audit list", "head"),
            ("top", "vendors"),
        ):
            with pytest.raises(SystemExit) as left:
                main([*command.split(), "--admin", url])
            assert left.value.code == 2
            assert capsys.readouterr().err.endswith(
                f"{url} is no admin port of this version: its answer has no `{name}`\n"
            )


@pytest.mark.parametrize("status", [404, 409, 503])
def test_what_the_proxy_refuses_is_told_and_leaves_with_1(status: int, capsys: pytest.CaptureFixture[str]) -> None:
    with stranger(status, b'{"error": "it is done"}') as url, pytest.raises(typer.Exit) as left:
        AdminPort(url).get("/deliveries/d1")
    assert left.value.exit_code == 1
    assert capsys.readouterr().err == "tidegate: it is done\n"


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with stranger(200, b"{}") as url:
        assert AdminPort(url).get("/deliveries", [("text", "a b")]) == {}


@contextmanager
def secured(cert: Path, key: Path) -> Iterator[tuple[int, list[str]]]:
    """An admin port with TLS, and the `Authorization` of each request that it got."""
    got: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append(self.headers.get("Authorization", ""))
            good = got[-1] == "Bearer of-ada"
            body = b"{}" if good else b'{"error": "send a token"}'
            self.send_response(200 if good else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_token_and_certificate_come_from_the_same_file_and_go_nowhere_else(tmp_path: Path) -> None:
    cert, key = Authority(tmp_path).issue("admin", "admin.internal")
    other, _ = Authority(tmp_path, "other").issue("stranger", "127.0.0.1")
    (tmp_path / "ada.token").write_text("of-ada\n")
    with secured(cert, key) as (port, got):
        (tmp_path / "t.yaml").write_text(
            f"admin: 127.0.0.1:{port}\ntls: {{admin: {{cert: {cert}, key: {key}}}}}\n"
            "admin_tokens: [{name: bob, token: 'env:NOT_HERE'}, {name: ada, token: 'file:ada.token'}]\n"
        )
        access = admin_access(None, tmp_path / "t.yaml", {})
        assert (access.url, access.cert) == (f"https://127.0.0.1:{port}", cert)
        assert AdminPort(access).get("/state") == {}
        elsewhere = admin_access(f"https://127.0.0.1:{port}", tmp_path / "t.yaml", {"TIDEGATE_ADMIN_CA": str(cert)})
        assert elsewhere.token == "", "the file's token is for the port that the file names"
        with pytest.raises(UsageError, match="put one of admin_tokens into TIDEGATE_ADMIN_TOKEN"):
            AdminPort(elsewhere).get("/state")
        (tmp_path / "t.yaml").write_text((tmp_path / "t.yaml").read_text().replace(f"cert: {cert}", f"cert: {other}"))
        with pytest.raises(UsageError, match="certificate verify failed"):
            AdminPort(admin_access(None, tmp_path / "t.yaml", {})).get("/state")
        assert got == ["Bearer of-ada", ""], "nobody gets a token before its certificate is known"


def test_the_variable_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("admin_tokens: [{name: ada, token: 'env:ADA'}]\n")
    assert admin_access(None, tmp_path / "t.yaml", {"ADA": "a", "TIDEGATE_ADMIN_TOKEN": "b"}).token == "b"
    assert admin_access(None, tmp_path / "t.yaml", {"ADA": "a"}).token == "a"
    assert admin_access(None, tmp_path / "t.yaml", {}).token == ""


def test_authorities_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.pem: no certificates can be read there"):
        AdminPort(admin_access("https://127.0.0.1:1", None, {"TIDEGATE_ADMIN_CA": str(tmp_path / "nothing.pem")}))


def test_a_refusal_is_no_verdict_where_one_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with stranger(404, b'{"error": "its policy samples no answers"}') as url:
        for command, code in (
            ("call x", 1),
            ("contracts observed stripe", 2),
            ("deprecations stripe", 1),
            ("deprecations stripe --within 30", 2),
        ):
            with pytest.raises(SystemExit) as left:
                main([*command.split(), "--admin", url])
            assert left.value.code == code
            assert "its policy samples no answers" in capsys.readouterr().err
