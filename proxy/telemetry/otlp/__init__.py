"""Metrics to an OpenTelemetry collector, and what spans and metrics share on the way. No call waits for a collector."""
