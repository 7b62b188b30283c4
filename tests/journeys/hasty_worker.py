"""`billfold worker` with short leases and quick rounds, so that a test sees in seconds what takes minutes."""

from datetime import timedelta

from billfold.services import steps

# Before the services take these values over by their names.
for _name, _seconds in {"COMPOSE_LEASE": 4, "PRINT_LEASE": 6, "MAIL_LEASE": 6, "STALE_AFTER": 1}.items():
    setattr(steps, _name, timedelta(seconds=_seconds))

if __name__ == "__main__":
    from billfold.cli import main
    from billfold.workers import rounds

    rounds._ROUND_SECONDS = 1.0
    main()
