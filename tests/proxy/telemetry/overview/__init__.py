"""See tidegate.proxy.telemetry.overview."""
