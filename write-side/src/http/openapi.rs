//! The OpenAPI 3.1 document, made from the table of paths and the types that read the requests.

use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use events::Objectsoort;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Ref, SchemaFormat, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContactBuilder, ContentBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi,
    OpenApiBuilder, Required, ResponseBuilder, Server,
};
use utoipa::{PartialSchema, ToSchema};

use super::antwoord::Handelingsantwoord;
use super::geschiedenis::{self, Geschiedenis, Handelinggegevens};
use super::problem::{PROBLEM_JSON, Problem};
use super::zoek::Zoekantwoord;
use super::{BASE, openapi_json, parameters, raadpleeg};
use crate::idempotentie;
use crate::register::geheel::Leesbaar;
use crate::register::zoek::Zoekvraag;
use crate::uitvoering::Handeling;

const BEARER: &str = "bearer";

/// A document without paths.
pub(super) fn begin() -> OpenApi {
    let licence = LicenseBuilder::new().name("EUPL-1.2").identifier(Some("EUPL-1.2")).build();
    let info = InfoBuilder::new()
        .title("Bijhouding van klantinteracties")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Handelingen op het register van klantinteracties. Eén handeling is één transactie: \
             alles of niets. Elke fout van een verzoek staat in invalidParams.",
        ))
        .contact(Some(
            ContactBuilder::new()
                .name(Some("Beheer van deze installatie"))
                .url(Some("https://example.nl/klantbeeld"))
                .email(Some("klantbeeld@example.nl"))
                .build(),
        ))
        .license(Some(licence))
        .build();
    let mut components = Components::new();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new(BASE)]))
        .components(Some(components))
        .build();
    register::<Problem>(&mut document);
    register::<Handelingsantwoord>(&mut document);
    register::<Geschiedenis>(&mut document);
    document
}

fn register<T: ToSchema>(document: &mut OpenApi) -> Ref {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.extend(schemas);
    Ref::from_schema_name(T::name())
}

/// Adds a handeling.
pub(super) fn add_handeling<H: Handeling>(document: &mut OpenApi, path: &str) {
    let schema = register::<H>(document);
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
        .build();
    let status = if H::REGISTREERT { "201" } else { "200" };
    let answer = Ref::from_schema_name(Handelingsantwoord::name());
    let response = ResponseBuilder::new()
        .description("De handeling is gedaan")
        .header("ETag", text_header("Versie van het hoofdobject"))
        .header("API-Version", text_header("Versie van deze API"))
        .header("Idempotency-Replayed", text_header("true: dit is het eerste antwoord, herhaald"))
        .content("application/json", ContentBuilder::new().schema(Some(answer)).build());
    let mut operation = OperationBuilder::new()
        .operation_id(Some(H::OPERATION_ID))
        .summary(Some(H::SAMENVATTING))
        .request_body(Some(body))
        .parameter(idempotency_key_parameter())
        .security(SecurityRequirement::new(BEARER, [H::SCOPE]))
        .response(status, response.build());
    let on_object = path.contains("{id}");
    if on_object {
        operation = operation.parameter(id_parameter()).parameter(if_match_parameter());
    }
    let errors: &[(&str, &str)] = &[
        ("400", "Het verzoek is onjuist; elke fout staat in invalidParams"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("404", "Het object, of een genoemd object, bestaat niet"),
        ("409", "Het verzoek past niet bij wat er al is"),
        ("412", "Het object is intussen gewijzigd"),
        ("413", "Het verzoek is te groot"),
        ("415", "Het verzoek is geen JSON"),
        ("500", "Er ging iets mis bij de voorziening; er is niets gedaan"),
        ("503", "Het duurde te lang; er is niets gedaan"),
    ];
    let errors = errors.iter().filter(|(status, _)| on_object || *status != "412");
    add(document, path, HttpMethod::Post, with_errors(operation, errors));
}

/// Adds reading one object.
pub(super) fn add_raadpleeg(document: &mut OpenApi, path: &str, soort: Objectsoort) {
    add_object(document, path, soort.code(), raadpleeg::scope(soort));
}

/// Adds reading one part of an object.
pub(super) fn add_raadpleeg_deel(document: &mut OpenApi, path: &str, soort: Leesbaar) {
    add_object(document, path, raadpleeg::deel(soort).1, raadpleeg::scope_deel(soort));
}

fn add_object(document: &mut OpenApi, path: &str, code: &str, scope: &'static str) {
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Object)).build();
    let response = ResponseBuilder::new()
        .description("Het object met zijn onderdelen")
        .header("ETag", text_header("Versie van het object"))
        .header("API-Version", text_header("Versie van deze API"))
        .content("application/json", ContentBuilder::new().schema(Some(object)).build());
    let operation = OperationBuilder::new()
        .operation_id(Some(format!("raadpleeg{}", pascal(code))))
        .summary(Some(format!("Raadpleeg een {} op zijn sleutel", code.replace('_', " "))))
        .parameter(id_parameter())
        .security(SecurityRequirement::new(BEARER, [scope]))
        .response("200", response.build());
    let errors = [
        ("400", "Het verzoek is onjuist; elke fout staat in invalidParams"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("404", "Het object bestaat niet"),
        ("500", "Er ging iets mis bij de voorziening"),
        ("503", "Het duurde te lang"),
    ];
    add(document, path, HttpMethod::Get, with_errors(operation, errors.iter()));
}

