"""The commands about what a running proxy has seen of calls: top, calls, call, discover. Imports the admin port."""
