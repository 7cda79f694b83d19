//! Actions in a stream of class probabilities.

use std::collections::VecDeque;

use kihap_syllabus::Sparring;
use kihap_vision::Pose;
use serde::{Deserialize, Serialize};

use super::PointTable;
use super::action::{Action, ActionKind, Seen, describe};

/// A class of the sparring model, in the syllabus's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SparClass {
    /// Nobody in view.
    Nobody,
    /// Somebody who does nothing named.
    Other,
    /// The start posture.
    Ready,
    /// A straight fist.
    Punch,
    /// A kick.
    Kick,
    /// A block.
    Defence,
}

impl SparClass {
    /// All, in the order of the probabilities.
    pub const ALL: [Self; 6] = [Self::Nobody, Self::Other, Self::Ready, Self::Punch, Self::Kick, Self::Defence];

    /// Its id in the syllabus.
    pub fn id(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Other => "other",
            Self::Ready => "ready",
            Self::Punch => "punch",
            Self::Kick => "kick",
            Self::Defence => "defence",
        }
    }

    /// Whether the syllabus's classes are these in this order.
    pub fn are_those_of(sparring: &Sparring) -> bool {
        sparring.classes.iter().map(|class| class.id.as_str()).eq(Self::ALL.map(Self::id))
    }

    fn action(self) -> Option<ActionKind> {
        match self {
            Self::Punch => Some(ActionKind::Punch),
            Self::Kick => Some(ActionKind::Kick),
            Self::Defence => Some(ActionKind::Defence),
            _ => None,
        }
    }
}

/// What is known of one person in one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct SparFrame {
    /// Seconds from the start of the clip; must grow.
    pub seconds: f64,
    /// Probabilities in the order of [`SparClass::ALL`].
    pub probabilities: [f32; 6],
    /// The skeleton, where one was found.
    pub pose: Option<Pose>,
}

/// When an action begins, ends and counts again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FinderOptions {
    /// Probability from which on an action begins.
    pub enter: f32,
    /// Probability of its class below which it may end.
    pub leave: f32,
    /// Probability of nobody, other and ready together from which on it has ended.
    pub idle: f32,
    /// Least time between the end of an action and the start of the next of its kind, seconds; less is the same action going on.
    pub apart_s: f64,
    /// Least length of an action, seconds; less is a flicker.
    pub least_s: f64,
    /// Time constant of smoothing, seconds.
    pub smooth_s: f64,
}

impl Default for FinderOptions {
    fn default() -> Self {
        Self { enter: 0.6, leave: 0.35, idle: 0.5, apart_s: 0.25, least_s: 0.1, smooth_s: 0.05 }
    }
}

/// An action that goes on, or one that may go on again.
struct Open {
    kind: ActionKind,
    start: f64,
    /// Last time at which its class was still likely.
    end: f64,
    probability: f32,
}

/// Finds the actions of one person, each once.
pub struct ActionFinder {
    options: FinderOptions,
    table: PointTable,
    smooth: Option<(f64, [f32; 6])>,
    going: Option<Open>,
    over: Option<Open>,
    /// Frames with a skeleton, as far back as a turn may begin before an action.
    seen: VecDeque<(f64, Pose)>,
}

/// How long before an action its frames are kept, seconds.
const BEFORE_S: f64 = 1.8;
/// No action is longer; what is, is a posture that the classes take for one.
const LONGEST_S: f64 = 3.0;

impl ActionFinder {
    /// A finder that gives points by the table.
    pub fn new(options: FinderOptions, table: PointTable) -> Self {
        Self { options, table, smooth: None, going: None, over: None, seen: VecDeque::new() }
    }

