"""The same snapshot gives the same bytes: in other processes, with other hash seeds and time zones."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from billfold.rendering.assets import font_configuration
from billfold.rendering.press import Press
from tests.factories import make_document, make_order

PRINT = """
from hashlib import sha256
from pathlib import Path
from billfold.rendering.printer import Printer
from tests.factories import make_document, make_order

pdf, pages = Printer([Path("document_templates")]).print(make_order(make_document(lines=30)))
print(sha256(pdf).hexdigest())
"""


@pytest.mark.parametrize(
    ("seed", "zone", "language"),
    [("0", "UTC", "C"), ("1", "Asia/Kamchatka", "ru_RU.UTF-8"), ("4242", "America/St_Johns", "de_DE.UTF-8")],
)
async def test_bytes_do_not_depend_on_the_process(
    press: Press, tmp_path: Path, templates: Path, seed: str, zone: str, language: str
) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(font_configuration([templates], tmp_path / "cache"))
    settings = {"PYTHONHASHSEED": seed, "TZ": zone, "LANG": language, "FONTCONFIG_FILE": str(fonts)}
    here = await press.print(make_order(make_document(lines=30)))

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PRINT, env={**os.environ, **settings}, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()

    assert output.decode().strip() == here.sha256
