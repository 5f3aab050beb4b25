"""The documentation site: pages from docs/ and from the code, their order, the build, and a check of what was built.

`python -m tests.site.run` does it all (`make docs`).
"""
