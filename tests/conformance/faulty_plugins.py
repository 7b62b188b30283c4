"""Plugins with faults, which the kit must find: shared by its tests."""

FAULTY = """
import random
import socket
import subprocess
from datetime import datetime

from billfold.plugin_api import *


@hookimpl
def document_type():
    return DocumentType(key="faulty", titles={"en": "Faulty", "ru": "С ошибками"}, is_payable=False)


@hookimpl
def document_content(facts):
    open("/etc/hostname").close()
    socket.socket().close()
    subprocess.run(["true"])
    datetime.now()
    if len(facts.charges) == 100:
        raise ValueError("too much")
    return Content(lines=charge_lines(facts), title=str(random.random()))


@hookimpl
def document_template():
    return "faulty/faulty.html"


@hookimpl
def document_number(document, counter):
    return f"N{counter % 100}"


@hookimpl
def document_visibility():
    return None


@hookimpl
def document_attachments(document, facts):
    table = Table(TableFormat.CSV, "Use", (Column("When"),), ((one.used_at, 1) for one in facts.usage()))
    return (Attachment(FileKind.STATISTICS, "use.csv", "text/csv", table),)


@hookimpl
def export_formats():
    return (ExportFormat("faulty", {"en": "Faulty", "ru": "С ошибками"}, types=frozenset({"faulty"})),)


@hookimpl
def export_documents(documents):
    for one in documents:
        yield Refused(one, "It is never right.")
"""
TEMPLATE = "{{ document.buyer.name }} {{ document.seller.bank.name }} {{ t('faulty.only_english') }}"

SLOW = """
import time

from billfold.plugin_api import *


@hookimpl
def document_type():
    return DocumentType(key="slow", titles={"en": "Slow", "ru": "Медленный"}, is_payable=False)


@hookimpl
def document_content(facts):
    if facts.locale == "de":
        time.sleep(1.2)
    return Nothing("too_slow")


@hookimpl
def document_template():
    return "invoice/invoice.html"


@hookimpl
def document_visibility():
    return Visibility.STAFF
"""

LEAVING = SLOW.replace('return Nothing("too_slow")', "import posix; posix._exit(3)").replace("slow", "leaving")
