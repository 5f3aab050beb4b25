"""The console: pages for people on the admin port, and who may see them. Imports the desk and what is below it."""
