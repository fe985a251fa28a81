//! Appending lines, as links of a chain, within a transaction.

use sqlx::PgConnection;

use crate::chain::{Plaats, link};
use crate::keys::Sleutel;
use crate::lines::{Regels, Verwerking};

/// The end of a chain.
struct Kop {
    streng: i16,
    nummer: i64,
    hash: Vec<u8>,
}

/// Appends the lines of these requests in the transaction of `conn`. The chain is taken until that
/// ends, so this is the last thing that a transaction does.
pub(crate) async fn append(
    conn: &mut PgConnection,
    key: &Sleutel,
    requests: &[Regels],
) -> sqlx::Result<()> {
    let mut kop = free_end(conn).await?;
    let mut columns = Columns::default();
    for regels in requests {
        kop.nummer += 1;
        let plaats = Plaats { streng: kop.streng, nummer: kop.nummer };
        kop.hash = link(key, &kop.hash, plaats, regels);
        columns.add(plaats, regels, &kop.hash);
    }
    columns.insert(conn, key, &kop).await
}

/// The end of a chain that nobody else is appending to, or else the first that comes free.
async fn free_end(conn: &mut PgConnection) -> sqlx::Result<Kop> {
    let free = sqlx::query_as!(
        Kop,
        "SELECT streng, nummer, hash FROM logboek.strengen
         ORDER BY streng LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(kop) = free {
        return Ok(kop);
    }
    sqlx::query_as!(
        Kop,
        "SELECT streng, nummer, hash FROM logboek.strengen ORDER BY streng LIMIT 1 FOR UPDATE",
    )
    .fetch_one(conn)
    .await
}

/// The lines, column by column: one statement whatever their number.
#[derive(Default)]
struct Columns {
    audit: Audit,
    verwerkingen: Verwerkingen,
}

impl Columns {
    fn add(&mut self, plaats: Plaats, regels: &Regels, hash: &[u8]) {
        self.audit.add(plaats, regels, hash);
        for verwerking in &regels.verwerkingen {
            self.verwerkingen.add(regels, verwerking);
        }
    }

    async fn insert(self, conn: &mut PgConnection, key: &Sleutel, kop: &Kop) -> sqlx::Result<()> {
        let Self { audit, verwerkingen } = self;
        sqlx::query!(
            "WITH kop AS (
                 UPDATE logboek.strengen SET nummer = $1, hash = $2 WHERE streng = $3
             ), verwerkt AS (
                 INSERT INTO logboek.verwerkingen (trace_id, verzoek_span_id, span_id, parent_span_id,
                     status, name, start_time, end_time, processing_activity_id, data_subject_id,
                     data_subject_id_type)
                 SELECT * FROM unnest($4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[],
                     $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::text[], $14::text[])
             )
             INSERT INTO logboek.audit (streng, sleutel, nummer, hash, trace_id, span_id,
                 parent_span_id, transactie, tijdstip, duur_ms, kanaal, wie, toepassing, doelbinding,
                 oorsprong, actie, document, producten, object, betrokkenen, resultaat, status, fouten)
             SELECT $3, $15, * FROM unnest($16::bigint[], $17::bytea[], $18::bytea[], $19::bytea[],
                 $20::bytea[], $21::uuid[], $22::timestamptz[], $23::integer[], $24::text[],
                 $25::text[], $26::text[], $27::text[], $28::text[], $29::text[], $30::text[],
                 $31::text[], $32::text[], $33::integer[], $34::text[], $35::smallint[], $36::text[])",
            kop.nummer,
            kop.hash,
            kop.streng,
            &verwerkingen.trace_id,
            &verwerkingen.verzoek_span_id,
            &verwerkingen.span_id,
            &verwerkingen.parent_span_id,
            &verwerkingen.status,
            &verwerkingen.name,
            &verwerkingen.start_time,
            &verwerkingen.end_time,
            &verwerkingen.processing_activity_id,
            &verwerkingen.data_subject_id as _,
            &verwerkingen.data_subject_id_type as _,
            key.naam,
            &audit.nummer,
            &audit.hash,
            &audit.trace_id,
            &audit.span_id,
            &audit.parent_span_id as _,
            &audit.transactie as _,
            &audit.tijdstip,
            &audit.duur_ms,
            &audit.kanaal,
            &audit.wie as _,
            &audit.toepassing as _,
            &audit.doelbinding as _,
            &audit.oorsprong as _,
            &audit.actie,
            &audit.document as _,
            &audit.producten,
            &audit.object as _,
            &audit.betrokkenen,
            &audit.resultaat,
            &audit.status,
            &audit.fouten,
        )
        .execute(conn)
        .await?;
        Ok(())
    }
}

