"""A secret of its own in every slot, and a search for each in everything that is printed, logged or stored."""
