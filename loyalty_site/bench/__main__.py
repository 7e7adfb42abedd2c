"""Runs `manage.py bench` beside a PostgreSQL server of its own; nothing is left behind but bench.json."""

import os
import signal
import subprocess
import sys
import tempfile

from loyalty_site.processes import BASE_DIR
from loyalty_site.testing import postgres


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with postgres.server() as url, tempfile.TemporaryDirectory() as folder:
        surroundings = {"DATABASE_URL": url, "DATA_DIR": folder, "SECRET_KEY": "of this run", "API_RATE_LIMIT": "0"}
        command = [sys.executable, "manage.py", "bench", *arguments]
        return subprocess.run(command, cwd=BASE_DIR, env={**os.environ, **surroundings}, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (postgres.NoServer, KeyboardInterrupt) as error:
        sys.exit(str(error))
