"""The older system, whose answers name neither a session nor an interval."""

from scripted import OLDER_CONFLICT, Json, older_yes, page
from signing import our_key
from suite import SLACK, Case, until


class OlderServerTests(Case):
    def older(self, **answers):
        return self.serve(**{"login": older_yes(), "heartbeat": older_yes(), "stream": page(404), "release": older_yes(), **answers})

    def test_its_yes_is_believed(self):
        """B23: held, every 30 s with 90 s of timeout, and no stream is missed."""
        server = self.older()
        driver = self.held(server, streaming=False)
        self.keeps(driver, 3)
        settings = driver.look()["settings"]
        self.assertEqual((30, 90), (settings["heartbeat_interval"], settings["session_timeout"]))
        self.assertLessEqual(len(server.of("heartbeat")), 2)
        self.assertEqual(["held"], driver.states())

    def test_it_is_sent_heartbeats_every_30_seconds(self):
        """B23: give or take a tenth."""
        server = self.older()
        driver = self.held(server, streaming=False)
        first = self.until_heard(server, "heartbeat", seconds=45)[-1]
        second = self.until_heard(server, "heartbeat", len(server.of("heartbeat")), seconds=45)[-1]
        self.assertTrue(26 <= second.at - first.at <= 33 + SLACK, second.at - first.at)
        self.assertEqual((True, False), (lambda seen: (seen["may_open"], seen["over"]))(driver.look()))

    def test_its_conflict_refuses_a_login(self):
        """B23, B2: without a code."""
        driver = self.made(self.older(login=Json(OLDER_CONFLICT, 403)).url)
        reason = driver.ask("login")["reason"]
        self.assertEqual(("session_conflict", "3f9a1c0d..."), (reason["code"], reason["active_device"]))

    def test_any_other_403_of_its_own_refuses_a_login(self):
        """B23: over, with its message."""
        driver = self.made(self.older(login=Json({"status": "error", "license_valid": False, "message": "License expired"}, 403)).url)
        answer = driver.ask("login")
        self.assertEqual((False, "License expired", True), (answer["ok"], answer["reason"]["message"], driver.look()["over"]))

    def replaced(self, refused=None, **timing):
        server = self.serve({"interval": 1, "timeout": 12, **timing})
        driver = self.held(server)
        server.become_older(refused)
        server.streams[0].end()
        return server, driver

    def test_a_server_that_is_replaced_by_it_costs_nothing(self):
        """B23: the timings are the older system's from then on; the old timeout passes and it may open."""
        server, driver = self.replaced()
        until(lambda: driver.look()["settings"]["heartbeat_interval"] == 30, "it keeps to the older timings")
        self.assertEqual(90, driver.look()["settings"]["session_timeout"])
        self.keeps(driver, 13)
        self.assertEqual(["held"], driver.states())

    def test_and_its_conflict_is_one(self):
        """B23, B10: while the program runs."""
        _, driver = self.replaced(Json(OLDER_CONFLICT, 403))
        self.until_over(driver, "session_conflict")

    def test_with_keys_it_is_not_believed(self):
        """B23, B24: it cannot sign."""
        driver = self.made(self.older().url, keys=[our_key().text])
        answer = driver.ask("login", patience=5)
        self.assertEqual((False, "not_signed"), (answer["ok"], answer["reason"]["code"]))
