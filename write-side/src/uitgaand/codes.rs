//! What a notification says of an event: codes, booleans and keys. Never text, names or addresses.

use events::{
    Actor, DigitaalAdres, Gebeurtenis, InterneTaak, Klantcontact, Partij, PartijIdentificator,
    Referentiewaarde, Vernietigingsvoorstel, Zaakkoppeling, Zaaksleutels, actor_events,
    digitaal_adres_events, interne_taak_events, inzage_events, klantcontact_events, partij_events,
    referentiewaarde_events, vernietigingsvoorstel_events, vertegenwoordiging_events,
    zaaksleutels_events,
};
use serde_json::{Map, Value, json};

/// What others may know of an event besides its object and version.
pub(super) fn of(event: &Gebeurtenis) -> Map<String, Value> {
    let codes = match event {
        partij_events!() => of_partij(event),
        digitaal_adres_events!() => of_adres(event),
        klantcontact_events!() => of_klantcontact(event),
        interne_taak_events!() => of_taak(event),
        actor_events!() => of_actor(event),
        referentiewaarde_events!() => of_waarde(event),
        vernietigingsvoorstel_events!() => of_voorstel(event),
        zaaksleutels_events!() => of_zaaksleutels(event),
        inzage_events!() => of_inzage(event),
        vertegenwoordiging_events!() | Gebeurtenis::InhoudVernietigd(_) => None,
    };
    match codes {
        Some(Value::Object(codes)) => codes,
        _ => Map::new(),
    }
}

fn of_partij(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    let partij = |partij: &Partij| json!({ "soortPartij": partij.soort_partij, "indicatieActief": partij.indicatie_actief });
    let sleutel = |key: &PartijIdentificator| json!({ "codeSoortObjectId": key.partij_identificator.code_soort_object_id });
    match event {
        G::PersoonGeregistreerd(state)
        | G::OrganisatieGeregistreerd(state)
        | G::ContactpersoonGeregistreerd(state)
        | G::PartijGeactiveerd(state)
        | G::PartijGedeactiveerd(state) => Some(partij(state)),
        G::PersoonGewijzigd(change)
        | G::OrganisatieGewijzigd(change)
        | G::ContactpersoonGewijzigd(change) => Some(partij(&change.nieuw)),
        G::PartijIdentificatorGeregistreerd(key) => Some(sleutel(key)),
        G::PartijIdentificatorGecorrigeerd(change) => Some(sleutel(&change.nieuw)),
        G::PartijIdentificatorVerwijderd(event) => Some(sleutel(&event.onderdeel)),
        G::StandaardAdresAangewezen(event) => {
            Some(json!({ "soortDigitaalAdres": event.soort_digitaal_adres }))
        }
        G::PartijGecategoriseerd(relatie) | G::CategorieRelatieBeeindigd(relatie) => {
            Some(json!({ "categorie": relatie.categorie }))
        }
        G::VoorkeursDigitaalAdresGekozen(_)
        | G::RekeningnummerGeregistreerd(_)
        | G::RekeningnummerGewijzigd(_)
        | G::RekeningnummerVerwijderd(_)
        | G::VoorkeursRekeningnummerGekozen(_)
        | G::PartijVernietigd(_)
        | G::InhoudVernietigd(_)
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | zaaksleutels_events!() => None,
    }
}

fn of_adres(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    let adres = |adres: &DigitaalAdres| {
        let geverifieerd = adres.verificatie_datum.is_some();
        json!({ "soortDigitaalAdres": adres.soort_digitaal_adres, "geverifieerd": geverifieerd })
    };
    match event {
        G::DigitaalAdresGeregistreerd(event)
        | G::DigitaalAdresGeverifieerd(event)
        | G::DigitaalAdresVerwijderd(event) => Some(adres(&event.digitaal_adres)),
        G::DigitaalAdresGewijzigd(change) => Some(adres(&change.nieuw)),
        G::InhoudVernietigd(_)
        | partij_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | zaaksleutels_events!() => None,
    }
}

fn of_klantcontact(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    let contact = |contact: &Klantcontact| {
        json!({
            "kanaal": contact.kanaal,
            "taal": contact.taal,
            "vertrouwelijk": contact.vertrouwelijk,
            "indicatieContactGelukt": contact.indicatie_contact_gelukt,
        })
    };
    // The uuid of a zaak names nobody; its identificatie is a number that people read aloud.
    let zaak = |link: &Zaakkoppeling| {
        let key = &link.zaak;
        let uuid = (key.code_soort_object_id == "uuid").then_some(key.object_id.as_str());
        json!({ "zaak": uuid, "codeRegister": key.code_register })
    };
    match event {
        G::KlantcontactGeregistreerd(state) => Some(contact(state)),
        G::KlantcontactAangevuld(event) => Some(contact(&event.klantcontact)),
        G::KlantcontactGecorrigeerd(change) => Some(contact(&change.nieuw)),
        G::ZaakGekoppeld(link) | G::ZaakOntkoppeld(link) => Some(zaak(link)),
        G::BetrokkeneBijKlantcontactGeregistreerd(betrokkene)
        | G::PartijAanBetrokkeneGekoppeld(betrokkene) => {
            Some(json!({ "rol": betrokkene.rol, "partij": betrokkene.was_partij }))
        }
        G::BetrokkeneBijKlantcontactGewijzigd(change) => Some(json!({ "rol": change.nieuw.rol })),
        G::KlantcontactVernietigd(_)
        | G::ActorAanKlantcontactGekoppeld(_)
        | G::ActorVanKlantcontactOntkoppeld(_)
        | G::PartijVanBetrokkeneOntkoppeld(_)
        | G::BetrokkeneGeanonimiseerd(_)
        | G::BetrokkeneBijKlantcontactVerwijderd(_)
        | G::BijlageGeregistreerd(_)
        | G::BijlageGecorrigeerd(_)
        | G::BijlageVerwijderd(_)
        | G::OnderwerpobjectGeregistreerd(_)
        | G::OnderwerpobjectGecorrigeerd(_)
        | G::OnderwerpobjectVerwijderd(_)
        | G::InhoudVernietigd(_)
        | partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | zaaksleutels_events!() => None,
    }
}

