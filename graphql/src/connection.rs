//! Pages of a list, as Relay connections. The cursor holds the full sort key of a row and the list
//! it belongs to, so that all pages together are all rows and a cursor of another list is refused.

use std::borrow::Cow;

use async_graphql::connection::EmptyFields;
use async_graphql::{Context, Object, ObjectType, Result, SimpleObject, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use read_side::{Page, PageRequest, Sleutel};
use serde::{Deserialize, Serialize};

use crate::count::Count;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::types::actualiteit::Actualiteit;

/// Size of a page that does not name its size, in rows.
pub(crate) const FIRST_DEFAULT: u32 = 20;
/// Longest cursor that is looked at, in bytes; ours are far shorter.
const CURSOR_MAX_BYTES: usize = 512;

/// Something that is shown in pages.
pub(crate) trait Node: ObjectType {
    /// Name of the type; the connection and its edges are named after it.
    const NAME: &'static str;
}

/// Fields that one connection has beyond the others, next to its own name.
pub(crate) trait Extra: ObjectType {
    /// Name of the connection; `None` = named after its node.
    const NAME: Option<&'static str>;

    /// A source that the list would have needed to be complete.
    fn ontbreekt(&self) -> Option<&'static str> {
        None
    }
}

impl Extra for EmptyFields {
    const NAME: Option<&'static str> = None;
}

/// Which list a cursor belongs to: its name, with its order where it has several.
pub(crate) type Lijst = Cow<'static, str>;

/// What stands in a cursor.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor<'c> {
    lijst: Cow<'c, str>,
    sleutel: Sleutel,
}

/// The arguments of a page, checked.
pub(crate) fn page_request(
    lijst: &Lijst,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<PageRequest, ProductError> {
    let first = match first {
        None => FIRST_DEFAULT,
        Some(first) => u32::try_from(first)
            .ok()
            .filter(|first| (1..=PageRequest::FIRST_MAX).contains(first))
            .ok_or_else(|| {
                let max = PageRequest::FIRST_MAX;
                ProductError::invalid(format!(
                    "first moet een getal van 1 tot en met {max} zijn; gevraagd is {first}."
                ))
            })?,
    };
    let after = after.map(|cursor| decode(lijst, cursor)).transpose()?;
    Ok(PageRequest { first, after })
}

fn encode(lijst: &Lijst, sleutel: Sleutel) -> String {
    let cursor = Cursor { lijst: Cow::Borrowed(lijst.as_ref()), sleutel };
    // Strings, moments and ids always have a JSON form.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
}

fn decode(lijst: &Lijst, cursor: &str) -> Result<Sleutel, ProductError> {
    let damaged = || ProductError::Cursor {
        detail: "De cursor (after) is beschadigd; neem endCursor van een eerdere pagina over."
            .to_owned(),
    };
    if cursor.len() > CURSOR_MAX_BYTES {
        return Err(damaged());
    }
    let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| damaged())?;
    let found: Cursor = serde_json::from_slice(&json).map_err(|_| damaged())?;
    if found.lijst.as_ref() != lijst.as_ref() {
        return Err(ProductError::Cursor {
            detail: format!(
                "De cursor (after) hoort bij een andere lijst of volgorde dan {lijst}; begin die \
                 lijst zonder after."
            ),
        });
    }
    Ok(found.sleutel)
}

/// Een element van een lijst met zijn plaats daarin.
#[derive(Debug, SimpleObject)]
#[graphql(name_type)]
pub(crate) struct Edge<N: Node> {
    /// Plaats van dit element in de lijst, om daarna verder te lezen.
    cursor: String,
    /// Het element.
    node: N,
}

impl<N: Node> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::NAME).into()
    }
}

/// Waar een pagina in haar lijst staat.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct PageInfo {
    /// Of er na deze pagina meer volgt.
    has_next_page: bool,
    /// Of er vóór deze pagina iets staat.
    has_previous_page: bool,
    /// Plaats van het eerste element; leeg bij een lege pagina.
    start_cursor: Option<String>,
    /// Plaats van het laatste element: geef deze als after voor de volgende pagina.
    end_cursor: Option<String>,
}

