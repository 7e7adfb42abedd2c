"""A mail server of thirty lines: takes what comes, or refuses as told."""

import socket
import threading

import django

BACKENDS = "django.core.mail.backends.%s.EmailBackend"


def send_by(settings, kind: str, **options) -> None:
    """Let mails go by this backend of Django's, in the words of the Django we run on."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": BACKENDS % kind, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND = BACKENDS % kind
    for name, value in options.items():
        setattr(settings, f"EMAIL_{name.upper()}", value)


class MailServer:
    """Listens on 127.0.0.1 and speaks just enough SMTP; `refuse` maps the first word of a command to a reply."""

    def __init__(self, refuse: dict[str, str] | None = None):
        self.refuse = refuse or {}
        self.mails: list[str] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.thread.join(timeout=10)
        self.listening.close()

    def serve(self) -> None:
        """One conversation."""
        connection, __ = self.listening.accept()
        with connection, connection.makefile("rw", encoding="utf-8", newline="\r\n") as wire:
            self.say(wire, "220 sink.test ready")
            for line in wire:
                word = line.split(maxsplit=1)[0].upper()
                if word in self.refuse:
                    self.say(wire, self.refuse[word])
                elif word == "DATA":
                    self.say(wire, "354 go on")
                    self.mails.append("".join(iter(wire.readline, ".\r\n")))
                    self.say(wire, "250 taken")
                else:
                    self.say(wire, "221 bye" if word == "QUIT" else "250 sink.test")
                if word == "QUIT":
                    return

    def say(self, wire, line: str) -> None:
        wire.write(f"{line}\n")
        wire.flush()
