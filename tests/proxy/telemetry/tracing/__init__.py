"""See tidegate.proxy.telemetry.tracing."""
