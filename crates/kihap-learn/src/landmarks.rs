//! The numbers a skeleton is turned into before a network sees it.

use kihap_vision::Pose;

/// Features of one skeleton: every joint about the hip centre in torso lengths, its visibility, and the world
/// coordinates where the estimator gives them.
///
/// Stands in until `kihap_vision::features::landmark_features` has landed.
pub(crate) fn landmark_features(pose: &Pose) -> Vec<f32> {
    let middle = |a: &str, b: &str| {
        let (a, b) = (pose.joint(a).copied().unwrap_or_default(), pose.joint(b).copied().unwrap_or_default());
        ((a.x + b.x) / 2.0, (a.y + b.y) / 2.0)
    };
    let hip = middle("left_hip", "right_hip");
    let shoulder = middle("left_shoulder", "right_shoulder");
    let torso = (shoulder.0 - hip.0).hypot(shoulder.1 - hip.1).max(1e-3);
    let flat = pose.landmarks.iter().flat_map(|l| [(l.x - hip.0) / torso, (l.y - hip.1) / torso, l.visibility]);
    flat.chain(pose.world.iter().flatten().map(|metres| metres * 2.0)).collect()
}
