"""Certificates that sign themselves, for processes that speak TLS."""

import pathlib
import subprocess


def make_certificate(folder: pathlib.Path, name: str, days: int = 30) -> tuple[pathlib.Path, pathlib.Path]:
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days),
         "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    return certificate, key
