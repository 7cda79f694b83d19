//! The mode that takes pictures: frames of the camera become samples, one by one, each safe on disk before the page hears
//! of it.

use kihap_dataset::curate::{CurationLimits, look_over};
use kihap_dataset::{Class, Reason, SampleMeta};
use serde::Deserialize;
use serde_json::{Value, json};

use super::session::{Mode, SeenLive};
use crate::api::SampleView;
use crate::error::{Result, StudioError};
use crate::projects::Project;
use crate::state::Studio;

/// Most pictures of a burst, and of a recording by a held key, which nobody may be there to end.
const MOST: u32 = 2000;
/// Pictures a second.
const RATES: std::ops::RangeInclusive<f64> = 0.2..=30.0;
/// Clocks of camera and page jitter; a frame this much early is taken.
const EARLY_SECONDS: f64 = 0.008;
/// Somebody is in a picture that is to show nobody.
const SOMEBODY: &str = "somebody";

/// What is recorded.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Wish {
    project: String,
    class: String,
    person: Option<String>,
    session: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum Command {
    /// The next pictures are of this class.
    Class { class: String },
    /// Takes `count` pictures, `rate` a second.
    Burst { count: u32, rate: f64 },
    /// Takes pictures until told to stop.
    Hold { rate: f64 },
    /// Takes no more.
    Stop,
}

/// Pictures that are still to be taken.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shooting {
    left: u32,
    interval: f64,
    /// When the next one is due, in seconds of the camera; with the first frame.
    due: Option<f64>,
}

impl Shooting {
    fn new(count: u32, rate: f64) -> Result<Shooting> {
        if count == 0 || count > MOST || !RATES.contains(&rate) {
            let (slow, fast) = (RATES.start(), RATES.end());
            return Err(StudioError::Bad(format!("take 1 to {MOST} pictures, {slow} to {fast} a second")));
        }
        Ok(Shooting { left: count, interval: 1.0 / rate, due: None })
    }

    /// Whether a frame at `seconds` is to be taken; then it is counted.
    fn takes(&mut self, seconds: f64) -> bool {
        let due = *self.due.get_or_insert(seconds);
        if self.left == 0 || seconds + EARLY_SECONDS < due {
            return false;
        }
        self.left -= 1;
        // A camera slower than the rate must not make up for it in bursts.
        let next = due + self.interval;
        self.due = Some(if next < seconds { seconds + self.interval } else { next });
        true
    }
}

pub(super) struct Record {
    project: Project,
    wish: Wish,
    /// Whether pictures of the class show nobody.
    empty: bool,
    limits: CurationLimits,
    shooting: Option<Shooting>,
}

impl Record {
    pub(super) fn open(studio: &Studio, wish: Wish) -> Result<Record> {
        let project = studio.projects().get(&wish.project)?;
        let limits = CurationLimits::default();
        let mut record = Record { project, empty: false, limits, shooting: None, wish };
        record.choose(record.wish.class.clone())?;
        Ok(record)
    }

    fn choose(&mut self, class: String) -> Result<()> {
        let mut dataset = self.project.dataset();
        dataset.refresh()?;
        let known = dataset.manifest().class(&class).map(Class::means_nobody);
        drop(dataset);
        self.empty = known.ok_or_else(|| StudioError::NotFound { what: "class", name: class.clone() })?;
        self.wish.class = class;
        Ok(())
    }

    fn take(&self, seen: &SeenLive<'_>) -> Result<Value> {
        let session = self.wish.session.as_deref().unwrap_or("camera");
        let meta = SampleMeta {
            class: self.wish.class.clone(),
            person: self.wish.person.clone(),
            session: self.wish.session.clone(),
            source: Some(format!("camera {session}")),
            frame: Some(seen.number),
            time_seconds: Some(seen.seconds),
            name: Some(format!("{session}-{:06}", seen.number)),
            ..SampleMeta::default()
        };
        let mut dataset = self.project.dataset();
        let taken = dataset.add_decoded(seen.jpeg, seen.picture, meta)?;
        let sample = dataset.sample(taken.id())?;
        let reasons = self.reasons(seen, Some(&sample));
        let new = matches!(taken, kihap_dataset::Intake::Added { .. });
        Ok(json!({ "sample": SampleView::flagged(&dataset, &sample, &reasons)?, "new": new }))
    }

    /// What is wrong with a frame; its sharpness and brightness are known once it is a sample.
    fn reasons(&self, seen: &SeenLive<'_>, sample: Option<&kihap_dataset::Sample>) -> Vec<Reason> {
        let found: &[_] = seen.pose.map_or(&[], std::slice::from_ref);
        let people = (!self.empty).then_some(found);
        let mut reasons = look_over(sample.and_then(|s| s.measures), people, &self.limits).0;
        if self.empty && seen.pose.is_some_and(|pose| pose.score >= self.limits.person_score) {
            reasons.push(Reason::Other(SOMEBODY.to_owned()));
        }
        reasons
    }
}

impl Mode for Record {
    fn frame(&mut self, seen: &SeenLive<'_>) -> Result<Value> {
        let due = self.shooting.as_mut().is_some_and(|shooting| shooting.takes(seen.seconds));
        let taken = if due { Some(self.take(seen)) } else { None };
        if matches!(taken, Some(Err(_))) || self.shooting.is_some_and(|shooting| shooting.left == 0) {
            self.shooting = None;
        }
        let now: Vec<String> = self.reasons(seen, None).iter().map(|reason| reason.kind().to_owned()).collect();
        Ok(json!({
            "taken": taken.transpose()?,
            "left": self.shooting.map(|shooting| shooting.left),
            "now": now,
        }))
    }

    fn command(&mut self, command: &Value) -> Result<Value> {
        let command = Command::deserialize(command).map_err(|e| StudioError::Bad(format!("no such command: {e}")))?;
        match command {
            Command::Class { class } => {
                self.shooting = None;
                self.choose(class)?;
            }
            Command::Burst { count, rate } => self.shooting = Some(Shooting::new(count, rate)?),
            Command::Hold { rate } => self.shooting = Some(Shooting::new(MOST, rate)?),
            Command::Stop => self.shooting = None,
        }
        Ok(json!({ "class": self.wish.class, "left": self.shooting.map(|shooting| shooting.left) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(rate: f64, count: u32, frames: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut shooting = Shooting::new(count, rate).unwrap();
        frames.filter(|seconds| shooting.takes(*seconds)).collect()
    }

    #[test]
    fn a_burst_keeps_its_rate_and_its_count() {
        let frames = || (0..100).map(|n| 3.0 + f64::from(n) * 0.04);
        let times = taken(5.0, 8, frames());
        assert_eq!(times.len(), 8);
        assert!(times.windows(2).all(|pair| (pair[1] - pair[0] - 0.2).abs() < 0.021), "{times:?}");
        assert_eq!(taken(10.0, 30, frames()).len(), 30, "two frames and a half each: none is lost to rounding");
    }

    #[test]
    fn after_a_pause_of_the_camera_nothing_is_made_up_for() {
        let times = taken(10.0, 50, [0.0, 0.04, 5.0, 5.04, 5.08, 5.12].into_iter());
        assert_eq!(times, [0.0, 5.0, 5.12]);
    }

    #[test]
    fn odd_wishes_are_refused() {
        for (count, rate) in [(0, 5.0), (5, 0.0), (5, f64::NAN), (MOST + 1, 5.0), (5, 100.0)] {
            assert!(Shooting::new(count, rate).is_err(), "{count} {rate}");
        }
    }
}
