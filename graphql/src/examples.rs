//! One worked example per information product, for GraphiQL and the documentation. The people in
//! them do not exist; their numbers are those of the demonstration.

mod inzage;
mod volgen;

use inzage::{INZAGEDOSSIER, INZAGEVERZOEKEN};
use volgen::KLANTBEELD_VOLGEN;

use crate::graphiql::ExampleDocument;

/// Every example, in the order in which they are shown.
pub const ALL: &[ExampleDocument] = &[
    // First what an employee asks: that is who most begin with.
    KLANTBEELD,
    KLANT_ZOEKEN,
    CONTACTGESCHIEDENIS,
    ZAAK_CONTACTHISTORIE,
    WERKVOORRAAD,
    CONTACTVERZOEK,
    LOSSE_CONTACTVERZOEKEN,
    KLANTBEELD_VOLGEN,
    VOORRAAD_PER_TEAM,
    DOORLOOPTIJDEN,
    KANAALGEBRUIK,
    MIJN_CONTACTGEGEVENS,
    MIJN_GESPREKKEN,
    MIJN_VERZOEKEN,
    BEREIKBAARHEID,
    BEWAAROVERZICHT,
    INZAGEVERZOEKEN,
    INZAGEDOSSIER,
    PROJECTIE_STATUS,
];

