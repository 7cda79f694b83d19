//! The models in the binary.

use std::path::Path;

use kihap_coach::synth::SynthCourse;
use kihap_learn::Model;
use kihap_learn::lift::Lifter;
use kihap_learn::model::ModelFiles;

use super::headings::Headings;
use crate::error::{JobError, Result};

macro_rules! files {
    ($name:literal) => {
        ModelFiles {
            description: include_bytes!(concat!("../../builtin/", $name, "/model.toml")),
            network: include_bytes!(concat!("../../builtin/", $name, "/network.json")),
            weights: include_bytes!(concat!("../../builtin/", $name, "/weights.safetensors")),
            metrics: include_bytes!(concat!("../../builtin/", $name, "/metrics.json")),
        }
    };
}

const HEADINGS: &str = include_str!("../../builtin/headings.json");

/// What comes before the name of a built-in model where a model's folder is asked for.
pub const BUILTIN_PREFIX: &str = "builtin:";

/// The built-in model of a course.
///
/// # Errors
/// When the program's own files are damaged.
pub fn builtin(course: SynthCourse) -> Result<Model> {
    let files = match course {
        SynthCourse::Basics => files!("basics"),
        SynthCourse::Techniques => files!("techniques"),
        SynthCourse::Stances => files!("stances"),
        SynthCourse::Sparring => files!("sparring"),
    };
    shipped(course.name(), &files)
}

/// Opens the folder of a model, or a built-in one by its name after `builtin:`.
///
/// # Errors
/// A folder that holds no model, or a name that no built-in model has; the text lists them.
pub fn open_model(path: &Path) -> Result<Model> {
    let Some(name) = path.to_str().and_then(|text| text.strip_prefix(BUILTIN_PREFIX)) else {
        return Ok(Model::load(path)?);
    };
    let course = SynthCourse::ALL.into_iter().find(|course| course.name() == name);
    builtin(course.ok_or_else(|| {
        let known = SynthCourse::ALL.map(|course| format!("{BUILTIN_PREFIX}{}", course.name())).join(", ");
        JobError::NoSuchBuiltin { name: name.to_owned(), known }
    })?)
}

/// The network on films that tells techniques apart.
///
/// # Errors
/// When the program's own files are damaged.
pub(super) fn film_techniques() -> Result<Model> {
    shipped("film-techniques", &files!("film-techniques"))
}

/// The network on films that tells stances apart.
///
/// # Errors
/// When the program's own files are damaged.
pub(super) fn film_stances() -> Result<Model> {
    shipped("film-stances", &files!("film-stances"))
}

fn shipped(name: &str, files: &ModelFiles<'_>) -> Result<Model> {
    Ok(Model::from_files(Path::new(&format!("{BUILTIN_PREFIX}{name}")), files)?)
}

/// The lifter: what the judge sees of a skeleton of BlazePose's.
///
/// # Errors
/// When the program's own files are damaged.
pub fn lifter() -> Result<Lifter> {
    let description = include_bytes!("../../builtin/lifter/lifter.json");
    Ok(Lifter::from_bytes(description, include_bytes!("../../builtin/lifter/weights.safetensors"))?)
}

/// How far each technique turns hips and shoulders.
pub(super) fn headings() -> Result<Headings> {
    serde_json::from_str(HEADINGS)
        .map_err(|e| JobError::Source { path: "headings.json".into(), reason: format!("the program is damaged ({e})") })
}
