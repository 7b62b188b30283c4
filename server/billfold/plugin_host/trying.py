"""Trying: the document that a type makes of sample facts, to show what its templates may use."""

from billfold.domain.document import Document
from billfold.domain.errors import PluginFailed
from billfold.plugin_api.facts import Nothing
from billfold.plugin_api.samples import document_of, sample_document, sample_facts
from billfold.plugin_host.host import PluginHost


def tried_document(host: PluginHost, key: str, locale: str) -> Document:
    """Give the document of a type that its plugin makes of sample facts.

    Where it makes none, such as a type for persons, the document is an invented one, without details.
    """
    declared = host.document_type(key)
    facts = sample_facts(declared, locale)
    try:
        content = host.content(facts)
    except PluginFailed:
        return sample_document(declared, locale)
    return sample_document(declared, locale) if isinstance(content, Nothing) else document_of(declared, facts, content)
