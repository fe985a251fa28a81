//! The operations of the feed and of subscriptions in the document.

use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, Ref, Schema, SchemaFormat,
    SchemaType, Type,
};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, HttpMethod, OpenApi, RefOr, Required, ResponseBuilder};

use super::parts::{id_parameter, idempotency_key_parameter, if_match_parameter, text_header};
use super::{BEARER, register, with_errors};
use crate::http::abonnementen;
use crate::http::gebeurtenissen::{self, AANTAL_MAX, WACHT_MAX_SECONDS};
use crate::uitgaand::cloudevent::CloudEvent;
use crate::uitgaand::notificatie::soorten;
use crate::uitgaand::webhook::abonnement::Abonnement;
use crate::uitgaand::webhook::invoer::{RegistreerAbonnement, WijzigAbonnement, WijzigAflevering};
use crate::uitgaand::webhook::wachtrij::{Aflevering, STATUSSEN};

/// One operation.
struct Operatie {
    path: &'static str,
    method: HttpMethod,
    id: &'static str,
    summary: &'static str,
    scope: Option<&'static str>,
    parameters: Vec<Parameter>,
    body: Option<Ref>,
    answer: (&'static str, &'static str, RefOr<Schema>),
}

/// Adds them all.
pub(in crate::http) fn add(document: &mut OpenApi) {
    feed(document);
    subscriptions(document);
    deliveries(document);
}

fn feed(document: &mut OpenApi) {
    let event = register::<CloudEvent>(document);
    let page = object(&[
        (
            "gebeurtenissen",
            RefOr::T(Schema::Array(ArrayBuilder::new().items(event.clone()).build())),
        ),
        ("volgende", text()),
    ]);
    let media = "application/json";
    let scope = Some(gebeurtenissen::SCOPE);
    Operatie {
        path: "/gebeurtenissen",
        method: HttpMethod::Get,
        id: "haalGebeurtenissenOp",
        summary: "Haal gebeurtenissen op, in volgorde",
        scope,
        parameters: vec![
            query("na", "Alleen wat na dit volgnummer komt", number(0, i64::MAX)),
            query("aantal", "Hoeveel op een pagina; standaard 100", number(1, AANTAL_MAX)),
            query("wacht", "Hoeveel seconden op de volgende wachten", number(0, WACHT_MAX_SECONDS)),
            query("soort", "Alleen van deze soort", one_of(&soorten())),
            query("objectId", "Alleen van dit object", uuid()),
        ],
        body: None,
        answer: ("200", media, page),
    }
    .add(document);
    Operatie {
        path: "/gebeurtenissen/{id}",
        method: HttpMethod::Get,
        id: "raadpleegGebeurtenis",
        summary: "Raadpleeg een gebeurtenis op haar kenmerk",
        scope,
        parameters: vec![id_parameter()],
        body: None,
        answer: ("200", "application/cloudevents+json", RefOr::Ref(event)),
    }
    .add(document);
    Operatie {
        path: "/schemas/{soort}",
        method: HttpMethod::Get,
        id: "raadpleegGebeurtenisschema",
        summary: "Raadpleeg hoe de gegevens van een soort gebeurtenis eruitzien (JSON Schema)",
        scope: None,
        parameters: vec![path("soort", "Soort gebeurtenis", one_of(&soorten()))],
        body: None,
        answer: ("200", "application/schema+json", json_schema()),
    }
    .add(document);
}

fn subscriptions(document: &mut OpenApi) {
    let one = register::<Abonnement>(document);
    let list = || RefOr::T(Schema::Array(ArrayBuilder::new().items(one.clone()).build()));
    let page = object(&[("resultaten", list()), ("volgende", nullable_text())]);
    let (new, change) =
        (register::<RegistreerAbonnement>(document), register::<WijzigAbonnement>(document));
    let base = |method, id, summary| Operatie {
        path: "/abonnementen/{id}",
        method,
        id,
        summary,
        scope: Some(abonnementen::SCOPE),
        parameters: vec![id_parameter()],
        body: None,
        answer: ("200", "application/json", RefOr::Ref(one.clone())),
    };
    let all = "/abonnementen";
    Operatie {
        path: all,
        parameters: vec![query("na", "Alleen wat na deze sleutel komt", uuid())],
        answer: ("200", "application/json", page),
        ..base(HttpMethod::Get, "haalAbonnementenOp", "Haal de abonnementen op")
    }
    .add(document);
    Operatie {
        path: all,
        parameters: vec![idempotency_key_parameter()],
        body: Some(new),
        answer: ("201", "application/json", RefOr::Ref(one.clone())),
        ..base(HttpMethod::Post, "registreerAbonnement", "Registreer een abonnement")
    }
    .add(document);
    base(HttpMethod::Get, "raadpleegAbonnement", "Raadpleeg een abonnement").add(document);
    Operatie {
        parameters: vec![id_parameter(), if_match_parameter()],
        body: Some(change),
        ..base(HttpMethod::Patch, "wijzigAbonnement", "Wijzig een abonnement")
    }
    .add(document);
    Operatie {
        parameters: vec![id_parameter(), if_match_parameter()],
        ..base(HttpMethod::Delete, "beeindigAbonnement", "Beëindig een abonnement")
    }
    .add(document);
}

