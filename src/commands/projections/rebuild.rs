//! `klantbeeld rebuild`, `verify` and `diff`.

use std::process::ExitCode;

use projector::rebuild::{Outcome, RebuildSettings, Rebuilder, TableDiff};
use serde_json::{Value, json};

use crate::cli::{GenerationArgs, RebuildArgs, VerifyArgs};
use crate::commands::CommandError;
use crate::commands::progress::Progress;

use super::{NOT_AS_WANTED, PARKED, Work, code, report, seed, tell, with};

/// Rebuilds products, or one klant, or tells what it would take.
pub(super) async fn run(args: RebuildArgs) -> Result<ExitCode, CommandError> {
    let work = Work::open(&args.look, &args.rows).await?;
    let progress = Progress::new(args.look.json);
    let done = carry_out(&Rebuilder::new(&work.projector, &progress), &progress, &args).await;
    work.close(done).await
}

async fn carry_out(
    rebuilder: &Rebuilder<'_>,
    progress: &Progress,
    args: &RebuildArgs,
) -> Result<ExitCode, CommandError> {
    let products: Vec<&'static str> = if args.all {
        rebuilder.names()
    } else {
        args.products.iter().map(|name| rebuilder.named(name)).collect::<Result<_, _>>()?
    };
    if let Some(klant) = args.klant {
        let mut repaired = Vec::new();
        for product in products {
            repaired.push((product, rebuilder.repair(product, klant).await?));
        }
        return report::repaired(&repaired, args.look.json);
    }
    if args.dry_run {
        let mut estimates = Vec::new();
        for product in products {
            estimates.push(rebuilder.estimate(product).await?);
        }
        return report::estimates(&estimates, args.look.json);
    }
    let settings = RebuildSettings {
        memory_mib: usize::from(args.memory),
        batch: usize::try_from(args.batch).unwrap_or(usize::MAX),
        sample: args.sample,
        seed: seed(),
        switch: !args.no_switch,
        with_parked: args.with_parked,
        fresh: args.fresh,
    };
    let outcomes = rebuilder.rebuild(&products, &settings).await;
    progress.end();
    let outcomes = outcomes?;
    report::outcomes(&outcomes, args.look.json)?;
    let waits = outcomes.iter().any(Outcome::waits_for_parked);
    Ok(ExitCode::from(if waits { PARKED } else { 0 }))
}

/// Verifies a generation.
pub(super) async fn verify(args: VerifyArgs) -> Result<ExitCode, CommandError> {
    let GenerationArgs { generation, chosen } = args.generation;
    with(&chosen, async |rebuilder, product| {
        let own = rebuilder.meant(product, generation).await?;
        let found = rebuilder.verify(&own, args.sample, seed()).await?;
        report::verified(&own, &found, chosen.look.json)?;
        Ok(ExitCode::from(match (found.is_good(), found.parked.is_empty()) {
            (true, true) => 0,
            (true, false) => PARKED,
            (false, _) => NOT_AS_WANTED,
        }))
    })
    .await
}

/// Compares a generation with the one that is served.
pub(super) async fn diff(args: GenerationArgs) -> Result<ExitCode, CommandError> {
    let GenerationArgs { generation, chosen } = args;
    with(&chosen, async |rebuilder, product| {
        let served = rebuilder.served(product).await?;
        let other = rebuilder.other(product, generation).await?;
        let diffs = rebuilder.diff(&served, &other).await?;
        let parked = [rebuilder.parked_in(&served).await?, rebuilder.parked_in(&other).await?];
        let documents: Vec<Value> = diffs.iter().map(report::diff).collect();
        let document = json!({
            "product": product, "served": served.generatie, "compared": other.generatie,
            "parkedInServed": parked[0], "parkedInCompared": parked[1], "tables": documents,
        });
        let mut title = format!(
            "{product}: generation {} compared with {}, which is served",
            other.generatie, served.generatie
        );
        if parked != [0, 0] {
            title.push_str(&format!(
                "\n  parked objects: {} in the one, {} in the other; what waits of them is missing",
                parked[1], parked[0]
            ));
        }
        tell(chosen.look.json, &document, &format!("{title}\n{}", report::diff_lines(&diffs)))?;
        let same = diffs.iter().all(TableDiff::is_empty);
        Ok(code(same))
    })
    .await
}
