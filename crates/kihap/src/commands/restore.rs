//! `kihap restore`

use std::path::PathBuf;

use clap::Args;
use kihap_dataset::{Dataset, Filter, SampleId, Standing};
use serde_json::json;

use crate::context::Context;

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    pub(crate) dataset: PathBuf,
    /// Only these samples, by the names that `curate` prints; all without.
    #[arg(long, value_delimiter = ',')]
    pub(crate) samples: Vec<String>,
}

pub(crate) fn run(args: &RestoreArgs, context: &mut Context) -> anyhow::Result<()> {
    let mut dataset = Dataset::open(&args.dataset)?;
    let restored = if args.samples.is_empty() {
        dataset.restore_all()?
    } else {
        let aside = dataset.samples(&Filter { standing: Standing::SetAside, ..Filter::default() })?;
        let mut ids: Vec<SampleId> = Vec::new();
        for name in &args.samples {
            let sample = aside.iter().find(|s| s.name() == *name).ok_or_else(|| {
                anyhow::anyhow!(
                    "no sample set aside is called '{name}'; `kihap curate {}` names them",
                    args.dataset.display()
                )
            })?;
            ids.push(sample.id);
        }
        dataset.restore(&ids)?;
        ids.len()
    };
    context.print(&json!({ "restored": restored }), || format!("{restored} samples are in use again"))
}
