"""The way to the server: its addresses, its name, proxies, certificates."""

import base64
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import quotrading_license
from quotrading_license import LicenseSession
from tests.clients import KEY, ClientTests, no_new_threads
from tests.fake_server import Json, NoAnswer, Stream, granted
from tests.waiting import until

NAME = "portal.example.com"


class Dead:
    """Takes no connection, and refuses none: its queue is full."""

    def __init__(self, test):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        test.addCleanup(self.listener.close)
        self.address = self.listener.getsockname()
        for _ in range(3):
            full = socket.socket()
            full.setblocking(False)
            full.connect_ex(self.address)
            test.addCleanup(full.close)


class AddressTests(ClientTests):
    """B29. Names are looked up in a table."""

    def setUp(self):
        super().setUp()
        self.let_requests_time_out()
        self.addresses, self.asked, self.lookup_takes, self.hung = [], 0, 0.0, threading.Event()
        self.addCleanup(self.hung.set)
        for patch in (mock.patch("socket.getaddrinfo", self.look_up), mock.patch.object(quotrading_license, "_is_loopback", lambda host: True)):
            patch.start()
            self.addCleanup(patch.stop)

    def look_up(self, host, port, *more, **most):
        if host != NAME:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        self.asked += 1
        self.hung.wait(self.lookup_takes)
        if not self.addresses:
            raise socket.gaierror(-2, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in self.addresses]

    def named(self, server):
        self.addresses.append(("127.0.0.1", server.server.server_port))
        return f"http://{NAME}"

    def test_a_dead_address_costs_its_head_start_and_the_one_that_worked_is_the_first_then(self):
        dead, server = Dead(self), self.serve()
        self.addresses.append(dead.address)
        client = self.client(self.named(server))
        began = time.monotonic()
        self.assertTrue(client.login())
        self.assertLess(time.monotonic() - began, 1.9, "the dead one alone takes 2 s")
        self.assertEqual(self.addresses[1], client._portal._lookup.ordered()[0][1])

    def test_the_next_address_is_tried_at_once_where_one_refuses(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            self.addresses.append(nobody.getsockname())
            with mock.patch.object(quotrading_license, "_HEAD_START", 60.0):
                self.assertTrue(self.client(self.named(self.serve())).login())

    def test_an_address_that_takes_connections_and_answers_nothing_is_not_the_first_again(self):
        mute = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(mute.close)
        self.addresses.append(mute.getsockname())
        server = self.serve()
        client = self.client(self.named(server))
        with mock.patch.object(quotrading_license, "_REQUEST_SECONDS", 1.0):
            self.assertTrue(client.login())
        self.assertEqual(1, len(server.of("main")))

    def test_a_name_that_takes_long_is_left_behind_where_its_addresses_are_known(self):
        server = self.serve(main=Json(granted(60, 180)), heartbeat=Json(granted(60, 180)), stream=Stream(interval=60, timeout=180))
        client = self.client(self.named(server))
        self.assertTrue(client.login())
        until(lambda: client._run.stream is not None, "open")
        self.lookup_takes = 30.0
        began = time.monotonic()
        client._run.beat.put(None)
        until(lambda: server.of("heartbeat"), "it beats", 20)
        self.assertLess(time.monotonic() - began, 10.0)
        threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("license")]
        self.assertEqual(1, threads.count("license lookup"), threads)
        client._run.beat.put(None)
        until(lambda: len(server.of("heartbeat")) >= 2, "again", 20)
        self.assertEqual(1, [thread.name for thread in threading.enumerate()].count("license lookup"), "one at a time")

    def test_a_cut_of_a_second_and_a_half_costs_nothing_where_one_address_is_dead_and_the_name_takes_long(self):
        stream = Stream(interval=60, timeout=180, grace=5, cut=True)
        self.addresses.append(Dead(self).address)
        server = self.serve(main=Json(granted(60, 180)), heartbeat=Json(granted(60, 180)), stream=[stream, Stream(interval=60, timeout=180, grace=5)])
        client = self.client(self.named(server))
        self.assertTrue(client.login())
        until(lambda: client._run.stream is not None, "open")
        # What is left of the grace is measured on the fence, so that a machine that stands still fails no one.
        self.lookup_takes = 6.0
        server.answers.update(heartbeat=NoAnswer(), stream=[NoAnswer()])
        stream.close.set()
        dropped = until(lambda: client._fence.dropped, "dropped")
        until(lambda: quotrading_license._clock() > dropped + 1.5, "the cut")
        server.answers.update(heartbeat=Json(granted(60, 180)), stream=Stream(interval=60, timeout=180, grace=5))
        back = quotrading_license._clock()
        until(lambda: client._fence.dropped is None, "settled")
        self.assertLess(min(at for name in ("heartbeat", "stream") for at in server.times(name) if at >= back) - back, 2.5, "the next try")

    def test_a_name_that_is_not_known_and_one_that_takes_for_ever_are_no_answer(self):
        client = self.client(f"http://{NAME}")
        self.assertFalse(client.login(patience=0.1))
        self.assertEqual(("unreachable", True), (client.reason.code, "its name is not known" in client.message))
        self.lookup_takes, began = 30.0, time.monotonic()
        self.assertFalse(self.client(f"http://{NAME}").login(patience=0.1))
        self.assertLess(time.monotonic() - began, 15.0)

    def test_at_the_end_of_a_program_there_is_no_thread_for_a_name(self):
        server = self.serve()
        client = self.client(self.named(server))
        self.assertTrue(client.login())
        with no_new_threads():
            self.assertTrue(client.release())
        self.assertEqual(1, len(server.of("release")))

    def test_families_take_turns(self):
        six, four = [(socket.AF_INET6, n) for n in range(3)], [(socket.AF_INET, n) for n in range(2)]
        self.assertEqual([six[0], four[0], six[1], four[1], six[2]], quotrading_license._alternate(six + four))
        self.assertEqual([], quotrading_license._alternate([]))

    def test_a_cancelled_login_does_not_wait_for_what_is_dead(self):
        self.addresses.append(Dead(self).address)
        client = self.client(f"http://{NAME}")
        login = threading.Thread(target=client.login, args=(30.0,), daemon=True)
        login.start()
        until(lambda: self.asked, "it looks the name up")
        began = time.monotonic()
        client.cancel()
        self.assertLess(time.monotonic() - began, 1.0, "it never blocks")
        login.join(20)
        self.assertEqual((False, "released"), (login.is_alive(), client.reason.code))
        self.assertLess(time.monotonic() - began, 5.0)


