"""How a program leaves, and what may keep it from beginning: several objects, an interpreter that ends, a program that embeds Python."""

import pathlib
import signal
import subprocess
import sys
import threading
import time
from unittest import mock

import quotrading_license
from quotrading_license import State
from tests.clients import ClientTests, no_new_threads
from tests.fake_server import Json, NoAnswer, Stream, granted, refused
from tests.waiting import until

HERE = pathlib.Path(__file__).resolve().parents[1]


class ReleaseTests(ClientTests):
    """B20."""

    def test_while_another_object_of_the_process_holds_it_nothing_is_released_and_the_answer_is_no(self):
        server = self.serve()
        first, second = self.held(server), self.held(server)
        self.assertFalse(first.release())
        self.assertEqual(([], True, "released"), (server.of("release"), second.may_open(), first.reason.code))
        self.assertIn("another object of this program holds it", "\n".join(self.log.lines))
        self.assertTrue(second.release())
        self.assertEqual(1, len(server.of("release")))

    def test_another_app_or_device_or_one_that_has_lost_it_is_no_other_holder(self):
        server = self.serve()
        client, launcher, elsewhere = self.held(server), self.held(server, app="launcher"), self.held(server, fingerprint="e" * 16)
        lost = self.held(server)
        lost._end(lost._run, quotrading_license.Reason("forced_logout", ""))
        self.assertTrue(client.release())
        self.assertEqual([True, True], [launcher.may_open(), elsewhere.may_open()])

    def test_an_answer_that_is_no_portals_is_no_yes(self):
        for answer in (Json(b"<html>Sign in to the hotel</html>"), Json(refused("unavailable"), 503), Json({"status": "error"})):
            server = self.serve(release=answer)
            self.assertFalse(self.held(server).release())
        self.assertTrue(self.held(self.serve(release=Json({"status": "info"}))).release())

    def test_a_farewell_that_is_late_is_not_sent_any_more(self):
        server, hung = self.serve(), threading.Event()
        self.addCleanup(hung.set)
        client = self.held(server)
        connect, stopped = client._portal.connect, []

        def slowly(seconds, stop):
            hung.wait(30)
            stopped.append(stop())
            return connect(seconds, stop)

        with mock.patch.multiple(quotrading_license, _RELEASE_SECONDS=0.5), mock.patch.object(client._portal, "connect", slowly):
            self.assertFalse(client.release())
            hung.set()
            until(lambda: client._run.done, "it gives up")
        self.assertEqual(([True], []), (stopped[-1:], server.of("release")))


