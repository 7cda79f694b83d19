//! Readings of performances that never were: what imperfect networks might say of them, frame by frame.

use kihap_syllabus::{Kind, Side, Syllabus};

use crate::chance::Chance;
use crate::reading::{Reading, Vocabulary};
use crate::track::likeness::Likeness;
use crate::track::motion::tests::stick;
use crate::track::plan::Plan;

/// One thing done.
#[derive(Debug, Clone)]
pub(super) struct Act {
    /// Number of the step it belongs to; `None` for ready stances and what was added.
    pub(super) step: Option<u32>,
    pub(super) technique: usize,
    pub(super) stance: Option<usize>,
    pub(super) heading: f32,
    kick: bool,
    closes: bool,
    /// What comes before it in the form: a clip of it begins there.
    before: Option<Box<Act>>,
}

/// How it is filmed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filming {
    pub(super) fps: f32,
    pub(super) speed: f32,
    pub(super) mirrored: bool,
    pub(super) camera_deg: f32,
    /// A clip for each step, none of the ready stance alone.
    pub(super) cuts: bool,
    /// Backs say nothing.
    pub(super) flat_backs: bool,
    pub(super) feet: bool,
}

impl Default for Filming {
    fn default() -> Self {
        Self { fps: 30.0, speed: 1.0, mirrored: false, camera_deg: 0.0, cuts: false, flat_backs: false, feet: true }
    }
}

/// The truth about a step: from when to when its end posture was held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Truth {
    pub(super) step: u32,
    pub(super) from: f64,
    pub(super) to: f64,
}

pub(super) struct Studio<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    techniques: Likeness,
    stances: Likeness,
}

/// The acts of a plan in order.
pub(super) fn acts(plan: &Plan) -> Vec<Act> {
    let mut before = None;
    let of = |planned: &crate::track::plan::Move| {
        let act = Act {
            step: planned.step.map(|step| plan.steps[step].number),
            technique: planned.technique,
            stance: planned.stance,
            heading: planned.headings.first().map_or(0.0, |(heading, _)| *heading),
            kick: planned.is_kick(),
            closes: planned.closes,
            before: before.take(),
        };
        before = Some(Box::new(act.clone()));
        act
    };
    plan.moves.iter().map(of).collect()
}

/// A block or punch of the syllabus that looks unlike those given.
pub(super) fn unlike(syllabus: &Syllabus, vocabulary: &Vocabulary, avoid: &[usize], chance: &mut Chance) -> usize {
    let likeness = Likeness::of_techniques(syllabus, vocabulary);
    loop {
        let label = (chance.bits() % (vocabulary.techniques.len() as u64 - 1)) as usize;
        let technique = syllabus.technique(&vocabulary.techniques[label].id).unwrap();
        let hand = matches!(technique.kind, Kind::Block | Kind::Punch | Kind::Strike);
        if hand && avoid.iter().all(|other| *other != label && !likeness.twins(*other, label)) {
            return label;
        }
    }
}

/// Another technique, in the posture and place of `like`.
pub(super) fn added(like: &Act, technique: usize) -> Act {
    Act { step: None, technique, kick: false, closes: true, ..like.clone() }
}

fn normal(chance: &mut Chance) -> f32 {
    (0..12).map(|_| chance.between(0.0, 1.0)).sum::<f32>() - 6.0
}

fn one_hot(count: usize, shares: &[(usize, f32)]) -> Vec<f32> {
    let taken: f32 = shares.iter().map(|(_, share)| share).sum();
    let mut all = vec![(1.0 - taken).max(0.0) / count as f32; count];
    for (label, share) in shares {
        all[*label] += share;
    }
    all
}

/// An end posture: something fixed for each technique, side and heading.
fn limbs(act: &Act) -> [[f32; 2]; 8] {
    let mut chance = Chance::new("limbs", &[act.technique as u64, act.heading as u64]);
    std::array::from_fn(|_| [chance.around(0.9), chance.around(0.9)])
}

impl<'a> Studio<'a> {
    pub(super) fn new(syllabus: &Syllabus, vocabulary: &'a Vocabulary) -> Self {
        Self {
            techniques: Likeness::of_techniques(syllabus, vocabulary),
            stances: Likeness::of_stances(syllabus, vocabulary),
            vocabulary,
        }
    }

