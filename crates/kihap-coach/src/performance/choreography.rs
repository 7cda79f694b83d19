//! From acts to movement: when the hands are drawn back, when the feet go, how long is held.

use glam::Vec3;
use kihap_syllabus::{Kind, Side, Technique};

use super::act::{Act, Move, Turn};
use super::base::{Base, BaseTrack};
use super::ease::{Ease, wrapped};
use super::footwork::{Change, index};
use super::manner::Manner;
use super::truth::{Phase, Span, StepTime, TechniqueTime, other};
use super::upper::UpperTrack;
use crate::chance::Chance;
use crate::kinematics::{Body, Leg, Posture};
use crate::postures::Demand;
use crate::reading::Label;

/// Seconds at tempo 1: a hand technique with its step, one without a step, and a kick to its end.
const STEPPING: [f32; 2] = [0.60, 0.85];
const STANDING: [f32; 2] = [0.38, 0.55];
const KICKING: [f32; 2] = [0.60, 0.80];
/// A kick's drawing back.
const FOLDING: [f32; 2] = [0.16, 0.26];
/// What a quarter turn adds.
const QUARTER: f32 = 0.12;
/// How much longer slow steps take.
const SLOW: f32 = 3.2;
/// Share of a technique's time in which the hands are drawn back, and after which the foot stands.
const DRAWN_BACK: f64 = 0.52;
const STANDS: f64 = 0.88;
/// How far a jump goes, shares of stature.
const LEAP: f32 = 0.12;

/// Writes the tracks of a performance.
pub(super) struct Choreographer {
    pub(super) body: Body,
    pub(super) chance: Chance,
    pub(super) upper: UpperTrack,
    pub(super) base: BaseTrack,
    pub(super) spans: Vec<Span>,
    pub(super) steps: Vec<StepTime>,
    /// Seconds so far.
    pub(super) now: f64,
    pub(super) heading_deg: f32,
    tempo: f32,
    spread: f32,
    /// Usual pause after a step, seconds.
    pause: f32,
    /// Posture whose legs are stood on.
    standing: Posture,
    /// Where the feet are: stance and leading leg.
    stance: Option<(String, Option<Side>)>,
    lead: Option<Side>,
}

impl Choreographer {
    /// Somebody who stands in `posture`, facing `heading_deg`.
    pub(super) fn starting(manner: &Manner, posture: Posture, heading_deg: f32) -> Self {
        let body = Body::of(manner.person_seed);
        let mut chance = Chance::new("performance", &[manner.person_seed, manner.seed]);
        let pause = chance.between(0.35, 1.0);
        Self {
            base: BaseTrack::starting(&body, Base { heading_deg, ..Base::of(&body, &posture) }),
            body,
            upper: UpperTrack::starting(posture),
            chance,
            spans: Vec::new(),
            steps: Vec::new(),
            now: 0.0,
            heading_deg,
            tempo: manner.tempo.max(0.1),
            spread: manner.spread,
            pause,
            standing: posture,
            stance: None,
            lead: None,
        }
    }

    /// Stays as it is.
    pub(super) fn wait(&mut self, seconds: f64) {
        self.now += seconds.max(0.0);
        self.upper.hold_until(self.now);
        self.base.hold_until(self.now);
    }

    /// Marks what is true from `start` to now.
    pub(super) fn mark(&mut self, start: f64, phase: Phase, technique: Label, stance: Label) {
        self.spans.push(Span { start, end: self.now, step: None, technique, stance, phase, fault: None });
    }

    /// Holds a ready stance for some seconds from now on.
    pub(super) fn hold_ready(&mut self, technique: &Technique, seconds: f32) {
        let start = self.now;
        self.wait(f64::from(seconds));
        self.mark(start, Phase::Ready, Label { id: technique.id.clone(), side: None }, other());
    }

    fn seconds(&mut self, [low, high]: [f32; 2], act: &Act<'_>) -> f64 {
        let slow = if act.slow { SLOW } else { 1.0 };
        f64::from(self.chance.between(low, high) * slow / (self.tempo * act.tempo.max(0.1)))
    }

