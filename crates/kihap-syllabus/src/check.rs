//! What no type can say: that ids are known, numbers run on, bands are bands.

use std::collections::{BTreeMap, BTreeSet};

use crate::basics::BasicsFile;
use crate::document::{At, Document, at};
use crate::form::FormFile;
use crate::technique::TechniqueFile;
use crate::{Handedness, Scoring, Sparring, StepSide, SyllabusError, Technique};

/// A stance of a step in which the foot only touches down.
const TRANSITION: &str = "transition";

type Checked = Result<(), SyllabusError>;

fn refuse(document: &Document, way: Vec<At>, reason: impl Into<String>) -> Checked {
    Err(document.error(&way, reason))
}

/// Longer ways are put together from an outer and an inner part.
fn join(outer: &[At], inner: Vec<At>) -> Vec<At> {
    outer.iter().cloned().chain(inner).collect()
}

pub(crate) fn schema(document: &Document, found: &str, kind: &str) -> Checked {
    let wanted = format!("kihap/{kind}/1");
    if found == wanted {
        return Ok(());
    }
    refuse(document, at!["schema"], format!("schema {found:?} is not the one this program reads, {wanted:?}"))
}

/// The ids that other files may name.
pub(crate) struct Known<'a> {
    techniques: BTreeMap<&'a str, &'a Technique>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(techniques: &'a [Technique]) -> Self {
        Self { techniques: techniques.iter().map(|technique| (technique.id.as_str(), technique)).collect() }
    }

    fn technique(&self, document: &Document, way: Vec<At>, id: &str) -> Result<&'a Technique, SyllabusError> {
        self.techniques.get(id).copied().ok_or_else(|| {
            let near = self.nearest(id).map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
            document.error(&way, format!("no technique has the id {id:?}{near}"))
        })
    }

    fn posture(&self, document: &Document, way: Vec<At>, id: &str) -> Checked {
        let technique = self.technique(document, way.clone(), id)?;
        if technique.is_posture() {
            return Ok(());
        }
        refuse(document, way, format!("{id:?} is no stance, it is of kind {:?}", technique.kind))
    }

    /// The id most of whose letters agree from the start or the end, for a hint.
    fn nearest(&self, id: &str) -> Option<&'a str> {
        let shared = |other: &str| {
            let start = id.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
            let end = id.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
            start.max(end)
        };
        let best = self.techniques.keys().copied().max_by_key(|other| shared(other))?;
        (shared(best) * 2 >= id.chars().count()).then_some(best)
    }
}

pub(crate) fn techniques(document: &Document, file: &TechniqueFile) -> Checked {
    schema(document, &file.schema, "techniques")?;
    let mut seen = BTreeSet::new();
    for (index, technique) in file.technique.iter().enumerate() {
        let way = at!["technique", index];
        if !seen.insert(&technique.id) {
            return refuse(document, join(&way, at!["id"]), format!("the id {:?} is there twice", technique.id));
        }
        for (measure, bounds) in &technique.geometry.measures {
            if !(bounds.min <= bounds.target && bounds.target <= bounds.max) {
                let place = join(&way, at!["geometry", measure.to_string().as_str()]);
                let reason = format!(
                    "{measure}: min {} ≤ target {} ≤ max {} does not hold",
                    bounds.min, bounds.target, bounds.max
                );
                return refuse(document, place, reason);
            }
        }
        for (number, fault) in technique.common_faults.iter().enumerate() {
            if fault.deduction != 0.1 && fault.deduction != 0.3 {
                let place = join(&way, at!["common_faults", number, "deduction"]);
                return refuse(document, place, format!("a fault costs 0.1 or 0.3, not {}", fault.deduction));
            }
        }
    }
    Ok(())
}

pub(crate) fn form(document: &Document, file: &FormFile, known: &Known<'_>) -> Checked {
    schema(document, &file.schema, "poomsae")?;
    known.posture(document, at!["form", "ready"], &file.form.ready)?;
    let (mut heading, mut moves) = (0, 0);
    for (index, step) in file.step.iter().enumerate() {
        let way = at!["step", index];
        let place = |key: &str| join(&way, at![key]);
        if step.number as usize != index + 1 {
            return refuse(document, place("number"), format!("step {} follows step {index}", step.number));
        }
        if step.stance != TRANSITION {
            known.posture(document, place("stance"), &step.stance)?;
        }
        if let Some(via) = &step.via_stance {
            known.posture(document, place("via_stance"), via)?;
        }
        if (heading + step.turn_deg - step.facing.degrees()).rem_euclid(360) != 0 {
            let reason = format!("a turn of {}° does not lead to {:?}", step.turn_deg, step.facing);
            return refuse(document, place("turn_deg"), reason);
        }
        heading = step.facing.degrees();
        let end = moves + step.technique.len() as u32;
        if step.moves != [moves + 1, end] {
            let reason = format!("moves {:?} should be [{}, {end}]: one a technique", step.moves, moves + 1);
            return refuse(document, place("moves"), reason);
        }
        moves = end;
        for (number, done) in step.technique.iter().enumerate() {
            let place = |key: &str| join(&way, at!["technique", number, key]);
            let technique = known.technique(document, place("id"), &done.id)?;
            if (technique.handedness == Handedness::None) != (done.side == StepSide::Both) {
                let reason =
                    format!("side {:?} does not fit {}, which is {:?}", done.side, done.id, technique.handedness);
                return refuse(document, place("side"), reason);
            }
        }
        let shouts = step.technique.iter().any(|done| done.kihap);
        if step.kihap != shouts || step.kihap != file.form.kihap_steps.contains(&step.number) {
            let reason = "the shout is not the same in the step, its techniques and the form's kihap_steps";
            return refuse(document, place("kihap"), reason);
        }
    }
    if file.step.len() != file.form.poom_count as usize {
        return refuse(document, at!["form", "poom_count"], format!("there are {} steps", file.step.len()));
    }
    if moves != file.form.counted_moves {
        return refuse(document, at!["form", "counted_moves"], format!("the steps make {moves} moves"));
    }
    if (heading + file.form.ending_turn_deg).rem_euclid(360) != 0 {
        return refuse(document, at!["form", "ending_turn_deg"], "the last turn does not lead back to N");
    }
    sections(document, file)
}

