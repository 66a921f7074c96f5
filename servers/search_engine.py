"""OpenSearch 2.13 or Elasticsearch 8.5 in one JVM, with the modules and the vector search Argilla needs."""

from __future__ import annotations

import os
import re
from pathlib import Path

from servers.install import HERE, install, jars_of
from servers.processes import Process, get_json

START_TIMEOUT = 180.0  # 5 s on an idle machine
# The runner takes no port above 9299. It moves on to the next one by itself when its port is taken, and says so only in
# its log.
PORTS = range(9202, 9300)
PUBLISHED = re.compile(r"AbstractHttpServerTransport: publish_address {127\.0\.0\.1:(\d+)}")

# One node that looks for no other: by default it would join any cluster of the same name it finds on this machine.
# A disk that is nearly full must not turn the indices read-only.
SETTINGS = """\
network.host: 127.0.0.1
discovery.type: single-node
cluster.routing.allocation.disk.threshold_enabled: false
"""

LOGGING = """\
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}] %-5p %c{1.}: %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


class SearchEngine:
    """A search engine with its data in ``folder``; stopped and started again it has the same data and address."""

    name = "opensearch"
    # Argilla 1.x waits, in every bulk, for the next refresh: ten a second and not one doubles its speed.
    settings = SETTINGS + "cluster.default.index.refresh_interval: 100ms\n"

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.process = Process(self.name, self.folder)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.process.port()}"

    def is_running(self) -> bool:
        """Whether it runs."""
        return self.process.is_running()

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers."""
        if self.is_running():
            return
        config = self.folder / "config"
        config.mkdir(parents=True, exist_ok=True)
        (config / f"{self.name}.yml").write_text(self.settings)
        (config / "log4j2.properties").write_text(LOGGING)
        # The runner keeps to itself why a node that was already starting ended: somebody else had its port by then.
        self.process.start_on_free_port(self._start_on, PORTS, sign="node: starting ...")

    def _start_on(self, port: int) -> None:
        command: list[str | Path] = [install().java, "-Xms512m", "-Xmx1g", "-XX:+UseSerialGC"]
        command += ["-XX:TieredStopAtLevel=1"]  # the second compiler costs a short-lived server more than it gains: twice the CPU
        command += ["-Djava.locale.providers=CLDR,SPI"]  # the second finds the word breaks on the class path
        command += self._program(port)
        self.process.start(command, port, os.environ)
        self.process.wait_until(self._answers, START_TIMEOUT)

    def _program(self, port: int) -> list[str | Path]:
        command: list[str | Path] = ["-cp", install().class_path, "org.codelibs.opensearch.runner.OpenSearchRunner"]
        command += ["-basePath", self.folder / "data", "-confPath", self.folder / "config"]
        command += ["-numOfNode", "1", "-baseHttpPort", str(port - 1), "-clusterName", "argilla-snapshot"]
        return [*command, "-useLogger", "-printOnFailure", "-pluginTypes", "org.opensearch.knn.plugin.KNNPlugin"]

    def _answers(self) -> bool:
        published = PUBLISHED.search(self.process.output())
        if not published:
            return False
        self.process.moved_to(int(published[1]))
        health = get_json(f"{self.url}/_cluster/health")
        return isinstance(health, dict) and health.get("status") in ("yellow", "green")

    def stop(self) -> None:
        """End it; its data stays."""
        self.process.stop()


class Elasticsearch(SearchEngine):
    """The other search engine of Argilla 1.x. It is installed when it is first started."""

    name = "elasticsearch"
    settings = SETTINGS

    def _program(self, port: int) -> list[str | Path]:
        script = HERE / "elasticsearch" / "start.groovy"
        return ["-cp", f"{jars_of('elasticsearch', 'Elasticsearch 8.5')}/*", "groovy.ui.GroovyMain", script, self.folder, str(port)]
