//! Every path of the bijhouding API, with what it does: the router and the document are made from it.

use axum::Router;
use axum::routing::get;

use super::{READ, Table, abonnementen, gebeurtenissen, openapi};
use crate::handelingen::actor::beheer::{
    ActiveerActor, DeactiveerActor, WijzigGeautomatiseerdeActor, WijzigMedewerker,
    WijzigOrganisatorischeEenheid,
};
use crate::handelingen::actor::{
    RegistreerGeautomatiseerdeActor, RegistreerMedewerker, RegistreerOrganisatorischeEenheid,
};
use crate::handelingen::beheer_partij::{
    ActiveerPartij, BeeindigCategorieRelatie, CategoriseerPartij, DeactiveerPartij,
};
use crate::handelingen::betrokkene::beheer::{
    RegistreerBetrokkeneBijKlantcontact, VerwijderBetrokkeneBijKlantcontact,
    WijzigBetrokkeneBijKlantcontact,
};
use crate::handelingen::betrokkene::{KoppelPartijAanBetrokkene, OntkoppelPartijVanBetrokkene};
use crate::handelingen::bijlage::{CorrigeerBijlage, RegistreerBijlage, VerwijderBijlage};
use crate::handelingen::digitaal_adres::beheer::{
    KiesVoorkeursDigitaalAdres, RegistreerDigitaalAdres, RegistreerDigitaalAdresVanBetrokkene,
    VerifieerDigitaalAdres, VerwijderDigitaalAdres, WijzigDigitaalAdres,
};
use crate::handelingen::interne_taak::doorsturen::StuurInterneTaakDoor;
use crate::handelingen::interne_taak::{
    CorrigeerInterneTaak, HeropenInterneTaak, MarkeerInterneTaakVerwerkt, RegistreerInterneTaak,
    WijsInterneTaakToe,
};
use crate::handelingen::inzage::{KeurInzageGoed, VraagInzageAan, WijsInzageAf};
use crate::handelingen::klantcontact::beheer::{
    CorrigeerKlantcontact, KoppelActorAanKlantcontact, OntkoppelActorVanKlantcontact,
    VulKlantcontactAan,
};
use crate::handelingen::klantcontact::{
    RegistreerBinnenkomendTelefoongesprek, RegistreerKeukentafelgesprek, RegistreerKlantcontact,
};
use crate::handelingen::onderwerpobject::RegistreerOnderwerpobject;
use crate::handelingen::onderwerpobject::beheer::{
    CorrigeerOnderwerpobject, RegistreerKlantcontactGaatOverInterneTaak, VerwijderOnderwerpobject,
};
use crate::handelingen::partij::{
    RegistreerContactpersoon, RegistreerOrganisatie, RegistreerPersoon,
};
use crate::handelingen::partij_identificator::beheer::{
    CorrigeerPartijIdentificator, RegistreerPartijIdentificator, VerwijderPartijIdentificator,
};
use crate::handelingen::referentielijst::{
    Categorieen, ExterneRegisters, Kanalen, Landen, SoortenDigitaalAdres, SoortenExternId,
    SoortenObject, Voorkeurstalen,
};
use crate::handelingen::rekeningnummer::beheer::{
    KiesVoorkeursrekeningnummer, RegistreerRekeningnummer, VerwijderRekeningnummer,
    WijzigRekeningnummer,
};
use crate::handelingen::vernietiging::{
    KeurVernietigingGoed, StelVernietigingVoor, VernietigInterneTaak, VernietigKlantcontact,
    VernietigPartij, WijsVernietigingAf,
};
use crate::handelingen::vertegenwoordiging::{
    BeeindigVertegenwoordiging, RegistreerVertegenwoordiging,
};
use crate::handelingen::wijzig_partij::{WijzigContactpersoon, WijzigOrganisatie, WijzigPersoon};
use crate::handelingen::zaaksleutels::{CorrigeerZaaksleutels, LegZaaksleutelsVast};
use crate::register::weergave::{
    Actorgegevens, BetrokkeneMetAdressen, Bijlagegegevens, DigitaalAdresgegevens,
    InterneTaakgegevens, Inzageverzoekgegevens, KlantcontactMetOnderdelen, Onderwerpobjectgegevens,
    PartijIdentificatorgegevens, PartijMetOnderdelen, Referentiewaardegegevens,
    Rekeningnummergegevens, Vernietigingsvoorstelgegevens, Vertegenwoordiginggegevens,
    Zaaksleutelgegevens,
};
use crate::register::zoek::actor::{
    ZoekActor, ZoekGeautomatiseerdeActor, ZoekMedewerker, ZoekOrganisatorischeEenheid,
};
use crate::register::zoek::betrokkene::ZoekBetrokkene;
use crate::register::zoek::delen::{
    ZoekBijlage, ZoekDigitaalAdres, ZoekOnderwerpobject, ZoekPartijIdentificator,
};
use crate::register::zoek::interne_taak::ZoekInterneTaak;
use crate::register::zoek::klantcontact::ZoekKlantcontact;
use crate::register::zoek::partij::{ZoekOrganisatie, ZoekPartij, ZoekPersoon};

