//! Lean and turn of the trunk.

use kihap_syllabus::{Bounds, Side, Technique};

use super::draw::Draw;
use crate::kinematics::Posture;

/// Band of the shoulders' turn with a limb's shoulder forward, degrees.
fn yaw(technique: Option<&Technique>) -> Option<&Bounds> {
    technique?.geometry.bounds("trunk_yaw_deg")
}

/// For a technique of the left limb over legs that stand already.
pub(super) fn of_technique(
    technique: &Technique,
    stance: Option<&Technique>,
    lead: Option<Side>,
    posture: Posture,
    draw: &mut Draw<'_>,
) -> Posture {
    let of_stance = yaw(stance).map(|b| toward_left(b, lead));
    let own = yaw(Some(technique)).map(|b| [b.min as f32, b.target as f32, b.max as f32]);
    let key = kihap_syllabus::Measure::from_key("trunk_yaw_deg");
    let band = match (own, of_stance) {
        // Where the bands of both overlap, else between them.
        (Some(own), Some(stance)) => {
            let (low, high) = (own[0].max(stance[0]), own[2].min(stance[2]));
            let (low, high) = if low <= high { (low, high) } else { (high, low) };
            [low, ((own[1] + stance[1]) * 0.5).clamp(low, high), high]
        }
        (Some(own), None) => own,
        (None, Some(stance)) => stance,
        (None, None) => [-8.0, 0.0, 12.0],
    };
    let forward = match draw.fixed {
        Some((measure, value)) if Some(measure) == key => value as f32,
        _ => draw.band(band),
    };
    turned(posture, -forward, lean(technique, draw), draw)
}

/// For a stance alone.
pub(super) fn of_stance(
    stance: Option<&Technique>,
    lead: Option<Side>,
    posture: Posture,
    draw: &mut Draw<'_>,
) -> Posture {
    let band = yaw(stance).map_or([-8.0, 0.0, 8.0], |b| toward_left(b, lead));
    let forward = draw.band(band);
    let lean = stance.map_or(3.0, |s| lean(s, draw));
    turned(posture, -forward, lean, draw)
}

/// A stance's band says how far the leading side is forward; as seen from the left side.
fn toward_left(bounds: &Bounds, lead: Option<Side>) -> [f32; 3] {
    let [low, target, high] = [bounds.min as f32, bounds.target as f32, bounds.max as f32];
    if lead == Some(Side::Right) { [-high, -target, -low] } else { [low, target, high] }
}

fn lean(technique: &Technique, draw: &mut Draw<'_>) -> f32 {
    draw.or(technique, kihap_syllabus::Limb::Both, kihap_syllabus::Quantity::TrunkLeanDeg, [0.0, 3.0, 10.0])
}

fn turned(posture: Posture, yaw_deg: f32, lean_deg: f32, draw: &mut Draw<'_>) -> Posture {
    // The lean has a size only; mostly it is forward.
    let way = draw.chance.between(-60.0, 60.0).to_radians();
    // Hands aim ahead, follow the chest, or anything between.
    let follow = draw.chance.between(0.0, 1.0);
    Posture {
        trunk_yaw_deg: yaw_deg,
        arms_yaw_deg: yaw_deg * follow,
        // The hips turn at least half as far as the shoulders.
        hips_yaw_deg: posture.hips_yaw_deg * 0.5 + yaw_deg * 0.5,
        lean_deg: [lean_deg * way.cos(), lean_deg * way.sin()],
        head_deg: [draw.chance.around(8.0), draw.chance.between(-6.0, 10.0)],
        ..posture
    }
}
