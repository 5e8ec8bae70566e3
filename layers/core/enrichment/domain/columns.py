"""Which column of a file is which field of a contact, told by the header alone."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType


class Field(StrEnum):
    """What the pipeline looks for in a file. Values are shown to people in reports."""

    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    FULL_NAME = "full name"
    COMPANY = "company"
    DOMAIN = "domain"
    WEBSITE = "website"
    EMAIL = "e-mail"
    LINKEDIN = "LinkedIn URL"
    SALES_NAVIGATOR = "Sales Navigator URL"


# Headers as CRMs and prospecting tools export them, compared as `normalised` does. Where several columns of a file carry a name
# of the same field, the earlier name in the list wins: `Work email` says more than `Email`. Only whole headers count, so that
# `Company LinkedIn Url`, `Previous Company Name`, `Personal Email` and our own `enriched_email` are nothing. Languages stand in
# the order of the first list.
HEADERS: MappingProxyType[Field, tuple[str, ...]] = MappingProxyType(
    {
        Field.FIRST_NAME: (
            # English: first as CRMs say it, then as it stands below a person, a contact or a lead
            "first name", "given name", "forename", "person first name", "contact first name", "lead first name",
            "prospect first name", "name (first)", "fname", "first",
            # French
            "prénom", "prénom du contact", "prénom contact", "contact prénom", "personne prénom",
            # German
            "Vorname", "Rufname", "Ansprechpartner Vorname", "Vorname Ansprechpartner", "Kontakt Vorname",
            # Spanish
            "nombre de pila", "primer nombre", "nombres",
            # Italian
            "nome di battesimo",
            # Portuguese
            "primeiro nome", "nome próprio",
            # Dutch
            "voornaam", "roepnaam", "voornaam contactpersoon",
            # Polish, Czech, Russian, Japanese, Chinese
            "imię", "křestní jméno", "имя", "名", "名字",
        ),
        Field.LAST_NAME: (
            "last name", "surname", "family name", "person last name", "contact last name", "lead last name",
            "prospect last name", "surnames", "name (last)", "lname", "last",
            "nom de famille", "personne nom de famille", "patronyme",
            "Nachname", "Familienname", "Zuname", "Ansprechpartner Nachname", "Nachname Ansprechpartner", "Kontakt Nachname",
            "apellidos", "apellido", "apellidos del contacto", "primer apellido",
            "cognome", "cognome del contatto",
            # In Brazil `apelido` is a nickname, and `sobrenome` stands beside it.
            "sobrenome", "último nome", "sobrenome do contato", "apelido", "apelidos",
            "achternaam", "familienaam", "achternaam contactpersoon",
            "nazwisko", "příjmení", "фамилия", "姓", "姓氏",
        ),
        Field.FULL_NAME: (
            "full name", "person full name", "contact full name", "lead full name", "person name",
            "prospect name", "contact name", "display name", "deal contact person", "contact person",
            "nom complet", "nom et prénom", "nom prénom", "prénom et nom", "prénom nom", "interlocuteur",
            "vollständiger Name", "vor- und nachname", "Vorname Nachname", "Vorname Name", "Name, Vorname", "Ansprechpartner",
            "Ansprechperson", "Kontaktperson", "Kontaktname",
            "nombre completo", "nombre y apellidos", "nombre y apellido", "persona de contacto",
            "nome completo", "nome e cognome", "nominativo", "persona di contatto", "referente",
            "nome e sobrenome", "nome e apelido", "pessoa de contato", "pessoa de contacto",
            "volledige naam", "voor- en achternaam", "contactpersoon",
            "imię i nazwisko", "jméno a příjmení", "фио", "氏名", "姓名",
        ),
        Field.COMPANY: (
            "company name", "company", "account name", "organization name", "organisation name", "company / account",
            "organization", "organisation", "person organization", "person organisation", "deal organization",
            "organization 1 - name", "current company name", "current company", "company name - cleaned",
            "company name for emails", "company cleaned name", "employer", "current employer", "employer name",
            "current organization", "company / organization", "organization / company", "contact company",
            "lead company", "lead company name", "prospect company", "firm name", "business name", "associated company",
            "account",
            "nom de l'entreprise", "nom entreprise", "entreprise", "nom de la société", "nom société", "société",
            "raison sociale", "dénomination sociale", "dénomination", "nom du compte", "nom de l'organisation",
            "personne organisation", "entreprise associée", "employeur", "compagnie",
            "Firmenname", "Firma", "Unternehmensname", "Name des Unternehmens", "Unternehmen", "Firmenbezeichnung",
            "Name der Firma", "Name der Organisation", "zugeordnetes Unternehmen", "Arbeitgeber", "Gesellschaft",
            "nombre de la empresa", "nombre empresa", "empresa", "nombre de la compañía", "compañía", "razón social",
            "nombre de la cuenta", "nombre de la organización", "organización", "persona organización", "empresa asociada",
            "cuenta",
            "nome azienda", "nome dell'azienda", "azienda", "nome società", "società", "ragione sociale", "nome account",
            "organizzazione", "denominazione sociale", "denominazione", "azienda associata", "impresa", "ditta",
            "nome da empresa", "nome empresa", "razão social", "nome da conta", "nome da organização", "organização",
            "pessoa organização", "empresa associada", "conta", "companhia", "nome da companhia",
            "bedrijfsnaam", "bedrijf", "naam bedrijf", "accountnaam", "organisatie", "organisatienaam", "naam organisatie",
            "gekoppeld bedrijf", "onderneming", "werkgever",
            "nazwa firmy", "společnost", "компания", "организация", "会社名", "企業名", "公司", "公司名称",
        ),
        Field.DOMAIN: (
            "company domain name", "company domain", "domain", "domain name", "website domain", "company website domain",
            "organization domain", "organization primary domain", "company primary domain", "account domain", "primary domain",
            "email domain", "hs email domain",
            "nom de domaine de l'entreprise", "domaine de l'entreprise", "domaine entreprise", "nom de domaine", "domaine",
            "Domainname des Unternehmens", "Unternehmensdomain", "Firmendomain", "Domäne",
            "nombre de dominio de la empresa", "dominio de la empresa", "nombre de dominio", "dominio",
            "nome di dominio dell'azienda", "dominio azienda", "dominio aziendale", "nome di dominio",
            "nome de domínio da empresa", "domínio da empresa", "nome de domínio",
            "domeinnaam bedrijf", "bedrijfsdomein", "domeinnaam", "domein",
            "domena", "домен", "ドメイン", "域名",
        ),
        Field.WEBSITE: (
            "company website", "website", "website url", "company website url", "company url", "organization website",
            "organization website url", "account website", "person website", "web page", "website 1 - value",
            "homepage", "web address", "website link", "website address", "corporate website", "company homepage",
            "company web page", "organization url", "employer website", "web url", "web",
            "site web de l'entreprise", "site web", "url du site web", "site internet", "site de l'entreprise", "page web",
            "adresse du site", "site",
            "Webseite", "Firmenwebsite", "Webseite Unternehmen", "Unternehmenswebsite", "Website des Unternehmens", "Webadresse",
            "Internetseite", "Internetadresse", "Internet",
            "sitio web de la empresa", "sitio web", "url del sitio web", "página web", "web de la empresa",
            "sito web azienda", "sito web aziendale", "sito web", "url sito web", "url del sito web", "sito internet", "sito",
            "site da empresa", "url do site", "página da web", "página na web", "website da empresa",
            "website bedrijf", "bedrijfswebsite", "webpagina", "webadres", "internetadres",
            "strona internetowa", "strona www", "webové stránky", "сайт", "веб-сайт", "ウェブサイト", "网站", "网址",
        ),
        Field.EMAIL: (
            # of work, in any language, before those of which it is not said
            "work email", "work email address", "business email", "business email address", "company email", "professional email",
            "corporate email", "pro email", "email pro", "email work", "email business", "person email work",
            "most probable email", "lead most probable email", "primary work email", "recommended work email",
            "e-mail professionnel", "email professionnelle", "adresse e-mail professionnelle", "mail professionnel", "mail pro",
            "personne e-mail travail", "courriel professionnel",
            "geschäftliche E-Mail", "geschäftliche E-Mail-Adresse", "E-Mail geschäftlich", "E-Mail-Adresse geschäftlich",
            "E-Mail (Arbeit)", "Firmen-E-Mail",
            "correo electrónico de trabajo", "correo de trabajo", "correo corporativo", "email profesional",
            "correo electrónico profesional", "correo profesional",
            "email aziendale", "e-mail di lavoro", "indirizzo email aziendale", "email lavoro", "email professionale",
            "e-mail corporativo", "e-mail profissional", "e-mail comercial", "e-mail de trabalho", "email do trabalho",
            "zakelijk e-mailadres", "zakelijke e-mail", "e-mail werk", "werk e-mail", "e-mailadres werk",
            # of which it is not said
            "email", "email address", "primary email", "contact email", "person email", "lead email", "email 1",
            "email address 1", "e-mail 1 - value", "mail", "email id", "emails", "email addresses",
            "adresse e-mail", "adresse mail", "adresse de messagerie", "courriel", "adresse électronique",
            "courrier électronique", "adresse courriel",
            "E-Mail-Adresse", "Mailadresse",
            "correo electrónico", "correo", "dirección de correo electrónico", "dirección de correo", "dirección de email",
            "indirizzo e-mail", "indirizzo posta elettronica", "indirizzo di posta elettronica", "posta elettronica",
            "endereço de e-mail", "endereço de correio eletrônico", "endereço de correio electrónico", "correio eletrônico",
            "correio electrónico",
            "e-mailadres", "mailadres",
            "adres e-mail", "эл. почта", "электронная почта", "メールアドレス", "电子邮件", "邮箱",
        ),
        Field.LINKEDIN: (
            "person linkedin url", "linkedin url", "linkedin profile url", "linkedin url public", "linkedin profile",
            "contact linkedin url", "contact li profile url", "linkedin contact profile url", "linkedin person url",
            "lead linkedin profile url", "lead linkedin url", "person linkedin profile", "person linkedin", "contact linkedin",
            "linkedin", "default profile url", "public profile url", "linkedin link", "linkedin member url", "linkedin bio",
            "hs linkedin url", "linkedin url unique id", "personal linkedin url", "personal linkedin", "linkedin profile link",
            "linkedin public url", "public linkedin url", "prospect linkedin url", "linkedin contact", "profile url",
            "profile link", "profile",
            "url linkedin", "profil linkedin", "lien linkedin", "url du profil linkedin", "lien profil linkedin",
            "url profil linkedin", "linkedin du contact", "page linkedin du contact",
            "LinkedIn-Profil", "LinkedIn-Profil-URL", "LinkedIn Adresse",
            "perfil de linkedin", "url de linkedin", "url del perfil de linkedin", "perfil linkedin", "enlace de linkedin",
            "profilo linkedin", "url profilo linkedin", "link linkedin", "url del profilo linkedin",
            "perfil do linkedin", "url do linkedin", "url do perfil do linkedin", "link do linkedin",
            "linkedin-profiel", "url linkedin-profiel", "linkedin profiel url",
        ),
        Field.SALES_NAVIGATOR: (
            "sales navigator url", "sales navigator profile url", "linkedin sales navigator url", "sales navigator link",
            "person sales navigator url", "lead sales navigator profile url", "linkedin sales navigator profile url",
            "linkedin url sales navigator", "sales nav url", "sales nav profile url", "sales navigator profile",
            "sales navigator", "sales nav",
            "url sales navigator", "lien sales navigator", "profil sales navigator",
        ),
    }
)  # fmt: skip

# Headers that do not say which part of a person's name they are.
_NAMES_OF_PERSONS = (
    "nom du contact", "nom contact", "contact nom", "personne nom", "Kontakt Name", "nombre del contacto", "nombre contacto",
    "persona nombre", "nome del contatto", "nome contatto", "nome do contato", "nome do contacto", "pessoa nome",
    "naam contactpersoon",
)  # fmt: skip

# Headers that do not even say whose name it is.
_NAMES = ("name", "lead name", "nom", "nombre", "nome", "naam", "jméno")

# Headers that may be of a name, where nothing else is.
_CONTACTS = ("contact", "Kontakt", "contacto", "contatto", "contato", "person")

# Headers that only lists of companies have; there, a mere `name` is a company's.
_OF_COMPANIES = (
    "billing street", "billing city", "number of employees", "annual revenue", "parent id", "company owner", "account owner",
    "siren", "siret", "chiffre d'affaires", "Mitarbeiterzahl", "Umsatzsteuer-ID", "partita iva", "cnpj", "cif", "kvk-nummer",
)  # fmt: skip

_HALVES = (Field.FIRST_NAME, Field.LAST_NAME)


def normalised(header: str) -> str:
    """A header for comparison: its letters and digits, without case and accents.

    >>> normalised(" First_Name "), normalised("firstName"), normalised("Prénom")
    ('firstname', 'firstname', 'prenom')
    """
    decomposed = unicodedata.normalize("NFKD", header).casefold()
    return "".join(filter(str.isalnum, decomposed))


_KNOWN = {field: tuple(map(normalised, names)) for field, names in HEADERS.items()}


def find_columns(header: Sequence[str]) -> dict[Field, int]:
    """The position of each field's column, from 0; fields without a column are absent."""
    positions: dict[str, int] = {}
    for position, name in enumerate(header):
        positions.setdefault(normalised(name), position)
    found = {}
    for field, names in _KNOWN.items():
        known = [name for name in names if name in positions]
        if known:
            found[field] = positions[known[0]]
    for position in _columns(_NAMES_OF_PERSONS, positions):
        found.setdefault(_part_of_name(found), position)
    for position in _columns(_NAMES, positions):
        found.setdefault(Field.COMPANY if _is_of_company(found, positions) else _part_of_name(found), position)
    for position in _columns(_CONTACTS, positions):
        found.setdefault(Field.FULL_NAME, position)
    for position in _columns(["url"], positions):  # LinkedIn's own list of connections calls the profile so
        found.setdefault(Field.LINKEDIN if "connectedon" in positions else Field.WEBSITE, position)
    return found


def _columns(names: Sequence[str], positions: Mapping[str, int]) -> list[int]:
    return [positions[normalised(name)] for name in names if normalised(name) in positions]


def _part_of_name(found: Collection[Field]) -> Field:
    """What a person's `name` is: beside one half of it the other one (`Vorname, Name`, `Nome, Cognome`), otherwise all of it."""
    missing = [half for half in _HALVES if half not in found]
    return missing[0] if len(missing) == 1 else Field.FULL_NAME


def _is_of_company(found: Collection[Field], positions: Mapping[str, int]) -> bool:
    """Whether a mere `name` is a company's: nothing else names the company, and persons have their own column or none."""
    if Field.COMPANY in found or any(half in found for half in _HALVES):
        return False
    return Field.FULL_NAME in found or bool(_columns(_OF_COMPANIES, positions))
