"""Where the forward proxy lets an app go, as decisions. Imports call."""
