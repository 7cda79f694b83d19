//! One still: who shows what, before which camera.

use std::collections::BTreeMap;

use glam::Vec3;
use image::RgbImage;
use kihap_syllabus::{Handedness, Kind, Limb, Measure, Quantity, Side, Syllabus, Technique};
use kihap_vision::Pose;
use serde::{Deserialize, Serialize};

use super::everyday;
use super::exercise;
use super::plan::Shot;
use crate::camera::Camera;
use crate::chance::Chance;
use crate::figure::{self, Actor};
use crate::kinematics::{Body, Joints, Leg, Posture};
use crate::postures::{Demand, Fixed};

/// What is to be seen in a still.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Shown {
    /// Nobody is there.
    pub empty: bool,
    /// The technique and its acting side.
    pub technique: Option<(String, Option<Side>)>,
    /// Whether the technique has arrived at its end.
    pub done: bool,
    /// How far it got from its chamber (0) to its end (1).
    pub reached: f32,
    /// The stance and its leading leg, where there is one.
    pub stance: Option<(String, Option<Side>)>,
    /// The bound that is broken on purpose.
    pub broken: Option<Measure>,
    /// The direction the posture is meant for, degrees clockwise from facing the camera.
    pub heading_deg: f32,
}

/// A still without its picture.
#[derive(Debug, Clone)]
pub struct Still {
    /// What it shows.
    pub shown: Shown,
    /// The body it hangs on; stills of one body belong to one part of a split.
    pub person: u64,
    /// The true skeleton; `None` in an empty room.
    pub truth: Option<Pose>,
}

/// How often a technique is shown just before it is reached.
const NEARLY_THERE: f32 = 0.25;
/// How often one of its bounds is broken, as learners do.
const BROKEN: f32 = 0.5;

/// Makes stills.
#[derive(Debug)]
pub struct StillMaker<'a> {
    syllabus: &'a Syllabus,
    /// For each technique the stances that forms and basics show it in, with whether the acting side leads.
    stances: BTreeMap<String, Vec<(String, Option<bool>)>>,
}

impl<'a> StillMaker<'a> {
    /// For a syllabus.
    pub fn new(syllabus: &'a Syllabus) -> Self {
        Self { syllabus, stances: stances_of(syllabus) }
    }

    /// What the shot with this seed shows and the true skeleton; the same seed gives the same still.
    pub fn make(&self, shot: &Shot, seed: u64) -> Still {
        let mut chance = Chance::new("still", &[seed]);
        let (shown, scene) = self.scene(shot, seed, &mut chance);
        let truth = scene.map(|(actor, camera)| camera.sees(&actor.points()));
        Still { shown, person: person_of(seed), truth }
    }

    /// The same with its picture, for an estimator to look at.
    pub fn draw(&self, shot: &Shot, seed: u64) -> (RgbImage, Still) {
        let mut chance = Chance::new("still", &[seed]);
        let (shown, scene) = self.scene(shot, seed, &mut chance);
        let room = chance.bits();
        let person = person_of(seed);
        match scene {
            Some((actor, camera)) => {
                let truth = Some(camera.sees(&actor.points()));
                (figure::draw(&actor, &camera, room), Still { shown, person, truth })
            }
            None => {
                let camera = camera(&Body::of(person), &mut chance);
                (figure::draw_room(&camera, room), Still { shown, person, truth: None })
            }
        }
    }

    fn scene(&self, shot: &Shot, seed: u64, chance: &mut Chance) -> (Shown, Option<(Actor, Camera)>) {
        let person = person_of(seed);
        let body = Body::of(person);
        let mut shown = Shown { heading_deg: chance.between(0.0, 360.0), reached: 1.0, ..Shown::default() };
        let (posture, tip_deg) = match shot {
            Shot::Exercise => {
                let (posture, tip_deg) = exercise::posture(chance);
                (Some(posture), tip_deg)
            }
            _ => (self.posture(shot, &mut shown, chance), [0.0; 2]),
        };
        let Some(posture) = posture else {
            return (Shown { empty: true, ..Shown::default() }, None);
        };
        let camera = camera(&body, chance);
        let tips = *shot == Shot::Everyday && chance.often(0.2);
        let tip_deg = if tips { [chance.around(180.0), chance.around(60.0)] } else { tip_deg };
        let actor = Actor {
            joints: Joints::of(&body, &posture),
            body,
            person_seed: person,
            heading_deg: shown.heading_deg,
            tip_deg,
            place: Vec3::ZERO,
        };
        (shown, Some((if tips || *shot == Shot::Exercise { actor.grounded() } else { actor }, camera)))
    }

