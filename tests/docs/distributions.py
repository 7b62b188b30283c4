"""Distributions of partners: built and installed as pip does it, without asking a network for a build backend."""

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile


def install(project: Path, target: Path) -> None:
    """Build the wheel of a project and let pip install it into a folder of its own."""
    wheel = build_wheel(project, target.parent)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(target)]
    subprocess.run([*pip, "--disable-pip-version-check", str(wheel)], check=True, capture_output=True, timeout=120)


def build_wheel(project: Path, folder: Path) -> Path:
    """Build a wheel from what `pyproject.toml` declares: one package with all its files, and the entry points."""
    declared = tomllib.loads((project / "pyproject.toml").read_text())
    name, version = declared["project"]["name"].replace("-", "_"), declared["project"]["version"]
    packages = declared.get("tool", {}).get("hatch", {}).get("build", {}).get("targets", {}).get("wheel", {})
    package = project / packages.get("packages", [name])[0]
    points = declared["project"]["entry-points"]["billfold"]
    info = f"{name}-{version}.dist-info"
    own = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {declared['project']['name']}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[billfold]\n" + "".join(f"{key} = {value}\n" for key, value in points.items()),
    }
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for file in sorted(file for file in package.rglob("*") if file.is_file() and "__pycache__" not in file.parts):
            archive.write(file, file.relative_to(package.parent))
        for path, text in own.items():
            archive.writestr(path, text)
        listed = "".join(f"{path},,\n" for path in [*archive.namelist(), f"{info}/RECORD"])
        archive.writestr(f"{info}/RECORD", listed)
    return wheel
