"""Papers of the story 示例要件: a page for each kind that says what it stands for."""

import functools

import typst

from approvals.actions.papers import Upload
from hpf.printing import fonts
from withdrawals.states import PaperKind

PAGE = """
#set page(width: 148mm, height: 105mm, margin: 14mm)
#set text(font: ("Noto Sans CJK SC", "Noto Sans S Chinese"), size: 11pt)
#align(center, text(size: 16pt)[%s])
#v(8mm)
本页为系统演示用的示例要件，不是真实材料，不含任何人的信息。
"""


@functools.cache
def scan_of(kind: PaperKind) -> Upload:
    """A scanned paper of a kind 要件扫描件."""
    compiler = typst.Compiler(font_paths=fonts.folders(), ignore_system_fonts=True)
    made = compiler.compile(input=(PAGE % kind.label).encode(), format="pdf")
    assert isinstance(made, bytes)
    return Upload(f"{kind.label}.pdf", made)
