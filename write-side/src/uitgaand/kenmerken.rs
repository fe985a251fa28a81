//! What others hear of a handeling besides keys and versions: codes of lists, flags and counts.
//! Text, names, addresses, numbers of people and of zaken stay inside; whoever may see them asks.

use events::{
    Actor, Betrokkene, DigitaalAdres, Gebeurtenis, Identificator, InterneTaak,
    InterneTaakAfgehandeld, Klantcontact, Partij,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Names and values, in the order of the documentation.
pub(super) type Kenmerken = Vec<(&'static str, Value)>;

/// What is told of a handeling with these events; the first is the main one.
pub(super) fn kenmerken(gebeurtenissen: &[Gebeurtenis]) -> Kenmerken {
    match gebeurtenissen.first() {
        Some(hoofd) => of_event(hoofd, gebeurtenissen),
        None => Vec::new(),
    }
}

fn of_event(hoofd: &Gebeurtenis, alle: &[Gebeurtenis]) -> Kenmerken {
    use Gebeurtenis as G;
    match hoofd {
        G::PersoonGeregistreerd(partij)
        | G::OrganisatieGeregistreerd(partij)
        | G::ContactpersoonGeregistreerd(partij) => of_partij(partij),
        G::PersoonGewijzigd(p) | G::OrganisatieGewijzigd(p) | G::ContactpersoonGewijzigd(p) => {
            of_partij(&p.nieuw)
        }
        G::PartijIdentificatorGeregistreerd(p) => of_key(Some(&p.partij_identificator)),
        G::DigitaalAdresGeregistreerd(p) => of_digitaal_adres(&p.digitaal_adres),
        G::StandaardAdresAangewezen(p) => {
            vec![("soortDigitaalAdres", json!(p.soort_digitaal_adres))]
        }
        G::VoorkeursDigitaalAdresGekozen(p) => of_voorkeur(p.digitaal_adres),
        G::RekeningnummerGeregistreerd(_) | G::VertegenwoordigingGeregistreerd(_) => Vec::new(),
        G::VoorkeursRekeningnummerGekozen(p) => of_voorkeur(p.rekeningnummer),
        G::KlantcontactGeregistreerd(contact) => of_klantcontact(contact, alle),
        G::ActorAanKlantcontactGekoppeld(p) => vec![("soortActor", json!(p.soort_actor.code()))],
        G::BetrokkeneBijKlantcontactGeregistreerd(p) => {
            let bekend = ("partijBekend", json!(p.was_partij.is_some()));
            and(of_betrokkene(p), [bekend])
        }
        G::PartijAanBetrokkeneGekoppeld(p) => of_betrokkene(p),
        G::PartijVanBetrokkeneOntkoppeld(p) => of_betrokkene(&p.betrokkene),
        G::BijlageGeregistreerd(p) => of_key(Some(&p.bijlageidentificator)),
        G::OnderwerpobjectGeregistreerd(p) => {
            let ontstond = ("ontstondUitKlantcontact", json!(p.ontstond_uit_klantcontact));
            and(vec![ontstond], of_key(p.onderwerpobjectidentificator.as_ref()))
        }
        G::ZaakGekoppeld(p) => {
            let via = ("viaInterneTaak", json!(p.via_interne_taak.is_some()));
            and(of_key(Some(&p.zaak)), [via])
        }
        G::InterneTaakGeregistreerd(taak) => of_taak(taak),
        G::InterneTaakToegewezen(p) => of_taak(&p.interne_taak),
        G::InterneTaakGecorrigeerd(p) => of_taak(&p.nieuw),
        G::InterneTaakAfgehandeld(p) => of_afhandeling(p),
        G::InterneTaakHeropend(p) => of_taak(&p.interne_taak),
        G::MedewerkerGeregistreerd(actor)
        | G::OrganisatorischeEenheidGeregistreerd(actor)
        | G::GeautomatiseerdeActorGeregistreerd(actor) => of_actor(actor),
    }
}

fn and(
    mut kenmerken: Kenmerken,
    more: impl IntoIterator<Item = (&'static str, Value)>,
) -> Kenmerken {
    kenmerken.extend(more);
    kenmerken
}

fn of_partij(partij: &Partij) -> Kenmerken {
    vec![
        ("soortPartij", json!(partij.soort_partij.code())),
        ("indicatieActief", json!(partij.indicatie_actief)),
    ]
}

fn of_actor(actor: &Actor) -> Kenmerken {
    vec![
        ("soortActor", json!(actor.soort_actor.code())),
        ("indicatieActief", json!(actor.indicatie_actief)),
    ]
}

fn of_taak(taak: &InterneTaak) -> Kenmerken {
    vec![
        ("status", json!(taak.status.code())),
        ("toegewezenAanActoren", json!(taak.toegewezen_aan_actoren.len())),
    ]
}

fn of_betrokkene(betrokkene: &Betrokkene) -> Kenmerken {
    vec![("rol", json!(betrokkene.rol.code())), ("initiator", json!(betrokkene.initiator))]
}

/// The kind of a key, never the key itself.
fn of_key(key: Option<&Identificator>) -> Kenmerken {
    let Some(key) = key else { return Vec::new() };
    vec![
        ("codeObjecttype", json!(key.code_objecttype)),
        ("codeSoortObjectId", json!(key.code_soort_object_id)),
        ("codeRegister", json!(key.code_register)),
    ]
}

fn of_digitaal_adres(adres: &DigitaalAdres) -> Kenmerken {
    vec![
        ("soortDigitaalAdres", json!(adres.soort_digitaal_adres)),
        ("isStandaardAdres", json!(adres.is_standaard_adres)),
    ]
}

fn of_voorkeur(voorkeur: Option<Uuid>) -> Kenmerken {
    vec![("heeftVoorkeur", json!(voorkeur.is_some()))]
}

fn of_afhandeling(p: &InterneTaakAfgehandeld) -> Kenmerken {
    let kwam_uit = [
        ("leiddeTotZaak", json!(p.zaak.is_some())),
        ("leiddeTotKlantcontact", json!(p.antwoord_klantcontact.is_some())),
    ];
    and(of_taak(&p.interne_taak), kwam_uit)
}

fn of_klantcontact(contact: &Klantcontact, alle: &[Gebeurtenis]) -> Kenmerken {
    use Gebeurtenis as G;
    let count = |is: fn(&G) -> bool| json!(alle.iter().filter(|event| is(event)).count());
    vec![
        ("kanaal", json!(contact.kanaal)),
        ("indicatieContactGelukt", json!(contact.indicatie_contact_gelukt.code())),
        ("hadBetrokkenen", count(|g| matches!(g, G::BetrokkeneBijKlantcontactGeregistreerd(_)))),
        ("gingOverOnderwerpobjecten", count(|g| matches!(g, G::OnderwerpobjectGeregistreerd(_)))),
        ("omvatteBijlagen", count(|g| matches!(g, G::BijlageGeregistreerd(_)))),
        ("leiddeTotInterneTaken", count(|g| matches!(g, G::InterneTaakGeregistreerd(_)))),
    ]
}
