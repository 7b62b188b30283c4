"""The process of a trial: `python -m billfold.conformance --report FILE PLUGIN...`."""

import argparse
from pathlib import Path

from billfold.conformance.examining import examine
from billfold.conformance.reports import to_json


def main() -> None:
    """Try the plugins that are named, and write the reports to the file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--plugins", type=Path, action="append", default=[])
    parser.add_argument("--templates", type=Path, action="append", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("plugin", nargs="+")
    asked = parser.parse_args()
    reports = examine(asked.plugin, plugin_dirs=asked.plugins, template_dirs=asked.templates, is_quick=asked.quick)
    asked.report.write_text(to_json(reports), encoding="utf-8")


if __name__ == "__main__":
    main()
