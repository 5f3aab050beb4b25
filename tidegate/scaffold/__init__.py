"""A new vendor of its document: vendor file, adapter, consumer test, scenario. May import all but the commands."""
