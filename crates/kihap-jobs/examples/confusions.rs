//! Which techniques the built-in network takes for which, from each view: `docs/confusions.md`. `cargo run --release -p kihap-jobs
//! --example confusions -- FOLDER`, where FOLDER holds the stills that `kihap synth --builtin` drew; only bodies that the network has not
//! learnt from are looked at.

use std::collections::BTreeMap;
use std::path::Path;

use kihap_coach::synth::SynthCourse;
use kihap_jobs::builtin::{builtin, read_stills};
use kihap_learn::Example;
use kihap_syllabus::{Kind, Syllabus};

const FIRST_SEED: u64 = 10_000_000;
const VIEWS: [(&str, f32); 4] = [("front", 30.0), ("oblique", 70.0), ("side", 110.0), ("back", 181.0)];
/// A technique is named beside another where at least this share of its stills is taken for it.
const OFTEN: f64 = 0.2;

fn id_of(name: &str) -> &str {
    name.strip_suffix("_left").or_else(|| name.strip_suffix("_right")).unwrap_or(name)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder of the stills")?;
    let syllabus = Syllabus::embedded()?;
    let model = builtin(SynthCourse::Techniques)?;
    let names = model.class_names();
    let stills: Vec<_> = read_stills(Path::new(&folder), FIRST_SEED)?
        .into_iter()
        .filter(|s| s.body.is_multiple_of(10) && s.pose.is_some() && s.shown.done && s.shown.technique.is_some())
        .collect();
    let examples: Vec<Example> = stills.iter().map(|still| Example::from_pose(still.pose.clone(), 0)).collect();
    let predictions = model.predict(&examples)?;
    // Technique → view → what it was taken for → how often.
    let mut taken: BTreeMap<&str, [BTreeMap<&str, usize>; 4]> = BTreeMap::new();
    for (still, prediction) in stills.iter().zip(&predictions) {
        let Some((id, _)) = &still.shown.technique else { continue };
        let away = ((still.shown.heading_deg + 180.0).rem_euclid(360.0) - 180.0).abs();
        let view = VIEWS.iter().position(|(_, limit)| away < *limit).unwrap_or(3);
        let views = taken.entry(id).or_default();
        *views[view].entry(id_of(&names[prediction.label])).or_default() += 1;
    }
    println!("| technique | {} |", VIEWS.map(|v| v.0).join(" | "));
    println!("| --- | --- | --- | --- | --- |");
    for technique in syllabus.techniques().iter().filter(|t| t.kind != Kind::Stance) {
        let Some(views) = taken.get(technique.id.as_str()) else { continue };
        let cells = views.iter().map(|counts| {
            let all: usize = counts.values().sum();
            let share = |count: usize| count as f64 / all.max(1) as f64;
            let own = counts.get(technique.id.as_str()).copied().unwrap_or(0);
            let mut others: Vec<_> =
                counts.iter().filter(|(id, count)| **id != technique.id && share(**count) >= OFTEN).collect();
            others.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            let others: Vec<String> =
                others.iter().map(|(id, count)| format!("{id} {:.0}", share(**count) * 100.0)).collect();
            let more = if others.is_empty() { String::new() } else { format!("; {}", others.join(", ")) };
            format!("{:.0} of {all}{more}", share(own) * 100.0)
        });
        println!("| {} {} | {} |", technique.id, technique.korean, cells.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}
