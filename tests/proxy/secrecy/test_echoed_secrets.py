"""An answer without our secrets: the same one, masked, or the very same."""

import gzip

from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import RawHeaders, Reply
from tidegate.proxy.secrecy.echoed_secrets import READ_BYTES_MAX, is_coded, without_echo
from tidegate.redaction.echo_mask import EchoMask

SECRET = b"sk_live_4242"
MASK = EchoMask([SECRET.decode()])


def answer(headers: RawHeaders, body: bytes, reason: str = "OK", *, kept: bool = False) -> Reply:
    names = CIMultiDict((name.decode(), value.decode()) for name, value in headers)
    return Reply(200, reason, headers, body, Verdict.SUCCESS, None if kept else CIMultiDictProxy(names))


def test_an_answer_without_a_secret_is_the_very_same() -> None:
    reply = answer([(b"Content-MD5", b"x")], b"{}")
    assert without_echo(MASK, reply) is reply


def test_reason_lines_and_body_are_masked_and_a_digest_of_the_body_goes() -> None:
    reply = answer([(b"X-A", b"a " + SECRET), (b"digest", b"x")], b"b " + SECRET, SECRET.decode())
    masked = without_echo(MASK, reply)
    assert masked.reason == "[redacted]**"
    assert masked.headers == [(b"X-A", b"a [redacted]**")]
    assert masked.body == b"b [redacted]**"


def test_a_kept_answer_is_known_for_coded_by_its_lines() -> None:
    lines = [(b"content-encoding", b"gzip"), (b"X-A", b"1")]
    reply = answer(lines, gzip.compress(SECRET), kept=True)
    assert is_coded(reply)
    assert without_echo(MASK, reply).body == b"[redacted]**"
    assert without_echo(MASK, reply).headers == [(b"X-A", b"1")]
    assert not is_coded(answer([(b"Content-Encoding", b"identity")], b"", kept=True))


def test_what_cannot_be_decoded_within_bounds_goes_on_as_it_came() -> None:
    for lines, body in (
        ([(b"Content-Encoding", b"gzip")], b"no gzip at all"),
        ([(b"Content-Encoding", b"gzip")], gzip.compress(bytes(READ_BYTES_MAX) + SECRET)),
        ([(b"Content-Encoding", b"aes128gcm")], gzip.compress(SECRET)),
    ):
        reply = answer(lines, body)
        assert without_echo(MASK, reply) is reply
