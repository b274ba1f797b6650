"""The product's settings as in production; only the addresses of the benchmark come on top."""

from hpf.settings import *  # noqa: F403 - settings that differ in one line

ROOT_URLCONF = "bench.web_urls"
