"""`billfold worker` with short leases and small pieces of work, so that several share even a small run."""

from datetime import timedelta

from billfold.services import steps

# Before the services take these values over by their names.
for _name, _seconds in {"COMPOSE_LEASE": 3, "PRINT_LEASE": 3, "MAIL_LEASE": 3, "STALE_AFTER": 1}.items():
    setattr(steps, _name, timedelta(seconds=_seconds))
for _name, _count in {"CONTRACTS_A_JOB": 5, "PRINTS_A_JOB": 3, "PRINTS_AT_ONCE": 2, "MAILS_A_JOB": 3}.items():
    setattr(steps, _name, _count)

if __name__ == "__main__":
    from billfold.cli import main
    from billfold.workers import rounds

    rounds._ROUND_SECONDS = 1.0
    main()
