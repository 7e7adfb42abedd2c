"""What the API's door remembers."""

from django.db import models

from customers.merchants.models import Merchant


class IdempotencyKey(models.Model):
    """A key that a client sent, with the reply its work got. Written in the transaction of that work.

    `path` and `body` (a SHA-256) tell a retry from another request under the same key. Kept for 7 days.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=255)
    body = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    reply = models.TextField(default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "idempotency key"
        verbose_name_plural = "idempotency keys"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="a_key_is_used_once_per_merchant"),
        ]

    def __str__(self):
        return self.key
