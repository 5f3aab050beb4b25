"""Every promise as a function of the evidence. Imports timeline and apps; shares no code with proxy or simulator."""
