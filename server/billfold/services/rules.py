"""Rules: change what the operator decides of one document type of one enterprise."""

from collections.abc import Mapping
from uuid import UUID

from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.rules import change_rule, keep_rules, schedule_from
from billfold.database.single_rows import has_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import InvalidInput, NotFound
from billfold.domain.rules import Backdating, DeliveryPolicy
from billfold.domain.schedules import DayShift, SchedulePeriod
from billfold.services.fields import Readers, flag, read_fields
from billfold.services.imports.cells import matching
from billfold.services.numbers import NUMBERING_READERS, NumbersOf
from billfold.services.parts import Parts
from billfold.services.renumbering import NUMBERING, renumber
from billfold.services.typed_fields import known, one_of, whole

_TEMPLATE = matching(r"([A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*\.html)?", "invoice/invoice.html")
_LONGEST_TEMPLATE = 200


def _terms(value: object) -> object:
    # Null takes the terms of the contract.
    return None if value == "" else whole(0, 366)(value)


def _template(value: object) -> object:
    text = _TEMPLATE(str(value))
    if len(text) > _LONGEST_TEMPLATE:
        raise InvalidInput(f"{text[:40]!r}… has {len(text)} characters: shorten it to {_LONGEST_TEMPLATE}.")
    return text


_READERS: Readers = {
    **NUMBERING_READERS,
    "is_automatic": flag,
    "schedule_day": whole(1, 31),
    "schedule_time": matching(r"([01][0-9]|2[0-3]):[0-5][0-9]", "06:30"),
    "schedule_shift": known(DayShift),
    "schedule_period": known(SchedulePeriod),
    "backdating": known(Backdating),
    "days_ahead": whole(0, 366),
    "is_visible": flag,
    "delivery": one_of(DeliveryPolicy),
    "template": _template,
    "payment_terms_days": _terms,
    "prints_facsimile": flag,
}


async def update_rule(
    parts: Parts, viewer: Viewer, *, enterprise_id: UUID, type: str, fields: Mapping[str, object]
) -> UUID:
    """Change the fields given, by column, of the rule for a type; gives the rule's id. May be repeated.

    Where the enterprise has no rule yet, one is written with the plugin's defaults. Visibility and delivery act on old
    documents too, the rest on those to come; a changed schedule from now on. `restart`, which is no column, begins the
    present series anew at the start. Locks the rule, and waits for those who issue by it; then its series. Raises
    UnknownDocumentType, NotFound for the enterprise, InvalidInput for a field that cannot be, NumberingConflict as
    `renumber` does.
    """
    viewer.require(Scope.BOOKS_WRITE)
    default = parts.plugins.document_type(type).rule
    values = read_fields(fields, _READERS)
    restart = bool(values.pop("restart", False))
    if (template := str(values.get("template", ""))) and not parts.press.has_template(template):
        raise InvalidInput(
            f"template: No template {template} is there: put it into the templates directory, or correct the name.",
            field="template",
        )
    async with writing() as connection:
        if not await has_row(connection, "enterprises", enterprise_id):
            raise NotFound("No enterprise has this id.", field="enterprise")
        await keep_rules(connection, [enterprise_id], type, default)
        rule_id, changes = await change_rule(connection, enterprise_id, type, values)
        if restart or changes.keys() & NUMBERING:
            await renumber(parts, connection, NumbersOf(enterprise_id, type), changes.keys(), restart=restart)
        if _is_rescheduled(changes):
            await schedule_from(connection, rule_id, parts.clock.now())
        if restart or changes:
            await record_event(
                connection,
                "updateDocumentRule",
                ("enterprise", enterprise_id),
                actor=viewer.name,
                now=parts.clock.now(),
                details={"type": type, **changes, **({"restart": True} if restart else {})},
            )
    return rule_id


def _is_rescheduled(changes: Mapping[str, object]) -> bool:
    is_begun = changes.get("is_automatic") == (False, True)
    return is_begun or any(name.startswith("schedule_") for name in changes)
