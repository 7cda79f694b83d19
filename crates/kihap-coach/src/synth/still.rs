//! One skeleton of a class.

use std::collections::BTreeMap;

use glam::{Mat3, Vec3};
use kihap_syllabus::{Kind, Side, Syllabus, Technique};
use kihap_vision::Pose;

use super::classes::{SynthClass, SynthCourse, What};
use super::everyday;
use crate::camera::Camera;
use crate::chance::Chance;
use crate::kinematics::{Body, Joints, Posture};
use crate::postures::Demand;

/// A synthetic skeleton.
#[derive(Debug, Clone)]
pub struct Still {
    /// Index of its class in [`StillMaker::classes`].
    pub class: usize,
    /// The body it hangs on; samples of one body belong to one part of a split.
    pub person: u64,
    /// What an estimator makes of it; `None` where nobody is found.
    pub pose: Option<Pose>,
    /// The direction the posture is meant for, degrees clockwise from facing the camera.
    pub heading_deg: f32,
}

/// How often a class's end posture is shown just before it is reached.
const NEARLY_THERE: f32 = 0.25;

/// Makes the skeletons of a course.
#[derive(Debug)]
pub struct StillMaker<'a> {
    syllabus: &'a Syllabus,
    course: SynthCourse,
    classes: Vec<SynthClass>,
    /// For each technique the stances that forms and basics show it in, with whether the acting side leads.
    stances: BTreeMap<String, Vec<(String, Option<bool>)>>,
    /// Techniques that no class shows.
    strangers: Vec<&'a Technique>,
}

impl<'a> StillMaker<'a> {
    /// For a course.
    pub fn new(syllabus: &'a Syllabus, course: SynthCourse) -> Self {
        let classes = course.classes(syllabus);
        let shown = |id: &str| {
            classes.iter().any(|class| match &class.what {
                What::Techniques(ids, _) => ids.iter().any(|shown| shown == id),
                What::Stance(shown, _) => shown == id,
                _ => false,
            })
        };
        let strangers = match course {
            // What differs from a class by little is neither a sample of it nor of the others.
            SynthCourse::Basics | SynthCourse::Sparring => syllabus
                .techniques()
                .iter()
                .filter(|t| t.kind != Kind::Stance && !shown(&t.id) && !resembles(course, &t.id))
                .collect(),
            _ => Vec::new(),
        };
        Self { syllabus, course, stances: stances_of(syllabus), strangers, classes }
    }

    /// The classes, in the order of [`Still::class`].
    pub fn classes(&self) -> &[SynthClass] {
        &self.classes
    }

    /// The skeleton of a class with a seed; the same seed gives the same skeleton.
    pub fn make(&self, class: usize, seed: u64) -> Still {
        let mut chance = Chance::new(self.course.name(), &[seed, class as u64]);
        // A body is shared by the samples of neighbouring seeds.
        let person = seed / 64;
        let body = Body::of(person);
        let heading_deg = chance.between(0.0, 360.0);
        let posture = self.classes.get(class).and_then(|class| self.posture(class, &mut chance));
        let pose = posture.and_then(|posture| seen(&body, &posture, heading_deg, &mut chance));
        Still { class, person, pose, heading_deg }
    }

    fn posture(&self, class: &SynthClass, chance: &mut Chance) -> Option<Posture> {
        match &class.what {
            What::Nobody => None,
            What::Other => Some(self.other(chance)),
            What::Techniques(ids, side) => {
                let id = &ids[chance.below(ids.len())];
                self.syllabus.technique(id).map(|technique| self.of_technique(technique, *side, chance))
            }
            What::Stance(id, lead) => {
                let stance = self.syllabus.technique(id)?;
                Some(self.of_stance(stance, *lead, chance))
            }
        }
    }

    fn of_technique(&self, technique: &Technique, side: Option<Side>, chance: &mut Chance) -> Posture {
        let demand = self.demand(technique, side, chance);
        let spread = spread(chance);
        let end = demand.end(chance, spread);
        if chance.often(NEARLY_THERE) {
            if let Some(chamber) = demand.chambers(end, chance).first() {
                return end.between(chamber, chance.between(0.0, 0.14));
            }
        }
        end
    }