fn of_taak(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    let state = |taak: &InterneTaak| {
        json!({
            "status": taak.status,
            "klantcontact": taak.aanleidinggevend_klantcontact,
            "toegewezenAanActoren": taak.toegewezen_aan_actoren,
        })
    };
    match event {
        G::InterneTaakGeregistreerd(taak) => Some(state(taak)),
        G::InterneTaakToegewezen(event) => Some(state(&event.interne_taak)),
        G::InterneTaakGecorrigeerd(change) => Some(state(&change.nieuw)),
        G::InterneTaakHeropend(event) => Some(state(&event.interne_taak)),
        G::InterneTaakAfgehandeld(event) => {
            let mut codes = state(&event.interne_taak);
            codes["vervangenDoorInterneTaak"] = json!(event.vervangen_door_interne_taak);
            codes["antwoordKlantcontact"] = json!(event.antwoord_klantcontact);
            Some(codes)
        }
        G::InterneTaakVernietigd(_)
        | G::InhoudVernietigd(_)
        | partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | zaaksleutels_events!() => None,
    }
}

fn of_actor(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    let state = |actor: &Actor| json!({ "soortActor": actor.soort_actor, "indicatieActief": actor.indicatie_actief });
    match event {
        G::MedewerkerGeregistreerd(actor)
        | G::OrganisatorischeEenheidGeregistreerd(actor)
        | G::GeautomatiseerdeActorGeregistreerd(actor)
        | G::ActorGeactiveerd(actor)
        | G::ActorGedeactiveerd(actor) => Some(state(actor)),
        G::MedewerkerGewijzigd(change)
        | G::OrganisatorischeEenheidGewijzigd(change)
        | G::GeautomatiseerdeActorGewijzigd(change) => Some(state(&change.nieuw)),
        G::InhoudVernietigd(_)
        | partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | zaaksleutels_events!() => None,
    }
}

fn of_waarde(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    let state = |waarde: &Referentiewaarde| {
        json!({
            "lijst": waarde.lijst, "code": waarde.code, "indicatieActief": waarde.indicatie_actief,
        })
    };
    match event {
        G::ReferentiewaardeGeregistreerd(waarde)
        | G::ReferentiewaardeGeactiveerd(waarde)
        | G::ReferentiewaardeGedeactiveerd(waarde) => Some(state(waarde)),
        G::ReferentiewaardeGecorrigeerd(change) => Some(state(&change.nieuw)),
        G::InhoudVernietigd(_)
        | partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | zaaksleutels_events!() => None,
    }
}

fn of_voorstel(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    let state = |voorstel: &Vernietigingsvoorstel| json!({ "status": voorstel.status, "betreft": voorstel.object });
    match event {
        G::VernietigingVoorgesteld(voorstel)
        | G::VernietigingGoedgekeurd(voorstel)
        | G::VernietigingAfgewezen(voorstel)
        | G::VernietigingUitgevoerd(voorstel) => Some(state(voorstel)),
        G::InhoudVernietigd(_)
        | partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | inzage_events!()
        | zaaksleutels_events!() => None,
    }
}

fn of_inzage(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    // Not whose dossier: that somebody asked for it is nobody else's business.
    match event {
        G::InzageAangevraagd(verzoek)
        | G::InzageGoedgekeurd(verzoek)
        | G::InzageAfgewezen(verzoek) => Some(json!({ "status": verzoek.status })),
        G::InhoudVernietigd(_)
        | partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | zaaksleutels_events!() => None,
    }
}

fn of_zaaksleutels(event: &Gebeurtenis) -> Option<Value> {
    use Gebeurtenis as G;
    // The uuid names nobody; the identificatie is a number that people read aloud.
    let pair =
        |pair: &Zaaksleutels| json!({ "zaak": pair.uuid, "codeRegister": pair.code_register });
    match event {
        G::ZaaksleutelsVastgelegd(state) => Some(pair(state)),
        G::ZaaksleutelsGecorrigeerd(change) => Some(pair(&change.nieuw)),
        G::InhoudVernietigd(_)
        | partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!() => None,
    }
}
