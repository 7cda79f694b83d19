//! Importing another dataset: its pictures are found like those of any folder tree, and its record says the rest.

use std::collections::HashMap;
use std::path::Path;

use crate::dataset::Dataset;
use crate::import::report::ImportOptions;
use crate::import::skip::SkipReason;
use crate::import::sources::{Plan, kind_of, prefer_options};
use crate::manifest::MANIFEST_FILE;
use crate::sample::{Filter, PoseSample, Sample, SampleMeta};

/// Adds a dataset: pictures with what is recorded of them, landmarks without pictures, and the classes' titles and
/// mirrors. Samples set aside there are reported and left out. `false` where the folder is no dataset, or cannot be
/// opened as one, or is the one imported into.
pub(crate) fn add_dataset(plan: &mut Plan, folder: &Path, into: &Path, options: &ImportOptions) -> bool {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if !folder.join(MANIFEST_FILE).exists() || whole(folder) == whole(into) {
        return false;
    }
    let opened = Dataset::open(folder).and_then(|dataset| Ok((dataset.samples(&Filter::everything())?, dataset)));
    let (samples, dataset) = match opened {
        Ok(opened) => opened,
        Err(e) => {
            plan.skip(folder, SkipReason::Record { problem: e.to_string() });
            return false;
        }
    };
    let (jobs, poses, skipped) = (plan.jobs.len(), plan.poses.len(), plan.skipped.len());
    super::tree::add_folder(plan, folder, options);
    // The dataset's own files are no samples.
    let models = folder.join("models");
    let own = |path: &Path| {
        path == folder || path.starts_with(&models) || path.parent() == Some(folder) && kind_of(path).is_none()
    };
    plan.skipped = keep(std::mem::take(&mut plan.skipped), skipped, |(path, _)| !own(path));
    let by_file: HashMap<_, &Sample> = samples.iter().filter_map(|s| Some((dataset.picture_path(s)?, s))).collect();
    for mut job in plan.jobs.split_off(jobs) {
        match by_file.get(&job.path) {
            Some(sample) if !sample.in_use() => plan.skip(&job.path, SkipReason::set_aside(&sample.set_aside)),
            Some(sample) => {
                job.meta = SampleMeta { class: job.meta.class, name: job.meta.name, ..meta_of(sample) };
                prefer_options(&mut job.meta, options);
                plan.jobs.push(job);
            }
            None => plan.jobs.push(job),
        }
    }
    plan.classes.extend(dataset.classes().iter().filter(|_| options.class.is_none()).cloned());
    match dataset.stored_poses() {
        Err(e) => plan.skip(folder, e),
        Ok(mut stored) => {
            for sample in samples.iter().filter(|s| s.file.is_none()) {
                let Some(pose) = stored.remove(&sample.id) else { continue };
                if !sample.in_use() {
                    plan.skip(&folder.join(sample.name()), SkipReason::set_aside(&sample.set_aside));
                    continue;
                }
                let mut meta = meta_of(sample);
                prefer_options(&mut meta, options);
                if let Some(class) = &options.class {
                    meta.class.clone_from(class);
                }
                plan.poses.push(PoseSample { pose, meta });
            }
        }
    }
    if (plan.jobs.len(), plan.poses.len(), plan.skipped.len()) == (jobs, poses, skipped) {
        plan.skip(folder, SkipReason::NoSamples);
    }
    true
}

/// Keeps the first `untouched` and those of the rest that `wanted` admits.
fn keep<T>(mut all: Vec<T>, untouched: usize, wanted: impl Fn(&T) -> bool) -> Vec<T> {
    let rest = all.split_off(untouched);
    all.extend(rest.into_iter().filter(wanted));
    all
}

fn meta_of(sample: &Sample) -> SampleMeta {
    SampleMeta {
        class: sample.class.clone(),
        person: sample.person.clone(),
        session: sample.session.clone(),
        source: sample.source.clone(),
        frame: sample.frame,
        time_seconds: sample.time_seconds,
        view: sample.view.clone(),
        step: sample.step.clone(),
        split: sample.split,
        name: None,
    }
}
