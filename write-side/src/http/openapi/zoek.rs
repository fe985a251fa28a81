//! What the document says of a search.

use utoipa::PartialSchema;
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, HttpMethod, OpenApi, Required, ResponseBuilder};

use super::super::zoek::Zoekantwoord;
use super::parts::text_header;
use super::{BEARER, add, register, with_errors};
use crate::register::zoek::Zoekvraag;

/// Adds a search.
pub(in crate::http) fn add_zoek<Z: Zoekvraag>(document: &mut OpenApi, path: &str) {
    let schema = register::<Z>(document);
    register::<Z::Geeft>(document);
    let answer = Zoekantwoord::<Z::Geeft>::schema();
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
        ("406", "Het antwoord is er alleen als JSON"),
        ("413", "Het verzoek is te groot"),
        ("415", "Het verzoek is geen JSON"),
        ("500", "Er ging iets mis bij de voorziening"),
        ("503", "Het duurde te lang"),
    ];
    add(document, path, HttpMethod::Post, with_errors(operation, errors.iter()));
}
