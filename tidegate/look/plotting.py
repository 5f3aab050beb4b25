"""pygal, imported without what it leaves behind in Python's import system. Nobody imports it elsewhere.

For plugins that we lack it adds a finder of modules, of a kind that Python 3.12 took out: each later import would warn.
And a library that it uses puts its own finder of what is installed in the place of Python's: without that one, no
library finds its own version any more.
"""

import sys
from importlib.machinery import PathFinder

_finders, _distributions = list(sys.meta_path), PathFinder.__dict__.get("find_distributions")

import pygal  # noqa: E402 - the lines above look at what is there before it

sys.meta_path[:] = [finder for finder in sys.meta_path if finder in _finders]
if _distributions is not None and "find_distributions" not in PathFinder.__dict__:
    PathFinder.find_distributions = _distributions  # type: ignore[method-assign]  # as it was

__all__ = ["pygal"]
