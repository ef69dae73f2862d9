"""Addresses, proxies and certificates."""

import socket
import unittest

import certificates
from between import Proxy
from scripted import server_context
from suite import SLACK, Case, until


class AddressTests(Case):
    def test_a_dead_first_address_costs_a_quarter_of_a_second(self):
        """B29: ::1 takes connections and never answers; 127.0.0.1 is the server."""
        server = self.serve()
        try:
            dead = socket.create_server(("::1", server.port), family=socket.AF_INET6, backlog=0)
        except OSError as problem:
            raise unittest.SkipTest(f"no IPv6 here: {problem}") from None
        self.addCleanup(dead.close)
        full = [socket.socket(socket.AF_INET6) for _ in range(3)]  # its queue is full: whoever connects now waits
        for one in full:
            self.addCleanup(one.close)
            one.setblocking(False)
            one.connect_ex(("::1", server.port))
        driver = self.made(f"http://localhost:{server.port}")
        answer, took = driver.timed("login", patience=20)
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(1, len(server.of("login")), "the first attempt came through")
        self.assertLess(took, 2 + 2 * SLACK)
        self.until_heard(server, "heartbeat", 3)
        self.assertEqual(["held"], driver.states())

    def test_http_goes_to_this_computer_alone(self):
        """B32: anything else is refused, and the error has no key."""
        driver = self.process()
        for wrong in ("http://portal.example.com", "http://10.0.0.1", "ftp://localhost", "portal.example.com", "https://", "http://localhost.example.com",
                      "http://127.0.0.1.example.com", "https://user:word@portal.example.com"):
            with self.subTest(wrong):
                self.assertFalse(driver.ask("new", server=wrong, key=self.key)["ok"])

    def test_an_address_may_have_a_path_and_a_slash(self):
        """B32: with and without the slash, and with none at all."""
        server = self.serve(prefix="/license")
        driver = self.held(server, url=f"{server.url}/")
        self.until_heard(server, "heartbeat")
        driver.ask("release")
        self.assertEqual({"/api/heartbeat", "/api/session/stream", "/api/session/release"}, {request.path for request in server.requests if request.name != "login"})
        self.held(self.serve(prefix="/license"))
        plain = self.serve()
        self.held(plain, url=f"{plain.url}/")

    def test_a_key_must_be_there(self):
        """B32: an empty one is refused at once, as a wrong address is."""
        self.assertFalse(self.process().ask("new", server="https://portal.example.com", key=" ")["ok"])


class SecureCase(Case):
    def secure(self, kind="good", **more):
        return self.serve(tls=server_context(certificates.made(kind)), **more)

    def trusting(self, **more):
        return {"environment": {"SSL_CERT_FILE": certificates.authority(), **more}}


class CertificateTests(SecureCase):
    def test_one_that_is_trusted(self):
        """B31: https as it should be."""
        server = self.secure()
        self.held(server, **self.trusting())

    def refused(self, kind, why):
        server = self.secure(kind)
        driver = self.made(server.url, **self.trusting())
        answer, took = driver.timed("login", patience=30)
        self.assertEqual((False, "certificate"), (answer["ok"], answer["reason"]["code"]))
        self.assertRegex(answer["reason"]["message"], f"(?i){why}")
        self.assertEqual([], server.requests)
        self.assertLess(took, 10 + SLACK)

    def test_an_expired_one_is_final(self):
        """B31: at once, and it says that it has expired."""
        self.refused("expired", "expired|not (yet )?valid")

    def test_one_for_another_name_is_final(self):
        """B31: at once, and it says that it is another's."""
        self.refused("wrong_name", "name|for another|localhost")

    def test_one_that_nobody_vouches_for_is_final(self):
        """B31: at once, and it says that it is not trusted."""
        self.refused("self_signed", "trust|self.signed|issuer|authority")

    def test_while_the_program_runs_it_is_no_answer(self):
        """B31, B8: lost in time, not over, and renewed when it is right again."""
        server = self.secure(timing={"timeout": 5})
        driver = self.held(server, **self.trusting())
        server.tls.load_cert_chain(certificates.made("expired"))
        server.streams[0].cut()
        self.assertFalse(self.until_lost(driver)["over"])
        server.tls.load_cert_chain(certificates.made("good"))
        self.until_state(driver, "renewed")


class ProxyTests(SecureCase):
    """A name that only the proxy knows."""

    def through(self, server, **more):
        return self.held(server, url="https://portal.test", **more)

    def check(self, server, proxy):
        until(lambda: len(server.of("heartbeat")) > 1, "heartbeats come through")
        self.assertGreaterEqual(len(proxy.asked), 4)
        self.assertEqual({"CONNECT portal.test:443"}, set(proxy.asked))

    def test_the_parameter_names_a_proxy(self):
        """B30: every request goes through it."""
        server = self.secure()
        proxy = self.between(Proxy, server)
        self.through(server, proxy=proxy.url, **self.trusting())
        self.check(server, proxy)

    def test_the_environment_names_a_proxy(self):
        """B30: HTTPS_PROXY."""
        server = self.secure()
        proxy = self.between(Proxy, server)
        self.through(server, **self.trusting(HTTPS_PROXY=proxy.url))
        self.check(server, proxy)

    def test_the_environment_names_what_needs_no_proxy(self):
        """B30: NO_PROXY."""
        server = self.secure()
        proxy = self.between(Proxy, server)
        self.held(server, **self.trusting(HTTPS_PROXY=proxy.url, NO_PROXY="localhost"))
        self.assertEqual([], proxy.asked)

    def test_the_key_never_stands_in_what_the_proxy_reads(self):
        """B30, B34: it passes on what is encrypted."""
        server = self.secure()
        proxy = self.between(Proxy, server)
        self.through(server, proxy=proxy.url, **self.trusting())
        self.assertNotIn(self.key, "".join(proxy.asked))
