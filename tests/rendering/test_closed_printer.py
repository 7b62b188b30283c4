"""What a printed page may fetch: nothing but `data:` URIs and the templates' own assets."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from pathlib import Path

import pytest

from billfold.domain.errors import TemplateFailed
from billfold.rendering.assets import Assets
from billfold.rendering.press import Press, Printed
from tests.factories import make_order

Write = Callable[[str], Path]
Print = Callable[[str], Awaitable[Printed]]

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
async def print_source(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> AsyncIterator[Print]:
    directory = tmp_path_factory.mktemp("templates")
    (directory / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>')
    async with Press([directory, templates], workers=1) as press:

        async def print_source(source: str) -> Printed:
            name = f"{sha256(source.encode()).hexdigest()}.html"
            (directory / name).write_text(source)
            return await press.print(make_order(template=name))

        yield print_source


@pytest.mark.parametrize(
    "source",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="https://evil.example/x.png">',
        '<img src="file:///etc/passwd">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        "<style>@import url(file:///etc/passwd)</style>",
        "<style>@font-face { font-family: x; src: url(http://127.0.0.1:9/x.ttf) }</style>",
        '<p style="background: url(ftp://127.0.0.1/x.png)">x</p>',
        '<object data="file:///etc/passwd"></object>',
        '<svg><image href="file:///etc/passwd" width="1" height="1"/></svg>',
        '<base href="http://127.0.0.1:9/"><img src="x.png">',
        '<img src="asset:../../../../../etc/passwd">',
        '<img src="asset:/etc/passwd">',
        '<img src="asset:none.png">',
        '<img src="relative.png">',
    ],
)
async def test_a_page_that_reaches_outside_fails(print_source: Print, source: str) -> None:
    with pytest.raises(TemplateFailed, match=r"is refused: use data: or asset:|is not in the template directories"):
        await print_source(source)


async def test_data_and_assets_are_printed(print_source: Print) -> None:
    printed = await print_source(f'<img src="{PIXEL}"><img src="asset:logo.svg"><p>ok</p>')

    assert printed.pages == 1


async def test_a_changed_style_sheet_is_read_anew(write_template: Write, templates: Path) -> None:
    directory = write_template("{{ stylesheet('own.css') }}<p>a</p>")
    style = directory / "own.css"
    style.write_text("p { margin: 0 }")

    async with Press([directory, templates], workers=1) as press:
        before = await press.print(make_order(template="own.html"))
        style.write_text("p { margin-bottom: 400mm }")
        os.utime(style, (0, 0))
        after = await press.print(make_order(template="own.html"))

    assert (before.pages, before.pdf == after.pdf) == (1, False)


def test_an_asset_that_leads_out_by_a_link_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "templates" / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(TemplateFailed, match="Asset 'link' is not in the template directories"):
        Assets([tmp_path / "templates"]).read("link")


def test_the_operators_asset_comes_before_the_shipped_one(tmp_path: Path, templates: Path) -> None:
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "paper.css").write_text("own")

    assert Assets([tmp_path, templates]).read("styles/paper.css") == b"own"


def test_an_asset_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"\0" * 5_000_001)

    with pytest.raises(TemplateFailed, match="above 5000000 bytes"):
        Assets([tmp_path]).read("large")
