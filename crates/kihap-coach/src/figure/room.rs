//! Where it happens: a hall with mats, a room, or a yard, by session.

use crate::chance::Chance;
use glam::Vec3;

/// A thing on the back wall: a rectangle with a frame, or a stripe over all its width.
#[derive(Clone, Copy)]
struct Panel {
    left: f32,
    right: f32,
    low: f32,
    high: f32,
    colour: Vec3,
    frame: Vec3,
}

/// A floor at y = 0 and a wall behind, in the world's axes: x to the right of the picture, y up, z to the camera.
pub(super) struct Room {
    wall_distance: f32,
    wall: Vec3,
    wall_grain: f32,
    skirting: f32,
    floor: [Vec3; 2],
    tile: f32,
    planks: bool,
    panels: Vec<Panel>,
    phase: f32,
}

const WALLS: [[f32; 3]; 9] = [
    [0.80, 0.79, 0.75],
    [0.62, 0.67, 0.71],
    [0.50, 0.57, 0.52],
    [0.72, 0.60, 0.47],
    [0.42, 0.45, 0.53],
    [0.66, 0.52, 0.50],
    [0.33, 0.37, 0.40],
    [0.56, 0.70, 0.82],
    [0.77, 0.72, 0.60],
];
const FLOORS: [[[f32; 3]; 2]; 7] = [
    [[0.15, 0.30, 0.58], [0.66, 0.16, 0.16]],
    [[0.20, 0.42, 0.32], [0.24, 0.48, 0.36]],
    [[0.58, 0.43, 0.28], [0.52, 0.38, 0.24]],
    [[0.45, 0.45, 0.46], [0.40, 0.40, 0.42]],
    [[0.12, 0.24, 0.48], [0.15, 0.28, 0.54]],
    [[0.33, 0.44, 0.24], [0.36, 0.48, 0.25]],
    [[0.62, 0.58, 0.52], [0.56, 0.52, 0.47]],
];

impl Room {
    pub(super) fn of(session_seed: u64) -> Self {
        let mut chance = Chance::new("room", &[session_seed]);
        let floor = chance.one_of(&FLOORS).map(Vec3::from);
        let wall = Vec3::from(chance.one_of(&WALLS)) * chance.between(0.75, 1.08);
        let count = chance.one_of(&[0_usize, 1, 2, 3, 4, 5]);
        let panels = (0..count).map(|_| panel(&mut chance)).collect();
        Self {
            wall_distance: chance.between(1.6, 4.5),
            wall,
            wall_grain: chance.between(0.0, 0.05),
            skirting: if chance.often(0.6) { chance.between(0.06, 0.16) } else { 0.0 },
            floor,
            tile: chance.between(0.6, 1.1),
            planks: chance.often(0.35),
            panels,
            phase: chance.between(0.0, 40.0),
        }
    }

    /// The colour seen from `origin` along `direction`, and the spot on the floor where it is floor.
    pub(super) fn seen(&self, origin: Vec3, direction: Vec3) -> (Vec3, Option<Vec3>) {
        let to_floor = if direction.y < -1e-4 { -origin.y / direction.y } else { f32::MAX };
        let to_wall = if direction.z < -1e-4 { -(origin.z + self.wall_distance) / direction.z } else { f32::MAX };
        if to_floor < to_wall {
            let spot = origin + direction * to_floor;
            (self.floor_at(spot), Some(spot))
        } else {
            (self.wall_at(origin + direction * to_wall.min(40.0)), None)
        }
    }

    fn floor_at(&self, spot: Vec3) -> Vec3 {
        let (u, v) = (spot.x / self.tile + self.phase, spot.z / self.tile + self.phase);
        let cell = if self.planks { (u * 5.0).floor() } else { u.floor() + v.floor() };
        let base = self.floor[usize::from(cell.rem_euclid(2.0) >= 1.0)];
        let line = if self.planks { (u * 5.0).fract() } else { u.fract().min(v.fract()) };
        let seam = if line < 0.012 { 0.75 } else { 1.0 };
        let far = 1.0 - 0.05 * (-spot.z).clamp(-2.0, 5.0);
        base * seam * far * (1.0 + 0.05 * (u * 3.1 + (v * 1.7).sin()).sin())
    }

    fn wall_at(&self, spot: Vec3) -> Vec3 {
        for panel in &self.panels {
            let (x, y) = (spot.x, spot.y);
            if x > panel.left && x < panel.right && y > panel.low && y < panel.high {
                let edge = (x - panel.left).min(panel.right - x).min(y - panel.low).min(panel.high - y);
                return if edge < 0.04 { panel.frame } else { panel.colour * (1.0 + 0.06 * (x * 7.0).sin()) };
            }
        }
        if spot.y < self.skirting {
            return self.wall * 0.55;
        }
        let grain = 1.0 + self.wall_grain * ((spot.x * 23.0 + self.phase).sin() * (spot.y * 17.0).sin());
        self.wall * (0.90 + 0.05 * spot.y.min(3.0)) * grain
    }
}

fn panel(chance: &mut Chance) -> Panel {
    let left = chance.between(-3.2, 2.2);
    let low = chance.between(0.0, 1.5);
    let colour =
        |chance: &mut Chance| Vec3::new(chance.between(0.1, 0.9), chance.between(0.1, 0.9), chance.between(0.1, 0.9));
    Panel {
        left,
        right: left + chance.between(0.3, 1.6),
        low,
        high: low + chance.between(0.3, 1.6),
        colour: colour(chance) * 0.5 + Vec3::splat(0.25),
        frame: colour(chance) * 0.8,
    }
}
