"""Finds the browser that the machine has; downloading one is not the tests' business."""

import os
import shutil

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MISSING = "no Chromium found: install chromium, or set CHROMIUM to its path"
FLAGS = ["--disable-background-networking"]


def find() -> str | None:
    """The path of a Chromium: what $CHROMIUM names, otherwise the first in PATH."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def launch_args() -> dict:
    """What Playwright needs to start it; Chromium's sandbox does not run as root."""
    return {"executable_path": find(), "args": [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]}