/// What a connection is made of.
pub(crate) struct Parts<T> {
    /// Which list this is a page of.
    pub(crate) lijst: Lijst,
    /// Which page was asked.
    pub(crate) request: PageRequest,
    /// The rows of the page.
    pub(crate) page: Page<T>,
    /// How to count the whole list.
    pub(crate) count: Count,
    /// The product that the list is read from.
    pub(crate) product: Product,
}

/// A page of a list.
pub(crate) struct Connection<N: Node, X: Extra = EmptyFields> {
    edges: Vec<Edge<N>>,
    page_info: PageInfo,
    count: Count,
    product: Product,
    extra: X,
}

impl<N: Node> Connection<N> {
    /// A page of a list without fields of its own.
    pub(crate) fn new<T>(parts: Parts<T>, node: impl Fn(T) -> N) -> Self {
        Self::with_extra(parts, node, EmptyFields)
    }
}

impl<N: Node, X: Extra> Connection<N, X> {
    /// A page of a list with fields of its own.
    pub(crate) fn with_extra<T>(parts: Parts<T>, node: impl Fn(T) -> N, extra: X) -> Self {
        let Parts { lijst, request, page, count, product } = parts;
        let edges: Vec<Edge<N>> = page
            .rows
            .into_iter()
            .map(|(sleutel, row)| Edge { cursor: encode(&lijst, sleutel), node: node(row) })
            .collect();
        let page_info = PageInfo {
            has_next_page: page.has_next,
            has_previous_page: request.after.is_some(),
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info, count, product, extra }
    }
}

/// Een pagina van een lijst.
#[Object(name_type)]
impl<N: Node, X: Extra> Connection<N, X> {
    /// De elementen van deze pagina.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// De elementen van deze pagina, elk met zijn plaats in de lijst.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// Waar deze pagina in de lijst staat.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// Aantal elementen in de hele lijst; wordt alleen geteld als u erom vraagt.
    async fn totaal(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.count.resolve(ctx).await?)
    }

    /// Hoe actueel deze lijst is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        let actualiteit = Actualiteit::load(ctx, self.product).await?;
        Ok(actualiteit.zonder(self.extra.ontbreekt()))
    }

    #[graphql(flatten)]
    async fn extra(&self) -> &X {
        &self.extra
    }
}

impl<N: Node, X: Extra> TypeName for Connection<N, X> {
    fn type_name() -> Cow<'static, str> {
        X::NAME.map_or_else(|| format!("{}Connection", N::NAME).into(), Cow::Borrowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LIJST: Lijst = Cow::Borrowed("werkvoorraad:STREEFDATUM");

    #[test]
    fn a_cursor_keeps_the_whole_key_also_without_a_moment() {
        for moment in [None, Some("2026-07-01T10:00:00.000001Z".parse().expect("a moment"))] {
            let sleutel = Sleutel { moment, id: Uuid::from_u128(9) };
            let cursor = encode(&LIJST, sleutel);
            assert!(cursor.len() < CURSOR_MAX_BYTES);
            assert_eq!(decode(&LIJST, &cursor), Ok(sleutel));
        }
    }

    #[test]
    fn a_cursor_of_another_list_or_order_is_refused() {
        let cursor = encode(&LIJST, Sleutel { moment: None, id: Uuid::nil() });
        let other = Cow::Borrowed("werkvoorraad:CONTACT_OP");
        let error = decode(&other, &cursor).expect_err("refused");
        assert!(matches!(error, ProductError::Cursor { detail } if detail.contains("CONTACT_OP")));
    }

    #[test]
    fn a_damaged_cursor_is_refused() {
        for cursor in ["", "x", "bm9wZQ", "!!!", &"A".repeat(CURSOR_MAX_BYTES + 1)] {
            assert!(matches!(decode(&LIJST, cursor), Err(ProductError::Cursor { .. })), "{cursor}");
        }
    }

    #[test]
    fn a_page_has_1_to_100_rows_and_20_when_not_said() {
        assert_eq!(page_request(&LIJST, None, None).expect("a page").first, FIRST_DEFAULT);
        for first in [1, 100] {
            assert!(page_request(&LIJST, Some(first), None).is_ok());
        }
        for first in [i32::MIN, -1, 0, 101, i32::MAX] {
            let error = page_request(&LIJST, Some(first), None).expect_err("refused");
            let ProductError::Invalid { detail } = error else { panic!("{error:?}") };
            assert!(detail.contains("100") && detail.contains(&first.to_string()), "{detail}");
        }
    }
}