    fn posture(&self, shot: &Shot, shown: &mut Shown, chance: &mut Chance) -> Option<Posture> {
        match shot {
            Shot::Nobody | Shot::Exercise => None,
            Shot::Everyday => Some(everyday::posture(chance)),
            Shot::InStance { technique, side, stance, lead } => {
                let technique = self.syllabus.technique(technique)?;
                let side = side.filter(|_| technique.handedness == Handedness::Sided);
                let stance = stance.as_deref().and_then(|id| self.syllabus.technique(id));
                shown.technique = Some((technique.id.clone(), side));
                shown.done = true;
                let demand = Demand { technique: Some(technique), side, stance, lead: *lead };
                let spread = spread(chance).min(1.0);
                Some(demand.end(chance, spread))
            }
            Shot::Stance(id, lead) => {
                let stance = self.syllabus.technique(id)?;
                shown.stance = Some((id.clone(), *lead));
                let lead = lead.or_else(|| Some(any_side(chance)));
                let demand = Demand { technique: None, side: None, stance: Some(stance), lead };
                let spread = spread(chance);
                Some(demand.end(chance, spread))
            }
            Shot::Technique(id, side) | Shot::OnTheWay(id, side) => {
                let technique = self.syllabus.technique(id)?;
                shown.technique = Some((id.clone(), *side));
                Some(self.of_technique(technique, *side, matches!(shot, Shot::Technique(..)), shown, chance))
            }
        }
    }

    fn of_technique(
        &self,
        technique: &Technique,
        side: Option<Side>,
        done: bool,
        shown: &mut Shown,
        chance: &mut Chance,
    ) -> Posture {
        let demand = self.demand(technique, side, chance);
        let fixed = chance.often(BROKEN).then(|| broken(technique, chance)).flatten();
        let spread = spread(chance);
        let end = demand.end_with(chance, spread, fixed);
        shown.broken = fixed.map(|(measure, _)| measure);
        shown.done = done;
        if let Some(stance) = demand.stance {
            let lead = (stance.handedness == Handedness::Sided).then_some(demand.lead).flatten();
            // A kick shows nothing of the stance it comes from.
            if end.legs.iter().all(|leg| matches!(leg, Leg::Stand { .. })) || stance.id == "crane_stance" {
                shown.stance = Some((stance.id.clone(), lead));
            }
        }
        let short = match (done, chance.often(NEARLY_THERE)) {
            (true, false) => return end,
            (true, true) => chance.between(0.0, 0.14),
            (false, _) => chance.between(0.3, 1.0),
        };
        let Some(chamber) = demand.chambers(end, chance).into_iter().next() else { return end };
        shown.reached = 1.0 - short;
        end.between(&chamber, short)
    }

    fn demand<'b>(&'b self, technique: &'b Technique, side: Option<Side>, chance: &mut Chance) -> Demand<'b> {
        let sided = technique.handedness == Handedness::Sided;
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
}

/// A bound to break, and the value that breaks it by up to the band's own width.
fn broken(technique: &Technique, chance: &mut Chance) -> Option<Fixed> {
    let breakable = |measure: &&Measure| {
        let arm = matches!(measure.quantity, Quantity::WristHeight | Quantity::WristLateral | Quantity::ElbowDeg);
        let kick = matches!(measure.quantity, Quantity::KneeDeg | Quantity::AnkleHeight | Quantity::TrunkLeanDeg);
        (arm || kick || measure.quantity == Quantity::TrunkYawDeg) && technique.geometry.measures.contains_key(*measure)
    };
    let all: Vec<Measure> = technique.geometry.measures.keys().filter(breakable).copied().collect();
    // How high a hand goes is what varies most.
    let height = Measure { limb: Limb::Acting, quantity: Quantity::WristHeight };
    let measure = if all.contains(&height) && chance.often(0.5) { height } else { *all.get(chance.below(all.len()))? };
    let bounds = technique.geometry.measures.get(&measure)?;
    let wide = bounds.max - bounds.min;
    let beyond = f64::from(chance.between(0.05, 1.0)) * wide;
    Some((measure, if chance.often(0.5) { bounds.max + beyond } else { bounds.min - beyond }))
}

fn any_side(chance: &mut Chance) -> Side {
    if chance.often(0.5) { Side::Left } else { Side::Right }
}

/// How much of the bands is used.
fn spread(chance: &mut Chance) -> f32 {
    chance.between(0.4, 1.25)
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

/// The body of a seed: one is shared by neighbouring seeds.
fn person_of(seed: u64) -> u64 {
    seed / 16
}

fn camera(body: &Body, chance: &mut Chance) -> Camera {
    let (width, height) = if chance.often(0.5) { (288, 384) } else { (384, 288) };
    let distance = chance.between(2.0, 5.0);
    let share = chance.between(0.4, 1.1);
    let focal = share * height as f32 * distance / body.stature;
    let place = Vec3::new(chance.around(0.3), chance.between(0.5, 1.8), distance);
    let target = Vec3::new(chance.around(0.1), chance.between(0.45, 0.65), 0.0) * body.stature;
    Camera::towards(width, height, focal, place, target)
}