    fn demand<'b>(&'b self, technique: &'b Technique, side: Option<Side>, chance: &mut Chance) -> Demand<'b> {
        let sided = technique.handedness == kihap_syllabus::Handedness::Sided;
        let side = sided.then(|| side.unwrap_or_else(|| any_side(chance)));
        let known = self.stances.get(&technique.id);
        let stance = match known {
            _ if technique.kind == Kind::Ready && technique.geometry.bounds("ankle_distance_sw").is_some() => None,
            Some(known) if chance.often(0.65) => {
                let (stance, leads) = &known[chance.below(known.len())];
                let lead = match (side, leads) {
                    (Some(side), Some(true)) => Some(side),
                    (Some(side), Some(false)) => Some(side.other()),
                    _ => Some(any_side(chance)),
                };
                self.syllabus.technique(stance).map(|stance| (stance, lead))
            }
            // Learners show arms in any stance, or in none.
            _ if chance.often(0.5) => {
                let usual = ["walking_stance", "front_stance", "horse_riding_stance", "back_stance", "parallel_stance"];
                self.syllabus.technique(usual[chance.below(usual.len())]).map(|s| (s, Some(any_side(chance))))
            }
            _ => None,
        };
        Demand { technique: Some(technique), side, stance: stance.map(|s| s.0), lead: stance.and_then(|s| s.1) }
    }

    fn of_stance(&self, stance: &Technique, lead: Option<Side>, chance: &mut Chance) -> Posture {
        // Mostly with a technique that is shown in it.
        let shown: Vec<&Technique> = self
            .stances
            .iter()
            .filter(|(_, stances)| stances.iter().any(|(id, _)| *id == stance.id))
            .filter_map(|(id, _)| self.syllabus.technique(id))
            .filter(|t| t.kind != Kind::Kick && t.id != "knee_strike")
            .collect();
        let lead_or_any = lead.or_else(|| Some(any_side(chance)));
        let technique = (!shown.is_empty() && chance.often(0.8)).then(|| shown[chance.below(shown.len())]);
        let side = technique.filter(|t| t.handedness == kihap_syllabus::Handedness::Sided).map(|_| any_side(chance));
        let spread = spread(chance);
        Demand { technique, side, stance: Some(stance), lead: lead_or_any }.end(chance, spread)
    }

    fn other(&self, chance: &mut Chance) -> Posture {
        if self.course == SynthCourse::Stances {
            // Kicks and whatever people do have no stance.
            let kicks: Vec<&Technique> = self.syllabus.techniques().iter().filter(|t| t.kind == Kind::Kick).collect();
            return match chance.often(0.4) {
                true => self.of_technique(kicks[chance.below(kicks.len())], None, chance),
                false => everyday::posture(chance),
            };
        }
        let pick = chance.between(0.0, 1.0);
        if pick < 0.22 && !self.strangers.is_empty() {
            return self.of_technique(self.strangers[chance.below(self.strangers.len())], None, chance);
        }
        if pick < 0.5 {
            // On the way from the chamber to the end, when the technique is not there yet.
            let all: Vec<&Technique> =
                self.syllabus.techniques().iter().filter(|t| t.kind != Kind::Stance && t.kind != Kind::Ready).collect();
            let demand = self.demand(all[chance.below(all.len())], None, chance);
            let spread = spread(chance);
            let end = demand.end(chance, spread);
            if let Some(chamber) = demand.chambers(end, chance).first() {
                return end.between(chamber, chance.between(0.5, 1.0));
            }
        }
        if pick < 0.6 {
            let stances: Vec<&Technique> =
                self.syllabus.techniques().iter().filter(|t| t.kind == Kind::Stance).collect();
            let stance = stances[chance.below(stances.len())];
            let lead = Some(any_side(chance));
            return Demand { technique: None, side: None, stance: Some(stance), lead }.end(chance, 1.0);
        }
        everyday::posture(chance)
    }
}

