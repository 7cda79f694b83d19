//! What the judge says of the stills of two people: `judge_skeletons SHARED/taekwondo [--form] [--list] [--estimated]`.
//!
//! The folder holds `stills.csv` (file, person, technique, view, step) and the pictures it names. Prints the share of bounds with a
//! verdict by view, the verdicts by measure, and with `--list` every fault. With `--form` the judge is told side, leading leg and heading
//! by the step (a camera in the north), else only technique and stance. With `--estimated` BlazePose's own skeletons are judged instead of
//! lifted ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use kihap_coach::judge::{Doubt, Judge, Language, Request, Skeletons, Verdict};
use kihap_jobs::builtin::lift_frames;
use kihap_jobs::see;
use kihap_syllabus::{Kind, Syllabus};
use kihap_vision::Pose;
use kihap_vision::video::FrameRate;

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
    let [folder, rest @ ..] = args.as_slice() else {
        return Err("usage: judge_skeletons SHARED/taekwondo [--form] [--list] [--estimated]".into());
    };
    let folder = Path::new(folder);
    let has = |option: &str| rest.iter().any(|arg| arg == option);
    let (of_form, list) = (has("--form"), has("--list"));
    let syllabus = Syllabus::embedded()?;
    let mut frames = see(&[folder.join("stills")], FrameRate::Every(1), &mut |_| {}, &AtomicBool::new(false))?;
    let mut judge = Judge::new(&syllabus);
    if !has("--estimated") {
        lift_frames(&mut frames)?;
        judge = judge.with_doubt(Doubt::of(Skeletons::Lifted));
    }
    let poses: BTreeMap<&str, &Pose> =
        frames.iter().filter_map(|frame| Some((frame.source.rsplit('/').next()?, frame.pose.as_ref()?))).collect();
    let (mut views, mut measures) = (BTreeMap::<String, Tally>::new(), BTreeMap::<String, (Tally, Vec<f64>)>::new());
    let mut faults = 0;
    for row in std::fs::read_to_string(folder.join("stills.csv"))?.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let [file, _, technique, view, step] = fields[..] else { continue };
        let pose = poses.get(file.rsplit('/').next().unwrap_or(file)).copied();
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
