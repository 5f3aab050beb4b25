"""What goes wrong in a run, and how much is asked meanwhile, as data. Imports configfile and vendor."""
