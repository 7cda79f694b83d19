//! A performance: the body at any moment, and what is true then.

use std::f64::consts::TAU;

use glam::{Mat3, Vec3};
use kihap_syllabus::{Form, Syllabus};

use super::act::{self, Act, Move};
use super::base::{BaseTrack, turned};
use super::choreography::Choreographer;
use super::fault::Fault;
use super::faulted::with_faults;
use super::manner::Manner;
use super::truth::{InjectedFault, Phase, Span, StepTime, Truth, other};
use super::upper::UpperTrack;
use crate::chance::Chance;
use crate::kinematics::{Body, Joints, Posture};
use crate::postures::Demand;

/// What cannot be performed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PerformanceError {
    /// The syllabus lacks the form's ready stance.
    #[error("{form}: the syllabus has no ready stance {ready:?}; add it to techniques.toml")]
    NoReadyStance {
        /// Id of the form.
        form: String,
        /// Id of the ready stance.
        ready: String,
    },
    /// The form has no such section.
    #[error("{form}: there is no section {section}; sections are 1 to 4")]
    NoSection {
        /// Id of the form.
        form: String,
        /// The section asked for.
        section: u32,
    },
}

/// The true motion of a body over time.
#[derive(Debug, Clone)]
pub struct Performance {
    pub(super) body: Body,
    person_seed: u64,
    upper: UpperTrack,
    base: BaseTrack,
    spans: Vec<Span>,
    steps: Vec<StepTime>,
    faults: Vec<InjectedFault>,
    seconds: f64,
    sway: Sway,
}

/// Nobody stands like a statue: hips and arms drift by millimetres and tenths of degrees.
#[derive(Debug, Clone, Copy)]
struct Sway {
    phases: [f64; 6],
}

impl Sway {
    fn of(chance: &mut Chance) -> Self {
        Self { phases: [0; 6].map(|_| f64::from(chance.between(0.0, TAU as f32))) }
    }

    /// Two slow waves of chance, −1..1.
    fn wave(&self, nth: usize, seconds: f64) -> f32 {
        let phase = self.phases[nth % 6];
        let slow = (seconds * TAU * 0.23 + phase).sin();
        let fast = (seconds * TAU * 0.61 + phase * 2.7).sin();
        (0.65 * slow + 0.35 * fast) as f32
    }
}

impl Performance {
    /// A form, or one of its sections, with the ready stance before and after. A section that doesn't begin the form starts in
    /// the ready stance, turned to where the step before it faced.
    ///
    /// # Errors
    /// When the syllabus lacks the ready stance, or the form the section.
    pub fn of_form(
        syllabus: &Syllabus,
        form: &Form,
        section: Option<u32>,
        manner: &Manner,
    ) -> Result<Self, PerformanceError> {
        let id = || form.head.id.clone();
        let ready = syllabus
            .technique(&form.head.ready)
            .ok_or_else(|| PerformanceError::NoReadyStance { form: id(), ready: form.head.ready.clone() })?;
        let acts = act::of_form(syllabus, form, section);
        let Some(first) = acts.first().and_then(|act| act.step) else {
            return Err(PerformanceError::NoSection { form: id(), section: section.unwrap_or(0) });
        };
        let mirrored = manner.faults.contains(&Fault::Mirrored);
        let before = form.steps.iter().rev().find(|step| step.number < first);
        let heading = before.map_or(0.0, |step| step.body.unwrap_or(step.facing).degrees() as f32);
        let heading = if mirrored { -heading } else { heading };
        let whole = section.is_none_or(|number| form.sections.iter().any(|s| s.number == number && s.includes_ending));
        let acts = with_faults(acts, &manner.faults, syllabus);

        let mut maker = ready_maker(ready, manner, heading);
        maker.hold_ready_a_while(ready);
        for act in &acts {
            maker.0.perform(act);
        }
        if whole {
            // Where the trunk does not face with the gaze, the turn given is the gaze's.
            let apart = form.steps.last().is_some_and(|step| step.body.is_some());
            let turn = if apart { 0.0 } else { form.head.ending_turn_deg as f32 };
            maker.return_to(ready, turn * if mirrored { -1.0 } else { 1.0 });
        } else {
            maker.0.wait(0.8);
        }
        Ok(Self::finished(maker.0, manner))
    }

    /// One technique: a ready stance held, the technique, and back to the ready stance. `demand` may also name a ready stance
    /// or a stance alone.
    pub fn of_technique(syllabus: &Syllabus, demand: &Demand<'_>, manner: &Manner) -> Self {
        let shown = demand.technique.or(demand.stance);
        let ready = ["basic_ready_stance", "attention_stance"].iter().filter_map(|id| syllabus.technique(id));
        let ready = ready.filter(|ready| shown.is_none_or(|shown| shown.id != ready.id)).collect::<Vec<_>>();
        let Some((technique, ready)) = shown.zip(ready.first()) else {
            let mut choreographer = Choreographer::starting(manner, Posture::upright(), 0.0);
            choreographer.wait(2.0);
            return Self::finished(choreographer, manner);
        };
        let mut maker = ready_maker(ready, manner, 0.0);
        maker.hold_ready_a_while(ready);
        let one = Move::new(technique, demand.side);
        maker.0.perform(&Act::single(vec![one], demand.stance, demand.lead));
        maker.return_to(ready, 0.0);
        Self::finished(maker.0, manner)
    }

    pub(super) fn finished(choreographer: Choreographer, manner: &Manner) -> Self {
        let Choreographer { body, mut chance, upper, base, spans, steps, now, .. } = choreographer;
        let faults = injected(&manner.faults, &spans, &steps, now);
        let sway = Sway::of(&mut chance);
        Self { body, person_seed: manner.person_seed, upper, base, spans, steps, faults, seconds: now, sway }
    }

