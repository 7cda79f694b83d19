//! Recognising by a model, and asking for its classes one by one.

use kihap_dataset::Class;
use kihap_jobs::builtin::Course;
use kihap_jobs::live::{Answer, Asked, Both, Examiner, LiveModel, LiveSeen};
use serde::Deserialize;
use serde_json::{Value, json};

use super::session::{Mode, SeenLive};
use crate::error::{Result, StudioError};
use crate::history::Outcome;
use crate::projects::is_name;
use crate::state::Studio;

/// Classes that are told with each frame: the most probable ones.
const BARS: usize = 6;

/// The model that the page asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Choice {
    /// One that Kihap brings along.
    Builtin { builtin: String },
    /// One that was trained in a project.
    Own { project: String, model: String },
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Start {
    model: Choice,
}

/// Shows what a model sees; with `ask` it watches one class.
pub(crate) struct Recognise {
    studio: Studio,
    examiner: Examiner,
    choice: Choice,
    saved: bool,
}

/// Opens the chosen model with the titles of its classes.
pub(crate) fn open(studio: &Studio, choice: &Choice) -> Result<LiveModel> {
    let syllabus = studio.syllabus();
    match choice {
        Choice::Builtin { builtin } => Ok(LiveModel::builtin(syllabus, &Course::parse(builtin, syllabus)?)?),
        Choice::Own { project, model } => {
            let project = studio.projects().get(project)?;
            let folder = project.models().join(model);
            if !is_name(model) || !folder.is_dir() {
                return Err(StudioError::NotFound { what: "model", name: model.clone() });
            }
            let mut live = LiveModel::open(syllabus, &folder)?;
            let manifest = project.dataset().manifest().clone();
            live.retitle(|name| manifest.class(name).and_then(titled));
            Ok(live)
        }
    }
}

/// The titles that a class of a project was given.
fn titled(class: &Class) -> Option<Both> {
    let (ko, en) = (class.korean.as_ref(), class.english.as_ref());
    let any = ko.or(en)?;
    Some(Both { ko: ko.unwrap_or(any).clone(), en: en.unwrap_or(any).clone() })
}

impl Recognise {
    pub(crate) fn new(studio: &Studio, start: Start) -> Result<Recognise> {
        let examiner = Examiner::new(open(studio, &start.model)?);
        Ok(Recognise { studio: studio.clone(), examiner, choice: start.model, saved: true })
    }

    fn save(&mut self) -> Result<Value> {
        let answers = self.examiner.answers();
        let asked = answers.iter().filter(|answer| !answer.skipped).count();
        let passed = answers.iter().filter(|answer| answer.passed).count();
        let (title, model) = match &self.choice {
            Choice::Builtin { builtin } => (Both::same(builtin), json!({ "builtin": builtin })),
            Choice::Own { project, model } => {
                (Both::same(&format!("{project}: {model}")), json!({ "project": project, "model": model }))
            }
        };
        let entry = self.studio.history().add(&Outcome {
            kind: "verify",
            title,
            result: json!({ "passed": passed, "asked": asked, "model": model }),
            detail: json!({ "answers": answers }),
            pictures: &[],
        })?;
        self.saved = true;
        Ok(json!(entry))
    }
}

/// A command of the page.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum Command {
    /// Which classes there are.
    About,
    /// Watch for a class.
    Ask { class: String, seconds: f64 },
    /// Leave a class out.
    Skip { class: String },
    /// Watch for nothing.
    Rest,
    /// Keep the answers in the history.
    Save,
}

pub(super) fn command<'a, C: Deserialize<'a>>(command: &'a Value) -> Result<C> {
    C::deserialize(command).map_err(|error| StudioError::Bad(format!("no such command: {error}")))
}

/// What a frame shows, in short: the most probable classes as `[index, probability]`, and why judgement is withheld.
pub(super) fn shown(seen: &LiveSeen) -> Value {
    let short = |p: f64| (p * 1000.0).round() / 1000.0;
    let mut order: Vec<usize> = (0..seen.probabilities.len()).collect();
    order.sort_by(|a, b| seen.probabilities[*b].total_cmp(&seen.probabilities[*a]));
    let top: Vec<_> = order.iter().take(BARS).map(|i| json!([i, short(seen.probabilities[*i])])).collect();
    json!({ "top": top, "withheld": seen.withheld })
}

/// What the page must know of a model.
pub(super) fn about(model: &LiveModel) -> Value {
    json!({ "classes": model.classes(), "threshold": model.threshold() })
}

impl Mode for Recognise {
    fn frame(&mut self, seen: &SeenLive<'_>) -> Result<Value> {
        let (shows, asked) = self.examiner.see(seen.seconds, seen.picture, seen.pose)?;
        self.saved &= !matches!(asked, Some(Asked::Done { .. }));
        let mut told = shown(&shows);
        told["asked"] = json!(asked);
        Ok(told)
    }

    fn command(&mut self, text: &Value) -> Result<Value> {
        match command(text)? {
            Command::About => Ok(about(self.examiner.model())),
            Command::Ask { class, seconds } => {
                self.examiner.ask(self.studio.syllabus(), &class, seconds, false)?;
                Ok(json!({}))
            }
            Command::Skip { class } => {
                self.examiner.skip(&class)?;
                Ok(json!({ "answers": self.examiner.answers() }))
            }
            Command::Rest => {
                self.examiner.rest();
                Ok(json!({}))
            }
            Command::Save => self.save(),
        }
    }

    fn end(&mut self) {
        let any = self.examiner.answers().iter().any(|answer: &Answer| !answer.skipped);
        if any && !self.saved {
            // The page has gone: there is nobody to tell of a full disk.
            let _ = self.save();
        }
    }
}
