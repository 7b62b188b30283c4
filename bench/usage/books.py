"""The books of one heavy user: all of the month's usage is of one contract, a quarter of it rated by a price list."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bench.month.books import PERIOD, write_books

DESTINATIONS = 12
_SEED = 20261002
_START = datetime(2026, 9, 30, 21, tzinfo=UTC)
_MONTH_SECONDS = 31 * 86_400
_SMS_PRICES = ("0.9045", "2.4045", "4.777")


def write_heavy_books(folder: Path, rows: int) -> str:
    """Write the operator's CSV files with so many rows of usage of one contract; gives the contract's number."""
    write_books(folder, 0)
    with (folder / "contracts.csv").open(encoding="utf-8", newline="") as file:
        number = next(csv.DictReader(file))["number"]
    _write(
        folder / "prices.csv",
        "service,contract,currency,destination,valid_from,model,tax_included,allowance,tiers",
        iter([["voice", "", "RUB", "", "2026-01-01", "graduated", "true", "100", "100000:1.50;1000000:1.30;:1.20"]]),
    )
    _write(
        folder / f"usage-{PERIOD}.csv",
        "external_id,contract,service,occurred_at,quantity,unit_price,tax_included,destination,party",
        _usage(number, rows),
    )
    return number


def _write(path: Path, header: str, rows: Iterator[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _usage(contract: str, rows: int) -> Iterator[list[object]]:
    random = Random(_SEED)
    for number in range(rows):
        at = (_START + timedelta(seconds=random.randrange(_MONTH_SECONDS))).isoformat()
        place = random.randrange(DESTINATIONS)
        said = [f"u-{number:08}", contract]
        party = f"79{random.randrange(1_000_000_000):09}"
        if random.random() < 0.25:
            yield [*said, "voice", at, random.randrange(1, 61), "", "", f"Зона {place}", party]
        else:
            price = _SMS_PRICES[place % len(_SMS_PRICES)]
            yield [*said, "sms", at, random.randrange(1, 7), price, "true", f"Сеть {place}", party]
