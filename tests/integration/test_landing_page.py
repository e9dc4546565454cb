"""The page at / in a real browser, while a broker is frozen."""

import html
import re
import shutil
import struct
import subprocess
import unittest

from patience import eventually, scaled
from scenario import Scenario

FROZEN = 2


class LandingPage(Scenario):
    def test_it_names_what_is_wrong(self):
        exporter = self.exporter()
        exporter.await_ready()
        self.assertIn("Every replica is in sync.", self._dom(exporter))
        self.cluster.pause(FROZEN)
        partitions = [p for p in self.everything() if FROZEN in p.replicas]
        by_topic = {t: sum(p.topic == t for p in partitions) for t in ("orders", "payments")}
        exporter.await_metrics(lambda page: all(page.get("kafka_topic_under_replicated_partitions", topic=t) == n
                                                for t, n in by_topic.items()), 20, f"{by_topic} are under-replicated")
        text = eventually(lambda: t if "under-replicated" in (t := self._dom(exporter)) else None, 20,
                          "the page has the word")
        for topic, count in by_topic.items():
            self.assertIn(f"{topic} ({count})", text)
        self.assertRegex(text, rf"Broker {FROZEN} is (gone|behind)")
        self.assertRegex(text, r"offline.*logs \(1\)")

        picture = self.folder / "page.png"
        self._browse(exporter, f"--screenshot={picture}", "--window-size=1000,700")
        data = picture.read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", data[16:24]), (1000, 700))
        # An empty page of this size packs to less than 5 kB.
        self.assertGreater(len(data), 15_000)

    def _dom(self, exporter):
        """The page's words as the browser has them."""
        dom = self._browse(exporter, "--dump-dom")
        self.assertIn("</html>", dom)
        self.assertNotIn("<parsererror", dom)
        return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", dom, flags=re.S))

    def _browse(self, exporter, *arguments):
        binary = shutil.which("chromium") or shutil.which("chromium-browser")
        self.assertTrue(binary, "chromium is not installed")
        profile = self.folder / "browser"
        done = subprocess.run(
            [binary, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", f"--user-data-dir={profile}", *arguments,
             f"http://127.0.0.1:{exporter.port}/"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=scaled(60))
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace")[-2000:])
        return done.stdout.decode()


if __name__ == "__main__":
    unittest.main()
