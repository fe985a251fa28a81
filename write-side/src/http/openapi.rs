//! The OpenAPI 3.1 document, made from the table of paths and the types that read the requests.

mod examples;
mod finish;
mod lijsten;
mod parts;
pub(super) mod uitgaand;
mod zoek;

pub(super) use zoek::add_zoek;

pub(super) use lijsten::{add_haal_lijsten_op, add_raadpleeg_waarde};

use events::Objectsoort;
use utoipa::ToSchema;
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::Ref;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ContactBuilder, ContentBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi,
    OpenApiBuilder, Required, Response, ResponseBuilder, Server,
};

use parts::{
    aantal_parameter, id_parameter, idempotency_key_parameter, if_match_parameter,
    if_none_match_parameter, na_parameter, path_parameter, text_header,
};

use super::antwoord::Handelingsantwoord;
use super::geschiedenis::{self, Geschiedenis, Handelinggegevens};
use super::problem::{PROBLEM_JSON, Problem};
use super::{ApiSettings, raadpleeg};
use crate::register::geheel::{Deelweergave, Objectweergave};
use crate::spelling::{camel, capitalized};
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
        .license(Some(licence))
        .build();
    let mut components = Components::new();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    let mut document = OpenApiBuilder::new().info(info).components(Some(components)).build();
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
    let key = path_parameter(path);
    let on_object = key.is_some();
    if let Some(key) = key {
        operation = operation.parameter(key).parameter(if_match_parameter());
    }
    let errors: &[(&str, &str)] = &[
        ("400", "Het verzoek is onjuist; elke fout staat in invalidParams"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("404", "Het object, of een genoemd object, bestaat niet"),
        ("406", "Het antwoord is er alleen als JSON"),
        ("409", "Het verzoek past niet bij wat er al is"),
        ("410", "Het object is vernietigd of beëindigd"),
        ("412", "Het object is intussen gewijzigd"),
        ("413", "Het verzoek is te groot"),
        ("415", "Het verzoek is geen JSON"),
        ("500", "Er ging iets mis bij de voorziening; detail zegt of de handeling gedaan kan zijn"),
        ("503", "Het is te druk of duurde te lang; detail zegt of de handeling gedaan kan zijn"),
    ];
    let errors = errors.iter().filter(|(status, _)| on_object || !["410", "412"].contains(status));
    add(document, path, HttpMethod::Post, with_errors(operation, errors));
}

/// Adds reading one object.
pub(super) fn add_raadpleeg<O: Objectweergave>(document: &mut OpenApi, path: &str) {
    add_object::<O>(document, path, O::SOORT.code(), raadpleeg::scope(O::SOORT));
}

/// Adds reading one part of an object.
pub(super) fn add_raadpleeg_deel<D: Deelweergave>(document: &mut OpenApi, path: &str) {
    add_object::<D>(document, path, D::NAAM, raadpleeg::scope(D::VAN));
}

fn add_object<T: ToSchema>(document: &mut OpenApi, path: &str, code: &str, scope: &'static str) {
    let object = register::<T>(document);
    let response = ResponseBuilder::new()
        .description("Het object met zijn onderdelen")
        .header("ETag", text_header("Versie van het object"))
        .header("API-Version", text_header("Versie van deze API"))
        .content("application/json", ContentBuilder::new().schema(Some(object)).build());
    let operation = OperationBuilder::new()
        .operation_id(Some(raadpleeg_id(code)))
        .summary(Some(format!("Raadpleeg een {} op zijn sleutel", code.replace('_', " "))))
        .parameter(id_parameter())
        .parameter(if_none_match_parameter())
        .security(SecurityRequirement::new(BEARER, [scope]))
        .response("200", response.build())
        .response("304", not_modified());
    let errors = [
        ("400", "Het verzoek is onjuist; elke fout staat in invalidParams"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("404", "Het object bestaat niet"),
        ("410", "Het object is vernietigd of beëindigd"),
        ("406", "Het antwoord is er alleen als JSON"),
        ("500", "Er ging iets mis bij de voorziening"),
        ("503", "Het duurde te lang"),
    ];
    add(document, path, HttpMethod::Get, with_errors(operation, errors.iter()));
}

/// Adds the history of a handeling: `GET` where it is done.
pub(super) fn add_geschiedenis<H: Handeling>(document: &mut OpenApi, path: &str) {
    let operation = OperationBuilder::new()
        .operation_id(Some(format!("geschiedenis{}", capitalized(H::OPERATION_ID))))
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
    let key = path_parameter(path);
    let on_object = key.is_some();
    if let Some(key) = key {
        operation = operation.parameter(key);
    }
    let errors = [
        ("400", "Het verzoek is onjuist; elke fout staat in invalidParams"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("404", "Dit bestaat niet"),
        ("406", "Het antwoord is er alleen als JSON"),
        ("500", "Er ging iets mis bij de voorziening"),
        ("503", "Het duurde te lang"),
    ];
    let errors = errors.iter().filter(|(status, _)| on_object || *status != "404");
    add(document, path, HttpMethod::Get, with_errors(operation, errors));
}

fn not_modified() -> Response {
    ResponseBuilder::new()
        .description("De afnemer heeft deze versie al")
        .header("ETag", text_header("Versie van het object"))
        .header("API-Version", text_header("Versie van deze API"))
        .build()
}

/// The name of the operation that reads something of this kind.
pub(super) fn raadpleeg_id(code: &str) -> String {
    format!("raadpleeg{}", pascal(code))
}

fn pascal(code: &str) -> String {
    capitalized(&camel(code))
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
    // Operations are found by what they are about: the first noun of the path.
    let noun = path.split('/').nth(1).unwrap_or_default();
    let operation = operation.tag(noun).build();
    let tags = document.tags.get_or_insert_default();
    if tags.iter().all(|tag| tag.name != noun) {
        tags.push(TagBuilder::new().name(noun).description(Some(tag_description(noun))).build());
    }
    document.paths.add_path_operation(path, vec![method], operation);
}

/// What the operations of a noun are about, in words.
fn tag_description(noun: &str) -> String {
    format!("Handelingen op {} en wat daarvan bekend is", noun.replace('-', " "))
}

/// The document as an installation publishes it.
pub(super) fn published(mut document: OpenApi, settings: &ApiSettings) -> OpenApi {
    let contact = ContactBuilder::new()
        .name(Some(&settings.contact_name))
        .url(Some(&settings.contact_url))
        .email(Some(&settings.contact_email));
    document.info.contact = Some(contact.build());
    document.servers = Some(vec![Server::new(&settings.url)]);
    finish::finish(&mut document);
    document
}
