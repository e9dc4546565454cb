"""A private certificate authority and what it signs, as PEM files. Needs the openssl program."""

from __future__ import annotations

import datetime
import pathlib
import subprocess
import tempfile
from typing import Optional, Sequence

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

    def issue(self, name: str, subject: str, days: int = 30, password: str = "",
              names: Sequence[str] = ("DNS:localhost", f"IP:{HOST}"),
              valid: Optional[tuple[datetime.datetime, datetime.datetime]] = None) -> tuple[pathlib.Path, pathlib.Path]:
        """NAME.pem and NAME.key (PKCS #8); subject as in /O=Watchers/CN=exporter.

        password encrypts the key. names: what it is for, this machine's loopback by default. valid: from and until
        when, in UTC, instead of some days from now on.
        """
        request, certificate = self.folder / f"{name}.csr", self.folder / f"{name}.pem"
        # The password comes by standard input: a command line can be seen by everybody.
        self._openssl("req", *self._new_key(name, subject), *(["-passout", "stdin"] if password else ["-nodes"]),
                      "-addext", f"subjectAltName={','.join(names)}", "-out", request, say=password)
        if valid:
            self._sign_with_dates(request, certificate, *valid)
        else:
            self._openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.folder / "ca.key",
                          "-CAcreateserial", "-copy_extensions", "copy", "-days", str(days), "-out", certificate)
        return certificate, self.folder / f"{name}.key"

    def _sign_with_dates(self, request: pathlib.Path, certificate: pathlib.Path, *dates: datetime.datetime) -> None:
        """`openssl x509` of Debian 12 takes no dates, `openssl ca` does; the files that it wants to keep are thrown away."""
        start, end = (f"{date:%Y%m%d%H%M%SZ}" for date in dates)
        with tempfile.TemporaryDirectory() as scratch:
            config, index = pathlib.Path(scratch) / "ca.conf", pathlib.Path(scratch) / "index"
            index.touch()
            config.write_text("[ca]\ndefault_ca = this\n[this]\npolicy = any\ndefault_md = sha256\nrand_serial = yes\n"
                              f"copy_extensions = copy\ndatabase = {index}\nnew_certs_dir = {scratch}\n"
                              "[any]\ncommonName = supplied\n")
            self._openssl("ca", "-batch", "-notext", "-config", config, "-in", request, "-cert", self.ca, "-keyfile",
                          self.folder / "ca.key", "-startdate", start, "-enddate", end, "-out", certificate)

    def _new_key(self, name: str, subject: str) -> list:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", self.folder / f"{name}.key",
                "-subj", subject]

    @staticmethod
    def _openssl(*command, say: str = "") -> None:
        done = subprocess.run(["openssl", *map(str, command)], input=f"{say}\n", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise ClusterError(f"openssl {command[0]} failed: {done.stdout.strip()[-500:]}")