    fn target(&self, act: &Act<'_>) -> f32 {
        match act.turn {
            // What the steps before left out is made up for.
            Turn::By(degrees) => {
                let target = self.heading_deg + degrees;
                target + wrapped(act.heading_deg - target)
            }
            Turn::Nearest(degrees) => {
                let near = self.heading_deg + degrees;
                near + wrapped(act.heading_deg - near)
            }
        }
    }

    /// Performs an act and pauses after it.
    pub(super) fn perform(&mut self, act: &Act<'_>) {
        let start = self.now;
        let first_span = self.spans.len();
        let target = self.target(act);
        if let Some(via) = act.via {
            self.pass(act, via, target);
        }
        if (target - self.heading_deg).abs() > 300.0 {
            self.half_spin(act, target);
        }
        let mut techniques = Vec::new();
        for (nth, one) in act.moves.iter().enumerate() {
            let began = self.now;
            if one.is_kick() {
                self.kick(act, one, target);
            } else {
                self.hands(act, one, target);
            }
            let last = nth + 1 == act.moves.len();
            let end = self.spans.last().map_or(self.now, |span| span.end);
            techniques.push(TechniqueTime { id: one.technique.id.clone(), side: one.side, start: began, end });
            self.hold(act, one, last);
        }
        let end = techniques.last().map_or(self.now, |technique| technique.end);
        for span in &mut self.spans[first_span..] {
            (span.step, span.fault) = (act.step, act.fault);
        }
        self.steps.push(StepTime { step: act.step, start, end, techniques });
    }

    fn hold(&mut self, act: &Act<'_>, one: &Move<'_>, last: bool) {
        let start = self.now;
        let range = match (one.is_kick(), last) {
            (true, _) => [0.05, 0.14],
            (false, true) if act.kihap => [0.8, 1.5],
            (false, true) => [0.7, 1.3],
            (false, false) => [0.08, 0.25],
        };
        let pause = if last && !one.is_kick() { self.pause } else { 1.0 };
        let seconds = f64::from(self.chance.between(range[0], range[1]) * pause / (self.tempo * act.tempo.max(0.1)));
        self.wait(seconds);
        self.mark(start, Phase::Held, label(one), self.stance_label(act, one));
        if one.is_kick() {
            self.fold(act, one);
            if last && act.stance.is_some() {
                self.put_down(act);
            }
        }
    }

    fn stance_label(&self, act: &Act<'_>, one: &Move<'_>) -> Label {
        match act.stance {
            Some(stance) if !one.is_kick() => {
                let sided = stance.handedness == kihap_syllabus::Handedness::Sided;
                Label { id: stance.id.clone(), side: act.lead.filter(|_| sided) }
            }
            _ => other(),
        }
    }

    fn demand<'a>(&self, act: &Act<'a>, one: &Move<'a>) -> Demand<'a> {
        let stance = act.stance.filter(|_| !one.is_kick());
        Demand { technique: Some(one.technique), side: one.side, stance, lead: act.lead }
    }

    fn hands(&mut self, act: &Act<'_>, one: &Move<'_>, target: f32) {
        let demand = self.demand(act, one);
        let mut end = demand.end_with(&mut self.chance, self.spread, one.fixed);
        let place = act.stance.map(|stance| (stance.id.clone(), act.lead));
        let own_legs = one.technique.kind == Kind::Ready && act.stance.is_none();
        let (_, base) = self.base.last();
        let on_both = base.feet.iter().all(|foot| foot.on_floor);
        let same_place = place.is_some() && place == self.stance || place.is_none() && !own_legs;
        // Only who turns, steps or puts a foot down moves the feet; stances without sides are stepped into anew.
        let stays = same_place && (target - self.heading_deg).abs() < 1.0 && (on_both || is_on_one_leg(&end));
        if stays && act.via.is_none() {
            end = Posture {
                legs: self.standing.legs,
                hips: self.standing.hips,
                hips_shift: self.standing.hips_shift,
                ..end
            };
        }
        let quarter = QUARTER * (target - self.heading_deg).abs() / 90.0;
        let range = if stays { STANDING } else { STEPPING.map(|seconds| seconds + quarter) };
        let time = self.seconds(range, act);
        let start = self.now;
        self.draw_back(&demand, end, act, one, time);
        let steps = if stays { time } else { time * STANDS };
        self.stand(end, target, act, start + steps, if stays { Ease::Sharp } else { Ease::Soft });
        let gaze = self.gaze(act, one, target);
        self.upper.reach(start + time, gazing(end, gaze), Ease::Sharp);
        self.now = start + time;
        self.base.hold_until(self.now);
        (self.stance, self.lead, self.standing) = (place, act.lead, end);
        self.mark(start, Phase::Moving, label(one), self.stance_label(act, one));
    }