/// Adds a search.
pub(super) fn add_zoek<Z: Zoekvraag>(document: &mut OpenApi, path: &str) {
    let schema = register::<Z>(document);
    let answer = register::<Zoekantwoord>(document);
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
        .build();
    let response = ResponseBuilder::new()
        .description("Een pagina van wat is gevonden")
        .header("API-Version", text_header("Versie van deze API"))
        .content("application/json", ContentBuilder::new().schema(Some(answer)).build());
    let operation = OperationBuilder::new()
        .operation_id(Some(Z::OPERATION_ID))
        .summary(Some(Z::SAMENVATTING))
        .request_body(Some(body))
        .security(SecurityRequirement::new(BEARER, [Z::SCOPE]))
        .response("200", response.build());
    let errors = [
        ("400", "Het verzoek is onjuist, of wijst niet genoeg aan om mensen te zoeken"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("413", "Het verzoek is te groot"),
        ("415", "Het verzoek is geen JSON"),
        ("500", "Er ging iets mis bij de voorziening"),
        ("503", "Het duurde te lang"),
    ];
    add(document, path, HttpMethod::Post, with_errors(operation, errors.iter()));
}

/// Adds the history of a handeling: `GET` where it is done.
pub(super) fn add_geschiedenis<H: Handeling>(document: &mut OpenApi, path: &str) {
    let operation = OperationBuilder::new()
        .operation_id(Some(format!("geschiedenis{}", raadpleeg::capitalized(H::OPERATION_ID))))
        .summary(Some(format!("Wanneer en door wie is gedaan: {}", H::SAMENVATTING)));
    add_page(document, path, operation);
}

/// Adds the history of an object.
pub(super) fn add_objectgeschiedenis(document: &mut OpenApi, path: &str, soort: Objectsoort) {
    let naam = soort.code().replace('_', " ");
    let operation = OperationBuilder::new()
        .operation_id(Some(format!("geschiedenis{}", pascal(soort.code()))))
        .summary(Some(format!("Welke handelingen een {naam} hebben geraakt")));
    add_page(document, path, operation);
}

/// Adds reading one handeling.
pub(super) fn add_raadpleeg_handeling(document: &mut OpenApi) {
    let schema = register::<Handelinggegevens>(document);
    let operation = OperationBuilder::new()
        .operation_id(Some("raadpleegHandeling"))
        .summary(Some("Raadpleeg een handeling op haar kenmerk"));
    add_read(document, geschiedenis::HANDELING, operation, ("De handeling", schema));
}

fn add_page(document: &mut OpenApi, path: &str, operation: OperationBuilder) {
    let schema = register::<Geschiedenis>(document);
    let operation = operation.parameter(na_parameter()).parameter(aantal_parameter());
    let answer = "Een pagina van de handelingen, de nieuwste eerst";
    add_read(document, path, operation, (answer, schema));
}

fn add_read(
    document: &mut OpenApi,
    path: &str,
    operation: OperationBuilder,
    (description, schema): (&str, Ref),
) {
    let response = ResponseBuilder::new()
        .description(description)
        .header("API-Version", text_header("Versie van deze API"))
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build());
    let mut operation = operation
        .security(SecurityRequirement::new(BEARER, [geschiedenis::SCOPE]))
        .response("200", response.build());
    let on_object = path.contains("{id}");
    if on_object {
        operation = operation.parameter(id_parameter());
    }
    let errors = [
        ("400", "Het verzoek is onjuist; elke fout staat in invalidParams"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("404", "Dit bestaat niet"),
        ("500", "Er ging iets mis bij de voorziening"),
        ("503", "Het duurde te lang"),
    ];
    let errors = errors.iter().filter(|(status, _)| on_object || *status != "404");
    add(document, path, HttpMethod::Get, with_errors(operation, errors));
}

fn pascal(code: &str) -> String {
    raadpleeg::capitalized(&raadpleeg::camel(code))
}

fn with_errors<'e>(
    operation: OperationBuilder,
    errors: impl Iterator<Item = &'e (&'e str, &'e str)>,
) -> OperationBuilder {
    errors.fold(operation, |operation, (status, description)| {
        let problem = Ref::from_schema_name(Problem::name());
        let response = ResponseBuilder::new()
            .description(*description)
            .header("API-Version", text_header("Versie van deze API"))
            .content(PROBLEM_JSON, ContentBuilder::new().schema(Some(problem)).build());
        operation.response(*status, response.build())
    })
}

