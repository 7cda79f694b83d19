//! Practising: basic motions with stars, forms with a score sheet, sparring rounds.

use kihap_coach::track::{Language, Words};
use kihap_jobs::builtin::{Course, form_of};
use kihap_jobs::live::{Asked, Both, Examiner, FormPractice, LiveModel, LiveSparring, SparProgress};
use serde::Deserialize;
use serde_json::{Value, json};

use super::recognise::{about, command, shown};
use super::session::{Mode, SeenLive};
use crate::error::Result;
use crate::history::Outcome;
use crate::state::Studio;

/// What is practised.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "practice", rename_all = "snake_case")]
pub(crate) enum Start {
    /// Basic motions.
    Basics,
    /// A form, or one of its sections: `taegeuk-1`, `taegeuk-1:2`.
    Form { form: String },
    /// A round of sparring.
    Sparring { seconds: Option<f64> },
}

/// The mode that practises it.
pub(crate) fn open(studio: &Studio, start: Start) -> Result<Box<dyn Mode>> {
    Ok(match start {
        Start::Basics => Box::new(Basics::new(studio)?),
        Start::Form { form } => Box::new(Form::new(studio, form)?),
        Start::Sparring { seconds } => Box::new(Sparring::new(studio, seconds)?),
    })
}

struct Basics {
    studio: Studio,
    examiner: Examiner,
}

