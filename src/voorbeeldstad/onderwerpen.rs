//! What people in Voorbeeldstad contact the gemeente about.

/// A subject.
#[derive(Debug)]
pub(crate) struct Onderwerp {
    /// As it is registered.
    pub(crate) titel: &'static str,
    /// What the klant asks or tells.
    pub(crate) vraag: &'static str,
    /// The answer.
    pub(crate) antwoord: &'static str,
    /// The team that knows more, and one of its medewerkers.
    pub(crate) team: (&'static str, &'static str),
    /// What that team is asked when the answer cannot be given at once.
    pub(crate) taak: &'static str,
    /// Channels along which it comes, the usual more than once.
    pub(crate) kanalen: &'static [&'static str],
    /// Whether it becomes a zaak.
    pub(crate) zaak: bool,
    /// Whether it is confidential.
    pub(crate) vertrouwelijk: bool,
}

const VERGUNNINGEN: [(&str, &str); 2] =
    [("team-vergunningen", "bas"), ("team-vergunningen", "lisanne")];
const BURGERZAKEN: (&str, &str) = ("team-burgerzaken", "joke");
const BELASTINGEN: [(&str, &str); 2] =
    [("team-belastingen", "stefan"), ("team-belastingen", "ayse")];
const RUIMTE: (&str, &str) = ("team-openbareruimte", "kees");
const SAMENLEVING: [(&str, &str); 2] =
    [("team-samenleving", "priya"), ("team-samenleving", "wouter")];

const GESPREK: &[&str] = &["telefoon", "telefoon", "balie"];
const SNEL: &[&str] = &["telefoon", "telefoon", "email", "whatsapp"];
const FORMULIER: &[&str] = &["e-formulier", "e-formulier", "telefoon", "email"];
const MIJN: &[&str] = &["mijn-omgeving", "telefoon", "email", "balie"];
const BRIEF: &[&str] = &["post", "email", "telefoon"];

/// A subject that is neither a zaak nor confidential.
const fn vraag(
    titel: &'static str,
    (vraag, antwoord): (&'static str, &'static str),
    team: (&'static str, &'static str),
    taak: &'static str,
    kanalen: &'static [&'static str],
) -> Onderwerp {
    Onderwerp { titel, vraag, antwoord, team, taak, kanalen, zaak: false, vertrouwelijk: false }
}

const fn met_zaak(onderwerp: Onderwerp) -> Onderwerp {
    Onderwerp { zaak: true, ..onderwerp }
}

const fn vertrouwelijk(onderwerp: Onderwerp) -> Onderwerp {
    Onderwerp { vertrouwelijk: true, ..onderwerp }
}

