"""Which database a test of the store is about, where it is not about both."""

import pytest

SQLITE = pytest.mark.parametrize("own", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("own", ["postgresql"], indirect=True)