/// The whole table.
pub(super) fn table() -> Table {
    let table = Table { router: Router::new(), document: openapi::begin() };
    let table = uitgaand(vernietiging(interne_taken(klantcontacten(actoren(partijen(table))))))
        .raadpleeg::<Referentiewaardegegevens>()
        .handelingen();
    referentielijsten(zoeken(delen(zaaksleutels(inzage(table)))))
}

fn zaaksleutels(table: Table) -> Table {
    table
        .handeling::<LegZaaksleutelsVast>("/zaaksleutels")
        .raadpleeg::<Zaaksleutelgegevens>()
        .handeling::<CorrigeerZaaksleutels>("/zaaksleutels/{id}/correcties")
}

fn referentielijsten(table: Table) -> Table {
    table
        .lijst::<Kanalen>()
        .lijst::<Voorkeurstalen>()
        .lijst::<Landen>()
        .lijst::<SoortenDigitaalAdres>()
        .lijst::<SoortenObject>()
        .lijst::<SoortenExternId>()
        .lijst::<ExterneRegisters>()
        .lijst::<Categorieen>()
        .lijsten()
}

fn delen(table: Table) -> Table {
    table
        .raadpleeg_deel::<BetrokkeneMetAdressen>()
        .raadpleeg_deel::<DigitaalAdresgegevens>()
        .raadpleeg_deel::<Onderwerpobjectgegevens>()
        .raadpleeg_deel::<Bijlagegegevens>()
        .raadpleeg_deel::<PartijIdentificatorgegevens>()
        .raadpleeg_deel::<Rekeningnummergegevens>()
}

fn zoeken(table: Table) -> Table {
    table
        .zoek::<ZoekPersoon>("/personen/_zoek")
        .zoek::<ZoekOrganisatie>("/organisaties/_zoek")
        .zoek::<ZoekPartij>("/partijen/_zoek")
        .zoek::<ZoekDigitaalAdres>("/digitale-adressen/_zoek")
        .zoek::<ZoekPartijIdentificator>("/partij-identificatoren/_zoek")
        .zoek::<ZoekMedewerker>("/medewerkers/_zoek")
        .zoek::<ZoekOrganisatorischeEenheid>("/organisatorische-eenheden/_zoek")
        .zoek::<ZoekGeautomatiseerdeActor>("/geautomatiseerde-actoren/_zoek")
        .zoek::<ZoekActor>("/actoren/_zoek")
        .zoek::<ZoekInterneTaak>("/interne-taken/_zoek")
        .zoek::<ZoekKlantcontact>("/klantcontacten/_zoek")
        .zoek::<ZoekBetrokkene>("/betrokkenen/_zoek")
        .zoek::<ZoekOnderwerpobject>("/onderwerpobjecten/_zoek")
        .zoek::<ZoekBijlage>("/bijlagen/_zoek")
}

