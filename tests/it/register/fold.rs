//! The fold of the log, written without the write side's own code: the last state of every object
//! and part as the events carry it; and the register in the same form.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sqlx::PgPool;

use super::Rows;

type Tables = BTreeMap<&'static str, Rows>;

/// The tables of the register that hold objects and parts.
const TABLES: [&str; 16] = [
    "actor_klantcontacten",
    "actoren",
    "betrokkenen",
    "bijlagen",
    "categorie_relaties",
    "digitale_adressen",
    "interne_taken",
    "inzageverzoeken",
    "klantcontacten",
    "onderwerpobjecten",
    "partij_identificatoren",
    "partijen",
    "rekeningnummers",
    "vernietigingsvoorstellen",
    "vertegenwoordigingen",
    "zaaksleutels",
];

/// What the log says that the register holds.
pub async fn of_log(pool: &PgPool) -> Tables {
    let events: Vec<(String, Value)> =
        sqlx::query_as("SELECT soort, data FROM write_side.gebeurtenissen ORDER BY positie")
            .fetch_all(pool)
            .await
            .expect("events");
    let mut tables: Tables = TABLES.into_iter().map(|table| (table, Rows::new())).collect();
    for (soort, data) in events {
        fold(&mut tables, &soort, &data);
    }
    tables
}

fn put(tables: &mut Tables, table: &'static str, state: &Value) {
    let id = state["id"].as_str().expect("an id").to_owned();
    let rows = tables.get_mut(table).expect("a table");
    let row = rows.entry(id).or_insert_with(|| json!({}));
    let fields = state.as_object().expect("an object");
    row.as_object_mut().expect("an object").extend(fields.clone());
}

fn set(tables: &mut Tables, table: &'static str, id: &Value, field: &str, value: Value) {
    let rows = tables.get_mut(table).expect("a table");
    rows.get_mut(id.as_str().expect("an id")).expect("a row")[field] = value;
}

fn remove(tables: &mut Tables, table: &'static str, id: &Value) {
    let rows = tables.get_mut(table).expect("a table");
    rows.remove(id.as_str().expect("an id"));
}

/// Removes the parts whose field names this object.
fn remove_parts(tables: &mut Tables, table: &'static str, field: &str, id: &Value) {
    tables.get_mut(table).expect("a table").retain(|_, row| row[field] != *id);
}

/// Adds an identificator as its row has it.
fn put_identificator(tables: &mut Tables, data: &Value) {
    let mut flat = data.as_object().expect("an object").clone();
    flat.remove("hoofdidentificator");
    let key = flat.remove("partijIdentificator").expect("a key");
    flat.extend(key.as_object().expect("an object").clone());
    put(tables, "partij_identificatoren", &Value::Object(flat));
}

fn fold(tables: &mut Tables, soort: &str, data: &Value) {
    let known = fold_partij(tables, soort, data)
        || fold_digitaal_adres(tables, soort, data)
        || fold_klantcontact(tables, soort, data)
        || fold_rest(tables, soort, data);
    assert!(known, "the fold does not know {soort}");
}

fn fold_partij(tables: &mut Tables, soort: &str, data: &Value) -> bool {
    match soort {
        "PersoonGeregistreerd" | "OrganisatieGeregistreerd" | "ContactpersoonGeregistreerd" => {
            put(tables, "partijen", data);
            set(tables, "partijen", &data["id"], "voorkeursDigitaalAdres", Value::Null);
            set(tables, "partijen", &data["id"], "voorkeursRekeningnummer", Value::Null);
        }
        "PersoonGewijzigd" | "OrganisatieGewijzigd" | "ContactpersoonGewijzigd" => {
            put(tables, "partijen", &data["nieuw"]);
        }
        "PartijGeactiveerd" | "PartijGedeactiveerd" => put(tables, "partijen", data),
        "PartijVernietigd" => {
            let id = &data["id"];
            remove(tables, "partijen", id);
            remove_parts(tables, "partij_identificatoren", "identificeerdePartij", id);
            remove_parts(tables, "rekeningnummers", "partij", id);
            remove_parts(tables, "categorie_relaties", "partij", id);
            remove_parts(tables, "digitale_adressen", "verstrektDoorPartij", id);
        }
        "PartijIdentificatorGeregistreerd" => put_identificator(tables, data),
        "PartijIdentificatorGecorrigeerd" => put_identificator(tables, &data["nieuw"]),
        "PartijIdentificatorVerwijderd" => {
            remove(tables, "partij_identificatoren", &data["onderdeel"]["id"]);
        }
        "VoorkeursDigitaalAdresGekozen" => {
            let keuze = data["digitaalAdres"].clone();
            set(tables, "partijen", &data["partij"], "voorkeursDigitaalAdres", keuze);
        }
        "VoorkeursRekeningnummerGekozen" => {
            let keuze = data["rekeningnummer"].clone();
            set(tables, "partijen", &data["partij"], "voorkeursRekeningnummer", keuze);
        }
        "RekeningnummerGeregistreerd" => put(tables, "rekeningnummers", data),
        "RekeningnummerGewijzigd" => put(tables, "rekeningnummers", &data["nieuw"]),
        "RekeningnummerVerwijderd" => remove(tables, "rekeningnummers", &data["id"]),
        "PartijGecategoriseerd" | "CategorieRelatieBeeindigd" => {
            put(tables, "categorie_relaties", data);
        }
        _ => return false,
    }
    true
}