macro_rules! columns {
    ($name:ident { $($column:ident: $type:ty,)+ }) => {
        #[derive(Default)]
        struct $name { $($column: Vec<$type>,)+ }
    };
}

columns! {
    Audit {
        nummer: i64,
        hash: Vec<u8>,
        trace_id: Vec<u8>,
        span_id: Vec<u8>,
        parent_span_id: Option<Vec<u8>>,
        transactie: Option<uuid::Uuid>,
        tijdstip: chrono::DateTime<chrono::Utc>,
        duur_ms: i32,
        kanaal: String,
        wie: Option<String>,
        toepassing: Option<String>,
        doelbinding: Option<String>,
        oorsprong: Option<String>,
        actie: String,
        document: Option<String>,
        producten: String,
        object: Option<String>,
        betrokkenen: i32,
        resultaat: String,
        status: i16,
        fouten: String,
    }
}

columns! {
    Verwerkingen {
        trace_id: Vec<u8>,
        verzoek_span_id: Vec<u8>,
        span_id: Vec<u8>,
        parent_span_id: Vec<u8>,
        status: String,
        name: String,
        start_time: i64,
        end_time: i64,
        processing_activity_id: String,
        data_subject_id: Option<String>,
        data_subject_id_type: Option<String>,
    }
}

impl Audit {
    fn add(&mut self, plaats: Plaats, regels: &Regels, hash: &[u8]) {
        let audit = regels.audit.clone();
        self.nummer.push(plaats.nummer);
        self.hash.push(hash.to_vec());
        self.trace_id.push(audit.trace_id.to_vec());
        self.span_id.push(audit.span_id.to_vec());
        self.parent_span_id.push(audit.parent_span_id.map(|span| span.to_vec()));
        self.transactie.push(audit.transactie);
        self.tijdstip.push(audit.tijdstip);
        self.duur_ms.push(audit.duur_ms);
        self.kanaal.push(audit.kanaal);
        self.wie.push(audit.wie);
        self.toepassing.push(audit.toepassing);
        self.doelbinding.push(audit.doelbinding);
        self.oorsprong.push(audit.oorsprong);
        self.actie.push(audit.actie);
        self.document.push(audit.document);
        self.producten.push(audit.producten);
        self.object.push(audit.object);
        self.betrokkenen.push(audit.betrokkenen);
        self.resultaat.push(audit.resultaat);
        self.status.push(audit.status);
        self.fouten.push(audit.fouten);
    }
}

impl Verwerkingen {
    fn add(&mut self, regels: &Regels, verwerking: &Verwerking) {
        let verwerking = verwerking.clone();
        self.trace_id.push(regels.audit.trace_id.to_vec());
        self.verzoek_span_id.push(regels.audit.span_id.to_vec());
        self.span_id.push(verwerking.span_id.to_vec());
        self.parent_span_id.push(verwerking.parent_span_id.to_vec());
        self.status.push(verwerking.status);
        self.name.push(verwerking.name);
        self.start_time.push(verwerking.start_time);
        self.end_time.push(verwerking.end_time);
        self.processing_activity_id.push(verwerking.processing_activity_id);
        self.data_subject_id.push(verwerking.data_subject_id);
        self.data_subject_id_type.push(verwerking.data_subject_id_type);
    }
}
