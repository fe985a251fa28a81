//! The register: what is so now. A row changes only because an event says so: `apply` is the one way
//! to write, in the transaction that records the event.

pub(crate) mod actor;
pub(crate) mod interne_taak;
pub(crate) mod klantcontact;
pub(crate) mod partij;

use events::Gebeurtenis;
use sqlx::PgConnection;

use crate::fout::HandelingError;

/// Writes what an event says into the register.
///
/// # Errors
/// When the database refuses: a violated constraint becomes the fault that the caller can mend.
pub(crate) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::PersoonGeregistreerd(partij)
        | G::OrganisatieGeregistreerd(partij)
        | G::ContactpersoonGeregistreerd(partij) => partij::insert(conn, partij).await,
        G::PersoonGewijzigd(change)
        | G::OrganisatieGewijzigd(change)
        | G::ContactpersoonGewijzigd(change) => partij::update(conn, &change.nieuw).await,
        G::PartijIdentificatorGeregistreerd(key) => partij::insert_identificator(conn, key).await,
        G::DigitaalAdresGeregistreerd(event) => {
            partij::insert_digitaal_adres(conn, &event.digitaal_adres).await
        }
        G::StandaardAdresAangewezen(event) => partij::move_standaard_adres(conn, event).await,
        G::VoorkeursDigitaalAdresGekozen(event) => partij::set_voorkeursadres(conn, event).await,
        G::RekeningnummerGeregistreerd(account) => partij::insert_rekening(conn, account).await,
        G::VoorkeursRekeningnummerGekozen(event) => {
            partij::set_voorkeursrekening(conn, event).await
        }
        G::VertegenwoordigingGeregistreerd(item) => {
            partij::insert_vertegenwoordiging(conn, item).await
        }
        G::KlantcontactGeregistreerd(contact) => klantcontact::insert(conn, contact).await,
        G::ActorAanKlantcontactGekoppeld(coupling) => {
            klantcontact::insert_actor(conn, coupling).await
        }
        G::BetrokkeneBijKlantcontactGeregistreerd(betrokkene) => {
            klantcontact::insert_betrokkene(conn, betrokkene).await
        }
        G::PartijAanBetrokkeneGekoppeld(betrokkene) => {
            klantcontact::set_partij(conn, betrokkene).await
        }
        G::PartijVanBetrokkeneOntkoppeld(event) => {
            klantcontact::set_partij(conn, &event.betrokkene).await
        }
        G::BijlageGeregistreerd(bijlage) => klantcontact::insert_bijlage(conn, bijlage).await,
        G::OnderwerpobjectGeregistreerd(object) => {
            klantcontact::insert_onderwerpobject(conn, object).await
        }
        // The link stands in the onderwerpobject; this event tells the zaak's side of it.
        G::ZaakGekoppeld(_) => Ok(()),
        G::InterneTaakGeregistreerd(taak) => interne_taak::insert(conn, taak).await,
        G::InterneTaakToegewezen(event) => interne_taak::assign(conn, &event.interne_taak).await,
        G::InterneTaakGecorrigeerd(event) => interne_taak::update(conn, &event.nieuw).await,
        G::InterneTaakAfgehandeld(event) => interne_taak::update(conn, &event.interne_taak).await,
        G::InterneTaakHeropend(event) => interne_taak::update(conn, &event.interne_taak).await,
        G::MedewerkerGeregistreerd(actor)
        | G::OrganisatorischeEenheidGeregistreerd(actor)
        | G::GeautomatiseerdeActorGeregistreerd(actor) => actor::insert(conn, actor).await,
    }
}