    fn draw_back(&mut self, demand: &Demand<'_>, end: Posture, act: &Act<'_>, one: &Move<'_>, time: f64) {
        let chambers = demand.chambers(end, &mut self.chance);
        let count = chambers.len() as f64;
        let gaze = self.gaze(act, one, self.heading_deg);
        for (nth, chamber) in chambers.into_iter().enumerate() {
            let when = self.now + time * DRAWN_BACK * (nth + 1) as f64 / count;
            self.upper.reach(when, gazing(chamber, gaze), Ease::Soft);
        }
    }

    /// How far the head is turned to the left of the body's heading.
    fn gaze(&self, act: &Act<'_>, one: &Move<'_>, heading_deg: f32) -> f32 {
        let gaze = if one.is_kick() { heading_deg } else { one.gaze_deg.unwrap_or(act.gaze_deg) };
        wrapped(heading_deg - gaze)
    }

    /// Feet and hips come to the posture's by `when`.
    fn stand(&mut self, posture: Posture, target: f32, act: &Act<'_>, when: f64, ease: Ease) {
        let base = Base::of(&self.body, &posture);
        let (_, before) = self.base.last();
        let change = Change {
            lead_before: self.lead,
            lead: act.lead,
            turn_deg: target - self.heading_deg,
            backward: act.backward,
        };
        let pivot = change.pivot(&before, &base);
        let lands = pivot.is_none() && base.feet.iter().any(|foot| foot.on_floor);
        let leap = if lands { LEAP * self.body.stature } else { 0.0 };
        self.base.reach(when, base, target, pivot, leap, ease);
        self.heading_deg = target;
    }

    fn kick(&mut self, act: &Act<'_>, one: &Move<'_>, target: f32) {
        let target = one.gaze_deg.map_or(target, |gaze| self.heading_deg + wrapped(gaze - self.heading_deg));
        let foot = index(one.side.unwrap_or(Side::Right));
        let (_, base) = self.base.last();
        if !base.feet[1 - foot].on_floor {
            self.put_down(act);
        }
        let demand = self.demand(act, one);
        let end = demand.end_with(&mut self.chance, self.spread, one.fixed);
        let chamber = demand.chambers(end, &mut self.chance).first().copied().unwrap_or_else(|| folded(end, foot));
        let quarter = QUARTER * (target - self.heading_deg).abs() / 90.0;
        let time = self.seconds(KICKING.map(|seconds| seconds + quarter), act);
        let start = self.now;
        let (drawn, kicked) = (start + time * 0.6, start + time);
        let gaze = self.gaze(act, one, target);
        self.stand(chamber, target, act, drawn, Ease::Soft);
        self.upper.reach(drawn, gazing(chamber, gaze), Ease::Soft);
        self.stand(end, target, act, kicked, Ease::Sharp);
        self.upper.reach(kicked, gazing(end, gaze), Ease::Sharp);
        self.now = kicked;
        self.stance = None;
        self.standing = chamber;
        self.mark(start, Phase::Moving, label(one), other());
    }

    /// Draws a kick back.
    fn fold(&mut self, act: &Act<'_>, one: &Move<'_>) {
        let start = self.now;
        let when = start + self.seconds(FOLDING, act);
        // A jump comes down in the next posture.
        if self.standing.lift < 0.01 {
            self.stand(self.standing, self.heading_deg, act, when, Ease::Soft);
            self.upper.reach(when, self.standing, Ease::Soft);
            self.now = when;
            self.mark(start, Phase::Leaving, label(one), other());
        }
    }

    /// Puts the kicking foot down in the act's stance, or where it falls.
    fn put_down(&mut self, act: &Act<'_>) {
        let stance = act.stance.filter(|_| act.moves.last().is_some_and(Move::is_kick));
        let lead = act.lead;
        let demand = Demand { technique: None, side: None, stance, lead };
        let posture = demand.end(&mut self.chance, self.spread);
        let when = self.now + self.seconds([0.22, 0.32], act);
        self.stand(posture, self.heading_deg, act, when, Ease::Soft);
        self.upper.hold_until(when);
        self.now = when;
        (self.stance, self.lead, self.standing) = (stance.map(|s| (s.id.clone(), lead)), lead, posture);
        if let Some(span) = self.spans.last_mut() {
            span.end = when;
        }
    }

