"""The command line as its users have it: a process, its output and its exit code."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs `billfold` with the embedded default in one data directory."""

    data_dir: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of each command: nothing of Billfold's but the data directory."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("BILLFOLD_")}
        # Whatever the day, a schedule adds nothing to what a command is told to do.
        own["BILLFOLD_SCHEDULES"] = "false"
        return {**own, "BILLFOLD_DATA_DIR": str(self.data_dir), "NO_COLOR": "1", "COLUMNS": "160"}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "billfold", *arguments],
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def json(self, *arguments: str, **variables: str) -> Any:
        """Run a command that must succeed, and read what it prints."""
        done = self.run(*arguments, "--json", **variables)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command that stays."""
        return subprocess.Popen(
            [sys.executable, "-m", "billfold", *arguments],
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
