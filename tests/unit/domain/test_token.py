"""Tokens bind a result to its row, and nobody without a key can make one."""

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enrichment.domain.token import RowRef, SigningKeys, key_id, key_id_of, sign, verify
from enrichment.errors import ForgedWebhook

KEYS = st.binary(min_size=16, max_size=40)
REFS = st.builds(
    RowRef,
    st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16),
    st.integers(1, 10**6),
    st.integers(1, 10**8),
)
CHARACTERS = st.characters(codec="utf-8") | st.sampled_from("v1.0-_\ud800")

A_REF = RowRef("abcdefghijklmnop", 3, 207)
OLD, NEW, NEWER = b"a key of some length", b"another key, as long", b"and one more of these"


@given(ref=REFS, key=KEYS)
def test_a_token_brings_back_the_row_it_was_signed_for(ref: RowRef, key: bytes) -> None:
    token = sign(ref, SigningKeys(key))
    assert verify(token, SigningKeys(key)) == ref
    assert key_id_of(token) == key_id(key)


@given(ref=REFS, position=st.integers(0), character=CHARACTERS)
def test_a_token_with_any_character_altered_is_refused(
    ref: RowRef, position: int, character: str
) -> None:
    token = sign(ref, SigningKeys(NEW))
    at = position % len(token)
    assume(token[at] != character)
    with pytest.raises(ForgedWebhook):
        verify(token[:at] + character + token[at + 1 :], SigningKeys(NEW, OLD))


@given(ref=REFS, position=st.integers(0), more=st.text(CHARACTERS, max_size=3))
def test_a_token_cut_or_lengthened_anywhere_is_refused(
    ref: RowRef, position: int, more: str
) -> None:
    token = sign(ref, SigningKeys(NEW))
    at = position % len(token)
    for altered in (token[:at], token[:at] + token[at + 1 :], token[:at] + more + token[at:]):
        if altered != token:
            with pytest.raises(ForgedWebhook):
                verify(altered, SigningKeys(NEW))


@given(st.text(CHARACTERS, max_size=40))
def test_any_other_text_is_refused_even_with_the_id_of_a_key(text: str) -> None:
    for token in (text, f"v1.{key_id(NEW)}.{text}", f"v1.{key_id(NEW)}.job.1.2.{text}"):
        with pytest.raises(ForgedWebhook):
            verify(token, SigningKeys(NEW))


def test_after_a_rotation_the_key_before_still_counts_but_not_the_one_before_that() -> None:
    token = sign(A_REF, SigningKeys(OLD))
    assert verify(token, SigningKeys(NEW, previous=OLD)) == A_REF
    with pytest.raises(ForgedWebhook):
        verify(token, SigningKeys(NEWER, previous=NEW))


def test_after_a_rotation_the_new_key_signs() -> None:
    keys = SigningKeys(NEW, previous=OLD)
    assert sign(A_REF, keys) == sign(A_REF, SigningKeys(NEW))
    assert verify(sign(A_REF, keys), keys) == A_REF


@given(key=KEYS)
def test_a_token_does_not_give_its_key_away(key: bytes) -> None:
    token = sign(A_REF, SigningKeys(key)).encode()
    for form in (
        key,
        key.hex().encode(),
        b64encode(key).rstrip(b"="),
        urlsafe_b64encode(key).rstrip(b"="),
    ):
        assert form not in token


def test_keys_do_not_show_in_the_text_of_the_error() -> None:
    with pytest.raises(ForgedWebhook) as raised:
        verify(sign(A_REF, SigningKeys(OLD)), SigningKeys(NEW))
    assert not any(
        part in str(raised.value) for part in ("a key of some length", "another key", A_REF.job)
    )
