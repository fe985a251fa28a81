//! Stage two, the pure half: from the states of objects to the documents that products show.

use std::collections::{BTreeMap, BTreeSet};

use events::{
    DigitaalAdres, Identificator, IndicatieJaNeeOnbekend, InterneTaak, Onderwerpobject, Taakstatus,
};
use read_side::contact::{
    ContactDocument, DeelnemerDocument, KANALEN_INKOMEND, ObjectDocument, Richting, ZaakDocument,
};
use read_side::contactverzoek::{LogboekDocument, Logboekfeit};
use read_side::taak::{ContactverzoekDocument, TaakDocument};

use super::Inrichting;
use super::zaakspelling::{Zaaksleutel, Zaakspellingen};
use crate::toestanden::{KlantcontactToestand, PartijToestand, TaakToestand, Taakfeit, Taakstap};

/// Channels by which only the gemeente seeks contact.
const KANALEN_UITGAAND: [&str; 1] = ["mijnoverheid"];
/// The channel of forms: their contacts are verzoeken.
const KANAAL_FORMULIER: &str = "e-formulier";
/// Keys of `metadata` that products show.
const GESPREKSRESULTAAT: &str = "gespreksresultaat";
const VRAAG: &str = "vraag";
const SPECIFIEKE_VRAAG: &str = "specifiekeVraag";
/// Soorten digitaal adres that are dialled, and that are mailed.
pub(super) const SOORTEN_TELEFOON: [&str; 3] = ["telefoonnummer", "sms", "whatsapp"];
pub(super) const SOORTEN_EMAIL: [&str; 1] = ["email"];

/// The document of a klantcontact with the interne taken that followed it.
pub(super) fn contact(
    state: &KlantcontactToestand,
    taken: &[&InterneTaak],
    inrichting: &Inrichting,
) -> ContactDocument {
    let contact = &state.klantcontact;
    let metadata = |key: &str| contact.metadata.get(key).cloned();
    ContactDocument {
        klantcontact_id: contact.id,
        nummer: contact.nummer.clone(),
        op: contact.plaatsgevonden_op,
        kanaal: contact.kanaal.clone(),
        richting: richting(state, !taken.is_empty()),
        onderwerp: contact.onderwerp.clone(),
        samenvatting: contact.inhoud.clone(),
        antwoord: contact.reactie.clone(),
        gelukt: match contact.indicatie_contact_gelukt {
            IndicatieJaNeeOnbekend::Ja => Some(true),
            IndicatieJaNeeOnbekend::Nee => Some(false),
            IndicatieJaNeeOnbekend::Onbekend => None,
        },
        taal: contact.taal.clone(),
        vertrouwelijk: contact.vertrouwelijk,
        gespreksresultaat: metadata(GESPREKSRESULTAAT),
        vraag: metadata(VRAAG),
        specifieke_vraag: metadata(SPECIFIEKE_VRAAG),
        actoren: state.actor_ids(),
        zaken: zaken(state, &inrichting.zaakspellingen),
        eerdere_contacten: state.eerdere_contacten().collect(),
        overige_onderwerpen: state
            .onderwerpobjecten
            .iter()
            .filter_map(|object| object.onderwerpobjectidentificator.as_ref())
            .filter(|key| inrichting.zaakspellingen.sleutel(key).is_none())
            .map(object)
            .collect(),
        deelnemers: deelnemers(state),
        documenten: documenten(state),
        contactverzoeken: taken.iter().map(|item| taak(item, Some(state), inrichting)).collect(),
    }
}

/// By the standard `initiator` = incoming (V8908), yet senders put it on outgoing messages too. So
/// it must agree with the rest: an answer, a failed attempt, a program and some channels tell the
/// direction.
pub(super) fn richting(state: &KlantcontactToestand, led_to_taak: bool) -> Richting {
    let contact = &state.klantcontact;
    let initiator = state.betrokkenen.iter().any(|betrokkene| betrokkene.initiator);
    let kanaal = contact.kanaal.as_str();
    let failed = contact.indicatie_contact_gelukt == IndicatieJaNeeOnbekend::Nee;
    let answer = state.eerdere_contacten().next().is_some();
    let only_inkomend = KANALEN_INKOMEND.contains(&kanaal);
    // A program takes in what klanten send, which is then for somebody to do, and sends what the
    // gemeente has to say.
    let program = state.geautomatiseerd() && !only_inkomend && !led_to_taak;
    if initiator && (answer || failed || program || KANALEN_UITGAAND.contains(&kanaal)) {
        return Richting::Onbekend;
    }
    if initiator {
        return Richting::Inkomend;
    }
    if only_inkomend || state.betrokkenen.is_empty() {
        return Richting::Onbekend;
    }
    Richting::Uitgaand
}

