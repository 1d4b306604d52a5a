"""The whole district in one process, with every service's keys."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chassis.runtime.inprocess import InProcessHost
from services.registry.bootstrap import seed
from tests import kit


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcessHost]:
    folder = tmp_path_factory.mktemp("keys")
    trail = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = {
        "DATA_KEY_FILE": base64.b64encode(os.urandom(32)),
        "PAYEE_KEY_FILE": base64.b64encode(os.urandom(32)),
        "RESOURCES_KEY_FILE": base64.b64encode(os.urandom(32)),
        "NOTIFY_KEY_FILE": base64.b64encode(os.urandom(32)),
        "TRAIL_SIGNING_KEY_FILE": trail,
        "TOKEN_SIGNING_KEY_FILE": kit.signing_key().as_pem(private=True),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, content in files.items():
            (folder / name).write_bytes(content)
            patch.setenv(name, str(folder / name))
        patch.setenv("ARGON2_MEMORY_KIB", "64")
        patch.setenv("ARGON2_TIME", "1")
        host = kit.make_host("registry", "projects", "resources", "notify")
        with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
            seed(session, district_code=kit.DISTRICT)
        yield host
