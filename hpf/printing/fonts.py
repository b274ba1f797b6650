"""The letters printouts are set in 字体: Debian's Noto Sans CJK where it is, else the smaller font npm installed.

The same text gets the same letters on every machine of a kind: fonts somebody else put there are not looked at.
"""

import os
from pathlib import Path

from django.conf import settings

DEBIAN = Path("/usr/share/fonts/opentype/noto")
SMALLER = settings.BASE_DIR / "node_modules" / "@embedpdf" / "fonts-sc" / "fonts"


class NoFont(RuntimeError):
    """No font for Chinese is on this machine 缺少中文字体: a printout would come out without its words."""


def folders() -> list[str]:
    """The folder to take fonts from 字体目录: HPF_FONT_DIR where it is given, else the first that is there.

    Raises:
        NoFont: there is none.
    """
    named = os.environ.get("HPF_FONT_DIR")
    for folder in [Path(named)] if named else [DEBIAN, SMALLER]:
        if any(folder.glob("NotoSans*")):
            return [str(folder)]
    raise NoFont("no font for Chinese: install fonts-noto-cjk, or run the set-up again; see docs/operations.md")
