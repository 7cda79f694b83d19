//! Hips and feet in time: where the body stands, which foot stays and which one goes.

use glam::{Mat3, Quat, Vec3};

use super::ease::{Ease, mix};
use crate::kinematics::{Body, Joints, Leg, Posture, at, bend, outward};

/// Steps shorter than this are a shuffle, metres: the foot is not lifted.
const SHUFFLE: f32 = 0.025;
/// How high a foot is lifted in a step, as a share of the step's length, and at most, metres.
const STEP_LIFT: (f32, f32) = (0.10, 0.07);

/// Turn of the body's axes that a heading means; +z is the front and headings are clockwise.
pub(super) fn turned(heading_deg: f32) -> Mat3 {
    Mat3::from_rotation_y(-heading_deg.to_radians())
}

/// A foot and the leg above it, in the body's axes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Foot {
    ankle: Vec3,
    /// Turns the foot's own axes (x across, y up, z to the toes) to the body's.
    turn: Quat,
    /// Where the knee points.
    pole: Vec3,
    pub(super) on_floor: bool,
}

/// Toes and heel of a foot from its ankle, in the foot's own axes.
#[derive(Debug, Clone, Copy)]
struct Sole {
    toes: Vec3,
    heel: Vec3,
}

/// The axes of the foot that a posed body's points show: the sole's line and the ankle over it.
fn foot_turn(points: &[Vec3; 33], limb: usize) -> Quat {
    let [ankle, heel, toes] = [at::ANKLES, at::HEELS, at::TOES].map(|joint| points[joint[limb]]);
    let z = (toes - heel).normalize_or(Vec3::Z);
    let up = ankle - heel;
    let y = (up - z * up.dot(z)).normalize_or(Vec3::Y);
    Quat::from_mat3(&Mat3::from_cols(y.cross(z), y, z)).normalize()
}

impl Sole {
    /// That of a body: the same in every posture.
    fn of(body: &Body) -> Self {
        let points = Joints::of(body, &Posture::upright()).points;
        let back = foot_turn(&points, 0).inverse();
        Self {
            toes: back * (points[at::TOES[0]] - points[at::ANKLES[0]]),
            heel: back * (points[at::HEELS[0]] - points[at::ANKLES[0]]),
        }
    }
}

/// Hips and feet at a moment, in the axes of the heading about a spot of the floor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base {
    pub(super) heading_deg: f32,
    /// The spot of the floor, y = 0.
    pub(super) origin: Vec3,
    pub(super) hip: Vec3,
    pub(super) hips_yaw_deg: f32,
    pub(super) feet: [Foot; 2],
}

impl Base {
    /// That of a posture, at the origin and heading north.
    pub(super) fn of(body: &Body, posture: &Posture) -> Self {
        let joints = Joints::of(body, posture);
        let foot = |limb: usize| {
            let out = outward(limb);
            let turn = foot_turn(&joints.points, limb);
            let (pole, on_floor) = match posture.legs[limb] {
                Leg::Stand { toes_out_deg, .. } => {
                    let yaw = (toes_out_deg * out).to_radians();
                    (Vec3::new(yaw.sin(), 0.0, yaw.cos()) + joints.pelvis.z_axis * 0.3, posture.lift < 0.01)
                }
                Leg::Kick { pole, .. } => (joints.pelvis * Vec3::new(pole.x * out, pole.y, pole.z), false),
            };
            Foot { ankle: joints.points[at::ANKLES[limb]], turn, pole, on_floor }
        };
        Self {
            heading_deg: 0.0,
            origin: Vec3::ZERO,
            hip: joints.hip_centre,
            hips_yaw_deg: posture.hips_yaw_deg,
            feet: [foot(0), foot(1)],
        }
    }

    fn toes(&self, sole: &Sole, limb: usize) -> Vec3 {
        let foot = &self.feet[limb];
        foot.ankle + foot.turn * sole.toes
    }
}

/// A base and how it was come by.
#[derive(Debug, Clone, Copy)]
struct Key {
    seconds: f64,
    base: Base,
    ease: Ease,
    /// The foot that stays where it is on the way here; `None` in the air.
    pivot: Option<usize>,
}

