"""TLS in memory, between our end and the standard library's."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chassis import clock

pytestmark = pytest.mark.filterwarnings("ignore:[^A-Za-z]*Eventlet is deprecated")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Self-signed, for ``broker.test``; with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker.test")])
    now = clock.system_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("broker.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "broker.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


class Server:
    """The other end."""

    def __init__(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_side=True)
        self.heard = b""

    def hear(self, data: bytes) -> bytes:
        self._in.write(data)
        try:
            self.tls.do_handshake()
            while piece := self.tls.read(65536):
                self.heard += piece
        except ssl.SSLWantReadError:
            pass
        return self._out.read()

    def say(self, data: bytes) -> bytes:
        self.tls.write(data)
        return self._out.read()


def test_what_is_sent_before_the_handshake_arrives_after_it(certificate: Path) -> None:
    from chassis.runtime.hub_socket import Tls

    server = Server(certificate)
    ours = Tls(ssl.create_default_context(cafile=str(certificate)), "broker.test")
    said = ours.sent(b"AMQP\x00\x00\x09\x01")
    for _ in range(4):
        assert ours.received(server.hear(said)) == b""
        said = ours.sent(b"")
    server.hear(said)
    assert server.heard == b"AMQP\x00\x00\x09\x01"
    assert ours.received(server.say(b"x" * 200_000)) == b"x" * 200_000
    server.hear(ours.sent(b"more"))
    assert server.heard.endswith(b"more")


def test_a_certificate_of_another_host_is_refused(certificate: Path) -> None:
    from chassis.runtime.hub_socket import Tls

    server = Server(certificate)
    ours = Tls(ssl.create_default_context(cafile=str(certificate)), "elsewhere.test")
    with pytest.raises(ssl.SSLError):
        ours.received(server.hear(ours.sent(b"AMQP")))
