"""The console's pages of calls: a search, and one as a timeline. Imports the frame's `view`, the desk."""
