"""Which columns of the files that CRMs and prospecting tools export are taken for what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.columns import HEADERS, Field, normalised
from enrichment.domain.finding import find_columns
from enrichment.domain.outcome import REASON_COLUMN, RESULT_COLUMNS, ROW_COLUMN

# Headers as the products write them, in their order; a mark before `=` says for which field a
# column is taken.
PRODUCTS = {
    "HubSpot contacts": (
        "Record ID - Contact|first=First Name|last=Last Name|email=Email|Phone Number|Lead Status|"
        "Marketing contact status|company=Associated Company|Associated Company IDs|"
        "website=Website URL|linkedin=LinkedIn URL"
    ),
    "HubSpot contacts, with work e-mails": (
        "Record ID|first=First Name|last=Last Name|Email|email=Work email|company=Company name|"
        "Associated Company|Associated Company IDs (Primary)|domain=Email Domain|Contact owner"
    ),
    "HubSpot, names of its API": (
        "hs_object_id|first=firstname|last=lastname|email=email|company=company|website=website|"
        "domain=hs_email_domain|linkedin=hs_linkedin_url|hs_additional_emails|associatedcompanyid"
    ),
    "HubSpot companies": (
        "Record ID - Company|company=Company name|Company owner|domain=Company Domain Name|Industry"
    ),
    "Salesforce report": (
        "Salutation|first=First Name|last=Last Name|Title|company=Account Name|Mailing City|Mobile|"
        "email=Email|Account Owner|website=Website"
    ),
    "Salesforce leads": (
        "first=First Name|last=Last Name|Title|company=Company / Account|email=Email|Lead Source"
    ),
    "Salesforce list view": "full=Name|company=Account Name|Phone|email=Email|Contact Owner Alias",
    "Salesforce data loader": (
        "Id|AccountId|last=LastName|first=FirstName|full=Name|email=Email|company=Account.Name|"
        "website=Account.Website|ReportsToId"
    ),
    "Salesforce data loader, accounts": (
        "Id|company=Name|Type|ParentId|BillingStreet|Phone|website=Website|NumberOfEmployees"
    ),
    "Pipedrive people": (
        "full=Person - Name|Person - Label|company=Person - Organization|"
        "email=Person - Email - Work|Person - Email - Home|Person - Email - Other|"
        "Person - Phone - Work|Person - ID|first=Person - First name|last=Person - Last name|"
        "linkedin=Person - LinkedIn profile"
    ),
    "Pipedrive deals": (
        "Deal - Title|company=Deal - Organization|full=Deal - Contact person|Deal - Value|"
        "website=Organization - Website|Organization - LinkedIn profile"
    ),
    "Dynamics 365": (
        "(Do Not Modify) Contact|(Do Not Modify) Row Checksum|(Do Not Modify) Modified On|"
        "full=Full Name|email=Email|company=Company Name|Business Phone|Job Title"
    ),
    "Dynamics 365 leads": (
        "(Do Not Modify) Lead|full=Name|Topic|Status Reason|first=First Name|last=Last Name|"
        "company=Company Name|email=Email Address 1|website=Website|Business Phone"
    ),
    "Zoho": (
        "Record Id|first=First Name|last=Last Name|full=Contact Name|company=Account Name|"
        "email=Email|Secondary Email"
    ),
    "Apollo": (
        "first=First Name|last=Last Name|Title|company=Company|Company Name for Emails|email=Email|"
        "Email Status|Seniority|Work Direct Phone|# Employees|Industry|"
        "linkedin=Person Linkedin Url|website=Website|Company Linkedin Url|Facebook Url|"
        "Company Address|Company Phone|Secondary Email"
    ),
    "LinkedIn connections": (
        "first=First Name|last=Last Name|linkedin=URL|email=Email Address|company=Company|Position|"
        "Connected On"
    ),
    "PhantomBuster": (
        "profileUrl|full=fullName|first=firstName|last=lastName|company=companyName|title|"
        "companyId|website=companyUrl|regularCompanyUrl|summary|name|vmid|"
        "linkedin=linkedInProfileUrl|isPremium|query|timestamp"
    ),
    "PhantomBuster, profiles": (
        "linkedin=linkedinProfileUrl|linkedinProfileSlug|first=firstName|last=lastName|"
        "company=companyName|linkedinCompanyUrl|website=companyWebsite|email=professionalEmail|"
        "sales=salesNavigatorProfileUrl"
    ),
    "Evaboot": (
        "first=First Name|last=Last Name|Current Job|email=Email|Email Status|"
        "linkedin=Linkedin URL Public|Linkedin URL Unique ID|sales=Sales Navigator URL|"
        "company=Company Name|domain=Company Domain|website=Company Website|Company LinkedIn URL"
    ),
    "Wiza": (
        "email=email|full=full_name|title|company=company|first=first_name|last=last_name|"
        "linkedin=linkedin|domain=domain|company_linkedin|personal_email1"
    ),
    "Waalaxy": (
        "first=firstName|last=lastName|occupation|linkedin=linkedinUrl|sales=salesNavigatorUrl|"
        "company=company_name|website=company_website|email=proEmail|persoEmail"
    ),
    "Captain Data": (
        "full=full_name|first=first_name|last=last_name|linkedin=linkedin_profile_url|"
        "sales=sales_navigator_profile_url|company=company_name|linkedin_company_url|"
        "sales_navigator_company_url|website=website"
    ),
    "Surfe": (
        "first=First name|last=Last name|Job title|email=Email|linkedin=LinkedIn URL|"
        "company=Company name|domain=Company domain|Company LinkedIn URL|Mobile phone"
    ),
    "Lusha": (
        "first=First Name|last=Last Name|email=Work email|Private email|Direct phone|"
        "company=Company name|domain=Company domain|linkedin=LinkedIn URL|Company LinkedIn"
    ),
    "Seamless": (
        "full=Contact Full Name|first=First Name|last=Last Name|company=Company Name|"
        "Company Name - Cleaned|website=Website|linkedin=Contact LI Profile URL|email=Email 1|"
        "Email 2|Personal Email|Company LI Profile Url|Contact Phone 1"
    ),
    "ZoomInfo": (
        "ZoomInfo Contact ID|last=Last Name|first=First Name|Middle Name|Job Title|"
        "email=Email Address|domain=Email Domain|Previous Company Name|"
        "Previous Company LinkedIn Profile|ZoomInfo Contact Profile URL|"
        "linkedin=LinkedIn Contact Profile URL|ZoomInfo Company ID|company=Company Name|"
        "website=Website|Company HQ Phone"
    ),
    "Google contacts, old": (
        "full=Name|first=Given Name|Additional Name|last=Family Name|E-mail 1 - Type|"
        "email=E-mail 1 - Value|Phone 1 - Value|company=Organization 1 - Name|"
        "Organization 1 - Title|website=Website 1 - Value"
    ),
    "Google contacts": (
        "first=First Name|Middle Name|last=Last Name|Nickname|File As|company=Organization Name|"
        "Organization Title|E-mail 1 - Label|email=E-mail 1 - Value|Phone 1 - Value|"
        "website=Website 1 - Value"
    ),
    "Outlook": (
        "Title|first=First Name|Middle Name|last=Last Name|company=Company|Department|"
        "Business Phone|Account|email=E-mail Address|E-mail Type|E-mail Display Name|"
        "E-mail 2 Address|website=Web Page|User 1"
    ),
    "nested JSON": (
        "full=name|title|linkedin=linkedin_url|company=organization.name|"
        "website=organization.website_url|domain=organization.primary_domain|"
        "organization.linkedin_url|organization.phone"
    ),
    "the provider's own leads": (
        "first=lead.first_name|last=lead.last_name|full=lead.full_name|"
        "linkedin=lead.linkedin_profile_url|sales=lead.sales_navigator_profile_url|"
        "company=company.name|website=company.website|company.linkedin_url|"
        "email=lead.most_probable_email"
    ),
}
LANGUAGES = {
    "Outlook in French": (
        "Titre|first=Prénom|Deuxième prénom|last=Nom|Suffixe|company=Société|Service|"
        "Téléphone (bureau)|email=Adresse de messagerie|Nom complet de l'adresse de messagerie|"
        "website=Page Web"
    ),
    "HubSpot in French": (
        "first=Prénom|last=Nom|email=Adresse e-mail|company=Nom de l'entreprise|"
        "website=URL du site web|domain=Nom de domaine de l'entreprise|Propriétaire du contact"
    ),
    "Salesforce in French": "full=Nom complet|company=Nom du compte|email=E-mail|website=Site Web",
    "a French list": (
        "company=Raison sociale|full=Nom et prénom|Fonction|Mail perso|email=Mail pro|"
        "linkedin=Profil LinkedIn"
    ),
    "French contacts of companies": "company=Société|full=Nom du contact|email=Courriel",
    "French contacts": "company=Société|full=Contact|email=E-mail",
    "French halves of a contact": "company=Entreprise|last=Nom du contact|first=Prénom du contact",
    "Outlook in German": (
        "Anrede|first=Vorname|Weitere Vornamen|last=Nachname|Suffix|company=Firma|Abteilung|"
        "Position|Straße geschäftlich|email=E-Mail-Adresse|E-Mail-Typ|E-Mail 2: Adresse|"
        "website=Webseite"
    ),
    "a German list": (
        "last=Name|first=Vorname|company=Firmenname|E-Mail privat|email=E-Mail geschäftlich|"
        "domain=Domain"
    ),
    "German customers": "company=Name|full=Ansprechpartner|email=E-Mail|website=Internetseite",
    "HubSpot in German": (
        "first=Vorname|last=Nachname|email=E-Mail|company=Name des Unternehmens|"
        "domain=Domainname des Unternehmens|linkedin=LinkedIn-Profil"
    ),
    "Outlook in Spanish": (
        "Título|first=Nombre|Segundo nombre|last=Apellidos|company=Organización|Departamento|"
        "email=Dirección de correo electrónico|website=Página Web"
    ),
    "a Spanish list": (
        "full=Nombre|company=Empresa|Teléfono|Correo personal|email=Correo corporativo|"
        "website=Sitio web"
    ),
    "Spanish surnames": (
        "first=Nombre|last=Primer apellido|second=Segundo apellido|company=Razón social|"
        "domain=Dominio"
    ),
    "Outlook in Italian": (
        "Titolo|first=Nome|Secondo nome|last=Cognome|company=Società|Reparto|"
        "email=Indirizzo posta elettronica|website=Pagina Web"
    ),
    "an Italian list": (
        "full=Nome e cognome|company=Ragione sociale|email=Email aziendale|Email personale|"
        "website=Sito internet"
    ),
    "Outlook in Portuguese": (
        "first=Nome Próprio|last=Apelido|company=Empresa|website=Página Web|"
        "email=Endereço de correio electrónico"
    ),
    "Outlook in Brazilian": (
        "first=Nome|Segundo nome|last=Sobrenome|Apelido|company=Empresa|Cargo|"
        "email=Endereço de Email|website=Página da Web"
    ),
    "Salesforce in Brazilian": (
        "first=Primeiro nome|last=Sobrenome|company=Nome da conta|email=E-mail|website=Site"
    ),
    "Outlook in Dutch": (
        "Titel|first=Voornaam|prefix=Tussenvoegsel|last=Achternaam|company=Bedrijf|Afdeling|"
        "email=E-mailadres|E-mailtype|website=Webpagina"
    ),
    "a Dutch list": (
        "first=Voornaam|last=Naam|company=Bedrijfsnaam|Privé e-mail|email=Zakelijk e-mailadres|"
        "linkedin=LinkedIn-profiel"
    ),
    "a Polish list": "first=Imię|last=Nazwisko|company=Firma|website=Strona WWW",
}
MARKS = {
    "first": Field.FIRST_NAME,
    "last": Field.LAST_NAME,
    "second": Field.SECOND_LAST_NAME,
    "prefix": Field.NAME_PREFIX,
    "full": Field.FULL_NAME,
    "family": Field.FULL_NAME_FAMILY_FIRST,
    "company": Field.COMPANY,
    "domain": Field.DOMAIN,
    "website": Field.WEBSITE,
    "email": Field.EMAIL,
    "linkedin": Field.LINKEDIN,
    "sales": Field.SALES_NAVIGATOR,
}
APOLLO = PRODUCTS["Apollo"]


def columns_of(marked: str) -> tuple[list[str], dict[Field, str]]:
    """The header of a file, and which of its columns are marked with a field."""
    cells = [cell.rpartition("=") for cell in marked.split("|")]
    fields = {MARKS[mark]: header for mark, _, header in cells if mark}
    return [header for _, _, header in cells], fields


def taken(header: list[str]) -> dict[Field, str]:
    return {
        field: header[position] for field, (position, *_) in find_columns(header).columns.items()
    }


@pytest.mark.parametrize("marked", (PRODUCTS | LANGUAGES).values(), ids=PRODUCTS | LANGUAGES)
def test_the_columns_of_an_export_are_found_and_no_others(marked: str) -> None:
    header, expected = columns_of(marked)
    assert taken(header) == expected


@pytest.mark.parametrize(
    ("header", "field", "winner"),
    [
        (["Email", "Work email"], Field.EMAIL, "Work email"),
        (["E-mail", "Mail pro"], Field.EMAIL, "Mail pro"),
        (["E-Mail", "Geschäftliche E-Mail"], Field.EMAIL, "Geschäftliche E-Mail"),
        (["LinkedIn", "Person Linkedin Url"], Field.LINKEDIN, "Person Linkedin Url"),
        (["profileUrl", "defaultProfileUrl"], Field.LINKEDIN, "defaultProfileUrl"),
        (["Company", "Company name"], Field.COMPANY, "Company name"),
        (["Nom du compte", "Société"], Field.COMPANY, "Société"),
        (["URL", "Company website"], Field.WEBSITE, "Company website"),
    ],
)
def test_the_header_that_says_more_wins_wherever_it_stands(
    header: list[str], field: Field, winner: str
) -> None:
    assert header[find_columns(header).columns[field][0]] == winner
    assert header[::-1][find_columns(header[::-1]).columns[field][0]] == winner


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    assert find_columns(["Email", "First name", "EMAIL"]).columns[Field.EMAIL] == (0, 2)


@pytest.mark.parametrize(
    "header",
    ["FIRST-NAME ", "\ufefffirst   name", "First_Name", "firstName", "First name:", "Fïrst Name*"],
)
def test_case_accents_and_punctuation_do_not_matter(header: str) -> None:
    assert find_columns([header]).columns == {Field.FIRST_NAME: (0,)}


@pytest.mark.parametrize(
    "header",
    [
        "Company Linkedin Url",
        "company_linkedin_url",
        "Company LinkedIn",
        "LinkedIn Company Profile URL",
        "Facebook Url",
        "Company Phone",
        "Company ID",
        "Associated Company IDs",
        "Previous Company Name",
        "Parent Account",
        "Personal Email",
        "Private email",
        "E-mail privat",
        "Mail perso",
        "Person - Email - Home",
        "Email Status",
        "Email Opt Out",
        "Middle Name",
        "Maiden Name",
        "Nickname",
        "User Name",
        "Owner Name",
        "(Do Not Modify) Contact",
        "Contact owner",
        "",
        " ",
        "?",
        "Unnamed: 0",
    ],
)
def test_what_only_resembles_a_field_is_not_taken_for_it(header: str) -> None:
    assert find_columns([header]).columns == {}


@pytest.mark.parametrize("suffix", ["", "_2"])
def test_our_own_columns_are_nothing_when_an_output_is_dropped_again(suffix: str) -> None:
    header = [name + suffix for name in (*RESULT_COLUMNS, REASON_COLUMN, ROW_COLUMN)]
    assert find_columns(header).columns == {}


@pytest.mark.parametrize(
    ("beside", "field"),
    [
        (["Company"], Field.FULL_NAME),
        (["Domain"], Field.FULL_NAME),
        (["First name"], Field.LAST_NAME),
        (["Last name"], Field.FIRST_NAME),
        (["First name", "Last name"], Field.FULL_NAME),
        (["Contact person"], Field.COMPANY),
        (["Contact person", "Company"], None),
        (["Contact"], Field.FULL_NAME),
        (["Billing Street", "Website"], Field.COMPANY),
        (["Billing Street", "First name"], Field.LAST_NAME),
    ],
)
@pytest.mark.parametrize("name", ["Name", "Nom", "Nombre", "Nome", "Naam"])
def test_what_a_mere_name_is_depends_on_what_stands_beside_it(
    name: str, beside: list[str], field: Field | None
) -> None:
    found = find_columns([*beside, name]).columns
    assert [field for field, positions in found.items() if len(beside) in positions] == (
        [field] if field else []
    )


@given(st.permutations(columns_of(APOLLO)[0]))
def test_the_order_of_the_columns_does_not_matter(header: list[str]) -> None:
    assert taken(header) == columns_of(APOLLO)[1]


KNOWN = [name for names in HEADERS.values() for name in names]


@given(st.lists(st.text(max_size=15) | st.sampled_from([*KNOWN, "Name", "Nom", "URL"]), max_size=8))
def test_whatever_the_header_no_column_is_taken_for_two_fields(header: list[str]) -> None:
    positions = [each.position for each in find_columns(header).taken]
    assert len(set(positions)) == len(positions)
    assert all(normalised(header[position]) for position in positions)


def test_every_known_name_means_one_field() -> None:
    names = [normalised(name) for name in KNOWN]
    assert all(names)
    assert len(names) == len(set(names))
