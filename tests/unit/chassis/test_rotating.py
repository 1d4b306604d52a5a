"""Codes that change with the time: one per window, nobody else's, accepted for as long as asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis import rotating

MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SECONDS = st.integers(1, 3600)


@given(at=MOMENTS, seconds=SECONDS)
def test_a_window_begins_where_the_one_before_ends(at: datetime, seconds: int) -> None:
    window = rotating.window_of(at, seconds)
    ends = rotating.window_ends(window, seconds)
    assert at < ends <= at + timedelta(seconds=seconds)
    assert rotating.window_of(ends, seconds) == window + 1
    assert rotating.window_of(ends - timedelta(microseconds=1), seconds) == window


@given(secret=st.text(min_size=1), subject=st.text(), window=st.integers(0, 2**40), length=st.integers(4, 9))
def test_digits_follow_from_secret_subject_and_window_alone(
    secret: str, subject: str, window: int, length: int
) -> None:
    code = rotating.digits_of(secret, subject, window, length=length)
    assert len(code) == length
    assert code.isdecimal()
    assert code == rotating.digits_of(secret, subject, window, length=length)
    digests = {
        rotating.digest_of(secret, subject, window),
        rotating.digest_of(secret, subject, window + 1),
        rotating.digest_of(secret + "x", subject, window),
        rotating.digest_of(secret, subject + "x", window),
    }
    assert len(digests) == 4


def test_the_codes_of_a_day_are_spread_over_all_digits() -> None:
    codes = [rotating.digits_of("secret", "act", window) for window in range(2880)]
    assert len(set(codes)) > 2850
    assert {code[0] for code in codes} == set("0123456789")


def test_the_first_window_that_fits_is_found_and_none_otherwise() -> None:
    assert rotating.matching("b", [1, 2, 3], lambda window: "abb"[window - 1]) == 2
    assert rotating.matching("é", [1, 2], lambda window: str(window)) is None
