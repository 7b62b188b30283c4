"""The embedded Valkey: a bell that may be lost, so nothing of it is kept on the disk."""

import socket
from dataclasses import dataclass
from pathlib import Path

from billfold.adapters.embedded.servers import Site, failure, run_program

_ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Valkey:
    """The Server that rings the bell."""

    name: str = "valkey"
    setting: str = "BILLFOLD_REDIS_URL"
    program: str = "valkey-server"

    def socket(self, site: Site) -> Path:
        return site.sockets / "valkey.sock"

    def folder(self, site: Site) -> Path:
        return site.sockets

    def url(self, site: Site) -> str:
        """Give the address in the form that redis-py reads."""
        return f"unix://{self.socket(site)}"

    def start(self, site: Site, life: int) -> None:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket(site)),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
            "daemonize": "yes",
            "pidfile": "",
            "logfile": str(site.log(self.name)),
            "dir": str(site.sockets),
        }
        command = [str(site.binaries.valkey)]
        for key, value in settings.items():
            command += [f"--{key}", value]
        if not run_program(site, command, name=self.name, folder=self.folder(site), life=life):
            raise failure(self, site)

    def is_ready(self, site: Site) -> bool:
        return _tell(self.socket(site), b"PING\r\n") == b"+PONG\r\n"

    def ask_to_stop(self, site: Site) -> None:
        _tell(self.socket(site), b"SHUTDOWN NOSAVE\r\n")


def _tell(path: Path, command: bytes) -> bytes:
    """Send one command and give the reply, which is empty when the server hangs up or is not there."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_ANSWER_SECONDS)
        try:
            client.connect(str(path))
            client.sendall(command)
            return client.recv(64)
        except OSError:
            return b""
