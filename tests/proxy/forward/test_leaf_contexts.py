"""Tests of tidegate.proxy.forward.leaf_contexts."""

import ssl

import pytest

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.forward import leaf_contexts
from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.proxy.forward.leaf_contexts import CONTEXTS_MAX, RENEWED_AT, LeafContexts
from tidegate.world.world import RealWorld

AUTHORITY = make_authority(["api.example"], RealWorld().wall())
LIFE_S = 3600.0


def shaken(leaves: LeafContexts, host: str, named: str | None, offers: tuple[str, ...] = ()) -> tuple[str | None, str]:
    """The protocol that both agree on, and the name in the certificate, after a handshake in memory."""
    client = ssl.create_default_context(cadata=AUTHORITY.certificate_pem.decode())
    client.check_hostname = named is not None
    if offers:
        client.set_alpn_protocols(offers)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(down, up, server_hostname=named),
        leaves.context(host).wrap_bio(up, down, server_side=True),
    )
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    certificate = ends[0].getpeercert()
    assert certificate is not None
    return ends[0].selected_alpn_protocol(), str(certificate["subjectAltName"])


@pytest.mark.parametrize(("offers", "agreed"), [(("h2", "http/1.1"), "http/1.1"), (("h2",), None), ((), None)])
def test_http_1_is_what_is_spoken_whatever_the_app_offers(offers: tuple[str, ...], agreed: str | None) -> None:
    leaves = LeafContexts(RealWorld(), AUTHORITY, LIFE_S)
    assert shaken(leaves, "api.example", "api.example", offers) == (agreed, "(('DNS', 'api.example'),)")


def test_a_handshake_that_names_another_host_than_connect_fails_and_is_counted() -> None:
    leaves = LeafContexts(RealWorld(), AUTHORITY, LIFE_S)
    with pytest.raises(ssl.SSLError, match="CALLBACK_FAILED"):
        shaken(leaves, "api.example", "v1.api.example")
    assert leaves.misnamed == 1


def test_a_handshake_that_names_nobody_gets_the_host_of_connect() -> None:
    leaves = LeafContexts(RealWorld(), AUTHORITY, LIFE_S)
    assert shaken(leaves, "api.example", None)[1] == "(('DNS', 'api.example'),)"


def test_a_context_is_kept_for_half_the_life_of_its_certificate() -> None:
    async def story() -> None:
        world = VirtualWorld(1)
        leaves = LeafContexts(world, make_authority(["api.example"], world.wall()), LIFE_S)
        first = leaves.context("api.example")
        world.skew_s = LIFE_S * RENEWED_AT - 1
        assert leaves.context("api.example") is first
        world.skew_s += 2
        assert leaves.context("api.example") is not first
        assert leaves.made == 2
        world.skew_s -= 2 * LIFE_S
        leaves.context("api.example")  # the clock was set back: a certificate of the future is good for nobody
        assert leaves.made == 3

    run(story)


def test_only_so_many_contexts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaf_contexts, "CONTEXTS_MAX", 3)
    leaves = LeafContexts(RealWorld(), AUTHORITY, LIFE_S)
    for host in "abcd":
        leaves.context(f"{host}.api.example")
    assert (len(leaves._known), CONTEXTS_MAX) == (3, 512)
    assert "a.api.example" not in leaves._known


def test_the_chain_is_read_from_a_folder_where_there_is_no_memory_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.memfd_create")
    assert shaken(LeafContexts(RealWorld(), AUTHORITY, LIFE_S), "api.example", "api.example")[0] is None
