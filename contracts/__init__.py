"""The use that our adapters make of each vendor, as Pact files, and the check that a provider keeps to them.

The Pact library sends anonymous usage reports unless it is told not to; for whoever uses this room, it is.
"""

import os

os.environ["PACT_DO_NOT_TRACK"] = "true"