fn sections(document: &Document, file: &FormFile) -> Checked {
    let mut next = 1;
    for (index, section) in file.section.iter().enumerate() {
        let way = at!["section", index];
        if section.number as usize != index + 1 {
            return refuse(document, join(&way, at!["number"]), "sections are numbered 1, 2, 3, 4");
        }
        let [first, last] = section.steps;
        if first != next || last < first {
            return refuse(document, join(&way, at!["steps"]), format!("this section should begin with step {next}"));
        }
        let inside = |number: u32| (first..=last).contains(&number);
        if let Some(step) = file.step.iter().position(|s| inside(s.number) != (s.section == section.number)) {
            let reason = format!("section {} holds steps {first} to {last}", section.number);
            return refuse(document, at!["step", step, "section"], reason);
        }
        next = last + 1;
    }
    if file.section.len() != 4 || next as usize != file.step.len() + 1 {
        return refuse(document, at!["section"], "four sections must hold all steps");
    }
    Ok(())
}

pub(crate) fn basics(document: &Document, file: &BasicsFile, known: &Known<'_>) -> Checked {
    schema(document, &file.schema, "basics")?;
    if file.basic.len() != file.meta.count {
        return refuse(document, at!["meta", "count"], format!("there are {} basic motions", file.basic.len()));
    }
    let mut seen = BTreeSet::new();
    for (index, basic) in file.basic.iter().enumerate() {
        let place = |key: &str| at!["basic", index, key];
        if basic.number as usize != index + 1 {
            return refuse(document, place("number"), format!("motion {} follows motion {index}", basic.number));
        }
        if !seen.insert(&basic.id) {
            return refuse(document, place("id"), format!("the id {:?} is there twice", basic.id));
        }
        known.posture(document, place("stance"), &basic.stance)?;
        let technique = known.technique(document, place("technique"), &basic.technique)?;
        if basic.is_sided() != (technique.handedness == Handedness::Sided) {
            return refuse(
                document,
                place("sides"),
                format!("does not fit {}: {:?}", technique.id, technique.handedness),
            );
        }
    }
    for (index, id) in file.original.finished_best_reading.iter().enumerate() {
        known.technique(document, at!["original", "finished_best_reading", index], id)?;
    }
    for (index, reading) in file.original.reading.iter().enumerate() {
        known.technique(document, at!["original", "reading", index, "technique"], &reading.technique)?;
    }
    Ok(())
}

pub(crate) fn sparring(document: &Document, file: &Sparring, known: &Known<'_>) -> Checked {
    schema(document, &file.schema, "sparring")?;
    for (index, class) in file.classes.iter().enumerate() {
        let lists = [
            ("techniques", &class.techniques),
            ("near", &class.near),
            ("not_scoring", &class.not_scoring),
            ("also_plausible", &class.also_plausible),
        ];
        for (key, ids) in lists {
            for (number, id) in ids.iter().enumerate() {
                known.technique(document, at!["class", index, key, number], id)?;
            }
        }
    }
    for (index, id) in file.points.turning_techniques.iter().enumerate() {
        known.technique(document, at!["points", "turning_techniques", index], id)?;
    }
    Ok(())
}

pub(crate) fn scoring(document: &Document, file: &Scoring, known: &Known<'_>) -> Checked {
    schema(document, &file.schema, "scoring")?;
    let rules = &file.wt_poomsae;
    if (rules.accuracy.points + rules.presentation.points - rules.total).abs() > 1e-9 {
        return refuse(document, at!["wt_poomsae", "total"], "is not accuracy and presentation together");
    }
    let parts: f64 = rules.presentation.parts.iter().map(|part| part.points).sum();
    if (parts - rules.presentation.points).abs() > 1e-9 {
        return refuse(document, at!["wt_poomsae", "presentation", "points"], format!("the parts make {parts}"));
    }
    let start = &file.original_app.start_rule.class;
    known.technique(document, at!["original_app", "start_rule", "class"], start).map(|_| ())
}
