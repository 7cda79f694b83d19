//! From posture and lengths to joints: where every point of the body is.

use glam::{Mat3, Vec3};

use super::{Body, Leg, Posture};

/// Indices of BlazePose's 33 points that this file sets by name.
pub mod at {
    /// The nose.
    pub const NOSE: usize = 0;
    /// Shoulders, left and right.
    pub const SHOULDERS: [usize; 2] = [11, 12];
    /// Elbows, left and right.
    pub const ELBOWS: [usize; 2] = [13, 14];
    /// Wrists, left and right.
    pub const WRISTS: [usize; 2] = [15, 16];
    /// Little fingers' knuckles, left and right.
    pub const PINKIES: [usize; 2] = [17, 18];
    /// Index fingers' knuckles, left and right.
    pub const INDEXES: [usize; 2] = [19, 20];
    /// Thumbs' knuckles, left and right.
    pub const THUMBS: [usize; 2] = [21, 22];
    /// Hips, left and right.
    pub const HIPS: [usize; 2] = [23, 24];
    /// Knees, left and right.
    pub const KNEES: [usize; 2] = [25, 26];
    /// Ankles, left and right.
    pub const ANKLES: [usize; 2] = [27, 28];
    /// Heels, left and right.
    pub const HEELS: [usize; 2] = [29, 30];
    /// Tips of the feet, left and right.
    pub const TOES: [usize; 2] = [31, 32];
}

/// A posed body, metres, feet on y = 0.
#[derive(Debug, Clone)]
pub struct Joints {
    /// BlazePose's 33 points.
    pub points: [Vec3; 33],
    /// Columns: left, up, front of the hips.
    pub pelvis: Mat3,
    /// The same of the chest.
    pub chest: Mat3,
    /// The same of the head.
    pub head: Mat3,
    /// Middle between the hips.
    pub hip_centre: Vec3,
    /// Middle between the shoulders.
    pub shoulder_centre: Vec3,
    /// Middle of the head.
    pub head_centre: Vec3,
    /// Whether each hand is open.
    pub open_hands: [bool; 2],
}

/// How far a raised heel is off the floor, foot lengths.
const HEEL_LIFT: f32 = 0.45;

/// +1 for the left limb, −1 for the right: outward is this times x.
pub(crate) fn outward(limb: usize) -> f32 {
    if limb == 0 { 1.0 } else { -1.0 }
}

/// Columns left, up, front, turned to the left by `yaw`, leaning forward by `pitch`, to the left by `roll` (degrees).
fn frame(yaw: f32, pitch: f32, roll: f32) -> Mat3 {
    // Leaning to the left turns up towards +x, which is a negative turn about z.
    Mat3::from_rotation_y(yaw.to_radians())
        * Mat3::from_rotation_x(pitch.to_radians())
        * Mat3::from_rotation_z(-roll.to_radians())
}

/// The middle joint of a limb from `start` towards `end` with bones `a` and `b`, bent towards `pole`; and the end joint,
/// which comes nearer where the limb is too short.
pub(crate) fn bend(start: Vec3, end: Vec3, a: f32, b: f32, pole: Vec3) -> (Vec3, Vec3) {
    let way = end - start;
    let length = way.length().clamp((a - b).abs() + 0.01, (a + b) * 0.9995);
    let along = way.normalize_or(Vec3::NEG_Y);
    let side = (pole - along * pole.dot(along)).normalize_or(along.any_orthonormal_vector());
    let run = (a * a - b * b + length * length) / (2.0 * length);
    let rise = (a * a - run * run).max(0.0).sqrt();
    (start + along * run + side * rise, start + along * length)
}

/// Distance between the ends of two bones at an inner angle of `degrees`.
pub(crate) fn span(a: f32, b: f32, degrees: f32) -> f32 {
    (a * a + b * b - 2.0 * a * b * degrees.to_radians().cos()).max(0.0).sqrt()
}

