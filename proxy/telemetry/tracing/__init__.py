"""The export of traces, and where they may go. May import what telemetry may."""