fn partijen(table: Table) -> Table {
    table
        .handeling::<RegistreerPersoon>("/personen")
        .handeling::<WijzigPersoon>("/personen/{id}/wijzigingen")
        .handeling::<RegistreerOrganisatie>("/organisaties")
        .handeling::<WijzigOrganisatie>("/organisaties/{id}/wijzigingen")
        .handeling::<RegistreerContactpersoon>("/contactpersonen")
        .handeling::<WijzigContactpersoon>("/contactpersonen/{id}/wijzigingen")
        .raadpleeg::<PartijMetOnderdelen>()
        .handeling::<ActiveerPartij>("/partijen/{id}/activeringen")
        .handeling::<DeactiveerPartij>("/partijen/{id}/deactiveringen")
        .handeling::<RegistreerPartijIdentificator>("/partijen/{id}/partij-identificatoren")
        .handeling::<CorrigeerPartijIdentificator>("/partij-identificatoren/{id}/correcties")
        .handeling::<VerwijderPartijIdentificator>("/partij-identificatoren/{id}/verwijderingen")
        .handeling::<RegistreerDigitaalAdres>("/partijen/{id}/digitale-adressen")
        .handeling::<KiesVoorkeursDigitaalAdres>("/partijen/{id}/voorkeurs-digitale-adressen")
        .handeling::<WijzigDigitaalAdres>("/digitale-adressen/{id}/wijzigingen")
        .handeling::<VerifieerDigitaalAdres>("/digitale-adressen/{id}/verificaties")
        .handeling::<VerwijderDigitaalAdres>("/digitale-adressen/{id}/verwijderingen")
        .handeling::<RegistreerRekeningnummer>("/partijen/{id}/rekeningnummers")
        .handeling::<KiesVoorkeursrekeningnummer>("/partijen/{id}/voorkeursrekeningnummers")
        .handeling::<WijzigRekeningnummer>("/rekeningnummers/{id}/wijzigingen")
        .handeling::<VerwijderRekeningnummer>("/rekeningnummers/{id}/verwijderingen")
        .handeling::<CategoriseerPartij>("/partijen/{id}/categorie-relaties")
        .handeling::<BeeindigCategorieRelatie>("/categorie-relaties/{id}/beeindigingen")
        .handeling::<RegistreerVertegenwoordiging>("/vertegenwoordigingen")
        .raadpleeg::<Vertegenwoordiginggegevens>()
        .handeling::<BeeindigVertegenwoordiging>("/vertegenwoordigingen/{id}/beeindigingen")
}

fn actoren(table: Table) -> Table {
    table
        .handeling::<RegistreerMedewerker>("/medewerkers")
        .handeling::<WijzigMedewerker>("/medewerkers/{id}/wijzigingen")
        .handeling::<RegistreerOrganisatorischeEenheid>("/organisatorische-eenheden")
        .handeling::<WijzigOrganisatorischeEenheid>("/organisatorische-eenheden/{id}/wijzigingen")
        .handeling::<RegistreerGeautomatiseerdeActor>("/geautomatiseerde-actoren")
        .handeling::<WijzigGeautomatiseerdeActor>("/geautomatiseerde-actoren/{id}/wijzigingen")
        .raadpleeg::<Actorgegevens>()
        .handeling::<ActiveerActor>("/actoren/{id}/activeringen")
        .handeling::<DeactiveerActor>("/actoren/{id}/deactiveringen")
}