/// Bases and when they are reached.
#[derive(Debug, Clone)]
pub(super) struct BaseTrack {
    body: Body,
    sole: Sole,
    keys: Vec<Key>,
}

/// Hips and feet at a moment, in the floor's axes.
pub(super) struct Stand {
    pub(super) heading_deg: f32,
    pub(super) hip: Vec3,
    pub(super) hips_yaw_deg: f32,
    feet: [Foot; 2],
    sole: Sole,
}

impl BaseTrack {
    pub(super) fn starting(body: &Body, base: Base) -> Self {
        let key = Key { seconds: 0.0, base, ease: Ease::Soft, pivot: Some(0) };
        Self { body: *body, sole: Sole::of(body), keys: vec![key] }
    }

    fn last_key(&self) -> &Key {
        &self.keys[self.keys.len() - 1]
    }

    pub(super) fn last(&self) -> (f64, Base) {
        (self.last_key().seconds, self.last_key().base)
    }

    /// Stays as it is until `seconds`, where that lies ahead.
    pub(super) fn hold_until(&mut self, seconds: f64) {
        let last = *self.last_key();
        if seconds > last.seconds {
            self.keys.push(Key { seconds, ease: Ease::Soft, pivot: Some(0), ..last });
        }
    }

    /// Is at `base` at `seconds`, heading for `heading_deg`. `pivot` is the foot that stays on its toes' tip on the way; without
    /// one the body goes through the air and comes `leap` metres further.
    pub(super) fn reach(
        &mut self,
        seconds: f64,
        base: Base,
        heading_deg: f32,
        pivot: Option<usize>,
        leap: f32,
        ease: Ease,
    ) {
        let last = *self.last_key();
        let spot = |base: &Base, foot: usize| turned(base.heading_deg) * self.toes_on_floor(base, foot);
        let mut base = Base { heading_deg, ..base };
        base.origin = match pivot {
            Some(foot) => last.base.origin + spot(&last.base, foot) - spot(&base, foot),
            None => last.base.origin + turned(heading_deg) * Vec3::Z * leap,
        };
        self.keys.push(Key { seconds: seconds.max(last.seconds), base, ease, pivot });
    }

    fn toes_on_floor(&self, base: &Base, foot: usize) -> Vec3 {
        base.toes(&self.sole, foot).with_y(0.0)
    }

    /// Whether each foot stays on its spot at `seconds`.
    #[cfg(test)]
    pub(super) fn planted(&self, seconds: f64) -> [bool; 2] {
        let next = self.keys.partition_point(|key| key.seconds <= seconds).min(self.keys.len() - 1);
        let (from, to) = (&self.keys[next.saturating_sub(1)], &self.keys[next]);
        [0, 1].map(|foot| {
            let stands = from.base.feet[foot].on_floor && to.base.feet[foot].on_floor;
            stands && (to.pivot == Some(foot) || self.step(from, to, foot) < SHUFFLE)
        })
    }

    pub(super) fn at(&self, seconds: f64) -> Stand {
        let next = self.keys.partition_point(|key| key.seconds <= seconds);
        let (from, to, time) = match (next.checked_sub(1).and_then(|i| self.keys.get(i)), self.keys.get(next)) {
            (Some(from), Some(to)) => (from, to, (seconds - from.seconds) / (to.seconds - from.seconds)),
            (None, Some(only)) | (Some(only), None) => (only, only, 1.0),
            (None, None) => (self.last_key(), self.last_key(), 1.0),
        };
        self.between(from, to, time as f32)
    }

