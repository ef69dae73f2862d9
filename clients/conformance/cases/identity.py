"""Who a program is: the profile, and one instance a machine."""

import hashlib
import json
import os
import pathlib
import stat
import tempfile

from suite import Case

KEPT = {"version": 1, "fingerprint": "abcdef0123456789", "secret": "5e" * 32, "of_a_later_version": {"x": 1}}


class IdentityTests(Case):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="conformance-profile-")
        self.addCleanup(folder.cleanup)
        self.profile = os.path.join(folder.name, "profile")
        self.file = pathlib.Path(self.profile, "installation.json")

    def write(self, text):
        self.file.parent.mkdir()
        self.file.write_text(text)

    def login(self, profile=None):
        server = self.serve()
        self.held(server, profile=profile or self.profile)
        return server.of("login")[0].body

    def test_the_first_program_writes_the_profile_and_all_read_it(self):
        """B27: fingerprint and secret, for this user alone; the login says its hash."""
        first, second = self.login(), self.login()
        kept = json.loads(self.file.read_text())
        self.secrets.append(kept["secret"])
        self.assertEqual(1, kept["version"])
        self.assertRegex(kept["secret"], "^[0-9a-f]{64}$")
        self.assertEqual(0o600, stat.S_IMODE(self.file.stat().st_mode))
        self.assertEqual((kept["fingerprint"], hashlib.sha256(bytes.fromhex(kept["secret"])).hexdigest()), (first["device_fingerprint"], first["install"]))
        self.assertEqual((first["device_fingerprint"], first["install"]), (second["device_fingerprint"], second["install"]))

    def test_what_is_there_is_kept(self):
        """B27: the first fingerprint stays, and so do fields of a later version."""
        self.write(json.dumps(KEPT))
        self.secrets.append(KEPT["secret"])
        self.assertEqual(KEPT["fingerprint"], self.login()["device_fingerprint"])
        self.assertEqual(KEPT, json.loads(self.file.read_text()))

    def test_the_environment_names_another_profile(self):
        """B27: QUOTRADING_PROFILE; the fingerprint is told without a login."""
        self.write(json.dumps(KEPT))
        driver = self.process(environment={"QUOTRADING_PROFILE": self.profile})
        self.assertEqual(KEPT["fingerprint"], driver.ask("fingerprint")["fingerprint"])

    def test_those_that_start_at_once_read_the_same(self):
        """B27: one of them writes it, whole."""
        drivers = [self.process() for _ in range(4)]
        asked = [driver.send("fingerprint", profile=self.profile) for driver in drivers]
        told = {driver.answer(number)["fingerprint"] for driver, number in zip(drivers, asked)}
        self.assertEqual({json.loads(self.file.read_text())["fingerprint"]}, told)
        self.assertEqual([], [name for name in os.listdir(self.profile) if name != "installation.json" and not name.endswith(".lock")])

    def test_where_it_cannot_be_written_the_program_goes_on(self):
        """B27: a file stands where the folder would."""
        pathlib.Path(self.profile).write_text("")
        self.assertRegex(self.login(os.path.join(self.profile, "below"))["device_fingerprint"], "^[0-9a-f]{16}$")

    def test_one_that_cannot_be_read_costs_nothing(self):
        """B27: a text that is no JSON, and one that is another."""
        self.write('{"version": 1, "fingerprint": "abc')
        self.assertTrue(self.login()["device_fingerprint"])
        self.file.write_text('["version"]')
        self.assertTrue(self.login()["device_fingerprint"])

    def test_a_fingerprint_that_is_no_text_is_computed_anew(self):
        """B27: half a character, and one that nobody can see; the secret stays."""
        self.write("")
        self.secrets.append(KEPT["secret"])
        for damaged in ("aa\\ud800aa", "aa\\u0007aa"):
            with self.subTest(damaged):
                self.file.write_text(json.dumps({**KEPT, "fingerprint": "DAMAGED"}).replace("DAMAGED", damaged))
                self.assertRegex(self.login()["device_fingerprint"], "^[0-9a-f]{16}$")
                self.assertEqual(KEPT["secret"], json.loads(self.file.read_text())["secret"])

    def test_a_fingerprint_of_ones_own_is_used(self):
        """B27: for containers."""
        server = self.serve()
        self.held(server, profile=self.profile, fingerprint="0123456789abcdef")
        self.assertEqual({"0123456789abcdef"}, {request.body["device_fingerprint"] for request in server.requests})

    def first(self, **options):
        self.server = self.serve()
        return self.held(self.server, profile=self.profile, single_instance=True, **options)

    def second(self, **options):
        return self.made(self.server.url, profile=self.profile, single_instance=True, **options).ask("login", patience=20)

    def test_a_second_program_of_the_same_app_is_refused(self):
        """B28: over with ``already_running``; nothing is sent."""
        self.first()
        answer = self.second()
        self.assertEqual((False, "already_running"), (answer["ok"], answer["reason"]["code"]))
        self.assertEqual(1, len(self.server.of("login")))

    def test_where_no_lock_can_be_kept_nobody_is_refused(self):
        """B28, B27: a profile that cannot be written is no other program."""
        driver = self.made(self.serve().url, profile="/proc/nothing", single_instance=True)
        self.assertTrue(driver.ask("login", patience=20)["ok"])

    def test_another_app_and_another_license_are_no_second(self):
        """B28: each pair of key and app has a lock of its own."""
        self.first()
        self.assertTrue(self.second(app="launcher")["ok"])
        self.assertTrue(self.second(key=f"OTHER-{self.key}")["ok"])

    def test_who_left_makes_room(self):
        """B28: by a release, and by being killed."""
        driver = self.first()
        driver.ask("release")
        self.assertTrue(self.second()["ok"])
        self.drivers[-1].process.kill()
        self.drivers[-1].ended()
        self.assertTrue(self.second()["ok"])

    def test_the_lock_has_the_name_that_both_clients_know(self):
        """B28: 16 characters of the SHA-256 of the key, a line feed and the app, in the profile."""
        self.first()
        name = hashlib.sha256(f"{self.key}\nbot".encode()).hexdigest()[:16]
        self.assertIn(f"{name}.lock", os.listdir(self.profile))
