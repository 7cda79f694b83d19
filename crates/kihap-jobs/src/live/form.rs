//! A form, or a section of one, performed before a camera.

use std::collections::BTreeSet;

use image::RgbImage;
use kihap_coach::track::{Options, Sheet, TrackEvent};
use kihap_syllabus::{Form, Side, Syllabus};
use kihap_vision::Pose;

use super::album::{Album, Kept};
use super::told::ToldSheet;
use crate::error::Result;
use crate::track::Follower;

/// A performance is over after so long, seconds: three times the longest that rules allow (90 s) and some.
const LONGEST_S: f64 = 300.0;
/// Pictures of the time before the beginning, seconds.
const BEFORE_S: f64 = 5.0;

/// What came of a performance.
#[derive(Debug, Clone)]
pub struct FormResult {
    /// The score sheet.
    pub sheet: Sheet,
    /// The sheet in words, in both languages.
    pub told: ToldSheet,
    /// Pictures of the frames that steps and faults name, by the number of the reading.
    pub pictures: Vec<(usize, Kept)>,
}

/// Follows a performance and keeps small pictures of it.
pub struct FormPractice {
    follower: Follower,
    album: Album,
    began: Option<f64>,
    found: BTreeSet<u32>,
    over: bool,
}

impl FormPractice {
    /// Waits for the form to begin. The pictures are a camera's own, not mirrored ones.
    ///
    /// # Errors
    /// A section that the form does not have, or program files that are damaged.
    pub fn new(syllabus: &Syllabus, form: &Form, section: Option<u32>) -> Result<FormPractice> {
        let options = Options { mirrored: Some(false), ..Options::default() };
        let follower = Follower::new(syllabus, form, section, options)?;
        Ok(FormPractice { follower, album: Album::default(), began: None, found: BTreeSet::new(), over: false })
    }

    /// Takes the next frame in; tells what is noticed with it.
    ///
    /// # Errors
    /// When a network fails.
    pub fn next(&mut self, seconds: f64, picture: &RgbImage, pose: Option<&Pose>) -> Result<Vec<TrackEvent>> {
        if self.over {
            return Ok(Vec::new());
        }
        let events = self.follower.next(seconds, pose)?;
        self.album.keep(seconds, picture, pose);
        for event in &events {
            match event {
                TrackEvent::Started { .. } => self.began = Some(seconds),
                TrackEvent::Found { step, .. } => {
                    self.found.insert(*step);
                }
                _ => {}
            }
        }
        match self.began {
            None => self.album.forget_before(seconds - BEFORE_S),
            Some(began) => self.over = seconds - began > LONGEST_S,
        }
        Ok(events)
    }

    /// When it began, by the clock of the frames.
    pub fn began(&self) -> Option<f64> {
        self.began
    }

    /// Whether it has lasted so long that nothing more is taken in.
    pub fn over(&self) -> bool {
        self.over
    }

    /// Steps that seem to have been found so far.
    pub fn found(&self) -> usize {
        self.found.len()
    }

    /// The technique that is seen now, its side and probability.
    pub fn technique(&self) -> Option<(&str, Option<Side>, f32)> {
        self.follower.technique().map(|(label, p)| (label.id.as_str(), label.side, p))
    }

    /// The sheet.
    ///
    /// # Errors
    /// When a network fails.
    pub fn finish(self, syllabus: &Syllabus) -> Result<FormResult> {
        let FormPractice { follower, album, .. } = self;
        let tracked = follower.finish(syllabus)?;
        let told = ToldSheet::of(syllabus, &tracked);
        let pictures = told.frames().into_iter().filter_map(|frame| {
            let at = tracked.readings.iter().find(|reading| reading.frame == frame)?.seconds;
            Some((frame, album.nearest(at)?.clone()))
        });
        Ok(FormResult { pictures: pictures.collect(), told, sheet: tracked.sheet })
    }
}
