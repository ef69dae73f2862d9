"""Both clients, by the table of docs/client-api.md. See README.md."""

from cases import heartbeats, login, streams
from suite import for_each_client


def load_tests(loader, tests, pattern):
    return for_each_client(loader, login.LoginTests, heartbeats.HeartbeatTests, streams.StreamTests, streams.StandingStillTests)
