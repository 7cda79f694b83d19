//! Starting a training from a built-in model: its hidden layers, and of its last layer what the dataset's classes mean.

use kihap_learn::{Blueprint, Class};
use kihap_syllabus::Syllabus;
use kihap_zoo::Array;

use super::open::open_model;
use super::recognise::split;
use crate::error::{JobError, Result};

/// How much of the built-in model is kept: the half that Wortsman et al. (2022) advise where nothing is tuned.
const KEPT: f32 = 0.5;
/// Layer that gives the classes.
const LAST: &str = "logits";

/// Puts the weights of the built-in model called `name` (with or without `builtin:`) into the blueprint. A class of the dataset
/// that is one of the model's, by its name or by the technique and side that a course of the syllabus gives it, keeps what the
/// model knows of it; others start from nothing. Where it knows them all, the trained weights are in the end averaged with those
/// started from.
///
/// # Errors
/// A name that no built-in model has, or a network that is not the model's.
pub(crate) fn start_from(name: &str, blueprint: &mut Blueprint, classes: &[Class]) -> Result<()> {
    let path = if name.starts_with(super::BUILTIN_PREFIX) { name.to_owned() } else { format!("builtin:{name}") };
    let model = open_model(path.as_ref())?;
    let network = &model.network;
    if network.graph.name != blueprint.entry.name {
        let reason = format!("{path} is a {}; train that network with --from", network.graph.name);
        return Err(JobError::Recipe { model: blueprint.entry.name.to_owned(), reason });
    }
    let syllabus = Syllabus::embedded()?;
    let known = model.class_names();
    let of: Vec<Vec<usize>> = classes
        .iter()
        .map(|class| {
            let meant = meaning(&syllabus, &class.name);
            let is = |name: &String| *name == class.name || Some(name) == meant.as_ref();
            // A technique by its id alone is either side's.
            let either = |name: &String| !known.iter().any(is) && split(name).0 == class.name;
            (0..known.len()).filter(|at| is(&known[*at]) || either(&known[*at])).collect()
        })
        .collect();
    let damaged = || JobError::Recipe { model: path.clone(), reason: "its last layer is missing".into() };
    let mut weights = network.members.first().cloned().ok_or_else(damaged)?;
    let units = weights.get(&format!("{LAST}.bias")).ok_or_else(damaged)?.values.len();
    for part in ["weight", "bias"] {
        let name = format!("{LAST}.{part}");
        let old = weights.get(&name).ok_or_else(damaged)?;
        let rows = old.values.len() / units.max(1);
        let values = (0..rows)
            .flat_map(|row| of.iter().map(move |meant| (row, meant)))
            .map(|(row, meant)| {
                let sum: f32 = meant.iter().map(|class| old.values[row * units + class]).sum();
                sum / meant.len().max(1) as f32
            })
            .collect();
        let mut shape = old.shape.clone();
        if let Some(last) = shape.last_mut() {
            *last = classes.len();
        }
        weights.0.insert(name, Array { shape, values });
    }
    // The width is a factor on 128 hidden units.
    let hidden = weights.get("hidden1.bias").ok_or_else(damaged)?.values.len();
    blueprint.width = hidden as f32 / 128.0;
    blueprint.standardiser = Some(network.standardiser.clone());
    blueprint.start = Some(weights);
    blueprint.kept = if of.iter().all(|meant| !meant.is_empty()) { KEPT } else { 0.0 };
    Ok(())
}

/// The name by technique and side of a class that some course of the syllabus has.
fn meaning(syllabus: &Syllabus, class: &str) -> Option<String> {
    let courses = syllabus.courses();
    let mut all = courses.iter().filter_map(|course| syllabus.course(course).ok()).flatten();
    let found = all.find(|known| known.id == class)?;
    let [technique] = &found.techniques[..] else { return None };
    Some(found.side.map_or_else(|| technique.clone(), |side| format!("{technique}_{}", side.id())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_class_means_a_technique_and_a_side() {
        let syllabus = Syllabus::embedded().unwrap();
        assert_eq!(meaning(&syllabus, "front_low_block_left").as_deref(), Some("low_block_left"));
        assert_eq!(meaning(&syllabus, "moonwalk"), None);
    }

    #[test]
    fn known_classes_keep_their_weights_and_new_ones_start_from_nothing() {
        let mut blueprint = Blueprint::named("landmark-mlp").unwrap();
        let classes = [Class::new("front_low_block_left"), Class::new("moonwalk")];
        start_from("builtin:basics", &mut blueprint, &classes).unwrap();
        let weights = blueprint.start.take().unwrap();
        let last = weights.get("logits.weight").unwrap();
        assert_eq!(last.shape[1], 2);
        assert!(last.values.iter().step_by(2).any(|v| *v != 0.0));
        assert!(last.values.iter().skip(1).step_by(2).all(|v| *v == 0.0));
        assert_eq!(blueprint.kept, 0.0);
        start_from("builtin:basics", &mut blueprint, &classes[..1]).unwrap();
        assert_eq!(blueprint.kept, KEPT);
        assert!(start_from("handstands", &mut Blueprint::named("landmark-mlp").unwrap(), &classes).is_err());
    }

    #[test]
    fn a_technique_named_without_a_side_began_from_nothing() {
        let start = |class: &str| {
            let mut blueprint = Blueprint::named("landmark-mlp").unwrap();
            start_from("builtin:basics", &mut blueprint, &[Class::new(class)]).unwrap();
            blueprint.start.unwrap().get("logits.weight").unwrap().values.clone()
        };
        let [left, right, both] = ["low_block_left", "low_block_right", "low_block"].map(start);
        assert!(both.iter().any(|v| *v != 0.0));
        assert!(both.iter().zip(left.iter().zip(&right)).all(|(both, (left, right))| *both == (left + right) / 2.0));
    }
}