impl Joints {
    /// Poses the body; the middle of the feet is at the origin, facing +z.
    pub fn of(body: &Body, posture: &Posture) -> Self {
        let straight = body.thigh + body.shin + body.ankle;
        let [lean_front, lean_left] = posture.lean_deg;
        let pelvis = frame(posture.hips_yaw_deg, lean_front * 0.5, lean_left * 0.6);
        let chest = frame(posture.trunk_yaw_deg, lean_front, lean_left);
        let mut hip_centre = Vec3::new(
            posture.hips_shift[0] * body.stature,
            straight * posture.hips + posture.lift * body.stature,
            posture.hips_shift[1] * body.stature,
        );
        // Both feet must reach the floor: sink where a wide stance asks for more than the legs have.
        for (limb, leg) in posture.legs.iter().enumerate() {
            if let Leg::Stand { outward: out, forward, .. } = leg {
                let hip = pelvis * Vec3::new(outward(limb) * body.half_hips, 0.0, 0.0);
                let foot = Vec3::new(outward(limb) * out, 0.0, *forward) * body.stature;
                let away = (foot - hip - hip_centre).with_y(0.0).length();
                let reach = (body.thigh + body.shin) * 0.998;
                let floor = posture.lift * body.stature;
                let highest = (reach * reach - away * away).max(0.01).sqrt() + floor + body.ankle - hip.y;
                hip_centre.y = hip_centre.y.min(highest);
            }
        }
        let shoulder_centre = hip_centre + (pelvis.y_axis * 0.35 + chest.y_axis * 0.65).normalize() * body.trunk;

        let mut points = [Vec3::ZERO; 33];
        for limb in 0..2 {
            points[at::HIPS[limb]] = hip_centre + pelvis.x_axis * (outward(limb) * body.half_hips);
            points[at::SHOULDERS[limb]] = shoulder_centre + chest.x_axis * (outward(limb) * body.half_shoulders);
            set_arm(&mut points, limb, body, posture, chest, hip_centre);
            set_leg(&mut points, limb, body, posture, pelvis);
        }
        let [turn, bow] = posture.head_deg;
        // The head follows the gaze, less far than the neck can turn away from the shoulders.
        let yaw = posture.trunk_yaw_deg + (turn - posture.trunk_yaw_deg).clamp(-70.0, 70.0);
        let head = frame(yaw, bow + lean_front * 0.3, lean_left * 0.35);
        let neck = (chest.y_axis + head.y_axis).normalize();
        let head_centre = shoulder_centre + neck * (body.head * 1.95) + head.z_axis * (body.head * 0.22);
        set_face(&mut points, body, head, head_centre);
        let open_hands = posture.arms.map(|arm| arm.open_hand);
        Self { points, pelvis, chest, head, hip_centre, shoulder_centre, head_centre, open_hands }
    }
}

fn set_arm(points: &mut [Vec3; 33], limb: usize, body: &Body, posture: &Posture, chest: Mat3, hip_centre: Vec3) {
    let arm = &posture.arms[limb];
    let aim = frame(posture.arms_yaw_deg, 0.0, 0.0);
    let shoulder = points[at::SHOULDERS[limb]];
    // Heights are over the hips and vertical; sideways is from the middle of the body.
    let middle = shoulder - chest.x_axis * (outward(limb) * body.half_shoulders);
    let aside = aim.x_axis * (outward(limb) * arm.lateral * body.half_shoulders);
    let height = hip_centre.y + arm.height * body.trunk;
    let flat = (middle + aside).with_y(height);
    // The wrist goes as far to the front as the elbow's angle asks.
    let front = aim.z_axis;
    let reach = span(body.upper_arm, body.forearm, arm.elbow_deg);
    let from = flat - shoulder;
    let (along, off) = (from.dot(front), from.length_squared());
    let root = (reach * reach - off + along * along).max(0.0).sqrt();
    let wrist = flat + front * (root - along);
    let pole = chest * Vec3::new(arm.pole.x * outward(limb), arm.pole.y, arm.pole.z);
    let (elbow, wrist) = bend(shoulder, wrist, body.upper_arm, body.forearm, pole);
    points[at::ELBOWS[limb]] = elbow;
    points[at::WRISTS[limb]] = wrist;

    let along = (wrist - elbow).normalize_or(Vec3::NEG_Y);
    let bend_side = (elbow - shoulder).cross(along).normalize_or(chest.x_axis) * outward(limb);
    let length = body.stature * if arm.open_hand { 0.088 } else { 0.052 };
    let across = along.cross(bend_side).normalize_or(chest.y_axis) * (body.stature * 0.018);
    points[at::INDEXES[limb]] = wrist + along * length + across * 0.8;
    points[at::PINKIES[limb]] = wrist + along * (length * 0.9) - across;
    points[at::THUMBS[limb]] = wrist + along * (length * 0.62) + across * 1.3;
}

