//! `kihap new`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use kihap_dataset::{Class, Dataset, Manifest};
use serde_json::json;

use crate::context::{Context, syllabus, typed};

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    pub(crate) dataset: PathBuf,
    /// basics, basics-1 … basics-13, taegeuk-1 … keumgang, taegeuk-1-1 … keumgang-4, sparring, empty.
    #[arg(long, default_value = "empty")]
    pub(crate) course: String,
}

pub(crate) fn run(args: &NewArgs, context: &mut Context) -> anyhow::Result<()> {
    let syllabus = syllabus()?;
    let classes: Vec<Class> = syllabus
        .course(&args.course)?
        .into_iter()
        .map(|c| Class { name: c.id, mirror: c.mirror, korean: Some(c.korean), english: Some(c.english) })
        .collect();
    let name = args.dataset.file_name().map_or_else(|| "dataset".into(), |n| n.to_string_lossy().into_owned());
    let mut manifest = Manifest::new(name, classes);
    manifest.course = Some(args.course.clone());
    let dataset = Dataset::create(&args.dataset, &manifest)
        .with_context(|| format!("cannot make the dataset {}", args.dataset.display()))?;
    let names: Vec<&str> = dataset.classes().iter().map(|c| c.name.as_str()).collect();
    let value = json!({ "dataset": args.dataset, "course": args.course, "classes": names });
    context.print(&value, || {
        format!(
            "made {} with {} classes{}\nnext: `kihap import SOURCE --into {}`",
            args.dataset.display(),
            names.len(),
            if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) },
            typed(&args.dataset)
        )
    })
}
