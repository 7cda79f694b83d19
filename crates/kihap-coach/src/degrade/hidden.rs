//! Which joints the body itself hides from the camera.

use glam::{Vec2, Vec3};

use crate::kinematics::at;

/// Half the thickness of a trunk seen from the side, trunk lengths.
const TRUNK: f32 = 0.24;
/// Half the thickness of a thigh or shin, trunk lengths.
const LEG: f32 = 0.13;
/// How far behind a joint must lie to be hidden, trunk lengths.
const BEHIND: f32 = 0.12;

/// How deep in hiding each of BlazePose's 33 joints is: 0 is in view, 1 is fully behind trunk, head or the other leg. Judged from
/// true world coordinates, whose z points away from the camera.
pub fn hidden(world: &[[f32; 3]]) -> [f32; 33] {
    let mut all = [0.0; 33];
    let Some(points) = world.first_chunk::<33>() else { return all };
    let points = points.map(Vec3::from);
    let middle = |pair: [usize; 2]| (points[pair[0]] + points[pair[1]]) * 0.5;
    let (hips, shoulders) = (middle(at::HIPS), middle(at::SHOULDERS));
    let trunk = shoulders.distance(hips).max(1e-3);
    let half_width =
        |pair: [usize; 2]| ((points[pair[0]] - points[pair[1]]).truncate().length() * 0.5).max(TRUNK * trunk);
    for joint in 0..33 {
        let point = points[joint];
        let own_leg =
            |limb: usize| [at::HIPS, at::KNEES, at::ANKLES, at::HEELS, at::TOES].iter().any(|j| j[limb] == joint);
        let mut most = 0.0_f32;
        let of_trunk = at::SHOULDERS.contains(&joint) || at::HIPS.contains(&joint);
        if !of_trunk && joint > 10 {
            let [low, high] = [half_width(at::HIPS), half_width(at::SHOULDERS)];
            most = most.max(behind(point, [hips, shoulders], [low, high], trunk));
        }
        for limb in 0..2 {
            if !own_leg(limb) && joint > 12 {
                let bones = [[at::HIPS, at::KNEES], [at::KNEES, at::ANKLES]];
                for [from, to] in bones.map(|bone| bone.map(|joint| points[joint[limb]])) {
                    most = most.max(behind(point, [from, to], [LEG * trunk; 2], trunk));
                }
            }
        }
        // A face is not seen from behind.
        if joint <= 10 {
            let ears = middle([7, 8]);
            let turned = (point.z - ears.z) / (0.25 * trunk);
            most = most.max(turned.clamp(0.0, 1.0));
        }
        // In a side view the trunk hides the far shoulder and hip.
        for pair in [at::SHOULDERS, at::HIPS] {
            if pair.contains(&joint) {
                let centre = (points[pair[0]] + points[pair[1]]) * 0.5;
                let depth = (point.z - centre.z) / (points[pair[0]].distance(points[pair[1]]) * 0.5).max(1e-3);
                most = most.max(((depth - 0.6) / 0.4).clamp(0.0, 1.0));
            }
        }
        all[joint] = most;
    }
    all
}

/// How far a point is hidden by a bone with a thickness at each end.
fn behind(point: Vec3, [from, to]: [Vec3; 2], [thick_from, thick_to]: [f32; 2], trunk: f32) -> f32 {
    let (flat, a, b) = (point.truncate(), from.truncate(), to.truncate());
    let way: Vec2 = b - a;
    let along = ((flat - a).dot(way) / way.length_squared().max(1e-6)).clamp(0.0, 1.0);
    let near = a + way * along;
    let depth = from.z + (to.z - from.z) * along;
    let thick = thick_from + (thick_to - thick_from) * along;
    let inside = 1.0 - ((flat - near).length() / thick.max(1e-3) - 0.75).max(0.0) * 4.0;
    let back = (point.z - depth) / (BEHIND * trunk);
    inside.clamp(0.0, 1.0) * (back - 0.5).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinematics::{Arm, Body, Joints, Posture};
    use glam::Mat3;

    /// World coordinates of a posture, turned clockwise by `heading_deg`, before a camera in the north.
    fn seen(posture: &Posture, heading_deg: f32) -> Vec<[f32; 3]> {
        let turn = Mat3::from_rotation_y(-heading_deg.to_radians());
        let points = Joints::of(&Body::MEAN, posture).points.map(|p| turn * p);
        points.iter().map(|p| [p.x, -p.y, -p.z]).collect()
    }

    #[test]
    fn hands_before_the_belly_are_hidden_from_behind_only() {
        let arm = Arm { lateral: 0.0, height: 0.5, elbow_deg: 90.0, ..Posture::upright().arms[0] };
        let posture = Posture { arms: [arm; 2], ..Posture::upright() };
        assert!(hidden(&seen(&posture, 0.0))[15] < 0.1);
        assert!(hidden(&seen(&posture, 180.0))[15] > 0.9);
    }

    #[test]
    fn the_far_side_is_hidden_in_a_side_view_and_a_face_from_behind() {
        let upright = Posture::upright();
        // Turned to the own right: the left side is near the camera.
        let side = hidden(&seen(&upright, 90.0));
        assert!(side[12] > 0.9 && side[11] < 0.1);
        assert!(side[26] > 0.8 && side[25] < 0.1, "{} {}", side[26], side[25]);
        assert!(hidden(&seen(&upright, 180.0))[0] > 0.9);
        assert!(hidden(&seen(&upright, 0.0)).iter().all(|h| *h < 0.1));
    }
}
