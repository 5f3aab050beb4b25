"""Sources of secrets on other machines, and the file of what was good last. May import the rest of the room."""