fn deliveries(document: &mut OpenApi) {
    let one = register::<Aflevering>(document);
    let list = RefOr::T(Schema::Array(ArrayBuilder::new().items(one).build()));
    let page = object(&[("resultaten", list), ("volgende", nullable_text())]);
    let change = register::<WijzigAflevering>(document);
    let again = || object(&[("aantal", number(0, i64::MAX))]);
    let base = |path, method, id, summary, answer| Operatie {
        path,
        method,
        id,
        summary,
        scope: Some(abonnementen::SCOPE),
        parameters: vec![id_parameter()],
        body: Some(change.clone()),
        answer: ("200", "application/json", answer),
    };
    let all = "/abonnementen/{id}/afleveringen";
    let statussen: Vec<String> = STATUSSEN.iter().map(|status| (*status).to_owned()).collect();
    Operatie {
        parameters: vec![
            id_parameter(),
            query("status", "Alleen met deze status", one_of(&statussen)),
            query("na", "Alleen wat na dit volgnummer komt", number(0, i64::MAX)),
        ],
        body: None,
        ..base(all, HttpMethod::Get, "haalAfleveringenOp", "Haal afleveringen op", page)
    }
    .add(document);
    let summary = "Probeer elke geparkeerde aflevering opnieuw";
    base(all, HttpMethod::Patch, "herzendAfleveringen", summary, again()).add(document);
    let path_of = "/abonnementen/{id}/afleveringen/{volgnummer}";
    let number = path("volgnummer", "Volgnummer van de gebeurtenis", number(1, i64::MAX));
    Operatie {
        parameters: vec![id_parameter(), number],
        ..base(path_of, HttpMethod::Patch, "herzendAflevering", "Verzend opnieuw", again())
    }
    .add(document);
}

impl Operatie {
    fn add(self, document: &mut OpenApi) {
        let (status, media, schema) = self.answer;
        let response = ResponseBuilder::new()
            .description("Gedaan")
            .header("API-Version", text_header("Versie van deze API"))
            .content(media, ContentBuilder::new().schema(Some(schema)).build());
        let mut operation = OperationBuilder::new()
            .operation_id(Some(self.id))
            .summary(Some(self.summary))
            .response(status, response.build());
        for parameter in self.parameters {
            operation = operation.parameter(parameter);
        }
        let has_body = self.body.is_some();
        if let Some(schema) = self.body {
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let body = RequestBodyBuilder::new().required(Some(Required::True));
            operation =
                operation.request_body(Some(body.content("application/json", content).build()));
        }
        operation = match self.scope {
            Some(scope) => operation.security(SecurityRequirement::new(BEARER, [scope])),
            None => operation.securities(Some([])),
        };
        let named = self.path.contains('{');
        let changes = self.method != HttpMethod::Get;
        let errors = [
            ("400", "Het verzoek is onjuist; elke fout staat in invalidParams", true),
            ("401", "Geen geldig token", self.scope.is_some()),
            ("403", "Het token heeft de scope niet", self.scope.is_some()),
            ("404", "Dit bestaat niet", named),
            ("406", "Het antwoord is er alleen als JSON", true),
            ("409", "Het verzoek past niet bij hoe het nu is", changes),
            ("412", "Het is intussen gewijzigd", named && changes),
            ("413", "Het verzoek is te groot", has_body),
            ("415", "Het verzoek is geen JSON", has_body),
            ("500", "Er ging iets mis bij de voorziening", true),
            ("503", "Het duurde te lang", true),
        ];
        let errors: Vec<(&str, &str)> = errors
            .into_iter()
            .filter(|(_, _, applies)| *applies)
            .map(|(status, text, _)| (status, text))
            .collect();
        let operation = with_errors(operation, errors.iter());
        super::add(document, self.path, self.method, operation);
    }
}

fn text() -> RefOr<Schema> {
    typed(Type::String)
}

fn typed(kind: Type) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(kind));
    RefOr::T(Schema::Object(object.build()))
}

fn nullable_text() -> RefOr<Schema> {
    let kinds = SchemaType::Array(vec![Type::String, Type::Null]);
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(kinds).build()))
}

fn uuid() -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    RefOr::T(Schema::Object(object.build()))
}

fn number(min: i64, max: i64) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(min))
        .maximum(Some(max));
    RefOr::T(Schema::Object(object.build()))
}

fn one_of(values: &[String]) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(values.to_vec()));
    RefOr::T(Schema::Object(object.build()))
}

fn object(fields: &[(&str, RefOr<Schema>)]) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Object));
    let object = fields.iter().fold(object, |object, (name, schema)| {
        object.property(*name, schema.clone()).required(*name)
    });
    RefOr::T(Schema::Object(object.build()))
}

/// What every JSON Schema of an event is.
fn json_schema() -> RefOr<Schema> {
    let anything = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Object))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    let names = ArrayBuilder::new().items(text()).build();
    object(&[
        ("$schema", text()),
        ("title", text()),
        ("description", text()),
        ("type", one_of(&["object".to_owned()])),
        ("required", RefOr::T(Schema::Array(names))),
        ("properties", RefOr::T(Schema::Object(anything.build()))),
    ])
}

fn query(name: &str, description: &str, schema: RefOr<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

fn path(name: &str, description: &str, schema: RefOr<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
