"""A server of the S3 protocol (S3Proxy) that keeps its objects in a folder. It is installed when it is first started."""

from __future__ import annotations

import os
from pathlib import Path

import httpx

from servers.install import install, jars_of
from servers.processes import Process

START_TIMEOUT = 120.0
ACCESS_KEY, SECRET_KEY, BUCKET = "snapshots", "secret-of-the-store", "bucket"


class S3Server:
    """The server, with one bucket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.process = Process("s3", self.folder)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.process.port()}"

    @property
    def env(self) -> dict[str, str]:
        """What a client must have in its environment."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": "us-east-1",
            # Newer checksums are in headers that this server does not know.
            **dict.fromkeys(("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"), "when_required"),
        }

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers."""
        if not self.process.is_running():
            (self.folder / "objects" / BUCKET).mkdir(parents=True, exist_ok=True)
            self.process.start_on_free_port(self._start_on)

    def _start_on(self, port: int) -> None:
        settings = {
            "s3proxy.endpoint": f"http://127.0.0.1:{port}",
            "s3proxy.authorization": "aws-v2-or-v4",
            "s3proxy.identity": ACCESS_KEY,
            "s3proxy.credential": SECRET_KEY,
            "jclouds.provider": "filesystem",
            "jclouds.filesystem.basedir": str(self.folder / "objects"),
        }
        properties = self.folder / "s3.properties"
        properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        jars = jars_of("s3", "S3Proxy 2.2")
        command: list[str | Path] = [
            install().java,
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-cp",
            f"{jars}/*",
            "org.gaul.s3proxy.Main",
            "--properties",
            properties,
        ]
        self.process.start(command, port, os.environ)
        self.process.wait_until(self._answers, START_TIMEOUT)

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url, timeout=5, trust_env=False).status_code < httpx.codes.INTERNAL_SERVER_ERROR
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """End it; its objects stay."""
        self.process.stop()
