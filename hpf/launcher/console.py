"""What the launcher says on the terminal: Chinese where the terminal shows it, else plain English. 终端提示"""

import os
import sys
import time

_started = time.monotonic()


def speaks_chinese() -> bool:
    """Whether the locale of the terminal is UTF-8; under LANG=C Chinese would be garbage. 终端能否显示中文"""
    # LC_CTYPE says nothing: Python itself sets it to C.UTF-8 when it starts under LANG=C.
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or "C"
    return "utf-8" in locale.lower() or "utf8" in locale.lower()


def text(chinese: str, english: str) -> str:
    """The sentence in the language the terminal shows. 选择语言"""
    return chinese if speaks_chinese() else english


def say(chinese: str, english: str) -> None:
    """Print one progress line with the seconds since the start. 进度"""
    line = f"[{time.monotonic() - _started:5.1f}s] {text(chinese, english)}"
    print(line.encode(sys.stdout.encoding, "replace").decode(sys.stdout.encoding), flush=True)


def show(line: str) -> None:
    """Print a line of another program, unless this terminal cannot show its words. 转述"""
    foreign = any(letter.isalpha() and not letter.isascii() for letter in line)
    if speaks_chinese() or not foreign:
        say(line, line.encode("ascii", "ignore").decode().strip())


class Trouble(Exception):
    """The launcher cannot go on; the sentence says what to do. 无法继续"""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(text(chinese, english))