    /// Films the acts: readings, and when the step of each act was at its end.
    pub(super) fn film(&self, acts: &[Act], filming: &Filming, seed: u64) -> (Vec<Reading>, Vec<Truth>) {
        let mut chance = Chance::new("film", &[seed]);
        let mut shoot = Shoot::new(self, filming, seed);
        let mut truths = Vec::new();
        let mut before: Option<&Act> = None;
        for act in acts {
            let ready = act.step.is_none() && self.vocabulary.techniques[act.technique].id.contains("ready");
            if filming.cuts && ready {
                before = Some(act);
                continue;
            }
            let new_clip = before.is_some_and(|b| b.step != act.step || act.step.is_none());
            if let (true, true, Some(before)) = (filming.cuts, new_clip, before) {
                shoot.cut();
                shoot.hold(act.before.as_deref().unwrap_or(before), chance.between(0.1, 0.8));
            }
            let from = if filming.cuts && new_clip { act.before.as_deref().or(before) } else { before };
            if let Some(before) = from {
                let seconds = if act.kick { chance.between(0.25, 0.45) } else { chance.between(0.35, 0.75) };
                shoot.travel(before, act, seconds / filming.speed);
            }
            let seconds = match (ready, act.kick, act.closes) {
                (true, ..) => 1.3,
                (_, true, _) => chance.between(0.1, 0.2) / filming.speed,
                (_, _, false) => chance.between(0.2, 0.4) / filming.speed,
                _ => chance.between(0.35, 1.0) / filming.speed,
            };
            let from = shoot.now;
            shoot.hold(act, seconds);
            if let (Some(step), true) = (act.step, act.closes) {
                truths.push(Truth { step, from, to: shoot.now });
            }
            before = Some(act);
        }
        (shoot.readings, truths)
    }
}

struct Shoot<'a> {
    studio: &'a Studio<'a>,
    filming: &'a Filming,
    chance: Chance,
    readings: Vec<Reading>,
    now: f64,
    next_frame: f64,
    centre: [f32; 2],
}

impl<'a> Shoot<'a> {
    fn new(studio: &'a Studio<'a>, filming: &'a Filming, seed: u64) -> Self {
        let chance = Chance::new("shoot", &[seed]);
        Self { studio, filming, chance, readings: Vec::new(), now: 0.0, next_frame: 0.0, centre: [500.0, 500.0] }
    }

    fn cut(&mut self) {
        let side = if self.centre[0] > 500.0 { -1.0 } else { 1.0 };
        self.centre = [500.0 + side * self.chance.between(60.0, 300.0), 500.0];
    }

    /// Turned so far away from the camera that nothing can be told.
    fn hidden(&self, act: &Act) -> bool {
        let off = (act.heading - self.filming.camera_deg).to_radians().cos();
        self.filming.flat_backs && off < -0.5
    }

    fn frames(&mut self, seconds: f32) -> Vec<(f64, f32)> {
        let (from, to) = (self.now, self.now + f64::from(seconds));
        let mut times = Vec::new();
        while self.next_frame < to {
            times.push((self.next_frame, ((self.next_frame - from) / (to - from)) as f32));
            self.next_frame += f64::from((1.0 + self.chance.around(0.15)) / self.filming.fps);
        }
        self.now = to;
        times
    }

    fn hold(&mut self, act: &Act, seconds: f32) {
        let count = self.studio.vocabulary.techniques.len();
        let neighbour = self.neighbour(act.technique);
        let weak = self.chance.often(0.06);
        let own = if weak { self.chance.between(0.2, 0.4) } else { self.chance.between(0.6, 0.95) };
        let near = if weak { 0.4 } else { 0.4 * (1.0 - own) };
        let bias = self.chance.around(20.0);
        let shape = limbs(act);
        for (at, _) in self.frames(seconds) {
            let techniques = if self.hidden(act) {
                let guess = (self.chance.bits() % count as u64) as usize;
                one_hot(count, &[(guess, 0.05), (count - 1, 0.1)])
            } else if self.chance.often(0.08) {
                let guess = (self.chance.bits() % count as u64) as usize;
                one_hot(count, &[(guess, 0.6), (act.technique, 0.2)])
            } else {
                let own = (own + 0.08 * normal(&mut self.chance)).clamp(0.15, 0.97);
                one_hot(count, &[(act.technique, own), (neighbour, near.min(1.0 - own))])
            };
            let stances = self.stance(act);
            let heading = act.heading + bias + 12.0 * normal(&mut self.chance);
            self.shot(at, &shape, techniques, stances, heading);
        }
    }