/// What is kept of whoever asks.
const MIJN_CONTACTGEGEVENS: ExampleDocument = ExampleDocument {
    name: "Mijn contactgegevens",
    query: r"# Hoe de gemeente u bereikt. Voor burgers: wie u bent, bepaalt de inlog.
query MijnContactgegevens {
  mijnContactgegevens {
    naam
    telefoonnummers { waarde omschrijving isVoorkeur alleenVoor }
    emailadressen { waarde isVoorkeur geverifieerdOp alleenVoor }
    voorkeurskanaal
    voorkeurstaal
    correspondentieadres { regels }
    geheimhoudingOpgegeven
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: "{}",
};

/// What somebody asked, and whether there is an answer.
const MIJN_GESPREKKEN: ExampleDocument = ExampleDocument {
    name: "Mijn gesprekken",
    query: r"# Wat u vroeg en wat de gemeente liet weten. Voor burgers: wie u bent, bepaalt de inlog.
query MijnGesprekken($filter: MijnGesprekkenFilter, $na: String) {
  mijnGesprekken(filter: $filter, first: 10, after: $na) {
    totaal
    nodes {
      gesprekId
      kenmerk
      onderwerp
      status
      gestartOp
      laatsteBerichtOp
      aantalBerichten
      laatsteBericht { tekst van op }
      berichten(first: 5) {
        nodes { op van team kanaal onderwerp tekst antwoord }
        pageInfo { hasNextPage endCursor }
      }
      zaken { identificatie }
      documenten { id }
    }
    pageInfo { hasNextPage endCursor }
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "filter": { "periode": { "vanaf": "2026-01-01T00:00:00Z" } }
}"#,
};

/// What somebody applied for.
const MIJN_VERZOEKEN: ExampleDocument = ExampleDocument {
    name: "Mijn verzoeken",
    query: r"# Wat u hebt aangevraagd en welke zaken eruit ontstonden. Voor burgers.
query MijnVerzoeken($filter: MijnVerzoekenFilter, $na: String) {
  mijnVerzoeken(filter: $filter, first: 20, after: $na) {
    totaal
    nodes {
      kenmerk
      product
      ingediendOp
      ingediendDoor
      namens
      documenten { soort id }
      zaken { identificatie }
    }
    pageInfo { hasNextPage endCursor }
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "filter": { "periode": { "vanaf": "2026-01-01T00:00:00Z" } }
}"#,
};

/// What may go.
const BEWAAROVERZICHT: ExampleDocument = ExampleDocument {
    name: "Bewaaroverzicht",
    query: r"# Wat weg mag en wat van niemand is. Voor archivarissen; zonder namen en teksten.
query Bewaaroverzicht($soort: Bewaarsoort!, $na: String) {
  bewaaroverzicht(soort: $soort, first: 20, after: $na) {
    totaal
    nodes {
      objectId
      nummer
      laatsteGebruik
      zaakGekoppeld
      bewaargrond
      vernietigenVanaf
      weesrisico
    }
    pageInfo { hasNextPage endCursor }
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "soort": "KLANTCONTACT"
}"#,
};

/// Who is on the line.
const KLANT_ZOEKEN: ExampleDocument = ExampleDocument {
    name: "Klant zoeken",
    query: r"# Wie er belt: zoek met precies één ingang.
query KlantZoeken($zoek: KlantZoekIngang!) {
  klantZoeken(zoek: $zoek) {
    nodes {
      klantId
      weergavenaam
      soort
      klantnummer
      kvkNummer
      vestigingsnummer
      telefoonnummers { waarde omschrijving isVoorkeur }
      emailadressen { waarde isVoorkeur }
      afgeschermd
      aantalOpenContactverzoeken
      laatsteContactOp
    }
    meer
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "zoek": { "naamEnPostcode": { "naam": "de vries", "postcode": "1999 AB" } }
}"#,
};

/// What a desk sees of one klant.
const KLANTBEELD: ExampleDocument = ExampleDocument {
    name: "Klantbeeld",
    query: r"# Alles over één klant op één scherm, in één aanvraag.
query Klantbeeld($voor: Identificatie!) {
  klantbeeld(voor: $voor) {
    klant {
      klantId
      weergavenaam
      magBenaderdWorden
      afgeschermd
      ... on Inwoner { bsn }
      ... on Organisatie { kvkNummer vestigingsnummer }
      ... on Contactpersoon { werkteVoor { weergavenaam } }
    }
    telefoonnummers { waarde omschrijving isVoorkeur }
    emailadressen { waarde isVoorkeur }
    bereikbaarheid { kanaal adres bron reden }
    samenvatting {
      aantalContacten
      aantalContacten12mnd
      laatsteContactOp
      openContactverzoeken
      openGesprekken
      zaken { identificatie }
    }
    recenteContacten(first: 5) {
      nodes { op kanaal richting onderwerp medewerker team zaken { identificatie } }
      pageInfo { hasNextPage endCursor }
    }
    openContactverzoeken(first: 5) {
      nodes { nummer onderwerp status streefdatum urgentie teams { naam } }
    }
    waarschuwingen
    actualiteit { bijgewerktTot volledig ontbrekendeBronnen }
  }
}
",
    variables: r#"{
  "voor": { "bsn": "999990019" }
}"#,
};

/// The contacts of one klant.
const CONTACTGESCHIEDENIS: ExampleDocument = ExampleDocument {
    name: "Contactgeschiedenis",
    query: r"# De contacten van één klant. Een burger laat `voor` weg en ziet de eigen contacten.
query Contactgeschiedenis(
  $voor: Identificatie
  $filter: ContactgeschiedenisFilter
  $na: String
) {
  contactgeschiedenis(voor: $voor, filter: $filter, first: 20, after: $na) {
    totaal
    nodes {
      op
      kanaal
      richting
      onderwerp
      samenvatting
      antwoord
      team
      vertrouwelijk
      deelnemers { naam rol namens geverifieerd }
      zaken { identificatie }
      heeftContactverzoek
      contactverzoeken { gevraagdeHandeling status streefdatum teams { naam } }
    }
    pageInfo { hasNextPage endCursor }
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "voor": { "bsn": "999990019" },
  "filter": { "periode": { "vanaf": "2026-01-01T00:00:00Z" } }
}"#,
};

/// The contacts about one zaak.
const ZAAK_CONTACTHISTORIE: ExampleDocument = ExampleDocument {
    name: "Contacten van een zaak",
    query: r"# De contacten over één zaak waar u aan werkt, met wie dan ook.
query ZaakContacthistorie($zaak: ZaakRef!, $na: String) {
  zaakContacthistorie(zaak: $zaak, volgorde: OUDSTE_EERST, first: 20, after: $na) {
    totaal
    nodes {
      op
      kanaal
      richting
      onderwerp
      samenvatting
      medewerker
      deelnemers { naam rol geverifieerd telefoonnummers emailadressen }
    }
    zaakspecifiekeContactgegevens { waarde omschrijving geverifieerdOp }
    openContactverzoeken { nummer gevraagdeHandeling streefdatum urgentie behandelaars { naam } }
    pageInfo { hasNextPage endCursor }
  }
}
",
    variables: r#"{
  "zaak": { "identificatie": "ZAAK-2026-0000000001" }
}"#,
};

/// The work of a medewerker.
const WERKVOORRAAD: ExampleDocument = ExampleDocument {
    name: "Mijn werkvoorraad",
    query: r"# Wat u moet doen, het dringendste eerst.
query Werkvoorraad($voor: WerkvoorraadVoor!, $filter: WerkvoorraadFilter, $na: String) {
  werkvoorraad(voor: $voor, filter: $filter, sorteer: STREEFDATUM, first: 50, after: $na) {
    totaal
    perUrgentie { urgentie aantal }
    nodes {
      taakId
      nummer
      gevraagdeHandeling
      klantnaam
      klantGeverifieerd
      onderwerp
      contactOp
      streefdatum
      resterendeWerkdagUren
      urgentie
      telefoon
      email
      terugbelgegevensVan
      behandelaars { naam }
      teams { naam }
      zaak { identificatie }
    }
    pageInfo { hasNextPage endCursor }
  }
}
",
    variables: r#"{
  "voor": { "mij": true },
  "filter": { "status": "OPEN" }
}"#,
};

/// Everything about one contactverzoek.
const CONTACTVERZOEK: ExampleDocument = ExampleDocument {
    name: "Eén contactverzoek",
    query: r"# Alles over één contactverzoek van u of uw team; het nummer staat in de werkvoorraad.
query Contactverzoek($welk: ContactverzoekRef!) {
  contactverzoek(welk: $welk) {
    taakId
    nummer
    gevraagdeHandeling
    toelichting
    status
    streefdatum
    urgentie
    behandelaars { naam }
    teams { naam }
    terugbelgegevens { naam telefoon email van }
    zaken { identificatie }
    contact {
      op
      kanaal
      onderwerp
      samenvatting
      medewerker
      deelnemers { naam rol namens geverifieerd }
    }
    gesprek { berichten(first: 5) { nodes { op kanaal richting samenvatting } } }
    logboek { op wat toelichting }
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "welk": { "nummer": "1000001" }
}"#,
};

/// Contactverzoeken of people who are not known.
const LOSSE_CONTACTVERZOEKEN: ExampleDocument = ExampleDocument {
    name: "Losse contactverzoeken",
    query: r"# Iemand belt over een contactverzoek en is niet als klant bekend: precies één ingang.
query LosseContactverzoeken($zoek: LosZoekIngang!) {
  losseContactverzoeken(zoek: $zoek) {
    nodes {
      nummer
      op
      onderwerp
      status
      streefdatum
      naam
      telefoon
      email
      behandelaars { naam }
      teams { naam }
      zaak { identificatie }
    }
    meer
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "zoek": { "telefoon": "06 12345678" }
}"#,
};

/// How the work of teams stands.
const VOORRAAD_PER_TEAM: ExampleDocument = ExampleDocument {
    name: "Voorraad per team",
    query: r"# Waar het vastloopt bij uw teams. Voor teamleiders.
query VoorraadPerTeam($teams: [ID!], $periode: Periode, $peildatum: DateTime) {
  voorraadPerTeam(teams: $teams, periode: $periode, peildatum: $peildatum) {
    peildatum
    vanaf
    tot
    teams {
      team { naam }
      open
      verlopen
      bijnaVerlopen
      zonderBehandelaar
      oudsteContactOp
      instroom
      uitstroom
      behandelaars { behandelaar { naam } open verlopen instroom uitstroom }
    }
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: "{}",
};

/// How fast work is done.
const DOORLOOPTIJDEN: ExampleDocument = ExampleDocument {
    name: "Doorlooptijden",
    query: r"# Hoe snel contactverzoeken zijn afgehandeld. Voor analisten en teamleiders.
query Doorlooptijden($periode: Dagen!) {
  doorlooptijden(periode: $periode, interval: MAAND, groepeerOp: [TEAM, KANAAL]) {
    nodes { vanaf team kanaal aantal p50Uren p90Uren binnenTermijnPct heropend }
    onderdrukt
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "periode": { "vanaf": "2026-01-01", "tot": "2027-01-01" }
}"#,
};

/// What contacts there were.
const KANAALGEBRUIK: ExampleDocument = ExampleDocument {
    name: "Kanaalgebruik",
    query: r"# Langs welke kanalen contact was, in aantallen. Voor analisten.
query Kanaalgebruik($periode: Dagen!) {
  kanaalgebruik(periode: $periode, interval: MAAND, groepeerOp: [KANAAL, RICHTING]) {
    nodes {
      vanaf
      kanaal
      richting
      aantal
      gemiddeldeGespreksduur
      geluktPct
      eersteContactOplossingPct
    }
    onderdrukt
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "periode": { "vanaf": "2026-01-01", "tot": "2027-01-01" }
}"#,
};

/// Where a message goes.
const BEREIKBAARHEID: ExampleDocument = ExampleDocument {
    name: "Bereikbaarheid",
    query: r"# Waar een bericht over een zaak heen gaat. Voor de toepassing die het verstuurt.
query Bereikbaarheid(
  $voor: Identificatie!
  $zaak: ZaakRef
  $kanalen: [Contactkanaal!]
) {
  bereikbaarheid(voor: $voor, zaak: $zaak, toegestaneKanalen: $kanalen) {
    kanaal
    adres
    bron
    geverifieerdOp
    taal
    alternatieven { kanaal adres bron geverifieerdOp }
    reden
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "voor": { "bsn": "999990019" },
  "zaak": { "identificatie": "ZAAK-2026-0000000001" },
  "kanalen": ["EMAIL", "TELEFOON"]
}"#,
};

/// How far every product is.
const PROJECTIE_STATUS: ExampleDocument = ExampleDocument {
    name: "Projecties",
    query: r"# Hoe ver elk informatieproduct is. Voor beheerders.
query ProjectieStatus {
  projectieStatus {
    product
    generatie
    status
    wordtGetoond
    gepauzeerd
    positie
    laatstePositie
    achterstand
    achterstandSeconden
    openGaten
  }
}
",
    variables: "{}",
};
