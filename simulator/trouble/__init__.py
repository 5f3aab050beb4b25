"""What goes wrong on purpose: faults on the wire, drift of the schema, lies of the documentation."""
