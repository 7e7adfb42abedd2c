"""Surveys to begin with, in both languages. A shop changes them as it likes."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Kind

WHY = {
    "kind": Kind.TEXT,
    "text": {"en": "What is the main reason for your answer?", "es": "¿Cuál es el motivo principal de tu respuesta?"},
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A survey that only needs to be opened: what it is for, its first words and its questions."""

    key: str
    title: str | Promise
    purpose: str | Promise
    intro: dict[str, str]
    questions: list[dict]


RECOMMEND = Ready(
    "recommend",
    _("Would you recommend us?"),
    _("Two questions after a purchase. It gives the net promoter score, and the reason beside it."),
    {"en": "Two questions, half a minute.", "es": "Dos preguntas, medio minuto."},
    [
        {
            "kind": Kind.NPS,
            "text": {
                "en": "How likely are you to recommend us to a friend?",
                "es": "¿Qué probabilidad hay de que nos recomiendes a un amigo?",
            },
            "required": True,
        },
        WHY,
    ],
)
SATISFIED = Ready(
    "satisfied",
    _("How was your visit?"),
    _("How satisfied customers are with products and service, from 1 to 5."),
    {"en": "Three questions about your visit.", "es": "Tres preguntas sobre tu visita."},
    [
        {
            "kind": Kind.CSAT,
            "text": {
                "en": "How satisfied are you with what you bought?", "es": "¿Cómo valoras lo que has comprado?"
            },
            "required": True,
        },
        {
            "kind": Kind.CHOICE,
            "text": {"en": "What should we improve first?", "es": "¿Qué deberíamos mejorar primero?"},
            "options": [
                {"en": "Choice of products", "es": "Variedad de productos"},
                {"en": "Freshness and quality", "es": "Frescura y calidad"},
                {"en": "Waiting time", "es": "Tiempo de espera"},
                {"en": "Friendliness", "es": "Amabilidad"},
                {"en": "Nothing, it is fine", "es": "Nada, está bien"},
            ],
        },
        WHY,
    ],
)  # fmt: skip
WORTH = Ready(
    "worth",
    _("Is it worth the money?"),
    _("The value that customers perceive. It stands beside recency, frequency and value."),
    {"en": "Two questions about our prices.", "es": "Dos preguntas sobre nuestros precios."},
    [
        {
            "kind": Kind.CSAT,
            "text": {
                "en": "For what you pay, how do you rate what you get?",
                "es": "Por lo que pagas, ¿cómo valoras lo que recibes?",
            },
            "required": True,
            "measures_value": True,
        },
        WHY,
    ],
)
WISHES = Ready(
    "wishes",
    _("What would you like to get for coming back?"),
    _("Which benefits customers wish for, in their own words."),
    {"en": "One question, and your wish counts.", "es": "Una pregunta, y tu deseo cuenta."},
    [
        {
            "kind": Kind.BENEFIT,
            "text": {
                "en": "Which benefit would make you come more often?",
                "es": "¿Qué ventaja haría que vinieras más a menudo?",
            },
            "required": True,
        },
        {
            "kind": Kind.CHOICE,
            "text": {"en": "Which of these would you rather have?", "es": "¿Cuál de estas prefieres?"},
            "options": [
                {"en": "A product for free", "es": "Un producto gratis"},
                {"en": "Money off", "es": "Un descuento"},
                {"en": "Being served first", "es": "Que me atiendan antes"},
                {"en": "New products before others", "es": "Productos nuevos antes que nadie"},
            ],
        },
    ],
)
READY = {one.key: one for one in (RECOMMEND, SATISFIED, WORTH, WISHES)}
