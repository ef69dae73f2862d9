"""Both clients, by the table of docs/client-api.md. See README.md."""

from cases import heartbeats, identity, leaving, login, network, older, portal, signed, streams, telling
from driver import CLIENTS
from suite import for_each_client

SCRIPTED = (older.OlderServerTests, login.LoginTests, heartbeats.HeartbeatTests, streams.StreamTests, streams.StandingStillTests, leaving.LeavingTests,
            leaving.TokenTests, signed.SignedTests, identity.IdentityTests, network.AddressTests, network.CertificateTests, network.ProxyTests,
            telling.TellingTests)


def load_tests(loader, tests, pattern):
    suite, real = for_each_client(loader, *SCRIPTED), for_each_client(loader, portal.PortalTests)
    if len(CLIENTS) > 1:
        real.addTests(loader.loadTestsFromTestCase(portal.TwoClientsTests))
    if real.countTestCases():
        suite.prepare = portal.start_early
    suite.addTests(real)
    return suite