    /// Goes through a stance without stopping.
    fn pass(&mut self, act: &Act<'_>, via: &Technique, target: f32) {
        let demand = Demand { technique: None, side: None, stance: Some(via), lead: act.lead };
        let posture = demand.end(&mut self.chance, self.spread * 0.5);
        let start = self.now;
        let when = start + self.seconds([0.35, 0.5], act);
        // It is gone through before the body turns to where it ends.
        let heading = if (target - self.heading_deg).abs() > 120.0 { self.heading_deg } else { target };
        let sideways = Act { backward: false, ..act.clone() };
        self.stand(posture, heading, &sideways, when, Ease::Soft);
        self.upper.hold_until(when);
        self.now = when;
        (self.stance, self.lead, self.standing) = (Some((via.id.clone(), act.lead)), act.lead, posture);
        let technique = act.moves.first().map_or_else(other, label);
        self.mark(start, Phase::Moving, technique, other());
    }

    /// A full turn is two half ones, each on another foot.
    fn half_spin(&mut self, act: &Act<'_>, target: f32) {
        let middle = (self.heading_deg + target) * 0.5;
        let start = self.now;
        let when = start + self.seconds([0.38, 0.5], act);
        let base = Base::of(&self.body, &self.standing);
        let pivot = if base.feet.iter().all(|foot| foot.on_floor) { act.lead.map(index) } else { None };
        let (_, before) = self.base.last();
        let fallback = before.feet.iter().position(|foot| foot.on_floor);
        self.base.reach(when, base, middle, pivot.or(fallback), 0.0, Ease::Soft);
        self.upper.hold_until(when);
        (self.now, self.heading_deg, self.stance) = (when, middle, None);
        let technique = act.moves.first().map_or_else(other, label);
        self.mark(start, Phase::Moving, technique, other());
    }

    /// Turns to the north by about `turn_deg` and comes back to the ready stance.
    pub(super) fn come_back(&mut self, ready: &Technique, turn_deg: f32) {
        let turn_deg = turn_deg - wrapped(self.heading_deg + turn_deg);
        let demand = Demand { technique: Some(ready), side: None, stance: None, lead: None };
        let posture = demand.end(&mut self.chance, self.spread);
        let start = self.now;
        let seconds = self.chance.between(0.8, 1.3) + QUARTER * turn_deg.abs() / 90.0;
        self.go(posture, self.heading_deg + turn_deg, None, f64::from(seconds / self.tempo));
        self.mark(start, Phase::Moving, Label { id: ready.id.clone(), side: None }, other());
    }

    /// Comes to a posture that is none of the syllabus.
    pub(super) fn go(&mut self, posture: Posture, heading_deg: f32, lead: Option<Side>, seconds: f64) {
        let act = Act::single(Vec::new(), None, lead);
        let when = self.now + seconds.max(0.05);
        self.stand(posture, heading_deg, &act, when, Ease::Soft);
        self.upper.reach(when, posture, Ease::Soft);
        (self.now, self.lead, self.standing, self.stance) = (when, lead, posture, None);
    }
}

fn label(one: &Move<'_>) -> Label {
    Label { id: one.technique.id.clone(), side: one.side }
}

fn gazing(posture: Posture, left_deg: f32) -> Posture {
    let [turn, bow] = posture.head_deg;
    Posture { head_deg: [turn + left_deg, bow], ..posture }
}

fn is_on_one_leg(posture: &Posture) -> bool {
    posture.legs.iter().any(|leg| matches!(leg, Leg::Kick { .. }))
}

/// The knee drawn up, for kicks whose chamber nothing says.
fn folded(end: Posture, foot: usize) -> Posture {
    let mut posture = end;
    posture.legs[foot] =
        Leg::Kick { towards: Vec3::new(0.0, -0.45, 0.75), knee_deg: 65.0, pole: Vec3::new(0.0, 0.6, 1.0) };
    posture
}
