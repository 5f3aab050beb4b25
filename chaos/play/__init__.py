"""One run, virtual or live, from its scenario to the evidence. Imports timeline, judge, apps and world."""
