//! What the document says of the reference lists.

use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, HttpMethod, OpenApi, Required, ResponseBuilder};

use super::super::lijsten::{ACTIEF, LIJST, LIJSTEN, Lijstenantwoord};
use super::parts::{if_none_match_parameter, path_parameter, text_header};
use super::{BEARER, add, not_modified, register, with_errors};
use crate::handelingen::referentielijst::{Beheerd, LEZEN};
use crate::referentielijsten::Lijst;
use crate::register::weergave::Referentiewaardegegevens;
use crate::spelling::camel;

/// Adds reading one value of a list.
pub(in crate::http) fn add_raadpleeg_waarde<L: Beheerd>(document: &mut OpenApi) {
    let path = L::PADEN.waarde;
    let schema = register::<Referentiewaardegegevens>(document);
    let response = ResponseBuilder::new()
        .description("De waarde, in gebruik of niet")
        .header("ETag", text_header("Versie van de waarde"))
        .header("API-Version", text_header("Versie van deze API"))
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build());
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("raadpleeg{}", L::NAAM)))
        .summary(Some(format!("Raadpleeg een waarde van de lijst {}", camel(L::LIJST.naam()))))
        .parameter(if_none_match_parameter())
        .security(SecurityRequirement::new(BEARER, [LEZEN]))
        .response("200", response.build())
        .response("304", not_modified());
    if let Some(code) = path_parameter(path) {
        operation = operation.parameter(code);
    }
    let errors = [
        ("400", "Het verzoek is onjuist; elke fout staat in invalidParams"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("404", "De lijst heeft deze code niet"),
        ("406", "Het antwoord is er alleen als JSON"),
        ("500", "Er ging iets mis bij de voorziening"),
        ("503", "Het duurde te lang"),
    ];
    add(document, path, HttpMethod::Get, with_errors(operation, errors.iter()));
}

/// Adds reading whole lists.
pub(in crate::http) fn add_haal_lijsten_op(document: &mut OpenApi) {
    let schema = register::<Lijstenantwoord>(document);
    let response = ResponseBuilder::new()
        .description("De lijsten met hun waarden")
        .header("API-Version", text_header("Versie van deze API"))
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build());
    let operation = OperationBuilder::new()
        .operation_id(Some("haalReferentielijstenWaardenOp"))
        .summary(Some("Haal de waarden van referentielijsten op"))
        .parameter(lijst_parameter())
        .parameter(actief_parameter())
        .security(SecurityRequirement::new(BEARER, [LEZEN]))
        .response("200", response.build());
    let errors = [
        ("400", "Het verzoek is onjuist; elke fout staat in invalidParams"),
        ("401", "Geen geldig token"),
        ("403", "Het token heeft de scope niet"),
        ("406", "Het antwoord is er alleen als JSON"),
        ("500", "Er ging iets mis bij de voorziening"),
        ("503", "Het duurde te lang"),
    ];
    add(document, LIJSTEN, HttpMethod::Get, with_errors(operation, errors.iter()));
}

fn lijst_parameter() -> Parameter {
    let naam = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(Lijst::ALL.map(|lijst| camel(lijst.naam()))));
    ParameterBuilder::new()
        .name(LIJST)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some("Namen van lijsten, met komma's ertussen; zonder opgave alle lijsten"))
        .schema(Some(ArrayBuilder::new().items(naam.build()).min_items(Some(1)).build()))
        .explode(Some(false))
        .build()
}

fn actief_parameter() -> Parameter {
    ParameterBuilder::new()
        .name(ACTIEF)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some("Alleen waarden die nu in gebruik zijn, of juist die dat niet zijn"))
        .schema(Some(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Boolean)).build()))
        .build()
}
