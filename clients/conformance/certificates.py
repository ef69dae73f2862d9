"""Certificates for a scripted server, made by openssl: one authority, and what it signs."""

import datetime
import functools
import pathlib
import subprocess
import tempfile
import threading

_making = threading.Lock()
_folder = tempfile.TemporaryDirectory(prefix="conformance-certificates-")


def _run(*command):
    subprocess.run(["openssl", *map(str, command)], check=True, capture_output=True, cwd=_folder.name, timeout=60)


def authority():
    """Its certificate's file: what SSL_CERT_FILE names for who shall trust it."""
    with _making:
        return _authority()


def made(kind):
    """A file with a certificate and its key. kind: ``good``, ``expired``, ``wrong_name`` or ``self_signed``."""
    with _making:
        return _made(kind)


@functools.lru_cache(None)
def _authority():
    _run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=Conformance", "-keyout", "ca.key", "-out", "ca.pem")
    return str(pathlib.Path(_folder.name) / "ca.pem")


@functools.lru_cache(None)
def _made(kind):
    ca, base = _authority(), pathlib.Path(_folder.name) / kind
    names = "DNS:elsewhere.test" if kind == "wrong_name" else "DNS:localhost,DNS:portal.test,IP:127.0.0.1"
    _run("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=portal", "-keyout", f"{kind}.key", "-out", f"{kind}.csr")
    base.with_suffix(".ext").write_text(f"subjectAltName={names}\n")
    signer = ["-signkey", f"{kind}.key"] if kind == "self_signed" else ["-CA", ca, "-CAkey", "ca.key", "-CAcreateserial"]
    _run("x509", "-req", "-in", f"{kind}.csr", *signer, "-days", "3", "-extfile", f"{kind}.ext", "-out", f"{kind}.crt")
    if kind == "expired":
        _expire(kind)
    base.with_suffix(".pem").write_bytes(base.with_suffix(".crt").read_bytes() + base.with_suffix(".key").read_bytes())
    return str(base.with_suffix(".pem"))


def _expire(kind):
    """``x509`` has no dates in the past; ``ca`` has."""
    folder = pathlib.Path(_folder.name)
    (folder / "index").write_text("")
    (folder / "ca.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n"
                                   "[p]\ncommonName=supplied\n")
    now = datetime.datetime.now(datetime.timezone.utc)
    began, ended = ((now - datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ") for days in (30, 2))
    _run("ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{kind}.csr", "-extfile", f"{kind}.ext",
         "-startdate", began, "-enddate", ended, "-out", f"{kind}.crt", "-notext")
