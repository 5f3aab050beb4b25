"""The simulator from outside: control port, page, journal, states, clock, snapshots, cassettes."""
