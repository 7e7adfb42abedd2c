"""What the pages of programs ask for, in the words people use; whether it may be so is decided by the verbs."""

from .closing import ClosingForm
from .first import ProgramForm
from .promise import PromiseForm
from .versions import VersionsForm

__all__ = ["ClosingForm", "ProgramForm", "PromiseForm", "VersionsForm"]