    /// The next frame; an action comes out when it is certain that it is over.
    pub fn next(&mut self, frame: &SparFrame) -> Option<Action> {
        let now = frame.seconds;
        self.remember(frame);
        let smooth = self.smoothed(frame);
        let likeliest = [SparClass::Punch, SparClass::Kick, SparClass::Defence]
            .into_iter()
            .max_by(|a, b| smooth[*a as usize].total_cmp(&smooth[*b as usize]))
            .filter(|class| smooth[*class as usize] >= self.options.enter)
            .and_then(|class| Some((class.action()?, smooth[class as usize])));
        let idle: f32 = smooth[..3].iter().sum();

        let mut done = None;
        if let Some(going) = &mut self.going {
            let likely = smooth[class_of(going.kind) as usize];
            if likely >= self.options.leave {
                going.end = now;
                going.probability = going.probability.max(likely);
            }
            let other = likeliest.is_some_and(|(kind, _)| kind != going.kind);
            let at_rest = likely < self.options.leave && idle >= self.options.idle;
            if other || at_rest || now - going.start > LONGEST_S {
                // One that was over before and could have gone on is certainly over now.
                done = self.take_over();
                self.over = self.going.take();
            }
        }
        if self.going.is_none()
            && let Some((kind, probability)) = likeliest
        {
            let again = |over: &Open| over.kind == kind && now - over.end < self.options.apart_s;
            self.going = match self.over.take_if(|over| again(over)) {
                Some(over) => Some(Open { end: now, probability: over.probability.max(probability), ..over }),
                None => Some(Open { kind, start: now, end: now, probability }),
            };
        }
        if self.over.as_ref().is_some_and(|over| now - over.end >= self.options.apart_s) {
            done = done.or_else(|| self.take_over());
        }
        done
    }

    /// What is still open at the end of the clip, in order.
    pub fn finish(&mut self) -> Vec<Action> {
        let mut actions: Vec<Action> = self.take_over().into_iter().collect();
        self.over = self.going.take();
        actions.extend(self.take_over());
        actions
    }

    fn smoothed(&mut self, frame: &SparFrame) -> [f32; 6] {
        let next = match self.smooth {
            None => frame.probabilities,
            Some((before, smooth)) => {
                let step = (frame.seconds - before).max(0.0);
                let share = if self.options.smooth_s > 0.0 { 1.0 - (-step / self.options.smooth_s).exp() } else { 1.0 };
                std::array::from_fn(|i| smooth[i] + (frame.probabilities[i] - smooth[i]) * share as f32)
            }
        };
        self.smooth = Some((frame.seconds, next));
        next
    }

    fn remember(&mut self, frame: &SparFrame) {
        if let Some(pose) = &frame.pose {
            self.seen.push_back((frame.seconds, pose.clone()));
        }
        let oldest =
            [&self.going, &self.over].into_iter().flatten().map(|open| open.start).fold(frame.seconds, f64::min);
        while self.seen.front().is_some_and(|(seconds, _)| *seconds < oldest - BEFORE_S) {
            self.seen.pop_front();
        }
    }

    /// The action that is over, unless it was but a flicker.
    fn take_over(&mut self) -> Option<Action> {
        let over = self.over.take()?;
        if over.end - over.start < self.options.least_s {
            return None;
        }
        let mut action = Action {
            kind: over.kind,
            start: over.start,
            end: over.end,
            peak: None,
            side: None,
            level: None,
            height: None,
            turning: false,
            probability: over.probability,
            points: 0,
        };
        let seen = |from: f64, to: f64| -> Vec<Seen<'_>> {
            let frames = self.seen.iter().filter(|(seconds, _)| (from..=to).contains(seconds));
            frames.map(|(seconds, pose)| (*seconds, pose)).collect()
        };
        let before = seen(over.start - BEFORE_S, over.start - 1e-6);
        describe(&mut action, &seen(over.start, over.end), &before);
        action.points = self.table.points_of(&action);
        Some(action)
    }
}

fn class_of(kind: ActionKind) -> SparClass {
    match kind {
        ActionKind::Punch => SparClass::Punch,
        ActionKind::Kick => SparClass::Kick,
        ActionKind::Defence => SparClass::Defence,
    }
}

