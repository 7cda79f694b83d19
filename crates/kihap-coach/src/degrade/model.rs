//! The sizes of an estimator's errors.

use serde::{Deserialize, Serialize};

/// Why a model's file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: not a model of an estimator's errors ({reason}); compare it with degrade/errors.toml")]
pub struct ErrorModelError {
    /// The file.
    file: String,
    /// What is wrong in which line.
    reason: String,
}

/// Errors of a joint in the picture. Lengths are in trunk lengths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointError {
    /// Standard deviation of x and y each where the joint is seen.
    pub seen: f32,
    /// The same where the body hides it.
    pub hidden: f32,
    /// How much lower than the true joint it is found.
    pub lower: f32,
    /// Mean visibility where it is seen, 0..=1.
    pub visibility_seen: f32,
    /// Mean visibility where it is hidden, 0..=1.
    pub visibility_hidden: f32,
    /// From frame to frame while the body is held.
    pub jitter: f32,
}

/// [`JointError`] by kind of joint.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointErrors {
    /// The eleven points of the face.
    pub face: JointError,
    /// Shoulders.
    pub shoulder: JointError,
    /// Elbows.
    pub elbow: JointError,
    /// Wrists.
    pub wrist: JointError,
    /// Fingers' knuckles.
    pub hand: JointError,
    /// Hips.
    pub hip: JointError,
    /// Knees.
    pub knee: JointError,
    /// Ankles.
    pub ankle: JointError,
    /// Heels and toes.
    pub foot: JointError,
}

impl JointErrors {
    /// Those of one of BlazePose's 33 joints.
    pub fn of(&self, joint: usize) -> &JointError {
        match joint {
            0..=10 => &self.face,
            11 | 12 => &self.shoulder,
            13 | 14 => &self.elbow,
            15 | 16 => &self.wrist,
            17..=22 => &self.hand,
            23 | 24 => &self.hip,
            25 | 26 => &self.knee,
            27 | 28 => &self.ankle,
            _ => &self.foot,
        }
    }
}

/// Errors of a bone in world coordinates, seen from its inner end. Lengths are in trunk lengths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoneError {
    /// Mean length against the true one.
    pub length: f32,
    /// Share of the true depth that is given.
    pub depth: f32,
    /// Added to the depth, away from the camera.
    pub depth_bias: f32,
    /// Standard deviation along the view.
    pub depth_noise: f32,
    /// Standard deviation across the view, x and y each.
    pub across_noise: f32,
    /// Along the view from frame to frame while the body is held.
    pub depth_jitter: f32,
}

/// [`BoneError`] by bone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoneErrors {
    /// Middle of the hips to middle of the shoulders.
    pub trunk: BoneError,
    /// Middle of the shoulders to the points of the face.
    pub head: BoneError,
    /// Shoulder to elbow.
    pub upper_arm: BoneError,
    /// Elbow to wrist.
    pub forearm: BoneError,
    /// Wrist to knuckles.
    pub hand: BoneError,
    /// Hip to knee.
    pub thigh: BoneError,
    /// Knee to ankle.
    pub shin: BoneError,
    /// Ankle to heel and toes.
    pub foot: BoneError,
}

/// How errors last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeError {
    /// Share of the variance that stays with a performance, 0..=1.
    pub lasting_share: f32,
    /// Seconds in which the rest forgets itself while the body moves by a trunk length a second.
    pub correlation_s: f32,
    /// Pace of forgetting while the body is held, against that.
    pub held_pace: f32,
}

/// What holds for world coordinates as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyError {
    /// Length of the trunk that everybody is given, metres; 0 leaves the true one.
    pub trunk_m: f32,
    /// Its standard deviation, metres.
    pub trunk_m_sd: f32,
    /// Length of the shoulder line against the true one.
    pub shoulders: f32,
    /// The same of the hip line.
    pub hips: f32,
    /// Standard deviation of either line's length, as a share of it.
    pub line_noise: f32,
    /// What errors across the view share with those in the picture, 0..=1.
    pub shared: f32,
}

/// What differs by view: from the front, oblique, from the side, oblique from behind, from behind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewErrors {
    /// Turn of the shoulder line in world coordinates, standard deviation in degrees.
    pub shoulders_yaw_deg: [f32; 5],
    /// The same of the hip line.
    pub hips_yaw_deg: [f32; 5],
    /// Share of seen arms that are found somewhere else altogether.
    pub arm_lost_seen: [f32; 5],
    /// The same of arms that the body hides.
    pub arm_lost_hidden: [f32; 5],
    /// The same of seen legs.
    pub leg_lost_seen: [f32; 5],
    /// The same of legs that the body hides.
    pub leg_lost_hidden: [f32; 5],
    /// Share of pictures in which both legs are exchanged.
    pub legs_swapped: [f32; 5],
    /// The same of both arms.
    pub arms_swapped: [f32; 5],
    /// The same of everything left and right.
    pub all_swapped: [f32; 5],
}