fn add(document: &mut OpenApi, path: &str, method: HttpMethod, operation: OperationBuilder) {
    document.paths.add_path_operation(path, vec![method], operation.build());
}

fn text_header(description: &str) -> utoipa::openapi::header::Header {
    HeaderBuilder::new()
        .schema(ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build())
        .description(Some(description))
        .build()
}

fn id_parameter() -> utoipa::openapi::path::Parameter {
    let uuid = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    ParameterBuilder::new()
        .name("id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("Sleutel van het object"))
        .schema(Some(uuid.build()))
        .build()
}

fn if_match_parameter() -> utoipa::openapi::path::Parameter {
    ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("De versie waarvan de wijziging uitgaat, zoals ETag die gaf"))
        .schema(Some(String::schema()))
        .build()
}

fn na_parameter() -> utoipa::openapi::path::Parameter {
    let uuid = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    ParameterBuilder::new()
        .name(parameters::NA)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some("Alleen handelingen die ouder zijn dan deze; de link volgende vult dit"))
        .schema(Some(uuid.build()))
        .build()
}

fn aantal_parameter() -> utoipa::openapi::path::Parameter {
    let number = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(1))
        .maximum(Some(parameters::AANTAL_MAX))
        .default(Some(parameters::AANTAL_DEFAULT.into()));
    ParameterBuilder::new()
        .name(parameters::AANTAL)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some("Hoeveel handelingen op een pagina"))
        .schema(Some(number.build()))
        .build()
}

fn idempotency_key_parameter() -> utoipa::openapi::path::Parameter {
    let key = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .min_length(Some(1))
        .max_length(Some(idempotentie::SLEUTEL_MAX))
        .pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name(idempotentie::HEADER)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(format!(
            "Eigen sleutel van de afnemer voor dit verzoek, zoals een UUID. Hetzelfde verzoek met \
             dezelfde sleutel krijgt {} uur lang het eerste antwoord en wordt niet nog eens gedaan.",
            idempotentie::BEWAARTERMIJN_HOURS
        )))
        .schema(Some(key.build()))
        .build()
}

/// Serves the document, to everybody.
pub(super) async fn serve() -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, openapi_json().unwrap_or_default()).into_response()
}
