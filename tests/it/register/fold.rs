//! The fold of the log, written without the write side's own code: the last state of every object
//! and part as the events carry it; and the register in the same form.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sqlx::PgPool;

use super::Rows;

type Tables = BTreeMap<&'static str, Rows>;

/// The tables of the register that hold objects and parts.
const TABLES: [&str; 12] = [
    "actor_klantcontacten",
    "actoren",
    "betrokkenen",
    "bijlagen",
    "digitale_adressen",
    "interne_taken",
    "klantcontacten",
    "onderwerpobjecten",
    "partij_identificatoren",
    "partijen",
    "rekeningnummers",
    "vertegenwoordigingen",
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

fn fold(tables: &mut Tables, soort: &str, data: &Value) {
    match soort {
        "PersoonGeregistreerd" | "OrganisatieGeregistreerd" | "ContactpersoonGeregistreerd" => {
            put(tables, "partijen", data);
            set(tables, "partijen", &data["id"], "voorkeursDigitaalAdres", Value::Null);
            set(tables, "partijen", &data["id"], "voorkeursRekeningnummer", Value::Null);
        }
        "PersoonGewijzigd" | "OrganisatieGewijzigd" | "ContactpersoonGewijzigd" => {
            put(tables, "partijen", &data["nieuw"]);
        }
        "PartijIdentificatorGeregistreerd" => {
            let mut flat = data.as_object().expect("an object").clone();
            flat.remove("hoofdidentificator");
            let key = flat.remove("partijIdentificator").expect("a key");
            flat.extend(key.as_object().expect("an object").clone());
            put(tables, "partij_identificatoren", &Value::Object(flat));
        }
        "DigitaalAdresGeregistreerd" => put(tables, "digitale_adressen", &data["digitaalAdres"]),
        "VoorkeursDigitaalAdresGekozen" => {
            let keuze = data["digitaalAdres"].clone();
            set(tables, "partijen", &data["partij"], "voorkeursDigitaalAdres", keuze);
        }
        "RekeningnummerGeregistreerd" => put(tables, "rekeningnummers", data),
        "VertegenwoordigingGeregistreerd" => put(tables, "vertegenwoordigingen", data),
        "KlantcontactGeregistreerd" => put(tables, "klantcontacten", data),
        "ActorAanKlantcontactGekoppeld" => {
            let mut coupling = data.clone();
            coupling.as_object_mut().expect("an object").remove("soortActor");
            put(tables, "actor_klantcontacten", &coupling);
        }
        "BetrokkeneBijKlantcontactGeregistreerd" | "PartijAanBetrokkeneGekoppeld" => {
            put(tables, "betrokkenen", data);
        }
        "PartijVanBetrokkeneOntkoppeld" => put(tables, "betrokkenen", &data["betrokkene"]),
        "BijlageGeregistreerd" => put(tables, "bijlagen", data),
        "OnderwerpobjectGeregistreerd" => put(tables, "onderwerpobjecten", data),
        "ZaakGekoppeld" => {}
        "InterneTaakGeregistreerd" => put(tables, "interne_taken", data),
        "InterneTaakGecorrigeerd" => put(tables, "interne_taken", &data["nieuw"]),
        "InterneTaakToegewezen" | "InterneTaakAfgehandeld" | "InterneTaakHeropend" => {
            put(tables, "interne_taken", &data["interneTaak"]);
        }
        "MedewerkerGeregistreerd"
        | "OrganisatorischeEenheidGeregistreerd"
        | "GeautomatiseerdeActorGeregistreerd" => put(tables, "actoren", data),
        other => panic!("the fold does not know {other}"),
    }
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
