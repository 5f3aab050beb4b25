"""Who may see the console: login, sessions, and what other sites may not do. Imports the door of the admin port."""
