"""Distributions of partners, built and installed by pip, without a network."""

import shutil
import subprocess
import sys
from pathlib import Path


def install(project: Path, target: Path) -> None:
    """Build a copy of the project with its own build backend, and install it into a folder of its own."""
    copy = target.with_name(f"{target.name}-source")
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__"))
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