class BaseAddressTests(ClientTests):
    def test_a_path_and_a_slash_at_its_end(self):
        """B32."""
        server = self.serve()
        for base in ("/", "/portal/", "/a/b"):
            self.assertTrue(self.client(server.url + base).login())
        self.assertEqual(["/api/main", "/portal/api/main", "/a/b/api/main"], [path for path in server.paths if path.endswith("main")])

    def test_http_is_for_this_computer_alone(self):
        for good in ("http://localhost:1", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]:8", " https://portal.example.com/x/ "):
            LicenseSession(good, KEY)
        for wrong in ("http://10.0.0.1", "http://localhost.example.com", "http://127.0.0.1.example.com", "https://a:b@portal.example.com", "https://x:99999"):
            self.assertRaises(ValueError, LicenseSession, wrong, KEY)

    def test_every_request_names_the_client_and_its_version(self):
        """B36."""
        server = self.serve()
        client = self.held(server)
        until(lambda: server.of("heartbeat") and server.of("stream"), "asked")
        client.release()
        self.assertEqual([f"quotrading-license-python/{quotrading_license.__version__}"], sorted({agent.split(" ")[0] for agent in server.agents}))


class Proxy:
    """Passes on what it is asked for; ``asked`` has the head of each request."""

    def __init__(self, test, answer=b"HTTP/1.1 200 Connection established\r\n\r\n"):
        self.answer, self.asked = answer, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        test.addCleanup(self.listener.close)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            head = client.recv(65536)
            self.asked.append(head.decode())
            first = head.split(b" ")[1].decode()
            if head.startswith(b"CONNECT"):
                client.sendall(self.answer)
                target, head = first, b""
            else:
                target = first.split("/")[2]
            server = socket.create_connection(("127.0.0.1", int(target.rsplit(":", 1)[1])), 20)
            server.settimeout(None)
            server.sendall(head)
            threading.Thread(target=self.pump, args=(client, server), daemon=True).start()
            self.pump(server, client)
        except OSError:
            client.close()

    def pump(self, source, target):
        try:
            while (data := source.recv(65536)):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        finally:
            source.close()


@unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificates")
class SecureTests(ClientTests):
    """B30, B31."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="quotrading-tls-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = str(pathlib.Path(cls.folder.name, "both.pem"))
        made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                               "subjectAltName=DNS:localhost", "-keyout", "-", "-out", "-"], check=True, capture_output=True, timeout=120).stdout
        pathlib.Path(cls.file).write_bytes(made)

    def secure(self):
        server = self.serve()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        server.server.socket = context.wrap_socket(server.server.socket, server_side=True, do_handshake_on_connect=False)
        return server, f"https://localhost:{server.server.server_port}"

    def trusting(self):
        return ssl.create_default_context(cafile=self.file)

    def test_a_certificate_that_is_not_trusted_ends_a_login_at_once_and_is_told(self):
        server, url = self.secure()
        client = self.client(url)
        self.assertFalse(client.login(patience=60.0))
        self.assertEqual(("certificate", []), (client.reason.code, server.of("main")))
        self.assertRegex(client.message, "localhost.*self.signed")
        client = self.client(url.replace("localhost", "127.0.0.1"), ssl_context=self.trusting())
        self.assertFalse(client.login(patience=60.0))
        self.assertRegex(client.message, "127.0.0.1.*IP address mismatch")

    def test_later_it_is_no_answer(self):
        server, url = self.secure()
        context = self.trusting()
        client = self.client(url, ssl_context=context)
        self.assertTrue(client.login())
        client._portal._context = ssl.create_default_context()
        count = len(server.of("heartbeat"))
        until(lambda: any("the certificate is not trusted" in line for line in self.log.lines), "told")
        self.assertEqual((False, True), (client.over, len(server.of("heartbeat")) <= count + 1))

    def test_certifi_is_used_where_it_is_there(self):
        package = mock.Mock(where=lambda: self.file)
        _, url = self.secure()
        with mock.patch.dict(sys.modules, certifi=package):
            self.assertTrue(self.client(url).login())

    def test_a_proxy_passes_on_what_it_cannot_read_and_its_password_is_in_no_log(self):
        server, url = self.secure()
        proxy = Proxy(self)
        client = self.client(url, ssl_context=self.trusting(), proxy=proxy.url.replace("//", "//me:pass%20word@"))
        self.assertTrue(client.login())
        until(lambda: server.of("heartbeat"), "a beat")
        self.assertTrue(client.release())
        self.assertGreaterEqual(len(proxy.asked), 3)
        for head in proxy.asked:
            self.assertTrue(head.startswith(f"CONNECT {url[8:]} HTTP/1.1\r\n"), head)
            self.assertIn("Proxy-Authorization: Basic " + base64.b64encode(b"me:pass word").decode(), head)
        self.assertNotIn("pass", "\n".join(self.log.lines) + repr(client))

    def test_the_environment_names_the_proxy_and_who_needs_none(self):
        server, url = self.secure()
        proxy = Proxy(self)
        with mock.patch.dict(os.environ, HTTPS_PROXY=proxy.url, NO_PROXY="elsewhere.example.com"):
            self.assertTrue(self.client(url, ssl_context=self.trusting()).login())
        asked = len(proxy.asked)
        self.assertGreaterEqual(asked, 1)
        with mock.patch.dict(os.environ, HTTPS_PROXY=proxy.url, NO_PROXY="localhost"):
            self.assertTrue(self.client(url, ssl_context=self.trusting(), app="b").login())
        self.assertEqual(2, len(server.of("main")))
        self.assertEqual([], [head for head in proxy.asked[asked:] if "CONNECT" not in head])

    def test_a_proxy_that_refuses_is_told(self):
        _, url = self.secure()
        client = self.client(url, ssl_context=self.trusting(), proxy=Proxy(self, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").url)
        self.assertFalse(client.login(patience=0.1))
        self.assertEqual(("unreachable", True), (client.reason.code, "the proxy answered 407" in client.message))

    def test_http_to_this_computer_may_go_through_a_proxy_that_is_named(self):
        server, proxy = self.serve(), Proxy(self)
        self.assertTrue(self.client(server.url, proxy=proxy.url).login())
        self.assertTrue(proxy.asked[0].startswith(f"POST {server.url}/api/main HTTP/1.1\r\n"))
        asked = len(proxy.asked)
        with mock.patch.dict(os.environ, HTTP_PROXY=proxy.url, HTTPS_PROXY=proxy.url):
            self.assertTrue(self.client(server.url, app="b").login(), "but not by the environment")
        self.assertNotIn('"app": "b"', "".join(proxy.asked[asked:]))

    def test_wrong_ones_are_told_without_their_password(self):
        for wrong in ("socks5://me:secret@proxy", "http://", "http://me:secret@proxy:port", "http://proxy/path"):
            with self.assertRaises(ValueError) as caught:
                LicenseSession("https://portal.example.com", KEY, proxy=wrong)
            self.assertNotIn("secret", str(caught.exception))
