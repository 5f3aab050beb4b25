"""A mitmproxy addon that cuts a vendor's answer in half on a real wire, TLS included.

mitmproxy runs as its own program, from its own environment (`make` builds .venv-wire), because it pins old versions of
libraries that we share. So this file is loaded by mitmdump, imports nothing of ours, and is driven by options:

    mitmdump --mode reverse:http://127.0.0.1:9100 --listen-port 9443 -s chaos/mitmproxy_addon.py --set cut_first=1

The head of a cut answer promises the whole body, half of it arrives, and the connection ends: the vendor has acted, and
nobody can know it from this answer.
"""

import re
from pathlib import Path

from mitmproxy import addonmanager, ctx, http

SHARE = 0.5
"""Of the body, so much still arrives."""


class CutAnswers:
    """Cuts the first answers to matching requests; lets everything else pass."""

    def __init__(self) -> None:
        self.cut = 0

    def load(self, loader: addonmanager.Loader) -> None:
        """Declare the options."""
        loader.add_option("cut_first", int, 1, "Cut so many answers, then none.")
        loader.add_option("cut_matching", str, "^POST ", "Of requests whose 'METHOD /path' matches this pattern.")
        loader.add_option("ready_file", str, "", "Write the port here when it is listened on.")

    def running(self) -> None:
        """Tell who waits for it that the port is open."""
        if ctx.options.ready_file:
            addresses = ctx.master.addons.get("proxyserver").listen_addrs()
            made = Path(ctx.options.ready_file)
            made.with_suffix(".new").write_text(str(addresses[0][1]), encoding="ascii")
            made.with_suffix(".new").rename(made)

    def response(self, flow: http.HTTPFlow) -> None:
        """Cut this answer, if it is one to cut."""
        wanted = re.search(ctx.options.cut_matching, f"{flow.request.method} {flow.request.path}")
        body = flow.response.raw_content if flow.response is not None else None
        if not wanted or not body or self.cut >= ctx.options.cut_first:
            return
        self.cut += 1
        flow.response.headers["Content-Length"] = str(len(body))
        flow.response.headers["Connection"] = "close"  # makes mitmproxy end the connection when it has sent what it has
        flow.response.data.content = body[: int(len(body) * SHARE)]


addons = [CutAnswers()]
