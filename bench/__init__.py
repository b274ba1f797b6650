"""The benchmarks 性能基准: how near our own code comes to what this machine's PostgreSQL can do at all.

Every figure is a ratio to a limit measured in the same run, in turns, on the same machine; docs/performance.md says
how to read it. Run with `make bench`, or `python -m bench --quick --only P1,P3`.
"""
