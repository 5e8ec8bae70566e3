"""How a file writes names, by its header and some of its rows."""

import pytest

from enrichment.domain.columns import Field
from enrichment.domain.manner import WESTERN, Manner, manner_of

WEST = ["Jane Smith", "Olivia Hartwell", "Peter Müller", "Grace Okonkwo", "Noah O'Brien"]
HUNGARY = ["Nagy Anna", "Kovács Péter", "Szabó Éva", "Tóth Julia", "Kiss Adam"]
SPAIN = ["Juan García López", "Ana Ruiz Gil", "María Pérez Díaz", "Luis Torres Vega"]
COMMAS = ["Smith, Jane", "Hartwell, Olivia", "Müller, Peter", "Okonkwo, Grace"]


@pytest.mark.parametrize(
    ("header", "names", "manner"),
    [
        (["Name"], WEST, WESTERN),
        (["Name"], HUNGARY, Manner(family_first=True)),
        (["Név"], ["Kis Xyz"], Manner(family_first=True)),
        (["Név"], WEST, WESTERN),
        (["Name"], SPAIN, Manner(two_surnames=True)),
        (["Nombre", "Empresa"], ["Xyz Abc Def"], Manner(two_surnames=True)),
        (["Name"], COMMAS, Manner(family_first=True, family_before_comma=True)),
        (["Name"], ["王小明"], Manner(chinese=True)),
        (["Name"], ["高橋一郎", "山田太郎"], Manner(japanese=True)),
        (["Name"], ["王小明", "山田さくら"], Manner(japanese=True)),
        (["Name"], HUNGARY[:2], WESTERN),
        (["Name"], [], WESTERN),
    ],
)
def test_the_manner_of_a_file_is_told(header: list[str], names: list[str], manner: Manner) -> None:
    assert manner_of(header, [{Field.FULL_NAME: name} for name in names]) == manner


def test_addresses_tell_the_order_too() -> None:
    rows = [
        {Field.FULL_NAME: f"Xyz{at} Abc{at}", Field.EMAIL: f"abc{at}.xyz{at}@acme.example"}
        for at in "abcd"
    ]
    assert manner_of(["Name"], rows).family_first
