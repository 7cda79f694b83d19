//! Follows a performance as it is seen, and draws up its sheet.

use kihap_syllabus::{Form, Syllabus};

use super::account::{Account, Marks};
use super::bank::Bank;
use super::evidence::{Evidence, Lexicon, Witness};
use super::lattice::{Lattice, Phase};
use super::plan::Plan;
use super::{Options, Sheet, StartRule, StartedBy, TrackError, TrackEvent};
use crate::reading::{Reading, Vocabulary};

/// A hold is reported when it has been the best explanation for so long, seconds.
const SURE_AFTER: f64 = 0.12;
/// Without a ready stance, a performance has begun when so many steps seem to have been seen.
const STEPS_TO_BEGIN: u16 = 2;
/// Time after which idleness before the start is forgotten, seconds.
const FORGET_AFTER: f64 = 30.0;
/// Frames kept at most: an hour at 30 frames a second.
const FRAMES_AT_MOST: usize = 108_000;

/// Follows a form, one reading at a time.
///
/// Live events say what seems so at the time. [`finish`](Self::finish) decides with everything known.
#[derive(Debug, Clone)]
pub struct Tracker {
    plan: Plan,
    options: Options,
    marks: Marks,
    witness: Witness,
    lattice: Lattice,
    bank: Bank,
    frames: Vec<Evidence>,
    start: StartWatch,
    live: Live,
    foreign: usize,
}

/// Watches for the ready stance.
#[derive(Debug, Clone)]
struct StartWatch {
    rule: StartRule,
    class: usize,
    since: Option<f64>,
    count: usize,
    held_at: Option<f64>,
}

impl StartWatch {
    fn push(&mut self, reading: &Reading) {
        if reading.techniques.get(self.class).is_none_or(|p| *p < self.rule.min_probability) {
            (self.since, self.count) = (None, 0);
            return;
        }
        let since = *self.since.get_or_insert(reading.seconds);
        self.count += 1;
        if self.held_at.is_none() && (self.count >= self.rule.frames || reading.seconds - since >= self.rule.seconds) {
            self.held_at = Some(reading.seconds);
        }
    }
}

/// What has been said so far.
#[derive(Debug, Clone, Default)]
struct Live {
    started: Option<(f64, StartedBy)>,
    /// State in front and since when it has been.
    front: Option<(usize, f64)>,
    /// Holds of the best path when something was last said.
    holds: u16,
    /// Move said last.
    last: Option<usize>,
    /// Moves said to be found.
    found: std::collections::BTreeSet<usize>,
    waiting: Option<usize>,
    finished: bool,
}

impl Tracker {
    /// A tracker of the form, or of a section (1 to 4) of it.
    ///
    /// # Errors
    /// A section or first step that the form does not have.
    pub fn new(syllabus: &Syllabus, form: &Form, section: Option<u32>, options: Options) -> Result<Self, TrackError> {
        let vocabulary = Vocabulary::of(syllabus);
        let plan = Plan::new(syllabus, &vocabulary, form, section, options.first_step)?;
        let lexicon = Lexicon::new(syllabus, &vocabulary, &plan);
        let lattice = Lattice::new(&plan, &lexicon);
        let start = StartWatch {
            rule: options.start.unwrap_or_else(|| StartRule::of(syllabus)),
            class: plan.moves[0].technique,
            since: None,
            count: 0,
            held_at: None,
        };
        Ok(Self {
            marks: Marks::of(syllabus),
            bank: Bank::new(&lattice, &options),
            witness: Witness::new(lexicon),
            lattice,
            frames: Vec::new(),
            start,
            live: Live::default(),
            foreign: 0,
            plan,
            options,
        })
    }