fn deelnemers(state: &KlantcontactToestand) -> Vec<DeelnemerDocument> {
    state
        .betrokkenen
        .iter()
        .map(|betrokkene| {
            let own = || {
                state
                    .digitale_adressen
                    .iter()
                    .filter(|adres| adres.verstrekt_door_betrokkene == Some(betrokkene.id))
            };
            DeelnemerDocument {
                betrokkene_id: betrokkene.id,
                partij_id: betrokkene.was_partij,
                naam: betrokkene.eigen_naam(),
                vertegenwoordiger: betrokkene.rol == events::Klantcontactrol::Vertegenwoordiger,
                namens: betrokkene.organisatienaam.clone(),
                initiator: betrokkene.initiator,
                telefoonnummers: of_soort(own(), &SOORTEN_TELEFOON).collect(),
                emailadressen: of_soort(own(), &SOORTEN_EMAIL).collect(),
                eigen_contactgegevens: betrokkene.eigen_naam().is_some()
                    || betrokkene.bezoekadres.is_some()
                    || betrokkene.correspondentieadres.is_some()
                    || own().next().is_some(),
            }
        })
        .collect()
}

fn of_soort<'a>(
    adressen: impl Iterator<Item = &'a DigitaalAdres>,
    soorten: &'static [&'static str],
) -> impl Iterator<Item = String> {
    adressen
        .filter(|adres| soorten.contains(&adres.soort_digitaal_adres.as_str()))
        .map(|adres| adres.adres.clone())
}

/// The links of a klantcontact to zaken, in order of registration, with the key that each names.
fn zaaklinks<'s>(
    state: &'s KlantcontactToestand,
    spellingen: &'s Zaakspellingen,
) -> impl Iterator<Item = (&'s Onderwerpobject, Zaaksleutel, &'s str)> {
    state.onderwerpobjecten.iter().filter_map(|object| {
        let key = object.onderwerpobjectidentificator.as_ref()?;
        Some((object, spellingen.sleutel(key)?, key.object_id.as_str()))
    })
}

/// The zaken of a klantcontact, each once per key, however it is spelled.
fn zaken(state: &KlantcontactToestand, spellingen: &Zaakspellingen) -> Vec<ZaakDocument> {
    let via = |object: &Onderwerpobject| {
        let link = state.zaken.iter().find(|link| link.onderwerpobject == object.id)?;
        link.via_interne_taak
    };
    let mut seen: BTreeMap<(Zaaksleutel, String), usize> = BTreeMap::new();
    let mut zaken: Vec<ZaakDocument> = Vec::new();
    for (object, sleutel, key) in zaaklinks(state, spellingen) {
        let place = *seen.entry((sleutel, key.to_lowercase())).or_insert(zaken.len());
        if let Some(known) = zaken.get_mut(place) {
            known.via_contactverzoek = known.via_contactverzoek.or_else(|| via(object));
            continue;
        }
        let (uuid, identificatie) = match sleutel {
            Zaaksleutel::Uuid => (Some(key.to_owned()), None),
            Zaaksleutel::Identificatie => (None, Some(key.to_owned())),
        };
        zaken.push(ZaakDocument { uuid, identificatie, via_contactverzoek: via(object) });
    }
    zaken
}

/// The keys under which a zaak is looked up: capitals do not count.
pub(super) fn zaaksleutels(
    state: &KlantcontactToestand,
    spellingen: &Zaakspellingen,
) -> BTreeSet<String> {
    zaaklinks(state, spellingen).map(|(_, _, key)| key.to_lowercase()).collect()
}

fn documenten(state: &KlantcontactToestand) -> Vec<ObjectDocument> {
    state.bijlagen.iter().map(|bijlage| object(&bijlage.bijlageidentificator)).collect()
}

fn object(key: &Identificator) -> ObjectDocument {
    ObjectDocument {
        soort: key.code_objecttype.clone(),
        soort_id: key.code_soort_object_id.clone(),
        id: key.object_id.clone(),
        register: key.code_register.clone(),
    }
}

/// Whether a klantcontact is a verzoek: a form that somebody sent.
pub(super) fn is_verzoek(state: &KlantcontactToestand) -> bool {
    state.klantcontact.kanaal == KANAAL_FORMULIER
}

/// The document of an interne taak; its term runs from the moment of the klantcontact.
pub(super) fn taak(
    taak: &InterneTaak,
    contact: Option<&KlantcontactToestand>,
    inrichting: &Inrichting,
) -> TaakDocument {
    TaakDocument {
        taak_id: taak.id,
        nummer: taak.nummer.clone(),
        klantcontact_id: taak.aanleidinggevend_klantcontact,
        gevraagde_handeling: taak.gevraagde_handeling.clone(),
        toelichting: taak.toelichting.clone(),
        open: taak.status == Taakstatus::TeVerwerken,
        toegewezen_op: taak.toegewezen_op,
        streefdatum: contact
            .map(|contact| inrichting.termijn.streefdatum(contact.klantcontact.plaatsgevonden_op)),
        afgehandeld_op: taak.afgehandeld_op,
        actoren: taak.toegewezen_aan_actoren.clone(),
    }
}

