"""What happens across apps: one function per event, one transaction, one verb of each app called.

No signals: whoever wants to know what follows a purchase reads `record_purchases`. The API, the counter and the
import all come through here.
"""

from .activations import (
    activate_program,
    follow_activation,
    history,
    in_order_of_time,
    judge_history,
    reopen_program,
    unjudged,
)
from .activities import NotAnActivity, Noticed, celebrate_birthdays, record_activity
from .attempts import DryRun, attempt
from .batches import record_each
from .drafts import as_draft, as_return
from .erasing import erase_customer
from .exchange import Exchanged, exchange_purchase
from .joining import join
from .people import (
    change_customer,
    delete_customer,
    enrol,
    enrol_many,
    identify,
    identify_once,
    join_program,
    recognise,
)
from .points import adjust_points, approve_adjustment, join_pool, transfer_points
from .purchases import (
    Recorded,
    reassign_purchase,
    record_once,
    record_purchases,
    record_returns,
    refund_purchase,
    take_return,
    void_purchase,
)
from .surveys import answer_survey, stop_mails
from .taking import NothingChosen, PurchaseRequired, take_rewards
from .undo import UndoOver, undo_purchase, undo_until

__all__ = [
    "DryRun",
    "Exchanged",
    "NotAnActivity",
    "NothingChosen",
    "Noticed",
    "PurchaseRequired",
    "Recorded",
    "UndoOver",
    "activate_program",
    "adjust_points",
    "answer_survey",
    "approve_adjustment",
    "as_draft",
    "as_return",
    "attempt",
    "celebrate_birthdays",
    "change_customer",
    "delete_customer",
    "enrol",
    "enrol_many",
    "erase_customer",
    "exchange_purchase",
    "follow_activation",
    "history",
    "identify",
    "identify_once",
    "in_order_of_time",
    "join",
    "join_pool",
    "join_program",
    "judge_history",
    "reassign_purchase",
    "recognise",
    "record_activity",
    "record_each",
    "record_once",
    "record_purchases",
    "record_returns",
    "refund_purchase",
    "reopen_program",
    "stop_mails",
    "take_return",
    "take_rewards",
    "transfer_points",
    "undo_purchase",
    "undo_until",
    "unjudged",
    "void_purchase",
]
