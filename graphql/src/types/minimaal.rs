//! Reading one's own write: the object and version that were just written, and an answer that has them.

use std::time::Duration;

use access::Rol;
use async_graphql::{Context, ID, InputObject};
use read_side::Reader;
use read_side::versies::{self, Achterlopend};
use uuid::Uuid;

use crate::context::{ContextExt, Env};
use crate::error::ProductError;
use crate::loaders::Product;
use crate::types::invoer::parse_id;

/// Most objects of one question.
const OBJECTS_MAX: usize = 100;
/// How long to wait before looking again, the first time; twice as long every next time.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(5);
/// Longest pause between two looks.
const LOOK_AGAIN_MAX: Duration = Duration::from_millis(100);

/// Een object zoals u het zojuist hebt vastgelegd; het antwoord bevat ten minste deze versie.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct Objectversie {
    /// Sleutel van het object, uit het antwoord op de handeling.
    id: ID,
    /// De versie, uit hetzelfde antwoord.
    versie: i64,
    /// De soort, uit hetzelfde antwoord. Een soort waar dit informatieproduct niets van toont, hoeft
    /// niet te worden afgewacht; zonder soort wordt op elk object gewacht.
    soort: Option<String>,
}

/// Waits until a product has these versions, no longer than the setting allows.
pub(crate) async fn wait(
    ctx: &Context<'_>,
    (product, rol): (Product, Rol),
    minimaal: Option<Vec<Objectversie>>,
) -> Result<(), ProductError> {
    let wanted = wanted(product, minimaal.unwrap_or_default())?;
    if wanted.is_empty() {
        return Ok(());
    }
    let (env, reader) = (ctx.env()?, ctx.reader(rol)?);
    let limit = env.settings.wacht_max;
    match tokio::time::timeout(limit, until_there(env, &reader, product, &wanted)).await {
        Ok(there) => there,
        Err(_) => {
            let missing = behind(env, &reader, product, &wanted).await?;
            if missing.is_empty() { Ok(()) } else { Err(too_late(product, limit, &missing)) }
        }
    }
}

fn wanted(product: Product, minimaal: Vec<Objectversie>) -> Result<Vec<(Uuid, i64)>, ProductError> {
    if minimaal.len() > OBJECTS_MAX {
        let detail = format!("minimaal mag ten hoogste {OBJECTS_MAX} objecten noemen.");
        return Err(ProductError::invalid(detail));
    }
    let concerns = |object: &Objectversie| {
        object.soort.as_deref().is_none_or(|soort| product.soorten().contains(&soort))
    };
    let keyed = |object: Objectversie| {
        let id = parse_id(&object.id).filter(|_| object.versie > 0);
        id.map(|id| (id, object.versie)).ok_or_else(|| {
            ProductError::invalid(
                "minimaal noemt objecten met de id en de versie uit het antwoord op een handeling.",
            )
        })
    };
    minimaal.into_iter().filter(concerns).map(keyed).collect()
}

async fn until_there(
    env: &Env,
    reader: &Reader,
    product: Product,
    wanted: &[(Uuid, i64)],
) -> Result<(), ProductError> {
    let mut pause = LOOK_AGAIN_AFTER;
    while !behind(env, reader, product, wanted).await?.is_empty() {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LOOK_AGAIN_MAX);
    }
    Ok(())
}

async fn behind(
    env: &Env,
    reader: &Reader,
    product: Product,
    wanted: &[(Uuid, i64)],
) -> Result<Vec<Achterlopend>, ProductError> {
    let asked = (product.name(), product.soorten());
    env.run("minimaal", versies::behind(reader, asked, wanted)).await
}

fn too_late(product: Product, limit: Duration, missing: &[Achterlopend]) -> ProductError {
    let objects: Vec<String> = missing
        .iter()
        .map(|it| format!("{} versie {} (nu {})", it.object_id, it.gewenst, it.aanwezig))
        .collect();
    ProductError::NotYet {
        detail: format!(
            "Na {} ms is dit nog niet in {} verwerkt: {}. Probeer het straks opnieuw, of laat \
             minimaal weg.",
            limit.as_millis(),
            product.name(),
            objects.join("; "),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(id: u128, versie: i64, soort: Option<&str>) -> Objectversie {
        let soort = soort.map(str::to_owned);
        Objectversie { id: Uuid::from_u128(id).into(), versie, soort }
    }

    #[test]
    fn a_kind_that_the_product_does_not_show_is_not_waited_for() {
        let asked = vec![
            object(1, 3, Some("actor")),
            object(2, 1, Some("klantcontact")),
            object(3, 2, None),
        ];
        let expected = vec![(Uuid::from_u128(2), 1), (Uuid::from_u128(3), 2)];
        assert_eq!(wanted(Product::Contactgeschiedenis, asked), Ok(expected));
    }

    #[test]
    fn what_is_no_version_of_an_object_is_refused() {
        let nothing = Objectversie { id: ID::from("x"), versie: 1, soort: None };
        assert!(wanted(Product::Klantbeeld, vec![nothing]).is_err());
        assert!(wanted(Product::Klantbeeld, vec![object(1, 0, None)]).is_err());
        let many = vec![object(1, 1, None); OBJECTS_MAX + 1];
        assert!(wanted(Product::Klantbeeld, many).is_err());
    }
}
