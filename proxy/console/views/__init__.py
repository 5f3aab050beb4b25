"""The pages of the console, one file each: what a page shows, as plain values. Imports the console, the desk."""