#[cfg(test)]
mod tests {
    use kihap_syllabus::Syllabus;

    use super::*;

    /// Actions in a clip of 30 frames a second: spans of a class with its probability; the rest is `other`.
    fn actions(spans: &[(SparClass, f64, f64, f32)], length: f64) -> Vec<Action> {
        let mut finder = ActionFinder::new(FinderOptions::default(), PointTable::default());
        let mut found = Vec::new();
        for i in 0..(length * 30.0) as u32 {
            let seconds = f64::from(i) / 30.0;
            let mut probabilities = [0.0; 6];
            let active = spans.iter().find(|(_, from, to, _)| (*from..*to).contains(&seconds));
            let share = active.map_or(0.0, |(class, _, _, share)| {
                probabilities[*class as usize] = *share;
                *share
            });
            probabilities[SparClass::Other as usize] = 1.0 - share;
            found.extend(finder.next(&SparFrame { seconds, probabilities, pose: None }));
        }
        found.extend(finder.finish());
        found
    }

    fn kinds(actions: &[Action]) -> Vec<ActionKind> {
        actions.iter().map(|action| action.kind).collect()
    }

    #[test]
    fn the_classes_are_the_syllabus_s() {
        assert!(SparClass::are_those_of(Syllabus::embedded().unwrap().sparring()));
    }

    #[test]
    fn actions_have_their_times() {
        let found = actions(&[(SparClass::Punch, 1.0, 1.5, 0.9), (SparClass::Kick, 3.0, 3.6, 0.95)], 5.0);
        assert_eq!(kinds(&found), [ActionKind::Punch, ActionKind::Kick]);
        for (action, (start, end)) in found.iter().zip([(1.0, 1.5), (3.0, 3.6)]) {
            assert!((action.start - start).abs() < 0.12 && (action.end - end).abs() < 0.12, "{action:?}");
        }
    }

    #[test]
    fn held_or_flickering_it_counts_once() {
        assert_eq!(actions(&[(SparClass::Kick, 1.0, 2.8, 0.9)], 5.0).len(), 1);
        // A gap of 0.15 s is the same action.
        let broken = [(SparClass::Kick, 1.0, 1.4, 0.9), (SparClass::Kick, 1.55, 1.9, 0.9)];
        let found = actions(&broken, 4.0);
        assert_eq!(found.len(), 1);
        assert!(found[0].end > 1.8);
        // Two frames are no action, and 0.5 is no certainty.
        assert!(actions(&[(SparClass::Punch, 1.0, 1.07, 0.9), (SparClass::Kick, 2.0, 2.5, 0.5)], 4.0).is_empty());
    }

    #[test]
    fn after_a_return_to_guard_it_counts_again() {
        let twice = [(SparClass::Kick, 1.0, 1.4, 0.9), (SparClass::Kick, 1.8, 2.2, 0.9)];
        assert_eq!(actions(&twice, 4.0).len(), 2);
        // A probability that sinks without another class rising is no return.
        let sagging =
            [(SparClass::Kick, 1.0, 1.4, 0.9), (SparClass::Kick, 1.4, 1.8, 0.52), (SparClass::Kick, 1.8, 2.2, 0.9)];
        assert_eq!(actions(&sagging, 4.0).len(), 1);
    }

    #[test]
    fn another_action_follows_without_a_return() {
        let combination = [(SparClass::Punch, 1.0, 1.3, 0.9), (SparClass::Kick, 1.3, 1.8, 0.9)];
        assert_eq!(kinds(&actions(&combination, 4.0)), [ActionKind::Punch, ActionKind::Kick]);
    }

    #[test]
    fn what_is_open_at_the_end_comes_out() {
        assert_eq!(kinds(&actions(&[(SparClass::Defence, 1.0, 9.0, 0.9)], 2.0)), [ActionKind::Defence]);
    }
}
