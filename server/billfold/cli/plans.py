"""`billfold run --plan`: what a run would make, and what of it is worth a look."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.table import Column, Table

from billfold.cli.session import console
from billfold.domain.access import OPERATOR
from billfold.services import plans
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest

# So many contracts are named on a screen.
_NAMED = 20


async def plan_result(parts: Parts, request: RunRequest, *, is_whole: bool = False) -> dict[str, Any]:
    """Plan a run and give what it would make, with the contracts worth a look, or `is_whole` with every one."""
    plan_id = await plans.plan(parts, OPERATOR, request)
    items = await plans.planned_items(plan_id, is_warned=not is_whole, most=None if is_whole else _NAMED)
    return {"plan": str(plan_id), **await plans.planned(plan_id), "items": items}


def print_plan(result: Mapping[str, Any]) -> None:
    """Print what stands in a plan beside its counts: the period before, what is worth a look, and how to start it."""
    for one in result["previous"]:
        change = "" if one["change"] is None else f" ({Decimal(one['change']):+}%)"
        told = f"{one['documents']:,} documents, {Decimal(one['gross']):,} {one['currency']}"
        _say(f"the period before: {told}{change}")
    for one in result["warnings"]:
        _say(f"worth a look, {one['code']}: {one['count']:,}")
    if result["items"]:
        _print_items(result["items"])
    if result["bounds"]:
        _say(f"out of bounds: {result['bounds']}")
    confirm = " --confirm" if result["bounds"] else ""
    _say(f"Start it as it is told here with: billfold runs start plan_{result['plan']}{confirm}")


def _print_items(items: list[dict[str, Any]]) -> None:
    table = Table(Column("Contract", no_wrap=True), "Enterprise", "Outcome")
    table.add_column("Gross", justify="right")
    table.add_column("Before", justify="right")
    table.add_column("Worth a look")
    for one in items:
        sums = (_amount(one[name], one["currency"]) for name in ("gross", "previous_gross"))
        table.add_row(one["contract"], one["enterprise"], one["outcome"], *sums, ", ".join(one["warnings"]))
    console.print(table)


def _amount(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else f"{amount:,} {currency}"


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
