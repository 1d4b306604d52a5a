"""The outside world of a demonstration: an SMTP server and a webhook receiver that write down what they get.

FOOTPRINT_VAR/peers/mails.jsonl and webhooks.jsonl; GET /mails and /webhooks answer them as JSON lists.
Settings: PEERS_SMTP_PORT, PEERS_HTTP_PORT.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.layout import district_layout

BODY_LIMIT = 1 << 20


class Ledger:
    """One append-only JSONL file; each line is on disk before the sender gets its answer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def append(self, entry: dict[str, Any]) -> None:
        line = json.dumps({"received_at": time.time(), **entry}, ensure_ascii=False)
        with self._lock, self._path.open("a") as file:
            file.write(line + "\n")

    def entries(self) -> list[dict[str, Any]]:
        with self._lock, self._path.open() as file:
            return [json.loads(line) for line in file if line.strip()]


class MailSink:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        body = message.get_body(preferencelist=("plain", "html"))
        self._ledger.append(
            {
                "mail_from": envelope.mail_from,
                "rcpt_tos": list(envelope.rcpt_tos),
                "subject": str(message["subject"] or ""),
                "message_id": str(message["message-id"] or ""),
                "headers": {name.lower(): str(value) for name, value in message.items()},
                "text": str(body.get_content()) if body is not None else "",
            }
        )
        return "250 OK"


def receiver(*, mails: Ledger, webhooks: Ledger) -> type[BaseHTTPRequestHandler]:
    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, content: object, *, status: int = 200) -> None:
            body = json.dumps(content, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            pages: dict[str, Callable[[], object]] = {
                "/mails": mails.entries,
                "/webhooks": webhooks.entries,
                "/readyz": lambda: {"status": "ready"},
            }
            found = pages.get(path)
            self._answer(found() if found else {"status": 404}, status=200 if found else 404)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > BODY_LIMIT:
                self.close_connection = True
                self._answer({"status": 413}, status=413)
                return
            body = self.rfile.read(length).decode(errors="replace")
            headers = {name.lower(): value for name, value in self.headers.items()}
            webhooks.append({"path": self.path, "headers": headers, "body": body})
            self._answer({"status": "received"})

        def log_message(self, *_arguments: object) -> None:
            return

    return Receiver


def serve(*, folder: Path, smtp_port: int, http_port: int) -> None:
    mails, webhooks = Ledger(folder / "mails.jsonl"), Ledger(folder / "webhooks.jsonl")
    mail = Controller(MailSink(mails), hostname="127.0.0.1", port=smtp_port)
    web = ThreadingHTTPServer(("127.0.0.1", http_port), receiver(mails=mails, webhooks=webhooks))
    web.daemon_threads = True
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for serve_forever, which runs in this very thread: hence another one.
        signal.signal(number, lambda *_: threading.Thread(target=web.shutdown).start())
    mail.start()
    try:
        web.serve_forever()
    finally:
        web.server_close()
        mail.stop()


if __name__ == "__main__":
    serve(
        folder=district_layout().var / "peers",
        smtp_port=int(os.environ.get("PEERS_SMTP_PORT", "8025")),
        http_port=int(os.environ.get("PEERS_HTTP_PORT", "8026")),
    )
