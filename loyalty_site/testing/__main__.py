"""Runs a command beside a temporary PostgreSQL server, whose address it finds in TEST_POSTGRES_URL."""

import os
import signal
import subprocess
import sys

from loyalty_site.testing import postgres


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: with the server
    try:
        with postgres.server() as url:
            return subprocess.run(command, env={**os.environ, "TEST_POSTGRES_URL": url}, check=False).returncode
    except postgres.NoServer as error:
        sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
