"""The simulator from outside: control port, page, states, clock, snapshots. Imports exchange and below."""