fn fold_digitaal_adres(tables: &mut Tables, soort: &str, data: &Value) -> bool {
    match soort {
        "DigitaalAdresGeregistreerd" | "DigitaalAdresGeverifieerd" => {
            put(tables, "digitale_adressen", &data["digitaalAdres"]);
        }
        "DigitaalAdresGewijzigd" => put(tables, "digitale_adressen", &data["nieuw"]),
        "DigitaalAdresVerwijderd" => {
            remove(tables, "digitale_adressen", &data["digitaalAdres"]["id"]);
        }
        "StandaardAdresAangewezen" => {
            if !data["vorigDigitaalAdres"].is_null() {
                let vorig = &data["vorigDigitaalAdres"];
                set(tables, "digitale_adressen", vorig, "isStandaardAdres", json!(false));
            }
            let nieuw = &data["digitaalAdres"];
            set(tables, "digitale_adressen", nieuw, "isStandaardAdres", json!(true));
        }
        _ => return false,
    }
    true
}

fn fold_klantcontact(tables: &mut Tables, soort: &str, data: &Value) -> bool {
    match soort {
        "KlantcontactGeregistreerd" => put(tables, "klantcontacten", data),
        "KlantcontactAangevuld" => put(tables, "klantcontacten", &data["klantcontact"]),
        "KlantcontactGecorrigeerd" => put(tables, "klantcontacten", &data["nieuw"]),
        "KlantcontactVernietigd" => destroy_klantcontact(tables, &data["id"]),
        "ActorAanKlantcontactGekoppeld" => {
            let mut coupling = data.clone();
            coupling.as_object_mut().expect("an object").remove("soortActor");
            put(tables, "actor_klantcontacten", &coupling);
        }
        "ActorVanKlantcontactOntkoppeld" => remove(tables, "actor_klantcontacten", &data["id"]),
        "BetrokkeneBijKlantcontactGeregistreerd" | "PartijAanBetrokkeneGekoppeld" => {
            put(tables, "betrokkenen", data);
        }
        "BetrokkeneBijKlantcontactGewijzigd" => put(tables, "betrokkenen", &data["nieuw"]),
        "PartijVanBetrokkeneOntkoppeld" => put(tables, "betrokkenen", &data["betrokkene"]),
        "BetrokkeneGeanonimiseerd" => {
            put(tables, "betrokkenen", data);
            remove_parts(tables, "digitale_adressen", "verstrektDoorBetrokkene", &data["id"]);
        }
        "BetrokkeneBijKlantcontactVerwijderd" => {
            let id = &data["onderdeel"]["id"];
            remove(tables, "betrokkenen", id);
            remove_parts(tables, "digitale_adressen", "verstrektDoorBetrokkene", id);
        }
        "BijlageGeregistreerd" => put(tables, "bijlagen", data),
        "BijlageGecorrigeerd" => put(tables, "bijlagen", &data["nieuw"]),
        "BijlageVerwijderd" => remove(tables, "bijlagen", &data["onderdeel"]["id"]),
        "OnderwerpobjectGeregistreerd" => put(tables, "onderwerpobjecten", data),
        "OnderwerpobjectGecorrigeerd" => put(tables, "onderwerpobjecten", &data["nieuw"]),
        "OnderwerpobjectVerwijderd" => remove(tables, "onderwerpobjecten", &data["id"]),
        "ZaakGekoppeld" | "ZaakOntkoppeld" => {}
        _ => return false,
    }
    true
}