/// The document of a contactverzoek: the betrokkene's data for this follow-up beat the partij's.
pub(super) fn contactverzoek(
    item: &InterneTaak,
    contact: Option<&KlantcontactToestand>,
    partij: Option<&PartijToestand>,
    inrichting: &Inrichting,
) -> ContactverzoekDocument {
    let vrager = contact.and_then(KlantcontactToestand::vrager);
    let own = || {
        let id = vrager.map(|betrokkene| betrokkene.id);
        let adressen = contact.map_or(&[][..], |contact| &contact.digitale_adressen);
        adressen.iter().filter(move |adres| id.is_some() && adres.verstrekt_door_betrokkene == id)
    };
    let telefoon = of_soort(own(), &SOORTEN_TELEFOON).next();
    let email = of_soort(own(), &SOORTEN_EMAIL).next();
    let van_partij = telefoon.is_none() && email.is_none();
    // Contact data of a partij that may not be approached are not used.
    let fallback = partij.filter(|partij| van_partij && partij.partij.indicatie_actief);
    ContactverzoekDocument {
        taak: taak(item, contact, inrichting),
        onderwerp: contact.map(|contact| contact.klantcontact.onderwerp.clone()),
        kanaal: contact.map(|contact| contact.klantcontact.kanaal.clone()),
        contact_op: contact.map(|contact| contact.klantcontact.plaatsgevonden_op),
        vertrouwelijk: contact.is_some_and(|contact| contact.klantcontact.vertrouwelijk),
        klant_id: vrager.and_then(|betrokkene| betrokkene.was_partij),
        klantnaam: vrager
            .and_then(events::Betrokkene::eigen_naam)
            .or_else(|| partij.and_then(|partij| partij.partij.weergavenaam())),
        // As long as the partij is not known here, it may be one that asked for secrecy.
        afgeschermd: vrager.is_some_and(|betrokkene| betrokkene.was_partij.is_some())
            && partij.is_none_or(|partij| partij.partij.indicatie_geheimhouding == Some(true)),
        telefoon: telefoon.or_else(|| fallback.and_then(|it| general(it, &SOORTEN_TELEFOON))),
        email: email.or_else(|| fallback.and_then(|it| general(it, &SOORTEN_EMAIL))),
        van_partij,
        zaken: contact.map(|state| zaken(state, &inrichting.zaakspellingen)).unwrap_or_default(),
        documenten: contact.map(documenten).unwrap_or_default(),
    }
}

/// What happened to an interne taak, oldest first, and the contact that led to it.
pub(super) fn logboek(
    state: &TaakToestand,
    contact: Option<&KlantcontactToestand>,
) -> Vec<LogboekDocument> {
    let began = contact.map(|contact| contact.klantcontact.plaatsgevonden_op);
    let began =
        began.map(|op| LogboekDocument { op, wat: Logboekfeit::Contact, toelichting: None });
    let step = |stap: &Taakstap| LogboekDocument {
        op: stap.op,
        wat: match stap.feit {
            Taakfeit::Geregistreerd | Taakfeit::Toegewezen => Logboekfeit::Toegewezen,
            Taakfeit::Afgehandeld => Logboekfeit::Afgehandeld,
            Taakfeit::Doorgestuurd => Logboekfeit::Doorgestuurd,
            Taakfeit::Heropend => Logboekfeit::Heropend,
        },
        toelichting: stap.toelichting.clone(),
    };
    let mut regels: Vec<LogboekDocument> =
        began.into_iter().chain(state.verloop.iter().map(step)).collect();
    // Those of one moment stay in the order in which they were recorded.
    regels.sort_by_key(|regel| regel.op);
    regels
}

/// The address of a partij of these soorten for any purpose: the preferred one, else the standard
/// one, else the first. One that was given for a zaak is for that zaak only.
fn general(partij: &PartijToestand, soorten: &'static [&'static str]) -> Option<String> {
    let rank = |adres: &&DigitaalAdres| {
        let preferred = partij.voorkeurs_digitaal_adres == Some(adres.id);
        (!preferred, !adres.is_standaard_adres)
    };
    partij
        .digitale_adressen
        .iter()
        .filter(|adres| soorten.contains(&adres.soort_digitaal_adres.as_str()))
        .filter(|adres| adres.referentie.is_none())
        .min_by_key(rank)
        .map(|adres| adres.adres.clone())
}
