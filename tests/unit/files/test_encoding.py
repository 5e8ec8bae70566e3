"""Which characters a text's bytes are."""

import codecs

import pytest

from enrichment.errors import UnreadableFile
from tests.unit.files.reading import read

FRENCH = "Prénom;Nom;Société\r\nJérôme;Lefèvre;Crédit Agricole\r\nZoë;Müller;Château d’Eau\r\n"
GERMAN = "Vorname;Nachname;Firma\r\nJürgen;Groß;Größe GmbH\r\nBjörn;Weiß;Äpfel AG\r\n"
SPANISH = "Nombre;Apellidos;Compañía\r\nIñigo;Muñoz;Peñarol\r\nMaría;García;€uro SA\r\n"
FRENCH_DOS, SPANISH_DOS = FRENCH.replace("’", "'"), SPANISH.replace("€", "E")
PORTUGUESE = "Nome;Apelido;Empresa\r\nJoão;Conceição;Pães\r\nInês;Magalhães;Cortiça\r\n"
DANISH = "Fornavn;Efternavn;Firma\r\nSøren;Kjær;Ærø Færge\r\nÅse;Nørgård;Bjørn & Søn\r\n"
ONE_NAME = "First name;Last name\r\n" + "Jane;Doe\r\n" * 9 + "Jürgen;Doe\r\n"
POLISH = "Imię;Last name;Firma\r\nŁukasz;Wójcik;Żabka\r\nMałgorzata;Świątek;Książka\r\n"
CZECH = "First name;Last name;Firma\r\nJiří;Dvořák;Škoda\r\nTomáš;Novák;Žižkov\r\n"
RUSSIAN = "First name;Last name;Company\r\nИван;Петров;Газпром\r\nОльга;Смирнова;Яндекс\r\n"
GREEK = "First name;Last name;Company\r\nΓιώργος;Παπαδόπουλος;Αθήνα\r\n"
TURKISH = "First name;Last name;Company\r\nİbrahim;Yılmaz;Koç\r\nAyşe;Öztürk;Garanti Bankası\r\n"
JAPANESE = "First name;Last name;Company\r\n太郎;山田;株式会社トヨタ\r\n花子;鈴木;ソニー\r\n"
CHINESE = "First name;Last name;Company\r\n伟;王;阿里巴巴集团\r\n芳;李;腾讯\r\n"
KOREAN = "First name;Last name;Company\r\n민수;김;삼성전자\r\n지영;이;현대자동차\r\n"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (FRENCH, "cp1252"),
        (GERMAN, "cp1252"),
        (SPANISH, "cp1252"),
        (FRENCH, "mac-roman"),
        (GERMAN, "mac-roman"),
        (FRENCH_DOS, "cp850"),
        (GERMAN, "cp850"),
        (SPANISH_DOS, "cp850"),
        (SPANISH_DOS, "mac-roman"),
        (ONE_NAME, "cp1252"),
        (ONE_NAME, "mac-roman"),
        (ONE_NAME, "cp850"),
        (PORTUGUESE, "cp850"),
        (PORTUGUESE, "cp1252"),
        (PORTUGUESE, "mac-roman"),
        (DANISH, "cp850"),
        (DANISH, "cp1252"),
        (DANISH, "mac-roman"),
        (POLISH, "cp1250"),
        (CZECH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (TURKISH, "cp1254"),
        (JAPANESE, "cp932"),
        (CHINESE, "gb18030"),
        (KOREAN, "cp949"),
        (RUSSIAN, "utf-8"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
    ],
)
def test_the_encoding_is_told_from_a_few_rows(text: str, codec: str) -> None:
    reading = read(text.encode(codec))
    assert reading.layout.encoding == codec
    assert [reading.header, *reading.rows] == [line.split(";") for line in text.splitlines()]


@pytest.mark.parametrize("far", [10, 20_000])
def test_one_name_with_an_accent_far_down_decides(far: int) -> None:
    content = "First name,Last name\n" + "Jane,Doe\n" * far + "José,Núñez\n"
    for codec in ("utf-8", "cp1252"):
        assert read(content.encode(codec)).rows[-1] == ["José", "Núñez"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "First name;Company\n" + "José;Peñarol\n" * 20 + "Ana;Acme",
            "Most of the file is text in UTF-8",
        ),
        ("First name;Company\nJosé;Acme\n", "begins as text in UTF-16, but is damaged"),
    ],
)
def test_text_that_changes_its_encoding_is_refused_in_words(content: str, words: str) -> None:
    broken = {
        "Most of": content.encode() + b";J\xe9r\xf4me\n",
        "begins ": codecs.BOM_UTF16_LE + content.encode("utf-16-le") + b"\x00\xd8a",
    }[words[:7]]
    with pytest.raises(UnreadableFile) as raised:
        read(broken)
    assert words in str(raised.value)
