"""What people see of calls that have ended: a list, and one as a timeline. Imports the desk, telemetry."""
