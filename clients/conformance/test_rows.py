"""Each row of docs/client-api.md is named by a test, and no test names one that is not there."""

import pathlib
import re
import unittest

import test_conformance
from cases import portal
from driver import ROOT

ROWS = re.compile(r"\bB[1-9]\d?\b")
OWN_TESTS = ("clients/python/tests/*.py", "src/QuoTrading.Portal.Tests/FieldClients/*.cs")


def rows_of_the_page():
    return set(re.findall(r"^\| \*\*(B\d+)\*\* \|", (ROOT / "docs/client-api.md").read_text(encoding="utf-8"), re.MULTILINE))


def flat(suite):
    for test in suite:
        yield from flat(test) if isinstance(test, unittest.TestSuite) else [test]


class RowTests(unittest.TestCase):
    def of_the_suite(self):
        loader = unittest.TestLoader()
        return list(flat(test_conformance.load_tests(loader, None, None))) + list(flat(loader.loadTestsFromTestCase(portal.TwoClientsTests)))

    def named_elsewhere(self):
        """By each client's own tests."""
        files = [file for pattern in OWN_TESTS for file in pathlib.Path(ROOT).glob(pattern)]
        return {row for file in files for row in ROWS.findall(file.read_text(encoding="utf-8"))}

    def test_each_test_begins_with_its_rows(self):
        """The docstring's text before the colon."""
        nameless = [test.id() for test in self.of_the_suite() if not re.match(r"B\d+(, B\d+)*: ", test._testMethodDoc or "")]
        self.assertEqual([], nameless)

    def test_each_row_is_named_and_none_that_is_not_there(self):
        """In the suite, or in a client's own tests."""
        named = {row for test in self.of_the_suite() for row in ROWS.findall(test._testMethodDoc.split(":")[0])} | self.named_elsewhere()
        page = rows_of_the_page()
        self.assertEqual(36, len(page))
        self.assertEqual((set(), set()), (page - named, named - page), "(not named, not on the page)")
