"""Orders: what the press is asked to print, what it gives, and how an order crosses the wire."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from billfold.plugin_api.document_type import Budget
from billfold.rendering.wire import Frame


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """One document to print: its snapshot (`domain.snapshot.to_json`), its template and what it may take."""

    snapshot: bytes
    template: str
    budget: Budget


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF, its number of pages and the SHA-256 of its bytes in lower-case hex."""

    pdf: bytes
    pages: int
    sha256: str


def ask(verb: str, orders: Sequence[PrintOrder]) -> Frame:
    """Give the frame that asks a child to do `verb` with the orders."""
    listed = [
        {"template": order.template, "budget": asdict(order.budget), "size": len(order.snapshot)} for order in orders
    ]
    return Frame({"verb": verb, "orders": listed}, b"".join(order.snapshot for order in orders))


def asked(frame: Frame) -> tuple[str, list[PrintOrder]]:
    """Read back what `ask` wrote."""
    orders, start = [], 0
    for listed in frame.header["orders"]:
        end = start + listed["size"]
        orders.append(PrintOrder(frame.body[start:end], listed["template"], Budget(**listed["budget"])))
        start = end
    return frame.header["verb"], orders