    fn travel(&mut self, from: &Act, to: &Act, seconds: f32) {
        let count = self.studio.vocabulary.techniques.len();
        let (a, b) = (limbs(from), limbs(to));
        let mut arc = Chance::new("arc", &[self.chance.bits()]);
        let arc: [[f32; 2]; 8] = std::array::from_fn(|_| [arc.around(1.0), arc.around(1.0)]);
        let guess = (self.chance.bits() % count as u64) as usize;
        let misread = if self.chance.often(0.4) { self.chance.between(0.3, 0.8) } else { 0.1 };
        let turn = (to.heading - from.heading + 180.0).rem_euclid(360.0) - 180.0;
        for (at, share) in self.frames(seconds) {
            let ease = share * share * (3.0 - 2.0 * share);
            let swing = (std::f32::consts::PI * share).sin();
            let shape: [[f32; 2]; 8] = std::array::from_fn(|limb| {
                std::array::from_fn(|axis| {
                    a[limb][axis] + (b[limb][axis] - a[limb][axis]) * ease + arc[limb][axis] * swing
                })
            });
            let mut shares = vec![(guess, misread * swing), (count - 1, 0.2 * swing)];
            if !self.hidden(from) {
                shares.push((from.technique, 0.7 * (1.0 - 3.0 * share).max(0.0)));
            }
            if !self.hidden(to) {
                shares.push((to.technique, 0.7 * (3.0 * share - 2.0).max(0.0)));
            }
            let stances = self.stance(if share < 0.5 { from } else { to });
            let heading = from.heading + turn * ease + 20.0 * normal(&mut self.chance);
            self.shot(at, &shape, one_hot(count, &shares), stances, heading);
        }
    }

    fn neighbour(&mut self, label: usize) -> usize {
        let count = self.studio.vocabulary.techniques.len();
        let twins: Vec<usize> =
            (0..count).filter(|other| *other != label && self.studio.techniques.twins(label, *other)).collect();
        match twins[..] {
            [] => (self.chance.bits() % count as u64) as usize,
            _ => self.chance.one_of(&twins),
        }
    }

    fn stance(&mut self, act: &Act) -> Vec<f32> {
        let count = self.studio.vocabulary.stances.len();
        let guess = (self.chance.bits() % count as u64) as usize;
        match act.stance {
            Some(stance) if !self.hidden(act) => {
                let own = self.chance.between(0.35, 0.95);
                one_hot(count, &[(stance, own), (guess, 0.9 - 0.9 * own)])
            }
            _ => one_hot(count, &[(guess, 0.1)]),
        }
    }

    fn shot(&mut self, at: f64, shape: &[[f32; 2]; 8], techniques: Vec<f32>, stances: Vec<f32>, heading: f32) {
        let jitter = |chance: &mut Chance| 0.006 * normal(chance);
        let shape: [[f32; 2]; 8] = shape.map(|[x, y]| [x + jitter(&mut self.chance), y + jitter(&mut self.chance)]);
        let mut pose = stick(self.centre, &shape);
        if !self.filming.feet {
            for name in ["left_ankle", "right_ankle"] {
                let index = pose.skeleton.index_of(name).unwrap();
                pose.landmarks[index].visibility = 0.1;
            }
        }
        let flipped = self.chance.often(0.03);
        let mut seen = heading - self.filming.camera_deg + if flipped { 180.0 } else { 0.0 };
        let (mut techniques, mut stances) = (techniques, stances);
        if self.filming.mirrored {
            seen = -seen;
            techniques = swapped(&techniques, &self.studio.techniques);
            stances = swapped(&stances, &self.studio.stances);
        }
        self.readings.push(Reading {
            frame: self.readings.len(),
            seconds: at,
            pose: Some(pose),
            techniques,
            stances,
            heading_deg: Some(seen.rem_euclid(360.0)),
        });
    }
}

fn swapped(all: &[f32], likeness: &Likeness) -> Vec<f32> {
    (0..all.len()).map(|label| all[likeness.mirrored(label)]).collect()
}

/// The label of a technique and side.
pub(super) fn label(vocabulary: &Vocabulary, id: &str, side: Option<Side>) -> usize {
    vocabulary.technique(id, side).unwrap()
}