/// What becomes of a limb that is lost. Lengths are in trunk lengths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LostError {
    /// How much of the true place is left in the guess, 0..=1.
    pub kept: f32,
    /// The guessed wrist from the shoulder: away from the middle, down.
    pub arm_guess: [f32; 2],
    /// The guessed ankle from the hip: away from the middle, down.
    pub leg_guess: [f32; 2],
    /// Standard deviation of the guess.
    pub scatter: f32,
    /// What is left of the visibility, 0..=1.
    pub visibility: f32,
    /// Standard deviation of the depth.
    pub depth_noise: f32,
}

/// Joints beyond the picture's edge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EdgeError {
    /// Standard deviation for each trunk length beyond the edge, trunk lengths.
    pub error: f32,
    /// Distance over which the visibility falls, trunk lengths.
    pub reach: f32,
    /// What is left of the visibility that far beyond the edge, 0..=1.
    pub visibility: f32,
    /// How much more often a limb is lost whose end lies beyond the edge, 0..=1.
    pub lost: f32,
}

/// When nobody is found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingError {
    /// Share of frames with all of the body in view.
    pub base: f32,
    /// What it grows by as all joints come to lie beyond the edge.
    pub cut_off: f32,
}

/// Radial distortion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LensError {
    /// Lowest k of r′ = r (1 + k r²), r in half diagonals of the picture.
    pub barrel: f32,
    /// Highest.
    pub pincushion: f32,
}

/// What an estimator makes of a true skeleton: the sizes of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorModel {
    /// How errors last.
    pub time: TimeError,
    /// Joints in the picture.
    pub joints: JointErrors,
    /// Bones in world coordinates.
    pub bones: BoneErrors,
    /// World coordinates as a whole.
    pub body: BodyError,
    /// What differs by view.
    pub views: ViewErrors,
    /// Lost limbs.
    pub lost: LostError,
    /// Joints beyond the edge.
    pub edge: EdgeError,
    /// Nobody found.
    pub missing: MissingError,
    /// The lens.
    pub lens: LensError,
}

impl ErrorModel {
    /// What was measured of BlazePose full.
    ///
    /// # Errors
    /// None with the file as it is (a test reads it); the type says so that nothing has to panic.
    pub fn measured() -> Result<Self, ErrorModelError> {
        Self::read("degrade/errors.toml", include_str!("errors.toml"))
    }

    /// A model from the text of a file like `errors.toml`.
    ///
    /// # Errors
    /// Broken TOML, a missing or an unknown key, with its line.
    pub fn read(file: &str, text: &str) -> Result<Self, ErrorModelError> {
        toml::from_str(text)
            .map_err(|error| ErrorModelError { file: file.to_owned(), reason: error.to_string().trim().to_owned() })
    }

    /// No errors at all: the estimator sees what is true.
    pub fn none() -> Self {
        let joint = JointError {
            seen: 0.0,
            hidden: 0.0,
            lower: 0.0,
            visibility_seen: 1.0,
            visibility_hidden: 1.0,
            jitter: 0.0,
        };
        let bone = BoneError {
            length: 1.0,
            depth: 1.0,
            depth_bias: 0.0,
            depth_noise: 0.0,
            across_noise: 0.0,
            depth_jitter: 0.0,
        };
        Self {
            time: TimeError { lasting_share: 0.0, correlation_s: 1.0, held_pace: 0.0 },
            joints: JointErrors {
                face: joint,
                shoulder: joint,
                elbow: joint,
                wrist: joint,
                hand: joint,
                hip: joint,
                knee: joint,
                ankle: joint,
                foot: joint,
            },
            bones: BoneErrors {
                trunk: bone,
                head: bone,
                upper_arm: bone,
                forearm: bone,
                hand: bone,
                thigh: bone,
                shin: bone,
                foot: bone,
            },
            body: BodyError { trunk_m: 0.0, trunk_m_sd: 0.0, shoulders: 1.0, hips: 1.0, line_noise: 0.0, shared: 0.0 },
            views: ViewErrors {
                shoulders_yaw_deg: [0.0; 5],
                hips_yaw_deg: [0.0; 5],
                arm_lost_seen: [0.0; 5],
                arm_lost_hidden: [0.0; 5],
                leg_lost_seen: [0.0; 5],
                leg_lost_hidden: [0.0; 5],
                legs_swapped: [0.0; 5],
                arms_swapped: [0.0; 5],
                all_swapped: [0.0; 5],
            },
            lost: LostError {
                kept: 1.0,
                arm_guess: [0.0; 2],
                leg_guess: [0.0; 2],
                scatter: 0.0,
                visibility: 1.0,
                depth_noise: 0.0,
            },
            edge: EdgeError { error: 0.0, reach: 1.0, visibility: 1.0, lost: 0.0 },
            missing: MissingError { base: 0.0, cut_off: 0.0 },
            lens: LensError { barrel: 0.0, pincushion: 0.0 },
        }
    }
}
