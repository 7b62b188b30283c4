"""Orders: what the press is asked to print, what it gives, and how an order crosses the wire."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from billfold.plugin_api.document_type import Budget
from billfold.rendering.wire import Frame


class Mark(StrEnum):
    """What is written across paper that is not the document itself."""

    DRAFT = "draft"
    VOID = "void"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """One document to print: its snapshot (`domain.snapshot.to_json`), its template and what it may take.

    `mark` is written across its pages; None leaves it to what the document is. `variant` is the kind of PDF to make,
    such as `pdf/a-3b`; the usual one when it is empty.
    """

    snapshot: bytes
    template: str
    budget: Budget
    mark: Mark | None = None
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF, its number of pages and the SHA-256 of its bytes in lower-case hex."""

    pdf: bytes
    pages: int
    sha256: str


def ask(verb: str, orders: Sequence[PrintOrder]) -> Frame:
    """Give the frame that asks a child to do `verb` with the orders."""
    listed = [
        {
            "template": order.template,
            "budget": asdict(order.budget),
            "mark": order.mark,
            "variant": order.variant,
            "size": len(order.snapshot),
        }
        for order in orders
    ]
    return Frame({"verb": verb, "orders": listed}, b"".join(order.snapshot for order in orders))


def asked(frame: Frame) -> tuple[str, list[PrintOrder]]:
    """Read back what `ask` wrote."""
    orders, start = [], 0
    for listed in frame.header["orders"]:
        end = start + listed["size"]
        mark = Mark(listed["mark"]) if listed["mark"] else None
        budget = Budget(**listed["budget"])
        orders.append(PrintOrder(frame.body[start:end], listed["template"], budget, mark, listed["variant"]))
        start = end
    return frame.header["verb"], orders
