"""Numbers of persons and organisations are checked before a case is made of them (I10)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.applicants.rules import (
    CHECKS,
    CREDIT_SIGNS,
    Fault,
    Number,
    NumberKind,
    Party,
    check,
    id_fault,
    masked,
    masked_phone,
    phone,
    region_hint,
)
from hall.applicants.vault import Sealed, Vault
from hall.keyring import Keys

TODAY = date(2026, 11, 24)
PERSON, ORGANISATION = Party.PERSON, Party.ORGANISATION

OURS, THEIRS = Keys(b"", b"", b"k" * 32), Keys(b"", b"", b"l" * 32)


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (NumberKind.ID_CARD, "11010519491231002X", "11010519491231002X"),
        (NumberKind.ID_CARD, "440524 18800101 001４", "440524188001010014"),
        (NumberKind.ID_CARD, "11010519491231002x", "11010519491231002X"),
        (NumberKind.PASSPORT, "E12345678", "E12345678"),
        (NumberKind.HK_MACAO_PERMIT, "h12345678", "H12345678"),
        (NumberKind.TAIWAN_PERMIT, "12345678", "12345678"),
        (NumberKind.FOREIGN_RESIDENCE, "DEU310080010101", "DEU310080010101"),
        (NumberKind.HOUSEHOLD_REGISTER, "410928001", "410928001"),
    ],
)
def test_I10_a_right_number_is_stored_plain(kind: NumberKind, typed: str, stored: str) -> None:
    assert check(PERSON, kind, typed, TODAY) == Number(kind, stored)


@pytest.mark.parametrize(
    ("kind", "typed", "fault"),
    [
        (NumberKind.ID_CARD, "110105194912310021", Fault.CHECKSUM),
        (NumberKind.ID_CARD, "110105194902300021", Fault.DATE),
        (NumberKind.ID_CARD, "110105202702280021", Fault.DATE),
        (NumberKind.ID_CARD, "11010519491231002", Fault.LENGTH),
        (NumberKind.ID_CARD, "1101051949123100A1", Fault.SIGNS),
        (NumberKind.ID_CARD, "١١٠١٠٥١٩٤٩١٢٣١٠٠٢٢", Fault.SIGNS),
        (NumberKind.ID_CARD, "", Fault.LENGTH),
        (NumberKind.PASSPORT, "E123😀567", Fault.SIGNS),
        (NumberKind.PASSPORT, "E1", Fault.LENGTH),
        (NumberKind.HK_MACAO_PERMIT, "12345678", Fault.SIGNS),
        (NumberKind.TAIWAN_PERMIT, "123456789", Fault.LENGTH),
        (NumberKind.SOCIAL_CREDIT, "91350100M000100Y43", Fault.KIND),
    ],
)
def test_I10_a_wrong_number_says_what_kind_of_mistake(kind: NumberKind, typed: str, fault: Fault) -> None:
    assert check(PERSON, kind, typed, TODAY) is fault


def test_I10_organisations_have_a_credit_code_or_none_yet() -> None:
    code = "91350100M000100Y43"
    assert check(ORGANISATION, NumberKind.SOCIAL_CREDIT, code, TODAY) == Number(
        NumberKind.SOCIAL_CREDIT, code
    )
    assert check(ORGANISATION, NumberKind.SOCIAL_CREDIT, code[:-1] + "4", TODAY) is Fault.CHECKSUM
    assert check(ORGANISATION, NumberKind.SOCIAL_CREDIT, code.replace("M", "I"), TODAY) is Fault.SIGNS
    assert check(ORGANISATION, NumberKind.NONE_YET, "", TODAY) == Number(NumberKind.NONE_YET, "")
    assert check(ORGANISATION, NumberKind.ID_CARD, "11010519491231002X", TODAY) is Fault.KIND


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_I10_one_wrong_digit_is_always_found(born: date, order: int, place: int, by: int) -> None:
    """GB 11643's checksum catches every single wrong digit."""
    body = f"413023{born:%Y%m%d}{order:03d}"
    right = next(body + sign for sign in CHECKS if id_fault(body + sign, TODAY) is None)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert id_fault(wrong, TODAY) is not None


@given(st.text(CREDIT_SIGNS, min_size=17, max_size=17))
def test_I10_every_credit_code_has_exactly_one_right_end(body: str) -> None:
    ends = [
        sign
        for sign in CREDIT_SIGNS
        if isinstance(check(ORGANISATION, NumberKind.SOCIAL_CREDIT, body + sign, TODAY), Number)
    ]
    assert len(ends) == 1


def test_I10_the_region_is_only_a_hint() -> None:
    unknown = "990105194912310028"
    assert id_fault(unknown, TODAY) in {None, Fault.CHECKSUM}
    assert region_hint(Number(NumberKind.ID_CARD, "41302319491231002X")) == "河南"
    assert region_hint(Number(NumberKind.ID_CARD, unknown)) is None


def test_I10_numbers_are_masked_first_six_last_four() -> None:
    assert masked("11010519491231002X") == "110105********002X"
    assert masked("E12345678") == "E1*****78"
    assert masked("123") == "***"
    assert masked_phone("13812345678") == "138****5678"


@pytest.mark.parametrize("typed", ["13812345678", "+86 138 1234 5678", "0376-5951234"])
def test_phones_are_read(typed: str) -> None:
    assert phone(typed) is not None


@pytest.mark.parametrize("typed", ["12345", "23812345678", "", "1381234567a", "١٣٨١٢٣٤٥٦٧٨"])
def test_what_is_no_phone_is_refused(typed: str) -> None:
    assert phone(typed) is None


def test_I10_numbers_are_sealed_and_found_by_a_keyed_hash() -> None:
    vault, number = Vault(OURS), Number(NumberKind.ID_CARD, "11010519491231002X")
    sealed = vault.seal(number.text)
    assert sealed is not None
    assert b"11010519" not in sealed
    assert vault.open(sealed) == number.text
    assert vault.seal(number.text) != sealed
    assert vault.trace(number) == Vault(OURS).trace(number) != Vault(THEIRS).trace(number)
    with pytest.raises(Sealed):
        Vault(THEIRS).open(sealed)
