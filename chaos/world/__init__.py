"""The virtual world: a clock, wires and disks without real time. Imports the ground alone."""
