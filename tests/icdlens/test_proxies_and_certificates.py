"""Downloads honour the environment's proxies and certificates."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from icdlens.downloading import SiteError, downloader
from tests.icdlens.official_site import OfficialSite

PAGE = "<a href='2027/'>2027</a>"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def page(url: str) -> str:
    with downloader(lambda _: None) as fetch:
        return fetch.page(url)


def test_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is asked for the whole address, of a host that nobody else could find."""
    url = "http://ftp.cdc.invalid/pub/"
    proxy = OfficialSite(pages={url: PAGE})
    with proxy.serving():
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert page(url) == PAGE
        assert proxy.asked == [(url, "")]


def test_a_host_without_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    site = OfficialSite(pages={"/pub/": PAGE})
    with site.serving():
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # where nobody is
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert page(f"{site.url}/pub/") == PAGE


@pytest.mark.parametrize("proxy", ["nonsense://127.0.0.1", "http://127.0.0.1:port"])
def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(SiteError, match="HTTPS_PROXY"):
        page("http://ftp.cdc.invalid/")


class _Listing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_: object) -> None:
        """No log."""


@contextmanager
def encrypted_site(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), _Listing)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who does not trust it hangs up
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def own_certificate(folder: Path) -> Path:
    """A certificate that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A clinic's own")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "own.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return path


def test_certificates_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = own_certificate(tmp_path)
    with encrypted_site(certificate) as url:
        with pytest.raises(SiteError, match="name your certificates in SSL_CERT_FILE"):
            page(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert page(url) == PAGE


def test_certificates_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    with pytest.raises(SiteError, match="SSL_CERT_FILE"):
        page("https://127.0.0.1:9/")
