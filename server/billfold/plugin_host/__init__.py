"""The plugin host: finds plugins, checks them at start, and asks them one question at a time.

A plugin comes as a folder with a `plugin.py` in a plugins directory, or as a package with an entry point in the group
`billfold`. Built-ins come through the folder and have no back door.
"""

from billfold.plugin_host.host import PluginHost, load_plugins
from billfold.plugin_host.plugin import Plugin

__all__ = ["Plugin", "PluginHost", "load_plugins"]