/// Techniques too near to a class of the course to be told from it.
fn resembles(course: SynthCourse, id: &str) -> bool {
    match course {
        SynthCourse::Sparring => {
            !matches!(id, "attention_stance" | "pushing_ready_stance" | "covered_fist" | "knee_strike" | "face_punch")
        }
        _ => !matches!(
            id,
            "attention_stance"
                | "pushing_ready_stance"
                | "covered_fist"
                | "face_punch"
                | "side_punch"
                | "mountain_block"
                | "single_mountain_block"
                | "diamond_block"
                | "scissors_block"
                | "cross_low_block"
                | "low_opening_block"
                | "outer_forearm_opening_block"
                | "double_uppercut_punch"
                | "target_punch"
                | "elbow_turning_strike"
                | "elbow_side_strike"
                | "large_hinge"
                | "knee_strike"
                | "hammer_fist_low_target_strike"
                | "downward_kick"
        ),
    }
}

fn any_side(chance: &mut Chance) -> Side {
    if chance.often(0.5) { Side::Left } else { Side::Right }
}

/// How much of the bands is used: learners go beyond them.
fn spread(chance: &mut Chance) -> f32 {
    chance.between(0.4, 1.35)
}

/// For each technique the stances it is shown in.
fn stances_of(syllabus: &Syllabus) -> BTreeMap<String, Vec<(String, Option<bool>)>> {
    let mut found: BTreeMap<String, Vec<(String, Option<bool>)>> = BTreeMap::new();
    for step in syllabus.forms().iter().flat_map(|form| &form.steps) {
        for technique in &step.technique {
            let leads = technique.side.one().zip(step.lead_leg.side()).map(|(side, lead)| side == lead);
            let known = found.entry(technique.id.clone()).or_default();
            let entry = (step.stance.clone(), leads);
            if step.stance != "transition" && !known.contains(&entry) {
                known.push(entry);
            }
        }
    }
    for basic in &syllabus.basics().motions {
        let leads = basic.hand.map(|hand| hand == kihap_syllabus::HandRule::FrontFoot);
        found.entry(basic.technique.clone()).or_default().push((basic.stance.clone(), leads));
    }
    found.retain(|_, stances| !stances.is_empty());
    found
}

/// The posed body before a camera, as an estimator gives it.
fn seen(body: &Body, posture: &Posture, heading_deg: f32, chance: &mut Chance) -> Option<Pose> {
    let joints = Joints::of(body, posture);
    // Clockwise from above is a negative turn about y.
    let turn = Mat3::from_rotation_y(-heading_deg.to_radians());
    let points = joints.points.map(|point| turn * point);
    let camera = camera(body, chance);
    let mut pose = camera.sees(&points);
    noise(&mut pose, chance);
    Some(pose)
}

fn camera(body: &Body, chance: &mut Chance) -> Camera {
    let (width, height) = if chance.often(0.5) { (480, 640) } else { (640, 480) };
    let distance = chance.between(2.0, 5.0);
    let share = chance.between(0.4, 1.1);
    let focal = share * height as f32 * distance / body.stature;
    let place = Vec3::new(chance.around(0.3), chance.between(0.5, 1.8), distance);
    let target = Vec3::new(chance.around(0.1), chance.between(0.45, 0.65), 0.0) * body.stature;
    Camera::towards(width, height, focal, place, target)
}

fn noise(pose: &mut Pose, chance: &mut Chance) {
    let torso = 0.5;
    let gauss = |chance: &mut Chance| (0..4).map(|_| chance.around(1.0)).sum::<f32>() * 0.87;
    let squash = chance.between(0.6, 1.05);
    for point in &mut pose.world {
        for (axis, value) in point.iter_mut().enumerate() {
            if axis == 2 {
                *value *= squash;
            }
            *value += gauss(chance) * torso * if axis == 2 { 0.10 } else { 0.045 };
        }
    }
}