impl Basics {
    fn new(studio: &Studio) -> Result<Basics> {
        let examiner = Examiner::new(LiveModel::builtin(studio.syllabus(), &Course::Basics)?);
        Ok(Basics { studio: studio.clone(), examiner })
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum BasicsCommand {
    About,
    /// Test a motion: ready stance first.
    Test {
        class: String,
        seconds: f64,
    },
    Rest,
}

impl Mode for Basics {
    fn frame(&mut self, seen: &SeenLive<'_>) -> Result<Value> {
        let (shows, asked) = self.examiner.see(seen.seconds, seen.picture, seen.pose)?;
        let mut told = shown(&shows);
        if let Some(Asked::Done { answer }) = &asked {
            let entry = self.studio.history().add(&Outcome {
                kind: "basics",
                title: answer.title.clone(),
                result: json!({ "stars": answer.stars, "certainty": answer.certainty }),
                detail: json!({ "answers": [answer] }),
                pictures: &[],
            })?;
            told["entry"] = json!(entry);
        }
        told["asked"] = json!(asked);
        Ok(told)
    }

    fn command(&mut self, text: &Value) -> Result<Value> {
        match command(text)? {
            BasicsCommand::About => Ok(about(self.examiner.model())),
            BasicsCommand::Test { class, seconds } => {
                self.examiner.ask(self.studio.syllabus(), &class, seconds, true)?;
                Ok(json!({}))
            }
            BasicsCommand::Rest => {
                self.examiner.rest();
                Ok(json!({}))
            }
        }
    }
}

struct Form {
    studio: Studio,
    name: String,
    /// `None` once it was finished.
    practice: Option<FormPractice>,
}

impl Form {
    fn new(studio: &Studio, name: String) -> Result<Form> {
        let practice = Some(Form::practice(studio, &name)?);
        Ok(Form { studio: studio.clone(), name, practice })
    }

    fn practice(studio: &Studio, name: &str) -> Result<FormPractice> {
        let (form, section) = form_of(name, studio.syllabus())?;
        Ok(FormPractice::new(studio.syllabus(), form, section)?)
    }

    /// Draws up the sheet and keeps it.
    fn finish(&mut self) -> Result<Value> {
        let Some(practice) = self.practice.take() else { return Ok(Value::Null) };
        let result = practice.finish(self.studio.syllabus())?;
        let told = &result.told;
        let entry = self.studio.history().add(&Outcome {
            kind: "form",
            title: told.title.clone(),
            result: json!({ "form": self.name, "score": told.score, "points": told.points,
                "found": told.found, "steps": told.steps.len() }),
            detail: json!(told),
            pictures: &result.pictures,
        })?;
        Ok(json!(entry))
    }

    fn about(&self) -> Result<Value> {
        let syllabus = self.studio.syllabus();
        let (form, section) = form_of(&self.name, syllabus)?;
        let steps = form.steps.iter().filter(|step| section.is_none_or(|section| step.section == section));
        let steps: Vec<Value> = steps
            .map(|step| {
                let title = Both::of(|language| {
                    let words = Words::new(language, syllabus);
                    let named = step.technique.iter().map(|t| words.technique(&t.id, t.side.one()));
                    named.collect::<Vec<_>>().join(" + ")
                });
                json!({ "number": step.number, "title": title, "kihap": step.kihap })
            })
            .collect();
        Ok(json!({ "steps": steps, "ready": Both::technique(syllabus, &form.head.ready, None) }))
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum FormCommand {
    About,
    /// Decide and keep the sheet.
    Finish,
    /// Begin anew; what was seen is dropped.
    Restart,
}

impl Mode for Form {
    fn frame(&mut self, seen: &SeenLive<'_>) -> Result<Value> {
        let Some(practice) = &mut self.practice else { return Ok(Value::Null) };
        let events = practice.next(seen.seconds, seen.picture, seen.pose)?;
        let syllabus = self.studio.syllabus();
        let told: Vec<Value> = events
            .iter()
            .map(|event| {
                let mut told = json!(event);
                told["text"] = json!(Both::of(|language: Language| Words::new(language, syllabus).event(event)));
                told
            })
            .collect();
        let technique = practice.technique().map(|(id, side, probability)| {
            json!({ "title": Both::technique(syllabus, id, side), "probability": (probability * 100.0).round() / 100.0 })
        });
        Ok(json!({ "events": told, "technique": technique, "over": practice.over(),
            "since": practice.began().map(|began| seen.seconds - began) }))
    }

    fn command(&mut self, text: &Value) -> Result<Value> {
        match command(text)? {
            FormCommand::About => self.about(),
            FormCommand::Finish => self.finish(),
            FormCommand::Restart => {
                self.practice = Some(Form::practice(&self.studio, &self.name)?);
                Ok(json!({}))
            }
        }
    }

    fn end(&mut self) {
        if self.practice.as_ref().is_some_and(|practice| practice.found() > 0) {
            // The page has gone: there is nobody to tell of a full disk.
            let _ = self.finish();
        }
    }
}

struct Sparring {
    studio: Studio,
    seconds: f64,
    round: Option<LiveSparring>,
}

/// A round lasts at most so long, seconds.
const LONGEST_ROUND_S: f64 = 180.0;

impl Sparring {
    fn new(studio: &Studio, seconds: Option<f64>) -> Result<Sparring> {
        let usual = f64::from(studio.syllabus().scoring().original_app.sparring_round_seconds);
        let seconds = seconds.unwrap_or(usual).clamp(5.0, LONGEST_ROUND_S);
        let round = Some(LiveSparring::new(studio.syllabus(), seconds)?);
        Ok(Sparring { studio: studio.clone(), seconds, round })
    }

    fn finish(&mut self) -> Result<Value> {
        let Some(round) = self.round.take() else { return Ok(Value::Null) };
        let sheet = round.finish();
        let entry = self.studio.history().add(&Outcome {
            kind: "sparring",
            title: Both { ko: "겨루기".into(), en: "Sparring".into() },
            result: json!({ "points": sheet.points, "actions": sheet.actions.len(), "seconds": self.seconds }),
            detail: json!(sheet),
            pictures: &[],
        })?;
        Ok(json!(entry))
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum SparringCommand {
    /// Begin without the ready stance.
    Begin,
    /// End before the time is up, and keep what there is.
    Finish,
    /// A new round.
    Restart,
}

impl Mode for Sparring {
    fn frame(&mut self, seen: &SeenLive<'_>) -> Result<Value> {
        let Some(round) = &mut self.round else { return Ok(Value::Null) };
        Ok(match round.next(seen.seconds, seen.pose)? {
            SparProgress::Ready { held, needed } => json!({ "phase": "ready", "held": held, "needed": needed }),
            SparProgress::Fighting { left, actions, points } => {
                let began = round.began().unwrap_or(seen.seconds);
                let actions: Vec<Value> = actions
                    .into_iter()
                    .map(|mut action| {
                        action.start -= began;
                        action.end -= began;
                        json!(action)
                    })
                    .collect();
                json!({ "phase": "fighting", "left": left, "actions": actions, "points": points })
            }
            SparProgress::Over => json!({ "phase": "over", "entry": self.finish()? }),
        })
    }

    fn command(&mut self, text: &Value) -> Result<Value> {
        match command(text)? {
            SparringCommand::Begin => {
                if let Some(round) = &mut self.round {
                    round.begin();
                }
                Ok(json!({}))
            }
            SparringCommand::Finish => self.finish(),
            SparringCommand::Restart => {
                self.round = Some(LiveSparring::new(self.studio.syllabus(), self.seconds)?);
                Ok(json!({}))
            }
        }
    }

    fn end(&mut self) {
        if self.round.as_ref().is_some_and(|round| round.began().is_some()) {
            // The page has gone: there is nobody to tell of a full disk.
            let _ = self.finish();
        }
    }
}
