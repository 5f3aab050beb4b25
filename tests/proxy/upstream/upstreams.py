"""A vendor at run time without a proxy around it, for tests of its parts. Its file is the town's, with changes."""

import json
from pathlib import Path
from typing import Any

from tests.proxy.town import DOCUMENT, ENVIRON, VENDOR
from tidegate.openapi.document import Document
from tidegate.proxy.config import VendorUse
from tidegate.proxy.credentials.client_certificate import LoadedCertificate
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.credentials.secret_reference import load_credential
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import World


def upstream_of(
    world: World,
    folder: Path,
    *,
    use: VendorUse | None = None,
    certificate: LoadedCertificate | None = None,
    **changes: Any,
) -> Upstream:
    """`changes` replace parts of the vendor file."""
    (folder / "vendor.yaml").write_text(json.dumps(VENDOR | changes))
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    loaded = load_vendor(folder / "vendor.yaml")
    records: Any = None  # no call passes through it
    provider = CredentialProvider(load_credential(loaded.vendor.facts.auth, ENVIRON))
    provider.certificate = certificate
    return Upstream(
        world,
        loaded,
        Document.load(loaded.document_path),
        use=use or VendorUse(),
        provider=provider,
        records=records,
    )
