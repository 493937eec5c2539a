"""Every rule, every case, every language."""

from pathlib import Path

import pytest

from fabriclint.testing import Case, cases, check_case

FIXTURES = Path(__file__).parent.parent / "fixtures"


@pytest.mark.parametrize("case", cases(FIXTURES), ids=str)
def test_case(case: Case) -> None:
    """A case reports exactly what its marks say, in every language."""
    check_case(case)
