-- Two logs, joined by trace and span. `audit`: who did what, one line per request. `verwerkingen`: whose
-- data were processed, one line per betrokkene (Logboek Dataverwerkingen); never who did it.

CREATE SCHEMA IF NOT EXISTS logboek;
REVOKE ALL ON SCHEMA logboek FROM PUBLIC;

-- The ends of the hash chains. Whoever appends takes one that is free until its transaction ends, so
-- that writers do not wait for each other. The only table here whose rows change.
CREATE TABLE logboek.strengen (
    streng  smallint PRIMARY KEY,
    nummer  bigint NOT NULL,
    hash    bytea NOT NULL
) WITH (fillfactor = 10);
INSERT INTO logboek.strengen SELECT streng, 0, '' FROM generate_series(1, 64) AS streng;

CREATE TABLE logboek.audit (
    streng          smallint NOT NULL REFERENCES logboek.strengen,
    nummer          bigint NOT NULL,
    trace_id        bytea NOT NULL CHECK (octet_length(trace_id) = 16),
    span_id         bytea NOT NULL CHECK (octet_length(span_id) = 8),
    parent_span_id  bytea CHECK (octet_length(parent_span_id) = 8),
    transactie      uuid,
    tijdstip        timestamptz NOT NULL,
    duur_ms         integer NOT NULL,
    kanaal          text NOT NULL,
    wie             text,
    toepassing      text,
    doelbinding     text,
    oorsprong       text,
    actie           text NOT NULL,
    document        text,
    producten       text NOT NULL,
    object          text,
    betrokkenen     integer NOT NULL,
    resultaat       text NOT NULL CHECK (resultaat IN ('gelukt', 'geweigerd', 'mislukt')),
    status          smallint NOT NULL,
    fouten          text NOT NULL,
    sleutel         text NOT NULL,
    hash            bytea NOT NULL,
    PRIMARY KEY (streng, nummer)
);
CREATE INDEX audit_trace ON logboek.audit (trace_id, span_id);

-- `verzoek_span_id` is the span of the request, as the audit log has it.
CREATE TABLE logboek.verwerkingen (
    trace_id                bytea NOT NULL CHECK (octet_length(trace_id) = 16),
    verzoek_span_id         bytea NOT NULL CHECK (octet_length(verzoek_span_id) = 8),
    span_id                 bytea NOT NULL CHECK (octet_length(span_id) = 8),
    parent_span_id          bytea NOT NULL CHECK (octet_length(parent_span_id) = 8),
    status                  text NOT NULL CHECK (status IN ('Ok', 'Error')),
    name                    text NOT NULL,
    start_time              bigint NOT NULL,
    end_time                bigint NOT NULL,
    processing_activity_id  text NOT NULL,
    data_subject_id         text,
    data_subject_id_type    text,
    PRIMARY KEY (trace_id, verzoek_span_id, span_id),
    CHECK ((data_subject_id IS NULL) = (data_subject_id_type IS NULL))
);
CREATE INDEX verwerkingen_betrokkene ON logboek.verwerkingen (data_subject_id, start_time, span_id)
    WHERE data_subject_id IS NOT NULL;

CREATE FUNCTION logboek.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the logbook is append-only: % on % is refused', TG_OP, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER audit_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON logboek.audit
    FOR EACH STATEMENT EXECUTE FUNCTION logboek.refuse_change();
CREATE TRIGGER verwerkingen_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON logboek.verwerkingen
    FOR EACH STATEMENT EXECUTE FUNCTION logboek.refuse_change();