    /// The order of the numbers that readings must have.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.witness.lexicon().vocabulary
    }

    /// Takes one reading in; they come in order of time, at any rate. Returns what is noticed with it.
    pub fn push(&mut self, reading: &Reading) -> Vec<TrackEvent> {
        let (techniques, stances) = (self.vocabulary().techniques.len(), self.vocabulary().stances.len());
        if reading.techniques.len() != techniques || reading.stances.len() != stances {
            self.foreign += 1;
        }
        let evidence = self.witness.see(reading);
        self.bank.step(&self.lattice, self.witness.lexicon(), &evidence);
        self.start.push(reading);
        let events = self.notice(&evidence);
        if self.frames.len() < FRAMES_AT_MOST {
            self.frames.push(evidence);
        }
        self.forget(reading.seconds);
        events
    }

    /// Idleness before the start need not be kept.
    fn forget(&mut self, now: f64) {
        let idle = self.live.started.is_none() && self.bank.best().1.best().0 == 0;
        let long = self.frames.first().is_some_and(|first| now - first.seconds > FORGET_AFTER);
        if idle && long {
            self.frames.clear();
            self.bank = Bank::new(&self.lattice, &self.options);
        }
    }

    fn notice(&mut self, evidence: &Evidence) -> Vec<TrackEvent> {
        let mut events = Vec::new();
        let now = evidence.seconds;
        let (hypothesis, scores) = self.bank.best();
        let (state, _) = scores.best();
        let holds = scores.holds[state];
        let (phase, index) = self.lattice.read(state);
        let since = match self.live.front {
            Some((front, since)) if front == state => since,
            _ => now,
        };
        self.live.front = Some((state, since));

        if self.live.started.is_none() {
            let begun = if self.start.held_at.is_some() {
                Some(StartedBy::ReadyStance)
            } else if holds >= STEPS_TO_BEGIN && (index > 1 || phase == Phase::Wait) {
                Some(StartedBy::FirstStep)
            } else {
                None
            };
            let Some(by) = begun else { return events };
            self.live.started = Some((now, by));
            events.push(TrackEvent::Started { seconds: now, by });
            if by == StartedBy::ReadyStance {
                (self.live.holds, self.live.last) = (holds, Some(0));
            }
        }
        if self.live.finished {
            return events;
        }
        if phase == Phase::Wait {
            let next = self.plan.moves.get(index);
            let awaited = next.and_then(|planned| planned.step);
            if self.live.waiting != Some(index) && now - since >= SURE_AFTER {
                self.live.waiting = Some(index);
                // Within a step nothing new is awaited.
                let opens = awaited.is_none_or(|step| self.plan.steps[step].moves[0] == index);
                if next.is_some() && opens {
                    events.push(TrackEvent::Waiting {
                        step: awaited.map(|step| self.plan.steps[step].number),
                        seconds: now,
                    });
                }
            }
            return events;
        }
        if now - since < SURE_AFTER || (holds <= self.live.holds && self.live.last.is_some_and(|last| index <= last)) {
            return events;
        }
        let planned = &self.plan.moves[index];
        let number = planned.step.map(|step| self.plan.steps[step].number);
        let seen = || {
            let (label, _) = evidence.top.unwrap_or(evidence.best);
            let lexicon = self.witness.lexicon();
            let label = if hypothesis.mirrored { lexicon.likeness.mirrored(label) } else { label };
            let label = &lexicon.vocabulary.techniques[label];
            (label.id.clone(), label.side)
        };
        match phase {
            Phase::Wait => {}
            Phase::Hold => {
                let view = usize::from(hypothesis.mirrored);
                let place = self.witness.lexicon().technique_of[index];
                let probability = evidence.probabilities[view][place];
                // What was passed over and comes later was not done before: the two changed places.
                let again = !self.live.found.insert(index);
                match number {
                    Some(step) if again => events.push(TrackEvent::Repeated { step, seconds: now }),
                    Some(step) => {
                        self.skipped(index, now, &mut events);
                        if planned.closes {
                            let technique = planned.id.clone();
                            events.push(TrackEvent::Found { step, technique, seconds: now, probability });
                        }
                    }
                    None if index > 0 => self.skipped(index, now, &mut events),
                    None => {}
                }
            }
            Phase::Wrong => {
                self.skipped(index, now, &mut events);
                let (seen, side) = seen();
                if let Some(step) = number {
                    events.push(TrackEvent::Wrong { step, seen, side, seconds: now });
                }
            }
            Phase::Added => {
                let (seen, side) = seen();
                events.push(TrackEvent::Added { after: number, seen, side, seconds: now });
            }
        }
        self.live.holds = holds;
        self.live.last = Some(self.live.last.map_or(index, |last| last.max(index)));
        let last_step = self.plan.steps.last().map(|step| step.moves[1]);
        let end = if self.plan.ends_ready { Some(self.plan.moves.len() - 1) } else { last_step };
        if phase != Phase::Added && Some(index) == end {
            self.live.finished = true;
            events.push(TrackEvent::Finished { seconds: now });
        }
        events
    }

    /// Says which steps lie between what was said last and a move.
    fn skipped(&self, index: usize, now: f64, events: &mut Vec<TrackEvent>) {
        // Without a ready stance nobody knows where the performance began.
        let Some(last) = self.live.last else { return };
        let of = |index: usize| self.plan.moves[index].step;
        let from = of(last).map_or(0, |step| step + 1);
        let until = of(index).unwrap_or(self.plan.steps.len());
        for step in from..until {
            events.push(TrackEvent::Skipped { step: self.plan.steps[step].number, seconds: now });
        }
    }

    /// The sheet of what was seen, decided with everything known.
    pub fn finish(self) -> Sheet {
        let lexicon = self.witness.lexicon();
        let explanation = self.bank.explain(&self.lattice, lexicon, &self.plan, &self.frames, &self.options);
        let account = Account {
            plan: &self.plan,
            lexicon,
            lattice: &self.lattice,
            frames: &self.frames,
            explanation: &explanation,
            marks: self.marks,
            ready_held_at: self.start.held_at,
            foreign: self.foreign,
        };
        account.sheet()
    }
}
