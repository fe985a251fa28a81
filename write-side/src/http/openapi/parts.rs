//! The parts that operations share: parameters and headers.

use utoipa::openapi::Required;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};

use crate::http::parameters;
use crate::idempotentie;

/// A header of an answer.
pub(super) fn text_header(description: &str) -> Header {
    HeaderBuilder::new().schema(text().build()).description(Some(description)).build()
}

/// The key in a path.
pub(super) fn id_parameter() -> Parameter {
    let uuid = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    ParameterBuilder::new()
        .name("id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("Sleutel van het object"))
        .schema(Some(uuid.build()))
        .build()
}

/// The code in a path.
fn code_parameter() -> Parameter {
    let code = text().min_length(Some(1)).max_length(Some(40));
    ParameterBuilder::new()
        .name("code")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("Code van de waarde"))
        .schema(Some(code.build()))
        .build()
}

/// What a path names one thing by, if it does.
pub(super) fn path_parameter(path: &str) -> Option<Parameter> {
    if path.contains("{id}") {
        Some(id_parameter())
    } else {
        path.contains("{code}").then(code_parameter)
    }
}

/// The version from which a change starts.
pub(super) fn if_match_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "De versie waarvan de wijziging uitgaat, zoals ETag die gaf; `*` is elke versie",
        ))
        .schema(Some(etag().pattern(Some(r#"^(\*|"[0-9]{1,18}")$"#)).build()))
        .build()
}

/// The versions that the caller has already.
pub(super) fn if_none_match_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("De versie die de afnemer al heeft, zoals ETag die gaf; zie 304"))
        .schema(Some(etag().build()))
        .build()
}

/// A version in the form of a header, as RFC 9110 writes it.
fn etag() -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom("etag".to_owned())))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}

/// Where a page begins.
pub(super) fn na_parameter() -> Parameter {
    let uuid = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    ParameterBuilder::new()
        .name(parameters::NA)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some("Alleen handelingen die ouder zijn dan deze; de link volgende vult dit"))
        .schema(Some(uuid.build()))
        .build()
}

/// How much a page has.
pub(super) fn aantal_parameter() -> Parameter {
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

/// The key with which a request may be repeated.
pub(super) fn idempotency_key_parameter() -> Parameter {
    let key = text()
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
