"""The rules that a block of the policy does not own, a theme a file. Imports check.judged_vendor and below.

They look at facts, at several operations in one sentence, or at the entries of `operations`. A rule about one block of
the policy stands in that block's file. Each file here is found and imported by tidegate.check.rulebook.
"""
