"""Mailing: notes to people by the operator's own mail server, sent behind the answer.

A mail that cannot be sent is logged without its address, and not tried again: whoever waits for it asks anew.
"""

from __future__ import annotations

import smtplib
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from queue import Empty, Full, Queue
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.get_logger("touchstone.mail")
_SECONDS = 15.0
_MOST_WAITING = 1_000
Write = Callable[[], tuple[str, str, str] | None]


class Mailer:
    """Sends mails one by one in a thread of its own.

    `url` is `smtp://` (STARTTLS where the server offers it) or `smtps://`, with user and password if needed;
    who signs in does it over TLS only.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._waiting: Queue[Write] = Queue(_MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail", daemon=True)

    def send(self, write: Write) -> bool:
        """Send what `write` returns later: address, subject and text, or None for no mail.

        Returns False when too many are waiting.
        """
        try:
            self._waiting.put_nowait(write)
        except Full:
            log.warning("mail dropped: too many are waiting")
            return False
        return True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the present mail go out, then stop."""
        self._stopping.set()
        self._thread.join(_SECONDS)

    def wake(self) -> None:
        """It wakes by itself."""

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                write = self._waiting.get(timeout=0.5)
            except Empty:
                continue
            try:
                if mail := write():
                    self._send(*mail)
            except Exception as error:  # noqa: BLE001 - one mail that fails takes no other with it
                log.error("mail not sent", error=type(error).__name__)  # noqa: TRY400 - a traceback may hold the address

    def _send(self, address: str, subject: str, text: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, address, subject
        message["Date"], message["Message-ID"] = formatdate(usegmt=True), make_msgid(domain="touchstone")
        message.set_content(text)
        with self._connect() as server:
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        host, context = self._url.hostname or "localhost", ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._url.port or 465, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, self._url.port or 25, timeout=_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._url.username:
                server.close()
                raise ssl.SSLError("the server offers no TLS: the password is not sent")
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


def mail_invitation(mailer: Mailer, address: str, link: str) -> None:
    """Mail an invitation's link to whom it is for."""
    text = (
        "You were invited to Touchstone, to work there for your organization.\n\n"
        f"To come in, open this link; it is good once:\n\n{link}\n"
    )
    mailer.send(lambda: (address, "Your invitation to Touchstone", text))
