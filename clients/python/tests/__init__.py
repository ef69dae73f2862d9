"""The client's tests. They keep their installation in a folder of their own, not in the profile of who runs them."""

import atexit
import os
import shutil
import tempfile

if "QUOTRADING_PROFILE" not in os.environ:
    os.environ["QUOTRADING_PROFILE"] = tempfile.mkdtemp(prefix="quotrading-profile-")
    atexit.register(shutil.rmtree, os.environ["QUOTRADING_PROFILE"], ignore_errors=True)
