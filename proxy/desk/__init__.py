"""What people see of deliveries and do to them by hand: pages of the admin port. Imports telemetry, upstream, store."""