/// All subjects.
pub(crate) const ALLE: &[Onderwerp] = &[
    vraag(
        "Container niet geleegd",
        ("De groene container is maandag niet geleegd.", "Hij wordt morgen alsnog geleegd."),
        RUIMTE,
        "Laat de container alsnog legen en bel terug",
        SNEL,
    ),
    vraag(
        "Afvalinzameling rond kerst",
        (
            "Wanneer wordt het afval opgehaald nu eerste kerstdag op een ophaaldag valt?",
            "Het wordt de zaterdag ervoor opgehaald.",
        ),
        RUIMTE,
        "Zoek de ophaaldag uit en bel terug",
        SNEL,
    ),
    vraag(
        "Grofvuil laten ophalen",
        ("Een bank en een kast laten ophalen.", "De afspraak staat voor volgende week dinsdag."),
        RUIMTE,
        "Plan het ophalen in",
        SNEL,
    ),
    vraag(
        "Openingstijden milieustraat",
        ("Is de milieustraat op zaterdag open?", "Ja, van 9.00 tot 16.00 uur."),
        RUIMTE,
        "Beantwoord de vraag over de milieustraat",
        SNEL,
    ),
    vraag(
        "Paspoort aanvragen",
        ("Wat moet ik meenemen voor een nieuw paspoort?", "Het oude paspoort en een pasfoto."),
        BURGERZAKEN,
        "Maak een afspraak met de klant",
        GESPREK,
    ),
    vraag(
        "Paspoort ophalen",
        ("Ligt mijn paspoort al klaar?", "Het ligt klaar; ophalen kan zonder afspraak."),
        BURGERZAKEN,
        "Zoek na of het paspoort klaarligt",
        GESPREK,
    ),
    vraag(
        "Rijbewijs verlengen",
        ("Mijn rijbewijs verloopt volgende maand.", "Verlengen kan aan de balie, op afspraak."),
        BURGERZAKEN,
        "Maak een afspraak met de klant",
        GESPREK,
    ),
    vraag(
        "Verhuizing doorgeven",
        ("Ik verhuis binnen Voorbeeldstad.", "De verhuizing is verwerkt."),
        BURGERZAKEN,
        "Verwerk de verhuizing",
        MIJN,
    ),
    vraag(
        "Uittreksel uit de BRP",
        ("Ik heb een uittreksel nodig voor mijn werkgever.", "Het uittreksel is verstuurd."),
        BURGERZAKEN,
        "Stuur het uittreksel toe",
        MIJN,
    ),
    vraag(
        "Trouwen in het stadhuis",
        ("Welke data zijn er vrij in mei?", "De vrije data zijn gemaild."),
        BURGERZAKEN,
        "Bel over de trouwdatum",
        SNEL,
    ),
    met_zaak(vraag(
        "Vergunning voor een dakkapel",
        ("Heb ik een vergunning nodig voor een dakkapel?", "Aan de voorkant wel."),
        VERGUNNINGEN[0],
        "Bel terug over de dakkapel",
        FORMULIER,
    )),
    met_zaak(vraag(
        "Vergunning voor een overkapping",
        ("Hoe ver is mijn aanvraag?", "De aanvraag ligt bij de welstandscommissie."),
        VERGUNNINGEN[1],
        "Bel terug over de stand van de aanvraag",
        FORMULIER,
    )),
    met_zaak(vraag(
        "Kapvergunning voor een eik",
        ("De eik in mijn tuin is ziek.", "Een deskundige komt kijken."),
        VERGUNNINGEN[0],
        "Plan een bezoek om de boom te bekijken",
        FORMULIER,
    )),
    met_zaak(vraag(
        "Evenementenvergunning straatfeest",
        ("We willen op 4 juli een straatfeest houden.", "De aanvraag is in behandeling."),
        VERGUNNINGEN[1],
        "Beoordeel of een melding genoeg is",
        FORMULIER,
    )),
    vraag(
        "Parkeervergunning voor bewoners",
        ("Ik wil een parkeervergunning voor een tweede auto.", "Die is per direct ingegaan."),
        BELASTINGEN[0],
        "Beoordeel de tweede parkeervergunning",
        MIJN,
    ),
    vraag(
        "Bezoekersparkeren",
        ("De app voor bezoekers werkt niet.", "Het account is opnieuw ingesteld."),
        BELASTINGEN[1],
        "Stel het parkeeraccount opnieuw in",
        SNEL,
    ),
    met_zaak(vraag(
        "Bezwaar tegen de WOZ-waarde",
        ("De waarde van mijn huis is te hoog vastgesteld.", "Het bezwaar is in behandeling."),
        BELASTINGEN[0],
        "Leg de waarde van de woning uit",
        BRIEF,
    )),
    vertrouwelijk(vraag(
        "Kwijtschelding gemeentelijke belastingen",
        ("Ik kan de aanslag niet betalen.", "Kwijtschelding is toegekend."),
        BELASTINGEN[1],
        "Beoordeel het verzoek om kwijtschelding",
        MIJN,
    )),
    vraag(
        "Hondenbelasting opzeggen",
        ("Onze hond is overleden.", "De aanslag is gestopt."),
        BELASTINGEN[1],
        "Stop de aanslag hondenbelasting",
        SNEL,
    ),
    met_zaak(vraag(
        "Losliggende stoeptegel",
        ("Voor mijn deur ligt een tegel los.", "De tegel wordt deze week rechtgelegd."),
        RUIMTE,
        "Leg de tegel recht en meld het af",
        SNEL,
    )),
    met_zaak(vraag(
        "Straatverlichting kapot",
        ("De lantaarn op de hoek brandt niet.", "De lamp wordt vervangen."),
        RUIMTE,
        "Vervang de lamp en meld het af",
        SNEL,
    )),
    vraag(
        "Geluidsoverlast door een café",
        ("Het is elke vrijdag tot diep in de nacht onrustig.", "Er wordt extra gecontroleerd."),
        RUIMTE,
        "Bel de melder en plan een controle",
        SNEL,
    ),
    vertrouwelijk(vraag(
        "Huishoudelijke hulp via de Wmo",
        ("Ik red het huishouden niet meer alleen.", "Een consulent maakt een afspraak."),
        SAMENLEVING[0],
        "Plan een keukentafelgesprek",
        GESPREK,
    )),
    vertrouwelijk(vraag(
        "Bijzondere bijstand",
        ("Kan ik bijstand krijgen voor een nieuwe koelkast?", "De aanvraag is ontvangen."),
        SAMENLEVING[1],
        "Bel over de aanvraag bijzondere bijstand",
        MIJN,
    )),
    vraag(
        "Leerlingenvervoer",
        ("De taxi voor mijn zoon kwam niet.", "De vervoerder is erop aangesproken."),
        SAMENLEVING[0],
        "Neem contact op met de vervoerder",
        SNEL,
    ),
];
