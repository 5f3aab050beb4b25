"""See tidegate.proxy.telemetry.series."""
