"""See tidegate.proxy.telemetry.otlp."""
