"""XML trees: empty nodes are left out, and whatever text comes gives XML that can be read."""

from billfold.plugin_api import xml_file, xml_node


def test_a_file_declares_its_namespaces() -> None:
    file = xml_file("Invoice", {"": "urn:invoice", "cbc": "urn:basic"}, xml_node("cbc:ID", "42"))

    assert file == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<Invoice xmlns="urn:invoice" xmlns:cbc="urn:basic">\n  <cbc:ID>42</cbc:ID>\n</Invoice>\n'
    )


def test_what_is_empty_is_left_out_with_what_holds_nothing_else() -> None:
    file = xml_file("a", {}, xml_node("b", xml_node("c", ""), None, xml_node("d", None, unit="MON")))

    assert file == b'<?xml version="1.0" encoding="UTF-8"?>\n<a />\n'


def test_marks_of_xml_are_escaped() -> None:
    file = xml_file("a", {}, xml_node("b", "<i> & «ёлочки»", name='"x"'))

    assert '<b name="&quot;x&quot;">&lt;i&gt; &amp; «ёлочки»</b>'.encode() in file


def test_what_xml_cannot_hold_becomes_a_space() -> None:
    file = xml_file("a", {}, xml_node("b", "one\x07two\ud83dthree\uffff\n🚀"))

    assert "<b>one two three \n🚀</b>".encode() in file
