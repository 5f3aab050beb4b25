"""A Vault-compatible server that the tests of a file share."""

from collections.abc import Iterator

import pytest

from tests.vault_server import VaultServer, running


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VaultServer]:
    """One for all who do not stop or seal it; each writes to a path of its own."""
    with running(tmp_path_factory.mktemp("vault")) as server:
        yield server
