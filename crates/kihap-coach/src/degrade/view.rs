//! From which side the camera sees the body.

use glam::Vec3;

use crate::kinematics::at;

/// From the right side to the left, shoulders and hips together.
pub(super) fn across(points: &[Vec3; 33]) -> Vec3 {
    points[at::SHOULDERS[0]] - points[at::SHOULDERS[1]] + points[at::HIPS[0]] - points[at::HIPS[1]]
}

/// Degrees by which the body is turned away from the camera, 0 facing it, 180 from behind, from true world coordinates.
pub(super) fn turned_away_deg(points: &[Vec3; 33]) -> f32 {
    let line = across(points);
    // Facing the camera the left side is at the picture's right.
    line.z.abs().atan2(line.x).to_degrees()
}

/// The number of a view, from several views' numbers: between the bins' middles they go over into each other.
pub(super) fn blend(values: &[f32; 5], turned_deg: f32) -> f32 {
    const MIDDLES: [f32; 5] = [10.0, 45.0, 90.0, 135.0, 170.0];
    let above = MIDDLES.partition_point(|middle| *middle <= turned_deg);
    match above {
        0 => values[0],
        5 => values[4],
        _ => {
            let share = (turned_deg - MIDDLES[above - 1]) / (MIDDLES[above] - MIDDLES[above - 1]);
            values[above - 1] + (values[above] - values[above - 1]) * share
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_over_into_each_other_between_views() {
        let values = [0.0, 1.0, 2.0, 3.0, 10.0];
        assert_eq!((blend(&values, 0.0), blend(&values, 90.0), blend(&values, 180.0)), (0.0, 2.0, 10.0));
        assert!((blend(&values, 67.5) - 1.5).abs() < 1e-6);
    }
}
