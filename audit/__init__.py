"""Audit 留痕与稽核: what was done, by whom, and what looks wrong.

It copies and never points: the actor's name, post and branch and the subject stand as text, as they were that day.
It is not a log of technical events, and it decides nothing.
"""
