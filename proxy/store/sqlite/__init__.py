"""The store in one SQLite file. The only room that knows SQL, and the only one that names sqlite3."""
