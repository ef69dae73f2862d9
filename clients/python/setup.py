"""The wheel: the one file that is also copied, as the package ``quotrading_license``, and beside it ``quotrading_license.testing``."""

from setuptools import setup
from setuptools.command.build_py import build_py

MODULES = {"__init__": "quotrading_license.py", "testing": "quotrading_license_testing.py"}


class Build(build_py):
    """The files lie here under the names that they have where they are copied."""

    def find_package_modules(self, package, package_dir):
        return [(package, module, file) for module, file in MODULES.items()]


setup(packages=["quotrading_license"], package_dir={"quotrading_license": "."}, package_data={"quotrading_license": ["py.typed"]},
      include_package_data=False, cmdclass={"build_py": Build})