    fn between(&self, from: &Key, to: &Key, time: f32) -> Stand {
        let share = to.ease.at(time);
        let (a, b) = (&from.base, &to.base);
        // The body turns before the foot lands.
        let heading_deg = mix(a.heading_deg, b.heading_deg, to.ease.at((time * 1.15).min(1.0)));
        let turn = turned(heading_deg);
        // Everything is laid out about the staying foot's toes, in axes that turn with the body, so that whatever moves
        // goes round that foot in an arc.
        let about = |base: &Base| to.pivot.map_or(Vec3::ZERO, |foot| self.toes_on_floor(base, foot));
        let (about_a, about_b) = (about(a), about(b));
        let world = |base: &Base, point: Vec3| base.origin + turned(base.heading_deg) * point;
        let centre = world(a, about_a).lerp(world(b, about_b), share);
        let mut hip = (a.hip - about_a).lerp(b.hip - about_b, share);
        let feet = [0, 1].map(|limb| {
            let (f, g) = (&a.feet[limb], &b.feet[limb]);
            let foot_turn = f.turn.slerp(g.turn, share);
            let pole = f.pole.normalize_or(Vec3::Z).lerp(g.pole.normalize_or(Vec3::Z), share);
            let ankle = if to.pivot == Some(limb) {
                let toes = foot_turn * self.sole.toes;
                Vec3::new(-toes.x, mix(f.ankle.y, g.ankle.y, share), -toes.z)
            } else if f.on_floor && g.on_floor && to.pivot.is_some() {
                let way = self.step(from, to, limb);
                let lift = if way > SHUFFLE { (way * STEP_LIFT.0).min(STEP_LIFT.1) } else { 0.0 };
                let rise = lift * (std::f32::consts::PI * share).sin();
                (f.ankle - about_a).lerp(g.ankle - about_b, share) + Vec3::Y * rise
            } else {
                hip + swung(f.ankle - a.hip, g.ankle - b.hip, share)
            };
            Foot { ankle, turn: foot_turn, pole, on_floor: f.on_floor && g.on_floor }
        });
        let hips_yaw_deg = mix(a.hips_yaw_deg, b.hips_yaw_deg, share);
        hip.y = hip.y.min(self.highest_hip(hip, hips_yaw_deg, &feet));
        let place = |point: Vec3| centre + turn * point;
        let heading_turn = Quat::from_mat3(&turn);
        Stand {
            heading_deg,
            hip: place(hip),
            hips_yaw_deg,
            feet: feet.map(|foot| Foot {
                ankle: place(foot.ankle),
                turn: heading_turn * foot.turn,
                pole: turn * foot.pole,
                ..foot
            }),
            sole: self.sole,
        }
    }

    /// How far a foot goes between two keys, metres.
    fn step(&self, from: &Key, to: &Key, limb: usize) -> f32 {
        let place = |base: &Base| base.origin + turned(base.heading_deg) * base.feet[limb].ankle;
        place(&from.base).distance(place(&to.base))
    }

    /// The hips sink where a standing leg would be too short.
    fn highest_hip(&self, hip: Vec3, hips_yaw_deg: f32, feet: &[Foot; 2]) -> f32 {
        let pelvis = turned(-hips_yaw_deg);
        let reach = (self.body.thigh + self.body.shin) * 0.998;
        let standing = feet.iter().enumerate().filter(|(_, foot)| foot.on_floor);
        let heights = standing.map(|(limb, foot)| {
            let out = outward(limb) * self.body.half_hips;
            let away = (foot.ankle - hip - pelvis * Vec3::X * out).with_y(0.0).length();
            foot.ankle.y + (reach * reach - away * away).max(0.01).sqrt()
        });
        heights.fold(f32::INFINITY, f32::min)
    }
}

/// On the way from `a` to `b`, both seen from a joint: the direction turns and the distance changes evenly.
fn swung(a: Vec3, b: Vec3, share: f32) -> Vec3 {
    let (from, to) = (a.normalize_or(Vec3::NEG_Y), b.normalize_or(Vec3::NEG_Y));
    let turn = Quat::IDENTITY.slerp(Quat::from_rotation_arc(from, to), share);
    turn * from * mix(a.length(), b.length(), share)
}

impl Stand {
    /// Puts both legs below the hips of a body in the floor's axes.
    pub(super) fn set_legs(&self, points: &mut [Vec3; 33], body: &Body) {
        for (limb, foot) in self.feet.iter().enumerate() {
            let (knee, ankle) = bend(points[at::HIPS[limb]], foot.ankle, body.thigh, body.shin, foot.pole);
            points[at::KNEES[limb]] = knee;
            points[at::ANKLES[limb]] = ankle;
            points[at::HEELS[limb]] = ankle + foot.turn * self.sole.heel;
            points[at::TOES[limb]] = ankle + foot.turn * self.sole.toes;
        }
    }
}