class BeginningTests(ClientTests):
    """B22."""

    def test_where_no_thread_can_be_begun_the_seat_is_given_back(self):
        for allowed in ((), ("license login",), ("license login", "license callbacks", "license heartbeats", "license stream")):
            with self.subTest(allowed):
                server = self.serve()
                client = self.client(server.url)
                with no_new_threads(allowed):
                    self.assertFalse(client.login())
                self.assertEqual(("no_threads", False), (client.reason.code, client.may_open()))
                self.assertEqual(len(server.of("main")), len(server.of("release")))
                until(lambda: not any(thread.name.startswith("license") for thread in threading.enumerate()), "its threads end")
                self.assertTrue(client.login(), "and later it goes")
                client.release()

    def test_where_signals_are_not_its_business_it_holds_the_license_all_the_same(self):
        """Embedded in another program, up to Python 3.12: what Python takes for the main thread is none that may set them."""
        server = self.serve()
        program = ("import _thread, sys, time\nassert 'threading' not in sys.modules\nsys.path.insert(0, sys.argv[1])\ndone = []\n"
                   "def run():\n    try:\n        import quotrading_license as q\n        c = q.LicenseSession(sys.argv[2], 'K', fingerprint='f' * 16)\n"
                   "        done.append((c.login(), c.may_open(), c.release()))\n    except BaseException as problem:\n        done.append(problem)\n"
                   "_thread.start_new_thread(run, ())\nwhile not done: time.sleep(0.05)\nprint(done[0])")
        done = subprocess.run([sys.executable, "-S", "-c", program, str(HERE), server.url], capture_output=True, text=True, timeout=60)
        self.assertEqual("(True, True, True)\n", done.stdout, done.stderr)
        self.assertEqual(1, len(server.of("release")))

    def test_a_login_while_the_interpreter_ends_leaves_no_seat_taken(self):
        server = self.serve()
        program = ("import atexit, sys; sys.path.insert(0, sys.argv[1]); import quotrading_license as q\n"
                   "def late():\n    c = q.LicenseSession(sys.argv[2], 'K', fingerprint='f' * 16)\n    print(c.login(), c.reason and c.reason.code, c.may_open())\n    c.release()\n"
                   "atexit.register(late)")
        done = subprocess.run([sys.executable, "-c", program, str(HERE), server.url], capture_output=True, text=True, timeout=60)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn(done.stdout, ("True None True\n", "False no_threads False\n"), "up to Python 3.11, and since")
        self.assertEqual(len(server.of("main")), len(server.of("release")))

    def test_a_login_that_is_cancelled_returns_soon_and_what_it_got_is_given_back(self):
        """For a window: cancel() by its thread, login() on another."""
        never = threading.Event()
        server = self.serve(main=Json(granted(), when=never))
        client = self.client(server.url)
        login = threading.Thread(target=client.login, args=(60.0,), daemon=True)
        login.start()
        until(lambda: server.of("main"), "it asks")
        began = time.monotonic()
        client.cancel()
        self.assertLess(time.monotonic() - began, 1.0)
        login.join(20)
        self.assertEqual((False, "released"), (login.is_alive(), client.reason.code))
        self.assertGreaterEqual(len(server.of("release")), 1)

    def test_cancel_does_nothing_to_what_is_held(self):
        client = self.held(self.serve(stream=Stream(interval=60, timeout=180)))
        until(lambda: client._run.stream is not None, "open")
        client.cancel()
        self.assertEqual((State.HELD, True), (client.state, client._run.stream is not None))

    def test_a_login_that_is_cancelled_while_it_waits_returns_at_once(self):
        server = self.serve(main=Json(refused("unavailable"), 503, [("Retry-After", "30")]))
        client = self.client(server.url)
        login = threading.Thread(target=client.login, args=(60.0,), daemon=True)
        login.start()
        until(lambda: server.of("main"), "it asks")
        client.cancel()
        login.join(20)
        self.assertFalse(login.is_alive())

    def test_a_thread_that_logged_in_leaves_sigterm_to_the_object_that_the_main_thread_made(self):
        server = self.serve()
        program = ("import sys, threading, time; sys.path.insert(0, sys.argv[1]); import quotrading_license as q\n"
                   "c = q.LicenseSession(sys.argv[2], 'K', fingerprint='f' * 16)\nt = threading.Thread(target=c.login); t.start(); t.join()\n"
                   "print(c.may_open(), flush=True); time.sleep(60)")
        child = subprocess.Popen([sys.executable, "-c", program, str(HERE), server.url], stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.kill)
        self.assertEqual("True\n", child.stdout.readline())
        child.terminate()
        self.assertEqual((-signal.SIGTERM, 1), (child.wait(30), len(server.of("release"))))


