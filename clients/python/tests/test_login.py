"""Logging in: answers that are lost, several threads, Ctrl+C, forks."""

import concurrent.futures
import os
import socket
import threading
import time
import unittest
import warnings
from unittest import mock

import quotrading_license
from quotrading_license import LicenseSession, State
from tests.clients import KEY, ClientTests, at_once
from tests.fake_server import ID, Cut, Json, NoAnswer, Stream, Trickle, granted, refused
from tests.waiting import last_trade, until


class LoginTests(ClientTests):
    def test_a_login_whose_answer_was_lost_is_repeated(self):
        server = self.serve(main=[NoAnswer(), Json(granted())])
        client = self.held(server)
        self.assertEqual((State.HELD, None, ID), (client.state, client.reason, client.session_id))
        first, second = server.of("main")
        self.assertEqual(first, second)
        self.assertEqual(("bot", "f" * 16, KEY), (first["app"], first["device_fingerprint"], first["license_key"]))

    def test_a_login_that_is_refused_says_why_and_nothing_runs(self):
        server = self.serve(main=Json(refused("session_conflict", session_conflict=True, active_device="3f9a1c0d...", estimated_wait_seconds=71), 403))
        client = self.client(server.url)
        before = threading.enumerate()
        self.assertFalse(client.login())
        self.assertEqual(("session_conflict", "Refused: session_conflict", "3f9a1c0d...", 71.0), client.reason)
        self.assertEqual((True, False, State.LOST), (client.over, client.may_open(), client.state))
        begun = [thread.name for thread in threading.enumerate() if thread not in before]
        self.assertEqual([], [name for name in begun if name.startswith("license")])
        self.assertEqual(1, len(server.of("main")))

    def test_a_server_that_is_away_is_asked_until_patience_ends(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            client = self.client(f"http://127.0.0.1:{unused.getsockname()[1]}")
            self.assertFalse(client.login(patience=1.0))
        self.assertEqual("unreachable", client.reason.code)

    def test_a_login_whose_answer_breaks_off_is_repeated(self):
        server = self.serve(main=[Cut(), Json(granted())])
        self.assertEqual(State.HELD, self.held(server).state)
        self.assertEqual(2, len(server.of("main")))

    def test_a_login_whose_answer_trickles_ends_with_its_patience(self):
        self.let_requests_time_out()
        client = self.client(self.serve(main=Trickle()).url)
        login = threading.Thread(target=client.login, args=(1.0,), daemon=True)
        with mock.patch.object(quotrading_license, "_REQUEST_SECONDS", 60.0):
            login.start()
            login.join(20)
        self.assertEqual((False, "unreachable"), (login.is_alive(), client.reason.code))

    def test_numbers_and_nulls_that_no_portal_sends_are_survived(self):
        client = self.held(self.serve(main=Json({**granted(), "hours_until_expiration": 10 ** 400})))
        self.assertIsNone(client.hours_until_expiration)
        client = self.client(self.serve(main=Json(refused("session_conflict", active_device=None, estimated_wait_seconds="soon"), 403)).url)
        self.assertFalse(client.login())
        self.assertEqual(("", 0.0), client.reason[2:])

    def test_logins_by_several_threads_leave_nothing_behind(self):
        server = self.serve(main=Json(granted(), after=0.2))
        client = self.client(server.url)
        at_once(range(3), lambda _: self.assertTrue(client.login()))
        self.assertTrue(client.release())
        released = len(server.requests)
        time.sleep(1.5)
        self.assertEqual(released, len(server.requests), "nobody beats for what was released")

    def test_a_release_while_another_thread_logs_in_wins(self):
        released = threading.Event()
        for answer in (Json(granted(), when=released), NoAnswer()):
            server = self.serve(main=answer)
            client = self.client(server.url)
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                login = pool.submit(client.login, 30.0)
                until(lambda: server.of("main"), "it asks")
                client.release()
                released.set()
                self.assertFalse(login.result(30))
            self.assertEqual(("released", False, 1), (client.reason.code, client.may_open(), len(server.of("release"))))

    def test_a_handover_from_a_callback_stays_one(self):
        server = self.serve()
        client = self.client(server.url, app="launcher", on_state=lambda state, _: state is State.HELD and client.hand_over())
        client.login()
        until(lambda: server.of("release"), "handed over")
        until(lambda: client._run.done, "done")
        self.assertEqual(([True], "handed_over"), ([body.get("handover") for body in server.of("release")], client.reason.code))

    def test_a_login_that_ctrl_c_ends_gives_back_what_the_server_may_have_given(self):
        server = self.serve(main=Json(granted(), after=1.0))
        client = self.client(server.url)
        with mock.patch.object(client._portal, "read", side_effect=[KeyboardInterrupt, mock.DEFAULT]):
            self.assertRaises(KeyboardInterrupt, client.login)
        self.assertEqual((1, KEY), (len(server.of("release")), server.of("release")[0]["license_key"]))

    def test_a_login_while_it_is_held_closes_the_stream_and_counts_that_as_its_end(self):
        first = Json(granted(60, 180, disconnect_grace_seconds=2))
        server = self.serve(main=[first, NoAnswer()], stream=Stream(interval=60, timeout=180, grace=2))
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            again = pool.submit(client.login, 5.0)
            dropped = until(lambda: client._fence.dropped, "dropped")
            self.assertLess(last_trade(client.may_open) - dropped, 2.0, "the grace")
            self.assertFalse(again.result(30))

    def test_what_is_no_portal_is_told_so(self):
        for answer in (Json(b"<html>Sign in to the hotel</html>"), Json(b"", 301, [("Location", "https://elsewhere")])):
            client = self.client(self.serve(main=answer).url)
            self.assertFalse(client.login())
            self.assertEqual("no_portal", client.reason.code)

    def test_a_key_never_travels_in_the_open_and_wrong_arguments_are_told_without_it(self):
        for server in ("http://portal.example.com", "portal.example.com", "https://"):
            with self.assertRaises(ValueError) as caught:
                LicenseSession(server, KEY)
            self.assertNotIn(KEY, str(caught.exception))
        self.assertNotIn(KEY, repr(LicenseSession("https://portal.example.com", KEY)))
        self.assertRaises(ValueError, LicenseSession, "https://portal.example.com", "  ")

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_a_forked_process_does_not_hold_the_license_and_waits_for_nothing(self):
        stream = Stream(interval=60, timeout=180)
        server = self.serve(main=Json(granted(60, 180)), stream=stream)
        client = self.held(server)
        until(lambda: client._run.stream is not None, "open")
        number = client._run.stream.fileno()
        with client._lock:
            child = self.fork(lambda: (client.may_open(), client.over, client.reason.code, client.release(), self.is_open(number)))
        self.assertEqual("(False, True, 'forked', False, False)", child)
        self.assertEqual((State.HELD, True, []), (client.state, self.is_open(number), server.of("release")))

    @staticmethod
    def is_open(number):
        try:
            os.fstat(number)
            return True
        except OSError:
            return False

    def fork(self, what):
        """What it gave in a forked process, as a text; nothing if that took 20 s."""
        reader, writer = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that other threads run is what is tested
            child = os.fork()
        if child == 0:
            threading.Timer(20.0, os._exit, [1]).start()
            try:
                loop = threading.Thread(target=lambda: os.write(writer, repr(what()).encode()), daemon=True)
                loop.start()
                loop.join(20.0)
            finally:
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as told:
            text = told.read()
        os.waitpid(child, 0)
        return text
