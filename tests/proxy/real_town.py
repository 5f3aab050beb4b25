"""The town's proxy and vendor on real sockets, and an app that reads the very bytes of an answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.proxy.town import DOCUMENT, ENVIRON, PATHS, VENDOR
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.testing.scripted_vendor import ScriptedVendor, Step
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld


@dataclass
class RealTown:
    """What runs. `lines` is the log; `base` is the vendor's own base URL, path included."""

    proxy: Proxy
    vendor: ScriptedVendor
    base: str
    lines: list[bytes]

    @property
    def authority(self) -> str:
        """What an app puts into Host."""
        return f"127.0.0.1:{self.proxy.port}"

    async def ask(
        self, method: str, path: str, *lines: str, body: bytes = b"", host: str | None = None
    ) -> tuple[bytes, bytes]:
        """Head and body of an answer, as they came over a connection of its own."""
        length = [f"Content-Length: {len(body)}"] if body else []
        fixed = [f"Host: {host or self.authority}", "Authorization: Bearer t", "Connection: close", *length]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.port)
        try:
            head = "\r\n".join([f"{method} {path} HTTP/1.1", *fixed, *lines])
            writer.write(head.encode("latin-1") + b"\r\n\r\n" + body)
            answer = await reader.read()
        finally:
            writer.close()
        head_bytes, _, rest = answer.partition(b"\r\n\r\n")
        return head_bytes, rest

    async def field(self, method: str, path: str, name: str, *lines: str, **more: Any) -> str | None:
        """One header of an answer; None where there is none."""
        head, _ = await self.ask(method, path, *lines, **more)
        return value_of(head, name)


def value_of(head: bytes, name: str) -> str | None:
    """One header of a head; None where there is none."""
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return next((value.strip() for found, _, value in pairs if found.lower() == name.lower()), None)


@asynccontextmanager
async def real_town(
    folder: Path,
    script: Sequence[Step],
    *,
    base_path: str = "/api",
    config: dict[str, Any] | None = None,
    paths: dict[str, Any] | None = None,
    environ: Mapping[str, str] = ENVIRON,
    **changes: Any,
) -> AsyncIterator[RealTown]:
    """`changes` replace parts of the vendor file; `paths` are paths that its document has besides.

    The vendor listens on a free port, its API below `base_path`.
    """
    (folder / "vendor.yaml").write_text(json.dumps(VENDOR | changes))
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT | {"paths": PATHS | (paths or {})}))
    async with ScriptedVendor(script) as vendor:
        base = f"{vendor.url}{base_path}"
        use = {"things": {"base_url": base, "private_addresses": "allow"}}
        whole = {"listen": "127.0.0.1:0", "store": str(folder / "store.db"), "use": use} | (config or {})
        lines: list[bytes] = []
        proxy = Proxy(
            RealWorld(),
            Config.model_validate_json(json.dumps(whole)),
            {"things": load_vendor(folder / "vendor.yaml")},
            environ=environ,
            sink=lines.append,
        )
        await proxy.start()
        try:
            yield RealTown(proxy, vendor, base, lines)
        finally:
            await proxy.close()