class OlderServerTests(ClientTests):
    """B23."""

    def old(self, **more):
        return Json({"status": "success", "license_valid": True, "message": "Valid MONTHLY license", "session_conflict": False, **more})

    def test_it_is_believed_with_the_old_timing_and_asked_for_no_stream(self):
        server = self.serve(main=self.old(), heartbeat=self.old(), stream=Json(b"", 404))
        client = self.held(server)
        self.assertEqual((State.HELD, (30, 90, 5), None), (client.state, client.settings, client.session_id))
        client._run.beat.put(None)
        until(lambda: server.of("heartbeat"), "a beat")
        self.assertEqual((True, []), (client.may_open(), server.of("stream")))
        self.assertTrue(client.release())

    def test_its_refusals_are_refusals(self):
        cases = {"session_conflict": {"license_valid": True, "session_conflict": True, "message": "In use", "active_device": "3f9a"},
                 "license_invalid": {"license_valid": False, "message": "License expired"}}
        for code, body in cases.items():
            client = self.client(self.serve(main=Json(body, 403)).url)
            self.assertFalse(client.login())
            self.assertEqual((code, body["message"]), client.reason[:2])
            server = self.serve(main=self.old(), heartbeat=Json(body, 403))
            client = self.held(server)
            client._run.beat.put(None)
            until(lambda: client.over, "over")
            self.assertEqual(code, client.reason.code)

    def test_a_portal_that_is_replaced_by_it_while_the_program_runs_and_back(self):
        stream = Stream(interval=1, timeout=60, cut=True)
        server = self.serve(stream=stream)
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        server.answers.update(main=self.old(), heartbeat=self.old(), stream=Json(b"", 404))
        stream.close.set()
        until(lambda: client._run.older, "it has seen")
        until(lambda: client._fence.dropped is None, "nothing is doubted")
        self.assertEqual((True, False, 90), (client.may_open(), client.over, client.settings.session_timeout))
        again = Stream(interval=1, timeout=60)
        server.answers.update(main=Json(granted()), heartbeat=Json(granted()), stream=again)
        client._run.beat.put(None)
        until(again.opened.is_set, "a stream is opened again")
        self.assertEqual((True, 60), (client.may_open(), client.settings.session_timeout))

    def test_a_hotels_page_and_a_conflict_with_200_are_no_yes(self):
        for answer in (Json({"license_valid": "yes"}), Json({"license_valid": True, "session_conflict": True}), Json({"ok": True})):
            client = self.client(self.serve(main=answer).url)
            self.assertFalse(client.login())
            self.assertEqual("no_portal", client.reason.code)


class MoreTests(ClientTests):
    def test_a_timeout_beyond_an_hour_is_not_believed(self):
        """B7."""
        server = self.serve(main=Json(granted(10, 7200)), heartbeat=Json(granted(10, 86400)))
        client = self.held(server)
        client._run.beat.put(None)
        until(lambda: server.of("heartbeat"), "a beat")
        self.assertEqual((10, 90), client.settings[:2])

    def test_ends_that_pass_are_asked_again_and_all_others_are_for_good(self):
        """B13, B14."""
        for reason in ("timed_out", "connection_lost", "released", "moved_apart"):
            server = self.serve(main=Json(granted(60, 180)), stream=[Stream(("logged_out", {"reason": reason})), Stream()], heartbeat=Json(granted(60, 180)))
            client = self.held(server)
            until(lambda: client.state is State.RENEWED, f"{reason}: renewed")
        for reason in ("seats_reduced", "something_new"):
            client = self.client(self.serve(stream=Stream(("logged_out", {"reason": reason, "message": "Out."}))).url)
            client.login()
            until(lambda: client.over, f"{reason}: over")
            self.assertEqual((reason, "Out."), client.reason[:2])

    def test_each_change_of_state_is_one_line_and_no_line_has_the_key_in_it(self):
        """B34."""
        from tests.clients import KEY
        server = self.serve(heartbeat=[Json(granted()), Json(refused("forced_logout", message=f"Out, {KEY.lower()}\nand more"), 403)])
        client = self.held(server)
        until(lambda: client.over, "over")
        lines = [line for line in self.log.lines if line.startswith("the license is")]
        self.assertEqual(["the license is held", "the license is lost: forced_logout. Out, ... and more"], lines)
        self.assertNotIn(KEY.lower(), client.message)

    def test_a_stream_that_was_asked_for_counts_before_its_hello(self):
        """B17: no answer, and none to the heartbeats either."""
        never = threading.Event()
        server = self.serve(main=Json(granted(60, 180, disconnect_grace_seconds=5)), stream=Json(b"", when=never), heartbeat=NoAnswer())
        client = self.held(server)
        until(lambda: server.of("stream"), "asked")
        until(lambda: not client.may_open(), "it stops", 30)
        self.assertEqual((State.UNKNOWN, "silent", False), (client.state, client.reason.code, client.over))
        server.answers["heartbeat"] = Json(granted(60, 180))
        until(client.may_open, "it may again")

    def test_may_open_costs_less_than_five_microseconds_and_there_are_four_threads(self):
        client = self.held(self.serve(stream=Stream(keepalive=2)))
        until(lambda: client._run.stream is not None, "open")
        until(lambda: sum(thread.name.startswith("license") for thread in threading.enumerate()) == 4, "four threads")
        best = float("inf")
        for _ in range(20):
            began = time.thread_time()
            for _ in range(1000):
                client.may_open()
            best = min(best, time.thread_time() - began)
        self.assertLess(best / 1000, 5e-6)
