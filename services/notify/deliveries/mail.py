"""One e-mail over SMTP. The Message-ID is the delivery's, so a second try is recognisably the same message."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from services.notify.deliveries.domain import Outcome, smtp_action


@dataclass(frozen=True)
class Letter:
    """What is sent, without its address."""

    delivery_id: str
    subject: str
    text: str
    event_id: str
    event_name: str
    trace_id: str
    written_at: datetime


def compose(letter: Letter, *, sender: str, domain: str, recipient: str) -> EmailMessage:
    """The message; the same for every try of the delivery."""
    mail = EmailMessage()
    mail["Subject"] = letter.subject
    mail["From"] = sender
    mail["To"] = recipient
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = f"<{letter.delivery_id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Footprint-Event"] = f"{letter.event_name} {letter.event_id}"
    mail["X-Footprint-Trace"] = letter.trace_id
    mail.set_content(letter.text)
    return mail


def is_sendable(address: str) -> bool:
    """One plain ASCII mailbox; anything else could smuggle headers or needs an extension we do not ask for."""
    local, _, host = address.rpartition("@")
    return bool(local and host) and address.isascii() and not any(char <= " " or char in ",;<>\x7f" for char in address)


class Postman:
    """Keeps one SMTP session over a batch; opens it again after a failure."""

    def __init__(self, url: str, *, sender: str, domain: str, timeout: float) -> None:
        self._url = urlsplit(url)
        self._sender, self._domain, self._timeout = sender, domain, timeout
        self._session: smtplib.SMTP | None = None
        self.away = False

    def send(self, letter: Letter, recipient: str) -> Outcome:
        """Hand the letter to the mail server. ``away`` is set when the server itself could not be used."""
        mail = compose(letter, sender=self._sender, domain=self._domain, recipient=recipient)
        try:
            session = self._session or self._open()
            session.send_message(mail, from_addr=self._sender, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            return Outcome(smtp_action(code), f"{code} refused the recipient")
        except smtplib.SMTPDataError as error:
            return Outcome(smtp_action(error.smtp_code), f"{error.smtp_code} refused the message")
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            self.away = True
            return Outcome("retry", f"mail server: {type(error).__name__}")
        return Outcome("succeed", "250 accepted by the mail server")

    def _open(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "127.0.0.1", self._url.port
        secure = ssl.create_default_context()
        if self._url.scheme == "smtps":
            session: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=self._timeout, context=secure)
        else:
            session = smtplib.SMTP(host, port or 25, timeout=self._timeout)
        self._session = session
        if self._url.scheme == "smtp+starttls":
            session.starttls(context=secure)
        if self._url.username:
            session.login(unquote(self._url.username), unquote(self._url.password or ""))
        return session

    def close(self) -> None:
        """End the session, politely where the server still listens."""
        session, self._session = self._session, None
        if session is not None:
            try:
                session.quit()
            except (smtplib.SMTPException, OSError):
                session.close()