fn destroy_klantcontact(tables: &mut Tables, id: &Value) {
    let betrokkenen: Vec<Value> = tables["betrokkenen"]
        .values()
        .filter(|row| row["hadKlantcontact"] == *id)
        .map(|row| row["id"].clone())
        .collect();
    for betrokkene in betrokkenen {
        remove(tables, "betrokkenen", &betrokkene);
        remove_parts(tables, "digitale_adressen", "verstrektDoorBetrokkene", &betrokkene);
    }
    remove_parts(tables, "actor_klantcontacten", "klantcontact", id);
    remove_parts(tables, "onderwerpobjecten", "wasOnderwerpVanKlantcontact", id);
    remove_parts(tables, "bijlagen", "wasBijlageVanKlantcontact", id);
    remove(tables, "klantcontacten", id);
}

fn fold_rest(tables: &mut Tables, soort: &str, data: &Value) -> bool {
    match soort {
        "VertegenwoordigingGeregistreerd" => put(tables, "vertegenwoordigingen", data),
        "ZaaksleutelsVastgelegd" => put(tables, "zaaksleutels", data),
        "ZaaksleutelsGecorrigeerd" => put(tables, "zaaksleutels", &data["nieuw"]),
        "VertegenwoordigingBeeindigd" => remove(tables, "vertegenwoordigingen", &data["id"]),
        "InterneTaakGeregistreerd" => put(tables, "interne_taken", data),
        "InterneTaakGecorrigeerd" => put(tables, "interne_taken", &data["nieuw"]),
        "InterneTaakToegewezen" | "InterneTaakAfgehandeld" | "InterneTaakHeropend" => {
            put(tables, "interne_taken", &data["interneTaak"]);
        }
        "InterneTaakVernietigd" => remove(tables, "interne_taken", &data["id"]),
        "MedewerkerGeregistreerd"
        | "OrganisatorischeEenheidGeregistreerd"
        | "GeautomatiseerdeActorGeregistreerd"
        | "ActorGeactiveerd"
        | "ActorGedeactiveerd" => put(tables, "actoren", data),
        "MedewerkerGewijzigd"
        | "OrganisatorischeEenheidGewijzigd"
        | "GeautomatiseerdeActorGewijzigd" => put(tables, "actoren", &data["nieuw"]),
        "VernietigingVoorgesteld"
        | "VernietigingGoedgekeurd"
        | "VernietigingAfgewezen"
        | "VernietigingUitgevoerd" => {
            let mut flat = data.as_object().expect("an object").clone();
            let object = flat.remove("object").expect("an object");
            flat.insert("objectsoort".to_owned(), object["soort"].clone());
            flat.insert("objectId".to_owned(), object["id"].clone());
            put(tables, "vernietigingsvoorstellen", &Value::Object(flat));
        }
        "InzageAangevraagd" | "InzageGoedgekeurd" | "InzageAfgewezen" => {
            put(tables, "inzageverzoeken", data);
        }
        "InhoudVernietigd" => {}
        _ => return false,
    }
    true
}

/// What the register holds.
pub async fn register(pool: &PgPool) -> Tables {
    let mut tables = Tables::new();
    for table in TABLES {
        let sql = match table {
            "interne_taken" => "SELECT to_jsonb(t) || jsonb_build_object('toegewezen_aan_actoren',
                     ARRAY(SELECT actor FROM write_side.interne_taak_actoren
                           WHERE interne_taak = t.id ORDER BY volgnummer))
                 FROM write_side.interne_taken t"
                .to_owned(),
            table => format!("SELECT to_jsonb(t) FROM write_side.{table} t"),
        };
        let rows: Vec<Value> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.expect("rows");
        let by_id = rows.into_iter().map(|row| {
            let row = as_event(row);
            (row["id"].as_str().expect("an id").to_owned(), row)
        });
        tables.insert(table, by_id.collect());
    }
    tables
}

/// A row with the names and moments that events have.
fn as_event(row: Value) -> Value {
    let Value::Object(fields) = row else {
        panic!("a row is an object");
    };
    let renamed: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (camel(&name), moment(value))).collect();
    Value::Object(renamed)
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at(1);
        name + &head.to_uppercase() + tail
    })
}

/// A moment as events write it; any other value as it is.
fn moment(value: Value) -> Value {
    match value.as_str().map(str::parse::<DateTime<Utc>>) {
        Some(Ok(moment)) => json!(moment),
        _ => value,
    }
}
