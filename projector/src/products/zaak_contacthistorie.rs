//! ZaakContacthistorie: one row per contact and key of the zaak, whoever took part; and the
//! addresses that klanten gave for one zaak only.

use std::collections::BTreeSet;

use async_trait::async_trait;
use events::{Envelope, ObjectRef, Objectsoort};
use read_side::zaak_contacthistorie::ZaakAdresDocument;
use sqlx::PgConnection;
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::derived::{self, Derived, Layer};
use super::table::{Rows, Table, moment, text};
use super::{Inrichting, documents, klant_document};
use crate::product::{Product, ProjectError, Schema};

/// The product.
#[derive(Debug)]
pub(super) struct ZaakContacthistorie {
    pub(super) inrichting: Inrichting,
}

const ZAAK_CONTACTEN: Table = Table {
    name: "zaak_contacten",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["zaak", "klantcontact_id"],
    columns: &[
        ("zaak", "text"),
        ("klantcontact_id", "uuid"),
        ("op", "timestamptz"),
        ("kanaal", "text"),
        ("vertrouwelijk", "boolean"),
        ("gewijzigd", "bigint"),
        ("document", "json"),
    ],
    feeds: None,
};

const ZAAK_ADRESSEN: Table = Table {
    name: "zaak_adressen",
    root: Objectsoort::Partij,
    root_column: "partij_id",
    key: &["zaak", "adres_id"],
    columns: &[("zaak", "text"), ("adres_id", "uuid"), ("partij_id", "uuid"), ("document", "json")],
    feeds: None,
};

#[async_trait]
impl Product for ZaakContacthistorie {
    fn name(&self) -> &'static str {
        "zaak_contacthistorie"
    }

    fn version(&self) -> i32 {
        5
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/zaak_contacthistorie.sql")
    }

    fn derived(&self) -> Option<&dyn Derived> {
        Some(self)
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        derived::project(self, conn, schema, batch).await
    }
}

#[async_trait]
impl Derived for ZaakContacthistorie {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[Objectsoort::Partij, Objectsoort::Klantcontact, Objectsoort::InterneTaak]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&ZAAK_CONTACTEN, &ZAAK_ADRESSEN]
    }

    async fn dirty(
        &self,
        _: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        _: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        Ok(if layer.root == Objectsoort::Partij {
            bronnen.touched(layer.root).collect()
        } else {
            bronnen.dirty_klantcontacten()
        })
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        Ok(vec![if layer.root == Objectsoort::Partij {
            bronnen.load(conn, ids.iter().copied().map(ObjectRef::partij)).await?;
            adressen(bronnen, ids)?
        } else {
            bronnen.load_klantcontacten(conn, ids).await?;
            self.contacten(bronnen, ids)?
        }])
    }
}

impl ZaakContacthistorie {
    fn contacten(&self, bronnen: &Bronnen<'_>, ids: &BTreeSet<Uuid>) -> Result<Rows, ProjectError> {
        let per_contact = bronnen.taken_per_klantcontact();
        let mut rows = Rows::new(&ZAAK_CONTACTEN);
        for state in ids.iter().filter_map(|id| bronnen.klantcontact(*id)) {
            let keys = documents::zaaksleutels(state, &self.inrichting.zaakspellingen);
            if keys.is_empty() {
                continue;
            }
            let contact = &state.klantcontact;
            let taken = per_contact.get(&contact.id).map_or(&[][..], Vec::as_slice);
            let shown = document(&documents::contact(state, taken, &self.inrichting))?;
            let gewijzigd = bronnen.contact_gewijzigd(contact.id, taken);
            for zaak in keys {
                rows.push([
                    text(zaak),
                    text(contact.id),
                    moment(contact.plaatsgevonden_op),
                    text(&contact.kanaal),
                    text(contact.vertrouwelijk),
                    text(gewijzigd),
                    text(&shown),
                ]);
            }
        }
        Ok(rows)
    }
}

/// An address with a reference is for the zaak with that key.
fn adressen(bronnen: &Bronnen<'_>, ids: &BTreeSet<Uuid>) -> Result<Rows, ProjectError> {
    let mut rows = Rows::new(&ZAAK_ADRESSEN);
    for id in ids {
        let Some((_, partij)) = bronnen.partij(*id) else {
            continue;
        };
        for adres in &partij.digitale_adressen {
            let Some(referentie) = &adres.referentie else {
                continue;
            };
            let shown = ZaakAdresDocument {
                partij_id: *id,
                afgeschermd: partij.partij.indicatie_geheimhouding == Some(true)
                    || !partij.partij.indicatie_actief,
                adres: klant_document::adres(adres, partij.voorkeurs_digitaal_adres),
            };
            rows.push([
                text(referentie.to_lowercase()),
                text(adres.id),
                text(id),
                text(document(&shown)?),
            ]);
        }
    }
    Ok(rows)
}
