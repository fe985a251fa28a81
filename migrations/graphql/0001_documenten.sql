-- Trusted documents: the questions that an application may ask, registered before it asks them, and
-- how often questions and fields are asked. Nothing about who asked or what the answer was.

CREATE TABLE documenten.documenten (
    -- SHA-256 of the text, in lower case hexadecimal digits.
    hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    naam text NOT NULL,
    tekst text NOT NULL,
    operaties text[] NOT NULL,
    geregistreerd_op timestamptz NOT NULL,
    -- When it was taken back; the row stays, so that its use can still be read.
    ingetrokken_op timestamptz
);

-- How often a document was executed, per day and application (azp). An empty document stands for
-- all questions that are not registered.
CREATE TABLE documenten.gebruik (
    dag date NOT NULL,
    toepassing text NOT NULL,
    document text NOT NULL,
    aantal bigint NOT NULL,
    laatst_op timestamptz NOT NULL,
    PRIMARY KEY (dag, toepassing, document)
);

-- In how many executed questions a field stood, once a question.
CREATE TABLE documenten.veldgebruik (
    dag date NOT NULL,
    toepassing text NOT NULL,
    veld text NOT NULL,
    aantal bigint NOT NULL,
    laatst_op timestamptz NOT NULL,
    PRIMARY KEY (dag, toepassing, veld)
);