fn set_leg(points: &mut [Vec3; 33], limb: usize, body: &Body, posture: &Posture, pelvis: Mat3) {
    let hip = points[at::HIPS[limb]];
    let out = outward(limb);
    let (knee, ankle, toes, up) = match posture.legs[limb] {
        Leg::Stand { outward, forward, toes_out_deg, heel_up } => {
            let yaw = (toes_out_deg * out).to_radians();
            let toes = Vec3::new(yaw.sin(), 0.0, yaw.cos());
            let height = body.ankle + body.stature * posture.lift + if heel_up { body.foot * HEEL_LIFT } else { 0.0 };
            let ankle = Vec3::new(out * outward * body.stature, height, forward * body.stature);
            // The knee bends over the toes, a little towards the front of the hips.
            let pole = toes + pelvis.z_axis * 0.3;
            let (knee, ankle) = bend(hip, ankle, body.thigh, body.shin, pole);
            let pitch = if heel_up { HEEL_LIFT } else { 0.0 };
            (knee, ankle, (toes - Vec3::Y * pitch).normalize(), (Vec3::Y + toes * pitch).normalize())
        }
        Leg::Kick { towards, knee_deg, pole } => {
            let side = |v: Vec3| pelvis * Vec3::new(v.x * out, v.y, v.z);
            let direction = side(towards).normalize_or(Vec3::Z);
            let end = hip + direction * span(body.thigh, body.shin, knee_deg);
            let (knee, ankle) = bend(hip, end, body.thigh, body.shin, side(pole));
            let shin = (ankle - knee).normalize_or(Vec3::NEG_Y);
            // The sole faces along the shin, the toes are drawn towards the knee's side.
            let toes = (side(pole) - shin * side(pole).dot(shin)).normalize_or(Vec3::Y);
            (knee, ankle, (toes + shin * 0.55).normalize(), (-shin + toes * 0.55).normalize())
        }
    };
    points[at::KNEES[limb]] = knee;
    points[at::ANKLES[limb]] = ankle;
    points[at::HEELS[limb]] = ankle - toes * (body.foot * 0.24) - up * (body.ankle * 0.62);
    points[at::TOES[limb]] = ankle + toes * (body.foot * 0.70) - up * (body.ankle * 0.78);
}

/// Points of the face, in half heads from the head's centre: outward, up, front.
const FACE: [(usize, [f32; 3]); 11] = [
    (at::NOSE, [0.0, -0.16, 0.98]),
    (1, [0.13, 0.11, 0.83]),
    (2, [0.27, 0.11, 0.78]),
    (3, [0.40, 0.11, 0.68]),
    (4, [-0.13, 0.11, 0.83]),
    (5, [-0.27, 0.11, 0.78]),
    (6, [-0.40, 0.11, 0.68]),
    (7, [0.70, -0.06, 0.0]),
    (8, [-0.70, -0.06, 0.0]),
    (9, [0.19, -0.46, 0.78]),
    (10, [-0.19, -0.46, 0.78]),
];

fn set_face(points: &mut [Vec3; 33], body: &Body, head: Mat3, centre: Vec3) {
    for (index, place) in FACE {
        points[index] = centre + head * (Vec3::from(place) * body.head);
    }
}
