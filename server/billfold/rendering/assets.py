"""Assets: the files beside the templates: style sheets, pictures and fonts."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from billfold.domain.errors import TemplateFailed

_LARGEST_BYTES = 5_000_000


class Assets:
    """Finds files below the template directories by name, the first directory that has one winning."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._dirs = tuple(directory.resolve() for directory in template_dirs)

    def find(self, name: str) -> Path:
        """Give the path of an asset. Raises TemplateFailed when none has the name, or it leads out of its directory."""
        for directory in self._dirs:
            path = (directory / name.lstrip("/")).resolve()
            if path.is_relative_to(directory) and path.is_file():
                return path
        raise TemplateFailed(f"Asset {name!r} is not in the template directories.")

    def read(self, name: str) -> bytes:
        """Give the content of an asset of at most 5 MB. Raises TemplateFailed beyond that, or when it is missing."""
        path = self.find(name)
        if path.stat().st_size > _LARGEST_BYTES:
            raise TemplateFailed(f"Asset {name!r} is above {_LARGEST_BYTES} bytes: make it smaller.")
        return path.read_bytes()


def font_configuration(template_dirs: Sequence[Path], cache: Path) -> str:
    """Write the fontconfig file that knows the fonts of the template directories and none of the machine's."""
    folders = [directory.resolve() / "fonts" for directory in template_dirs]
    listed = "".join(f"  <dir>{escape(str(folder))}</dir>\n" for folder in folders if folder.is_dir())
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        f"{listed}  <cachedir>{escape(str(cache))}</cachedir>\n"
        "  <alias><family>sans-serif</family>"
        "<prefer><family>PT Sans</family><family>DejaVu Sans</family></prefer></alias>\n"
        "</fontconfig>\n"
    )
