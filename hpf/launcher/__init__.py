"""The launcher 启动器: sets up a copy of the project, runs it with its servers, tests and checks it.

Standard library only; entered through `run.py`. It is a tool around the system, never part of it.
"""