    /// How long it takes, seconds.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Lengths of the body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The person's seed, from which the body and its looks follow.
    pub fn person_seed(&self) -> u64 {
        self.person_seed
    }

    /// Every step done, in the order done, with its true times.
    pub fn steps(&self) -> &[StepTime] {
        &self.steps
    }

    /// What goes wrong, and when it shows.
    pub fn faults(&self) -> &[InjectedFault] {
        &self.faults
    }

    /// The posed body at a moment, metres in the floor's axes. Before the start and after the end it stands as it stood then.
    pub fn joints_at(&self, seconds: f64) -> Joints {
        let seconds = seconds.clamp(0.0, self.seconds);
        let mut posture = self.upper.at(seconds);
        let wave = |nth: usize| self.sway.wave(nth, seconds);
        posture.trunk_yaw_deg += 0.7 * wave(0);
        posture.lean_deg[0] += 0.6 * wave(1);
        posture.lean_deg[1] += 0.4 * wave(2);
        for (limb, arm) in posture.arms.iter_mut().enumerate() {
            arm.height += 0.006 * wave(limb + 3);
            arm.lateral += 0.012 * wave(limb + 4);
        }
        let mut stand = self.base.at(seconds);
        // Hips only sway sideways and to the front, so that straight legs stay straight.
        stand.hip += Vec3::new(wave(0), 0.0, wave(5)) * (0.0025 * self.body.stature);
        // The legs stand where the track has them; here they must only be out of the hips' way.
        let upright = Posture::upright();
        posture = Posture { legs: upright.legs, hips: upright.hips, hips_yaw_deg: stand.hips_yaw_deg, ..posture };
        let mut joints = Joints::of(&self.body, &posture);
        let turn = turned(stand.heading_deg);
        let moved = stand.hip - turn * joints.hip_centre;
        let place = |point: Vec3| turn * point + moved;
        joints.points = joints.points.map(place);
        joints.hip_centre = place(joints.hip_centre);
        joints.shoulder_centre = place(joints.shoulder_centre);
        joints.head_centre = place(joints.head_centre);
        let turn_all = |frame: &mut Mat3| *frame = turn * *frame;
        turn_all(&mut joints.pelvis);
        turn_all(&mut joints.chest);
        turn_all(&mut joints.head);
        stand.set_legs(&mut joints.points, &self.body);
        joints
    }

    /// BlazePose's 33 points at a moment, metres in the floor's axes.
    pub fn pose_at(&self, seconds: f64) -> [Vec3; 33] {
        self.joints_at(seconds).points
    }

    /// What is true at a moment.
    pub fn labels_at(&self, seconds: f64) -> Truth {
        let seconds = seconds.clamp(0.0, self.seconds);
        let index = self.spans.partition_point(|span| span.end <= seconds).min(self.spans.len().saturating_sub(1));
        let heading_deg = self.base.at(seconds).heading_deg.rem_euclid(360.0);
        let Some(span) = self.spans.get(index) else {
            let (technique, stance) = (other(), other());
            return Truth {
                step: None,
                technique,
                stance,
                phase: Phase::Idle,
                progress: 0.0,
                heading_deg,
                fault: None,
            };
        };
        let progress = ((seconds - span.start) / (span.end - span.start).max(1e-6)).clamp(0.0, 1.0);
        Truth {
            step: span.step,
            technique: span.technique.clone(),
            stance: span.stance.clone(),
            phase: span.phase,
            progress: progress as f32,
            heading_deg,
            fault: span.fault,
        }
    }

    /// Whether each foot stays on its spot at a moment.
    #[cfg(test)]
    pub(super) fn planted_at(&self, seconds: f64) -> [bool; 2] {
        self.base.planted(seconds)
    }
}

/// A choreographer and the ready stance around what it does.
struct ReadyMaker(Choreographer);

fn ready_maker(ready: &kihap_syllabus::Technique, manner: &Manner, heading_deg: f32) -> ReadyMaker {
    let mut chance = Chance::new("ready", &[manner.person_seed, manner.seed]);
    let demand = Demand { technique: Some(ready), side: None, stance: None, lead: None };
    let posture = demand.end(&mut chance, manner.spread);
    ReadyMaker(Choreographer::starting(manner, posture, heading_deg))
}

impl ReadyMaker {
    fn hold_ready_a_while(&mut self, ready: &kihap_syllabus::Technique) {
        let seconds = self.0.chance.between(1.3, 3.0);
        self.0.hold_ready(ready, seconds);
    }

    fn return_to(&mut self, ready: &kihap_syllabus::Technique, turn_deg: f32) {
        self.0.come_back(ready, turn_deg);
        self.hold_ready_a_while(ready);
    }
}

/// When each fault shows.
fn injected(faults: &[Fault], spans: &[Span], steps: &[StepTime], end: f64) -> Vec<InjectedFault> {
    let times = faults.iter().enumerate().map(|(nth, fault)| {
        let of_it = || spans.iter().filter(|span| span.fault == Some(nth));
        match (of_it().next(), of_it().next_back(), fault.step()) {
            (Some(first), Some(last), _) => (first.start, last.end),
            // Nothing is left of a skipped step but the moment when the next one begins.
            (_, _, Some(step)) => {
                let next = steps.iter().find(|done| done.step.is_some_and(|number| number > step));
                let time = next.map_or(end, |done| done.start);
                (time, time)
            }
            _ => (0.0, end),
        }
    });
    faults.iter().zip(times).map(|(fault, (start, end))| InjectedFault { fault: fault.clone(), start, end }).collect()
}
