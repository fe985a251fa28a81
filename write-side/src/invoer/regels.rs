//! Rules between the fields of an object, as its OpenAPI schema tells them.

use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, Object, ObjectBuilder, OneOfBuilder, SchemaType, Type,
};
use utoipa::openapi::{RefOr, Schema};

/// The object, of which at least one of these fields is filled.
pub(crate) fn minstens_een(schema: RefOr<Schema>, namen: &[&str]) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::Object(object)) => filled(object, namen),
        other => other,
    }
}

/// The object, of which exactly one of these groups of fields is filled. What is in no group goes
/// with each.
pub(super) fn precies_een_vorm(schema: RefOr<Schema>, vormen: &[Vorm]) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(object)) = schema else {
        return schema;
    };
    let description = object.description.clone();
    let forms = vormen.iter().fold(OneOfBuilder::new().description(description), |forms, vorm| {
        let mut form = object.clone();
        form.description = None;
        form.title = Some(vorm.titel.to_owned());
        let others = vormen.iter().filter(|other| other.titel != vorm.titel);
        let names = others.flat_map(|other| other.velden.iter().chain(other.erbij));
        for name in names {
            form.properties.insert((*name).to_owned(), RefOr::T(Schema::Object(empty())));
        }
        forms.item(filled(form, vorm.velden))
    });
    RefOr::T(Schema::OneOf(forms.build()))
}

/// A group of fields that makes a form of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vorm {
    /// What the form is called.
    pub(super) titel: &'static str,
    /// The fields of which at least one is filled.
    pub(super) velden: &'static [&'static str],
    /// Fields that only go with this form.
    pub(super) erbij: &'static [&'static str],
}

/// Every type but that of null.
const NOT_NULL: [Type; 6] =
    [Type::String, Type::Integer, Type::Number, Type::Boolean, Type::Object, Type::Array];

/// The object with one of these fields that is there and not null.
fn filled(object: Object, namen: &[&str]) -> RefOr<Schema> {
    let one = |naam: &str| {
        let present = ObjectBuilder::new().schema_type(SchemaType::Array(NOT_NULL.to_vec()));
        ObjectBuilder::new().required(naam).property(naam, present).build()
    };
    if let [naam] = namen {
        let mut object = object.clone();
        if let Some(schema) = object.properties.get(*naam).map(not_null) {
            object.properties.insert((*naam).to_owned(), schema);
        }
        object.required.push((*naam).to_owned());
        return RefOr::T(Schema::Object(object));
    }
    let any = namen.iter().fold(AnyOfBuilder::new(), |any, naam| any.item(one(naam))).build();
    let description = object.description.clone();
    let mut object = object;
    object.description = None;
    let title = object.title.take();
    let both = AllOfBuilder::new().title(title).description(description);
    RefOr::T(Schema::AllOf(both.item(object).item(Schema::AnyOf(any)).build()))
}

/// A schema without null: as `Option` gives it, one of null and something else.
fn not_null(schema: &RefOr<Schema>) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::OneOf(one)) => {
            let real = one.items.iter().find(|item| !is_null(item));
            real.cloned().unwrap_or_else(|| schema.clone())
        }
        other => other.clone(),
    }
}

/// Whether a schema is that of null.
pub(crate) fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object))
        if object.schema_type == SchemaType::Type(Type::Null))
}

/// The schema of a field that is not filled.
fn empty() -> Object {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)).build()
}
