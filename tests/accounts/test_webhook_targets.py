"""Webhooks are never sent where they must not go, and by https only to whom the certificate names."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from accounts.errors import AppError
from accounts.models import (
    Organization,
    User,
)
from accounts.webhooks.targets import demand_target
from tests.accounts.hooks import DRAFTED, Hook, change_url, lead
from tests.accounts.receiver import Receiver, receiving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("local_networks")]


class TestTargets:
    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("https://10.1.2.3/hook", "private address"),
            ("https://192.168.0.1:8443/hook", "private address"),
            ("https://169.254.169.254/latest/meta-data", "private address"),
            ("https://168.63.129.16/machine", "private address"),
            ("https://[::1]/hook", "private address"),
            ("https://[fd00:ec2::254]/", "private address"),
            ("https://[::ffff:10.0.0.1]/", "private address"),
            ("https://[64:ff9b::a00:1]/", "private address"),
            ("https://[fec0::1]/", "private address"),
            ("https://0x0a000001/", "private address"),
            ("https://0.0.0.0/", "private address"),
            ("http://142.250.185.78/hook", "Use https"),
            ("https://user:secret@example.com/hook", "Leave user and password out"),
            ("https://no-such-host.invalid/", "cannot be found"),
            ("ftp://example.com/", "no address"),
            ("https:///hook", "no address"),
            ("https://example.com:99999/", "no address"),
            ("https://example.com/a b", "no spaces"),
            ("https://example.com/\r\nX-Evil: 1", "no spaces"),
            ("hook", "no address"),
        ],
    )
    def test_target_that_is_refused(self, url: str, why: str) -> None:
        with pytest.raises(AppError) as refused:
            demand_target(url)
        assert refused.value.code == "INVALID"
        assert why in refused.value.message
        assert list(refused.value.details) == ["url"]

    def test_this_machine_is_refused_unless_the_operator_allows_it(
        self, organization: Organization, admin: User, receiver: Receiver, settings: Any
    ) -> None:
        settings.WEBHOOK_PRIVATE_NETWORKS = []
        hook = Hook(organization, admin, "https://142.250.185.78/")
        for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost")):
            with pytest.raises(AppError, match="private address"):
                Hook(organization, admin, url)
            with pytest.raises(AppError, match="private address"):
                change_url(hook, url)
        settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("127.0.0.1/32")]
        assert Hook(organization, admin, receiver.url).pk

    def test_name_that_leads_elsewhere_since_it_was_saved_is_not_called(
        self, organization: Organization, admin: User, receiver: Receiver, settings: Any, monkeypatch: Any
    ) -> None:
        """DNS rebinding: public when it is checked at saving, this machine when it is called."""
        port = int(receiver.url.split(":")[2].split("/")[0])
        leads_to = lead(monkeypatch, "142.250.185.78")
        hook = Hook(organization, admin, f"https://hooks.example.com:{port}/")
        settings.WEBHOOK_PRIVATE_NETWORKS = []
        leads_to[:] = ["142.250.185.78", "127.0.0.1"]
        hook.tell((DRAFTED, "WO-1"))
        hook.work()

        assert receiver.received == []
        (attempt,) = hook.attempts()
        assert "leads to a private address" in attempt.error

    def test_address_that_was_checked_is_the_one_that_is_called(
        self, organization: Organization, admin: User, receiver: Receiver, monkeypatch: Any
    ) -> None:
        """Each sending asks for the name once: there is no second look that could find something else."""
        leads_to = lead(monkeypatch, "127.0.0.1")
        port = receiver.url.split(":")[2].split("/")[0]
        hook = Hook(organization, admin, f"http://hooks.example.com:{port}/x")
        hook.tell((DRAFTED, "WO-1"))
        asked = len(leads_to.asked)
        hook.work()

        (one,) = receiver.received
        assert one.headers["host"] == f"hooks.example.com:{port}"
        assert leads_to.asked[asked:] == ["hooks.example.com", "127.0.0.1"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of hooks.example.com, signed by itself; its key lies beside it."""
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hooks.example.com "
        "-addext subjectAltName=DNS:hooks.example.com -keyout key.pem -out cert.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.mark.skipif(not shutil.which("openssl"), reason="makes a certificate with openssl")
class TestTls:
    """By https the certificate must be the host's, while the connection goes to the address that was checked."""

    @pytest.fixture
    def secure(self, certificate: Path) -> Iterator[Receiver]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_name("key.pem"))
        with receiving(tls=context) as found:
            yield found

    def deliver(self, organization: Organization, admin: User, secure: Receiver, host: str) -> Hook:
        port = secure.url.split(":")[2].split("/")[0]
        hook = Hook(organization, admin, f"https://{host}:{port}/x")
        hook.tell((DRAFTED, "WO-1"))
        hook.work()
        return hook

    def test_delivery_to_the_certificates_host(
        self,
        organization: Organization,
        admin: User,
        secure: Receiver,
        certificate: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        lead(monkeypatch, "127.0.0.1")
        hook = self.deliver(organization, admin, secure, "hooks.example.com")

        (one,) = secure.received
        assert one.is_signed_with(hook.secret)

    def test_certificate_that_nobody_trusts(
        self, organization: Organization, admin: User, secure: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lead(monkeypatch, "127.0.0.1")
        hook = self.deliver(organization, admin, secure, "hooks.example.com")

        assert secure.received == []
        assert [attempt.error[:28] for attempt in hook.attempts()] == ["The certificate is not valid"]

    def test_certificate_of_another_host(
        self,
        organization: Organization,
        admin: User,
        secure: Receiver,
        certificate: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        hook = self.deliver(organization, admin, secure, "127.0.0.1")

        assert secure.received == []
        assert [attempt.error[:28] for attempt in hook.attempts()] == ["The certificate is not valid"]
