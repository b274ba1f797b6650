"""The secrets of a demonstration or development copy, made once and kept. 密钥文件

A production copy gets its secrets from the environment and never reads this file.
"""

import base64
import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def of(data_dir: Path) -> dict[str, str]:
    """HPF_SECRET_KEY and HPF_FIELD_KEYS of this data directory, made the first time. 读取密钥

    HPF_FIELD_KEYS is `name:base64` with 32 bytes each, comma separated: the first encrypts new
    field values, `index` makes the blind indexes 盲索引. Lost keys make stored ID numbers unreadable.
    """
    file = data_dir / "secrets.env"
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _publish(file, f"HPF_SECRET_KEY={secrets.token_urlsafe(50)}\nHPF_FIELD_KEYS={_field_keys()}\n")
    lines = file.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _field_keys() -> str:
    return ",".join(f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}" for name in ("k1", "index"))


def _publish(file: Path, text: str) -> None:
    """Write the file whole or not at all, readable by its owner only; the first writer wins."""
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".secrets-")  # mkstemp makes it 0600
    with os.fdopen(handle, "w") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, file)
    os.unlink(draft)
