"""What `tidegate check` finds, and the pages made from a vendor file. Imports plan and everything below it."""
