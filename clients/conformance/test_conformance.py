"""Both clients, by the table of docs/client-api.md. See README.md."""

from cases import heartbeats, identity, leaving, login, network, older, portal, signed, streams, telling
from driver import CLIENTS
from suite import for_each_client


def load_tests(loader, tests, pattern):
    suite = for_each_client(
        loader, login.LoginTests, heartbeats.HeartbeatTests, streams.StreamTests, streams.StandingStillTests, leaving.LeavingTests, leaving.TokenTests,
        older.OlderServerTests, signed.SignedTests, identity.IdentityTests, network.AddressTests, network.CertificateTests, network.ProxyTests,
        telling.TellingTests, portal.PortalTests)
    if len(CLIENTS) > 1:
        suite.addTests(loader.loadTestsFromTestCase(portal.TwoClientsTests))
    return suite
