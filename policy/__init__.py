"""Policy 政策参数: rates, limits and rules, each with the day it begins and the document that set it.

A new value is proposed by one person and put in force by another's signature.

It answers "what was in force on this day?". It computes nothing: arithmetic belongs to the rules of each room.
"""
