"""A private certificate authority and what it signs, as PEM files. Needs the openssl program."""

from __future__ import annotations

import pathlib
import subprocess
from typing import Optional

from processes import HOST, ClusterError


class Authority:
    """ca.pem and ca.key in folder, made when they are not there."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.ca = folder / "ca.pem"
        if not self.ca.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._openssl("req", "-x509", *self._new_key("ca", "/CN=A private authority"), "-nodes", "-days", "30",
                          "-out", self.ca)

    def issue(self, name: str, subject: str, days: int = 30, password: str = "") -> tuple[pathlib.Path, pathlib.Path]:
        """NAME.pem and NAME.key (PKCS #8) for this machine's loopback; subject as in /O=Watchers/CN=exporter.

        Negative days make a certificate that has expired. password encrypts the key.
        """
        request, certificate = self.folder / f"{name}.csr", self.folder / f"{name}.pem"
        # The password comes by standard input: a command line can be seen by everybody.
        self._openssl("req", *self._new_key(name, subject), *(["-passout", "stdin"] if password else ["-nodes"]),
                      "-addext", f"subjectAltName=DNS:localhost,IP:{HOST}", "-out", request, say=password)
        self._openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.folder / "ca.key",
                      "-CAcreateserial", "-copy_extensions", "copy", "-days", str(days), "-out", certificate)
        return certificate, self.folder / f"{name}.key"

    def _new_key(self, name: str, subject: str) -> list:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", self.folder / f"{name}.key",
                "-subj", subject]

    @staticmethod
    def _openssl(*command, say: str = "") -> None:
        done = subprocess.run(["openssl", *map(str, command)], input=f"{say}\n", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise ClusterError(f"openssl {command[0]} failed: {done.stdout.strip()[-500:]}")
