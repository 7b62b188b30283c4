"""The plugin host: finds plugins, checks them at start, and asks them one question at a time.

A plugin comes as a folder with a `plugin.py` in a plugins directory, or as a package with an entry point in the group
`billfold`. Built-ins come through the folder and have no back door.
"""

from billfold.plugin_host.finding import find_plugins, plugin_in, templates_of
from billfold.plugin_host.host import PluginHost
from billfold.plugin_host.loading import load_plugins, load_sound_plugins, make_host
from billfold.plugin_host.plugin import Plugin

__all__ = [
    "Plugin",
    "PluginHost",
    "find_plugins",
    "load_plugins",
    "load_sound_plugins",
    "make_host",
    "plugin_in",
    "templates_of",
]
