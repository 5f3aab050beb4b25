"""The style of a list: how it is paged, and what stands beside it. Imports the files of document."""
