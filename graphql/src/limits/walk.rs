//! One walk over the operations of a document, fragments unfolded where they are used. It stops as
//! soon as it has seen more than a request may hold, so that unfolding cannot explode.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned, Value, Variables};

use super::{Limit, Limits, Refusal};
use crate::connection::FIRST_DEFAULT;

/// Fields whose elements are counted `first` times: the lists inside a connection.
const ELEMENTS: [&str; 2] = ["nodes", "edges"];
/// Root fields that ask the schema itself.
pub(crate) const INTROSPECTION: [&str; 2] = ["__schema", "__type"];
/// Fields of introspection that are lists.
const INTROSPECTION_LISTS: [&str; 8] = [
    "types",
    "fields",
    "inputFields",
    "interfaces",
    "possibleTypes",
    "enumValues",
    "args",
    "directives",
];

/// What one operation holds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) depth: u64,
    pub(crate) aliases: u64,
    pub(crate) repeats: u64,
    pub(crate) root_fields: u64,
    pub(crate) directives: u64,
}

/// Where in the operation the walk is.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// Levels of fields above.
    depth: u64,
    /// Fragments inside each other above.
    fragments: u64,
    /// Size of the page of the connection directly above, if the field above is one.
    page: u64,
    /// Lists of introspection above; `None` outside introspection.
    introspection: Option<u64>,
}

/// A walk over a document.
pub(crate) struct Walk<'d> {
    limits: &'d Limits,
    document: &'d ExecutableDocument,
    operation: Option<&'d OperationDefinition>,
    variables: &'d Variables,
    /// Seen in the whole document, fragments counted where they are used.
    selections: u64,
    counted: Counted,
    /// The fragments that are being unfolded.
    open: Vec<&'d Name>,
    used: HashSet<&'d Name>,
}

impl<'d> Walk<'d> {
    pub(crate) fn new(
        limits: &'d Limits,
        document: &'d ExecutableDocument,
        variables: &'d Variables,
    ) -> Self {
        Self {
            limits,
            document,
            operation: None,
            variables,
            selections: 0,
            counted: Counted::default(),
            open: Vec::new(),
            used: HashSet::new(),
        }
    }

    /// Walks one operation; gives its estimated cost.
    pub(crate) fn operation(&mut self, operation: &'d OperationDefinition) -> Result<u64, Refusal> {
        self.operation = Some(operation);
        self.directives(&operation.directives);
        self.set(&operation.selection_set.node, Place { page: 1, ..Place::default() })
    }

    /// What the operation held; the next one starts from nothing.
    pub(crate) fn finish_operation(&mut self) -> Counted {
        std::mem::take(&mut self.counted)
    }

    /// Walks the fragments that no operation uses: they are validated all the same.
    pub(crate) fn unused_fragments(&mut self) -> Result<(), Refusal> {
        let document = self.document;
        for (name, fragment) in &document.fragments {
            if !self.used.contains(name) {
                let place = Place { page: 1, ..Place::default() };
                self.fragment((name, fragment), place, &mut HashSet::new())?;
            }
        }
        Ok(())
    }

    /// A set of selections below one field.
    fn set(&mut self, set: &'d SelectionSet, place: Place) -> Result<u64, Refusal> {
        self.part(set, place, &mut HashSet::new())
    }

    /// A part of such a set: itself, or a fragment in it. `seen` are the response keys so far.
    fn part(
        &mut self,
        set: &'d SelectionSet,
        place: Place,
        seen: &mut HashSet<&'d str>,
    ) -> Result<u64, Refusal> {
        let mut cost = 0_u64;
        for item in &set.items {
            self.selections += 1;
            let maximum = self.limits.selections;
            if self.selections > maximum {
                return Err(self.limits.stop(Limit::Selections, maximum, self.selections));
            }
            cost = cost.saturating_add(match &item.node {
                Selection::Field(field) => {
                    let again = !seen.insert(field.node.response_key().node.as_str());
                    self.counted.repeats += u64::from(again);
                    self.field(&field.node, place)?
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.node.directives);
                    self.part(&inline.node.selection_set.node, place, seen)?
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives);
                    let name = &spread.node.fragment_name.node;
                    match self.document.fragments.get(name) {
                        Some(fragment) => self.fragment((name, fragment), place, seen)?,
                        // Validation says that it does not exist.
                        None => 0,
                    }
                }
            });
        }
        Ok(cost)
    }

    fn fragment(
        &mut self,
        (name, fragment): (&'d Name, &'d Positioned<FragmentDefinition>),
        place: Place,
        seen: &mut HashSet<&'d str>,
    ) -> Result<u64, Refusal> {
        let fragments = place.fragments + 1;
        if self.open.contains(&name) {
            return Err(self.limits.stop(Limit::Cycle, 0, 1));
        }
        if fragments > self.limits.fragments {
            return Err(self.limits.stop(Limit::Fragments, self.limits.fragments, fragments));
        }
        self.used.insert(name);
        self.directives(&fragment.node.directives);
        self.open.push(name);
        let place = Place { fragments, ..place };
        let cost = self.part(&fragment.node.selection_set.node, place, seen);
        self.open.pop();
        cost
    }

    /// The cost of a field: itself, and what is below it as often as it comes back.
    fn field(&mut self, field: &'d Field, place: Place) -> Result<u64, Refusal> {
        let name = field.name.node.as_str();
        let depth = place.depth + 1;
        if place.depth == 0 {
            self.counted.root_fields += 1;
        }
        self.counted.aliases += u64::from(field.alias.is_some());
        self.directives(&field.directives);
        let introspection = self.introspection(name, place)?;
        if introspection.is_none() {
            self.counted.depth = self.counted.depth.max(depth);
        }
        let times = if ELEMENTS.contains(&name) { place.page } else { 1 };
        let page = self.page_size(field);
        let below = Place { depth, page, introspection, ..place };
        let children = self.set(&field.selection_set.node, below)?;
        Ok(children.saturating_mul(times).saturating_add(1))
    }

    /// How many lists of introspection this field is in: its size is fixed by the schema as long as
    /// it does not go round and round in it.
    fn introspection(&self, name: &str, place: Place) -> Result<Option<u64>, Refusal> {
        let lists = match place.introspection {
            None if place.depth == 0 && INTROSPECTION.contains(&name) => return Ok(Some(0)),
            None => return Ok(None),
            Some(lists) => lists + u64::from(INTROSPECTION_LISTS.contains(&name)),
        };
        let maximum = self.limits.introspection_lists;
        if lists > maximum {
            return Err(self.limits.stop(Limit::Introspection, maximum, lists));
        }
        Ok(Some(lists))
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        self.counted.directives += u64::try_from(directives.len()).unwrap_or(u64::MAX);
    }

    /// The size of the page that a field asks; a size that is not there, or is no size, is the
    /// default one.
    fn page_size(&self, field: &Field) -> u64 {
        let first = field.get_argument("first").and_then(|first| {
            let known = |name: Name| self.variable(&name).cloned().ok_or(());
            first.node.clone().into_const_with(known).ok()
        });
        match first {
            Some(Value::Number(number)) => number.as_u64().unwrap_or(0),
            _ => u64::from(FIRST_DEFAULT),
        }
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.variables.get(name).or_else(|| {
            let definitions = &self.operation?.variable_definitions;
            let definition = definitions.iter().find(|found| found.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }
}
