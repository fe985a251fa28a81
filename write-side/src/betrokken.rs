//! Whose data a handeling or a question processes: the partijen behind objects and events, for the
//! logbook.

use std::collections::BTreeSet;

use events::{
    Gebeurtenis, ObjectRef, Objectsoort, actor_events, digitaal_adres_events, interne_taak_events,
    klantcontact_events, partij_events, referentiewaarde_events, zaaksleutels_events,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The partijen whose data these events are about: as the events name them, and as the register has
/// them with the objects that were touched.
pub(crate) async fn by_events(
    conn: &mut PgConnection,
    gebeurtenissen: &[Gebeurtenis],
) -> Result<BTreeSet<Uuid>, HandelingError> {
    let objects: BTreeSet<ObjectRef> = gebeurtenissen.iter().map(Gebeurtenis::object).collect();
    let objects: Vec<ObjectRef> = objects.into_iter().collect();
    let mut found = by_objects(conn, &objects).await?;
    found.extend(gebeurtenissen.iter().flat_map(named));
    Ok(found)
}

/// The partijen whose data these objects hold; one statement, or none when no other object than a
/// partij can hold any.
pub(crate) async fn by_objects(
    conn: &mut PgConnection,
    objects: &[ObjectRef],
) -> Result<BTreeSet<Uuid>, HandelingError> {
    let of = |soort: Objectsoort| -> Vec<Uuid> {
        objects.iter().filter(|object| object.soort == soort).map(|object| object.id).collect()
    };
    let mut found: BTreeSet<Uuid> = of(Objectsoort::Partij).into_iter().collect();
    let contacten = of(Objectsoort::Klantcontact);
    let taken = of(Objectsoort::InterneTaak);
    let vertegenwoordigingen = of(Objectsoort::Vertegenwoordiging);
    let inzageverzoeken = of(Objectsoort::Inzageverzoek);
    let lists = [&contacten, &taken, &vertegenwoordigingen, &inzageverzoeken];
    if lists.iter().all(|list| list.is_empty()) {
        return Ok(found);
    }
    let partijen = sqlx::query_scalar!(
        r#"SELECT was_partij AS "partij!" FROM write_side.betrokkenen
           WHERE was_partij IS NOT NULL AND had_klantcontact = ANY($1)
           UNION
           SELECT was_partij FROM write_side.interne_taken t
           JOIN write_side.betrokkenen b ON b.had_klantcontact = t.aanleidinggevend_klantcontact
           WHERE was_partij IS NOT NULL AND t.id = ANY($2)
           UNION
           SELECT unnest(ARRAY[vertegenwoordigende_partij, vertegenwoordigde_partij])
           FROM write_side.vertegenwoordigingen WHERE id = ANY($3)
           UNION
           SELECT partij FROM write_side.inzageverzoeken WHERE id = ANY($4)"#,
        &contacten,
        &taken,
        &vertegenwoordigingen,
        &inzageverzoeken,
    )
    .fetch_all(conn)
    .await
    .doing("reading whose data were processed")?;
    found.extend(partijen);
    Ok(found)
}

/// Notes that what was read of these objects is shown.
pub(crate) async fn show(
    conn: &mut PgConnection,
    objects: &[ObjectRef],
) -> Result<(), HandelingError> {
    by_objects(conn, objects).await?.into_iter().for_each(logboek::show);
    Ok(())
}

/// The partijen that an event names and that the register may no longer have with its object.
fn named(gebeurtenis: &Gebeurtenis) -> Vec<Uuid> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::BetrokkeneBijKlantcontactGewijzigd(event) => {
            [event.oud.was_partij, event.nieuw.was_partij].into_iter().flatten().collect()
        }
        G::BetrokkeneBijKlantcontactVerwijderd(event) => {
            event.onderdeel.was_partij.into_iter().collect()
        }
        G::PartijVanBetrokkeneOntkoppeld(event) => vec![event.vorige_partij],
        G::VertegenwoordigingGeregistreerd(event) | G::VertegenwoordigingBeeindigd(event) => {
            vec![event.vertegenwoordigende_partij, event.vertegenwoordigde_partij]
        }
        G::VernietigingVoorgesteld(event)
        | G::VernietigingGoedgekeurd(event)
        | G::VernietigingAfgewezen(event)
        | G::VernietigingUitgevoerd(event) => {
            let object = event.object;
            if object.soort == Objectsoort::Partij { vec![object.id] } else { Vec::new() }
        }
        G::InzageAangevraagd(event) | G::InzageGoedgekeurd(event) | G::InzageAfgewezen(event) => {
            vec![event.partij]
        }
        // The register has whose they are, when they are somebody's.
        partij_events!()
        | digitaal_adres_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | zaaksleutels_events!()
        | G::InhoudVernietigd(_) => Vec::new(),
    }
}
