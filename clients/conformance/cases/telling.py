"""What a program tells the server about itself, and people in its log."""

import re

from scripted import Lost, Yes, page
from suite import Case, until


class TellingTests(Case):
    def test_the_next_heartbeat_carries_what_was_told(self):
        """B33: status, symbol and metadata."""
        server = self.serve()
        driver = self.held(server)
        self.assertTrue(driver.ask("update", status="idle", symbol="NQ", metadata={"session_pnl": 12.5, "current_position": -1})["ok"])
        body = until(lambda: [request.body for request in server.of("heartbeat") if "metadata" in request.body], "it is carried")[0]
        self.assertEqual(("idle", "NQ", {"session_pnl": 12.5, "current_position": -1}), (body["status"], body["symbol"], body["metadata"]))

    def test_what_cannot_be_sent_is_left_out_and_logged(self):
        """B33: too large, and of no use; the rest goes, and heartbeats go on."""
        server = self.serve()
        driver = self.held(server)
        lines = len(driver.log())
        self.assertTrue(driver.ask("update", metadata={"much": "x" * 9000}, symbol="ES")["ok"])
        self.assertTrue(driver.ask("update", status="sleeping")["ok"])
        body = until(lambda: [request.body for request in server.of("heartbeat") if request.body.get("symbol") == "ES"], "the rest is carried")[0]
        self.assertNotIn("metadata", body)
        self.assertNotEqual("sleeping", body.get("status"))
        until(lambda: len(driver.log()) >= lines + 2, "both are logged")

    def test_what_the_server_could_not_use_is_logged_once(self):
        """B33: its warnings; without the key, should it repeat it."""
        server = self.serve()
        driver = self.held(server)
        told = ["symbol was ignored: it is none.", f"It came with {self.key}.", 7, "symbol was ignored: it is none."]
        server.answers["heartbeat"] = Yes(warnings=told)
        heard = len(server.of("heartbeat"))
        self.until_heard(server, "heartbeat", heard + 3)
        until(lambda: any(told[0] in line for line in driver.log()), "it is logged")
        self.assertEqual(1, len([line for line in driver.log() if told[0] in line]), driver.log())
        self.assertFalse([line for line in driver.log() if self.key in line])

    def test_each_change_of_state_is_one_line(self):
        """B34: held, unknown, lost, renewed."""
        # Long beside a login: one whose answer takes most of it is told as unknown at once, and never as held.
        server = self.serve({"timeout": 15}, stream=page(404))
        driver = self.held(server, streaming=False)
        server.answers["heartbeat"] = Lost()
        self.until_lost(driver)
        server.answers["heartbeat"] = Yes()
        self.until_state(driver, "renewed")
        until(lambda: len(driver.states()) == 4, "told")
        lines = [line for line in driver.log() if re.search(r"(?i)\b(held|unknown|lost|renewed)\b", line)]
        self.assertEqual(4, len(lines), driver.log())
        for state, line in zip(("held", "unknown", "lost", "renewed"), lines):
            self.assertIn(state, line.lower())

    def test_no_secret_stands_in_what_is_logged_of_a_refusal(self):
        """B34: nor in its reason, if the server's message repeats the key."""
        server = self.serve()
        driver = self.held(server)
        server.answers["heartbeat"] = Yes(session_token="token-one-0123456789")
        self.secrets.append("token-one-0123456789")
        self.until_heard(server, "heartbeat", 2)
        server.streams[0].cut()
        until(lambda: len(server.streams) > 1, "a stream is opened anew")
        self.assertTrue(driver.log(), "something is logged")
