//! What the judge says of skeletons of real pictures: `judge_skeletons STILLS.csv SKELETONS.json [--form] [--list]`.
//!
//! `STILLS.csv` has the columns file, person, technique, view; `SKELETONS.json` is what `kihap skeleton FILES --json` prints. Prints
//! the share of bounds with a verdict by view, the verdicts by measure, and with `--list` every fault.
//! With `--form` the judge is told side, leading leg and heading by the step (a camera in the north), else only technique and stance.

use std::collections::BTreeMap;
use std::fs;

use kihap_coach::judge::{Judge, Language, Request, Verdict};
use kihap_syllabus::{Kind, Syllabus};
use kihap_vision::{Landmark, Pose, Skeleton};
use serde_json::Value;

fn pose_of(entry: &Value) -> Option<Pose> {
    let number = |value: &Value| value.as_f64().unwrap_or(0.0) as f32;
    let points = entry["landmarks"].as_array().filter(|points| points.len() == 33)?;
    Some(Pose {
        skeleton: Skeleton::Blazepose33,
        width: entry["width"].as_u64()? as u32,
        height: entry["height"].as_u64()? as u32,
        score: number(&entry["score"]),
        landmarks: points
            .iter()
            .map(|p| Landmark {
                x: number(&p["x"]),
                y: number(&p["y"]),
                z: number(&p["z"]),
                visibility: number(&p["visibility"]),
                presence: 1.0,
            })
            .collect(),
        world: points.iter().map(|p| [0, 1, 2].map(|axis| number(&p["world"][axis]))).collect(),
    })
}

#[derive(Default)]
struct Tally {
    within: usize,
    doubtful: usize,
    out: usize,
    withheld: usize,
}

impl Tally {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Within => self.within += 1,
            Verdict::Doubtful => self.doubtful += 1,
            Verdict::Below | Verdict::Above => self.out += 1,
            Verdict::Withheld => self.withheld += 1,
        }
    }

    fn line(&self) -> String {
        let judged = self.within + self.doubtful + self.out;
        let all = judged + self.withheld;
        format!(
            "{all:4} bounds, {:3.0} % judged: {} within, {} doubtful, {} out",
            100.0 * judged as f64 / all.max(1) as f64,
            self.within,
            self.doubtful,
            self.out
        )
    }
}

/// What the form asks at a step such as `T1-16a`, heading for a camera in the north.
fn asked<'a>(syllabus: &'a Syllabus, technique: &'a str, step: &str) -> Request<'a> {
    let blank = Request { technique, ..Request::default() };
    let Some((form, number)) = step.strip_prefix('T').and_then(|rest| rest.split_once('-')) else { return blank };
    let number: usize = number.trim_end_matches(char::is_alphabetic).parse().unwrap_or(0);
    let form = syllabus.form(&format!("taegeuk_{form}"));
    let Some(step) = form.and_then(|form| form.steps.get(number.wrapping_sub(1))) else { return blank };
    let side = step.technique.iter().find(|part| part.id == technique).and_then(|part| part.side.one());
    let kick = syllabus.technique(technique).is_some_and(|technique| technique.kind == Kind::Kick);
    Request {
        side,
        stance: Some(step.stance.as_str()).filter(|stance| !kick && *stance != "transition"),
        lead: step.lead_leg.side(),
        heading_deg: Some(f64::from(step.facing.degrees())),
        ..blank
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [table, skeletons, rest @ ..] = args.as_slice() else {
        return Err("usage: judge_skeletons STILLS.csv SKELETONS.json [--form] [--list]".into());
    };
    let of_form = rest.iter().any(|arg| arg == "--form");
    let list = rest.iter().any(|arg| arg == "--list");
    let syllabus = Syllabus::embedded()?;
    let judge = Judge::new(&syllabus);
    let entries: Value = serde_json::from_str(&fs::read_to_string(skeletons)?)?;
    let poses: BTreeMap<&str, Pose> = entries["poses"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| Some((entry["source"].as_str()?.rsplit('/').next()?, pose_of(entry)?)))
        .collect();
    let (mut views, mut measures) = (BTreeMap::<String, Tally>::new(), BTreeMap::<String, (Tally, Vec<f64>)>::new());
    let mut faults = 0;
    for row in fs::read_to_string(table)?.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let [file, _, technique, view, step] = fields[..] else { continue };
        let pose = poses.get(file.rsplit('/').next().unwrap_or(file));
        let asked = asked(&syllabus, technique, step);
        let request = if of_form { asked } else { Request { technique, stance: asked.stance, ..Request::default() } };
        let verdicts = judge.judge(&request, pose)?;
        for bound in &verdicts.bounds {
            views.entry(view.to_owned()).or_default().add(bound.verdict);
            let entry = measures.entry(format!("{} {}", bound.technique, bound.measure)).or_default();
            entry.0.add(bound.verdict);
            if let (Some(value), true) = (bound.value, bound.verdict != Verdict::Withheld) {
                let over = (value - bound.max).max(0.0) + (value - bound.min).min(0.0);
                entry.1.push(over / (bound.max - bound.min).max(1e-3));
            }
        }
        faults += verdicts.faults.len();
        if list {
            println!(
                "{file} seen {:?} heading {:.0} side {:?} lead {:?} −{:.1}",
                verdicts.view,
                verdicts.heading_deg.unwrap_or(f64::NAN),
                verdicts.side,
                verdicts.lead,
                verdicts.deduction
            );
            for fault in &verdicts.faults {
                println!("    {} (±{:.2})", fault.text(Language::English), fault.uncertainty);
            }
        }
    }
    for (view, tally) in &views {
        println!("{view:8} {}", tally.line());
    }
    println!("{faults} faults; by measure, with the mean way out of the band in band widths:");
    for (measure, (tally, over)) in &measures {
        let mean = over.iter().sum::<f64>() / over.len().max(1) as f64;
        println!("  {measure:45} {} {mean:+.2}", tally.line());
    }
    Ok(())
}
