//! The gate at the schema: what is not for any of a bearer's roles does not exist for it. Which fields
//! are for which role is asked of the interface itself, once per role, so that what introspection tells
//! and what is answered cannot differ.

use std::collections::{BTreeMap, BTreeSet};

use access::{Identity, Rol};
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use async_graphql::{ErrorExtensionValues, Name, Pos, Request, ServerError};
use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::AppSchema;
use crate::completion::{Shapes, root};
use crate::error::{ProductError, type_of};

/// Asks which fields there are.
const FIELDS: &str = "{ __schema { types { name fields(includeDeprecated: true) { name } } } }";
/// Most refusals in one answer; who made more mistakes begins with these.
const REFUSALS_MAX: usize = 20;
/// What begins with this belongs to GraphQL itself.
const INTROSPECTION: &str = "__";

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "__schema")]
    schema: Types,
}

#[derive(Deserialize)]
struct Types {
    types: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    name: String,
    fields: Option<Vec<Field>>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
}

/// The fields of every type that a role sees.
type Visible = BTreeMap<String, BTreeSet<String>>;

/// The fields that each role sees.
#[derive(Debug, Default)]
pub(crate) struct SchemaGate(OnceCell<BTreeMap<Rol, Visible>>);

impl SchemaGate {
    /// Refuses the fields of a document that do not exist for this bearer: not at all, or not for its
    /// roles, which looks the same.
    pub(crate) async fn check(
        &self,
        (schema, shapes): (&AppSchema, &Shapes),
        bearer: &Identity,
        document: &ExecutableDocument,
    ) -> Result<(), Vec<ServerError>> {
        let per_rol = self.per_rol(schema).await.map_err(|error| vec![error])?;
        let visible: Vec<&Visible> =
            per_rol.iter().filter(|(rol, _)| bearer.has(**rol)).map(|(_, fields)| fields).collect();
        let seen = BTreeSet::new();
        let every = per_rol.values().collect();
        let mut walk = Walk { visible, every, shapes, document, seen, refused: Vec::new() };
        for (_, operation) in document.operations.iter() {
            // There are none of the third kind, for anybody: execution says so.
            if operation.node.ty != OperationType::Mutation {
                walk.set(&operation.node.selection_set.node, root(operation.node.ty));
            }
        }
        if walk.refused.is_empty() { Ok(()) } else { Err(walk.refused) }
    }

    async fn per_rol(&self, schema: &AppSchema) -> Result<&BTreeMap<Rol, Visible>, ServerError> {
        let ask = async || {
            let mut all = BTreeMap::new();
            for rol in Rol::ALL {
                all.insert(*rol, visible_to(schema, *rol).await?);
            }
            Ok(all)
        };
        self.0.get_or_try_init(ask).await
    }
}

/// What the interface tells a bearer with only this role.
async fn visible_to(schema: &AppSchema, rol: Rol) -> Result<Visible, ServerError> {
    let response = schema.execute(Request::new(FIELDS).data(Identity::of_rollen([rol]))).await;
    let unprepared =
        || async_graphql::Error::from(ProductError::Unprepared).into_server_error(Pos::default());
    let value = response.data.into_json().map_err(|_| unprepared())?;
    let answer: Answer = serde_json::from_value(value).map_err(|_| unprepared())?;
    let types = answer.schema.types.into_iter().map(|kind| {
        let fields = kind.fields.unwrap_or_default().into_iter().map(|field| field.name);
        (kind.name, fields.collect())
    });
    Ok(types.collect())
}

struct Walk<'d> {
    /// What the roles of the bearer see.
    visible: Vec<&'d Visible>,
    /// What any role sees.
    every: Vec<&'d Visible>,
    shapes: &'d Shapes,
    document: &'d ExecutableDocument,
    /// Fragments that were looked at: each has one type, so once is enough.
    seen: BTreeSet<&'d Name>,
    refused: Vec<ServerError>,
}

impl<'d> Walk<'d> {
    fn has_type(&self, name: &str) -> bool {
        self.visible.iter().any(|visible| visible.contains_key(name))
    }

    fn has(&self, parent: &str, field: &str) -> bool {
        let sees =
            |visible: &&Visible| visible.get(parent).is_some_and(|fields| fields.contains(field));
        field.starts_with(INTROSPECTION) || self.visible.iter().any(sees)
    }

    fn is_for_others(&self, parent: &str, field: &str) -> bool {
        let mut every = self.every.iter().filter_map(|visible| visible.get(parent));
        every.any(|fields| fields.contains(field))
    }

    fn refuse(&mut self, what: String, position: Pos) {
        if self.refused.len() < REFUSALS_MAX {
            self.refused.push(unknown(what, position));
        }
    }

    fn set(&mut self, set: &'d SelectionSet, parent: &'d str) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    if !self.has(parent, name) {
                        if self.is_for_others(parent, name) {
                            // The bearer is not told; who reads the logbook is.
                            logboek::fault("GEEN_TOEGANG", 403);
                        }
                        let what = format!("Unknown field \"{name}\" on type \"{parent}\".");
                        self.refuse(what, field.pos);
                    } else if let Some(output) = self.shapes.output(parent, name) {
                        self.set(&field.node.selection_set.node, output);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    let on = on.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.on(on, &fragment.node.selection_set.node, item.pos);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.seen.insert(name)
                    {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.on(on, &fragment.node.selection_set.node, fragment.pos);
                    }
                }
            }
        }
    }

    fn on(&mut self, parent: &'d str, set: &'d SelectionSet, position: Pos) {
        if self.has_type(parent) {
            self.set(set, parent);
        } else {
            self.refuse(format!("Unknown type \"{parent}\"."), position);
        }
    }
}

/// The refusal of what does not exist for this bearer.
fn unknown(message: String, position: Pos) -> ServerError {
    let code = "ONBEKEND_VELD";
    let detail = format!("{message} Het bestaat niet, of is er niet voor uw rollen.");
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("type", type_of(code));
    extensions.set("title", "Onbekend veld");
    extensions.set("status", 400);
    extensions.set("code", code);
    extensions.set("detail", detail);
    let mut error = ServerError::new(message, Some(position));
    error.extensions = Some(extensions);
    error
}