fn klantcontacten(table: Table) -> Table {
    table
        .handeling::<RegistreerKlantcontact>("/klantcontacten")
        .handeling::<RegistreerBinnenkomendTelefoongesprek>("/binnenkomende-telefoongesprekken")
        .handeling::<RegistreerKeukentafelgesprek>("/keukentafelgesprekken")
        .raadpleeg::<KlantcontactMetOnderdelen>()
        .handeling::<VulKlantcontactAan>("/klantcontacten/{id}/aanvullingen")
        .handeling::<CorrigeerKlantcontact>("/klantcontacten/{id}/correcties")
        .handeling::<KoppelActorAanKlantcontact>("/klantcontacten/{id}/actorkoppelingen")
        .handeling::<OntkoppelActorVanKlantcontact>("/actorkoppelingen/{id}/verwijderingen")
        .handeling::<RegistreerOnderwerpobject>("/klantcontacten/{id}/onderwerpobjecten")
        .handeling::<RegistreerKlantcontactGaatOverInterneTaak>(
            "/klantcontacten/{id}/interne-taak-verwijzingen",
        )
        .handeling::<CorrigeerOnderwerpobject>("/onderwerpobjecten/{id}/correcties")
        .handeling::<VerwijderOnderwerpobject>("/onderwerpobjecten/{id}/verwijderingen")
        .handeling::<RegistreerBijlage>("/klantcontacten/{id}/bijlagen")
        .handeling::<CorrigeerBijlage>("/bijlagen/{id}/correcties")
        .handeling::<VerwijderBijlage>("/bijlagen/{id}/verwijderingen")
        .handeling::<RegistreerBetrokkeneBijKlantcontact>("/klantcontacten/{id}/betrokkenen")
        .handeling::<WijzigBetrokkeneBijKlantcontact>("/betrokkenen/{id}/wijzigingen")
        .handeling::<VerwijderBetrokkeneBijKlantcontact>("/betrokkenen/{id}/verwijderingen")
        .handeling::<RegistreerDigitaalAdresVanBetrokkene>("/betrokkenen/{id}/digitale-adressen")
        .handeling::<KoppelPartijAanBetrokkene>("/betrokkenen/{id}/partijkoppelingen")
        .handeling::<OntkoppelPartijVanBetrokkene>("/betrokkenen/{id}/partijontkoppelingen")
}

fn interne_taken(table: Table) -> Table {
    table
        .handeling::<RegistreerInterneTaak>("/interne-taken")
        .raadpleeg::<InterneTaakgegevens>()
        .handeling::<CorrigeerInterneTaak>("/interne-taken/{id}/correcties")
        .handeling::<WijsInterneTaakToe>("/interne-taken/{id}/toewijzingen")
        .handeling::<StuurInterneTaakDoor>("/interne-taken/{id}/doorsturingen")
        .handeling::<MarkeerInterneTaakVerwerkt>("/interne-taken/{id}/afhandelingen")
        .handeling::<HeropenInterneTaak>("/interne-taken/{id}/heropeningen")
}

fn vernietiging(table: Table) -> Table {
    table
        .handeling::<StelVernietigingVoor>("/vernietigingsvoorstellen")
        .raadpleeg::<Vernietigingsvoorstelgegevens>()
        .handeling::<KeurVernietigingGoed>("/vernietigingsvoorstellen/{id}/goedkeuringen")
        .handeling::<WijsVernietigingAf>("/vernietigingsvoorstellen/{id}/afwijzingen")
        .handeling::<VernietigKlantcontact>("/klantcontacten/{id}/vernietigingen")
        .handeling::<VernietigInterneTaak>("/interne-taken/{id}/vernietigingen")
        .handeling::<VernietigPartij>("/partijen/{id}/vernietigingen")
}

fn inzage(table: Table) -> Table {
    table
        .handeling::<VraagInzageAan>("/inzageverzoeken")
        .raadpleeg::<Inzageverzoekgegevens>()
        .handeling::<KeurInzageGoed>("/inzageverzoeken/{id}/goedkeuringen")
        .handeling::<WijsInzageAf>("/inzageverzoeken/{id}/afwijzingen")
}

/// What leaves: the feed, and the subscriptions to webhooks.
fn uitgaand(mut table: Table) -> Table {
    openapi::uitgaand::add(&mut table.document);
    let all = get(abonnementen::list).post(abonnementen::registreer);
    let one = get(abonnementen::one).patch(abonnementen::wijzig).delete(abonnementen::beeindig);
    let deliveries = get(abonnementen::afleveringen).patch(abonnementen::herzend_alle);
    let delivery = axum::routing::patch(abonnementen::herzend);
    table
        .route("/gebeurtenissen", get(gebeurtenissen::page), READ)
        .route("/gebeurtenissen/{id}", get(gebeurtenissen::one), READ)
        .route("/schemas/{soort}", get(gebeurtenissen::schema), READ)
        .route("/abonnementen", all, "GET, HEAD, POST")
        .route("/abonnementen/{id}", one, "DELETE, GET, HEAD, PATCH")
        .route("/abonnementen/{id}/afleveringen", deliveries, "GET, HEAD, PATCH")
        .route("/abonnementen/{id}/afleveringen/{volgnummer}", delivery, "PATCH")
}
