//! What is measured of a posture: a quantity, of which limb, in which unit.
//!
//! The keys of a technique's geometry are these names, with `act_` or `aux_` before them where they mean one limb.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The unit of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Degrees.
    Degrees,
    /// Vertical distance from the hips' centre, in trunk lengths (hips' centre to shoulders' centre): 0 hips, 1 shoulders.
    Trunks,
    /// Half shoulder widths from the centre line.
    HalfShoulders,
    /// Shoulder widths (acromion to acromion).
    ShoulderWidths,
    /// The performer's own foot lengths.
    Feet,
    /// Upright fists: the height of four fingers, about 0.05 of body height.
    Fists,
    /// Widths of a hand's blade.
    HandBlades,
    /// Heights of the supporting knee.
    Knees,
    /// A share, 0 to 1.
    Share,
    /// A whole number of times.
    Count,
    /// Seconds.
    Seconds,
    /// Yes (1) or no (0).
    Flag,
}

/// Which limb a measure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Limb {
    /// The limb that performs the technique (`act_`).
    Acting,
    /// The other one (`aux_`).
    Other,
    /// Both alike, or the body as a whole (no prefix).
    Both,
}

macro_rules! quantities {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal in $unit:ident,)*) => {
        /// What is measured. Heights are over the hips' centre; angles are in degrees.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Quantity {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Quantity {
            /// Every quantity there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the files.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Its unit.
            pub fn unit(self) -> Unit {
                match self { $(Self::$variant => Unit::$unit,)* }
            }
        }
    };
}

quantities! {
    #[doc = "Tilt of the line from hips to shoulders from the vertical."]
    TrunkLeanDeg = "trunk_lean_deg" in Degrees,
    #[doc = "Turn of the shoulder line from square to the facing direction, towards the acting side positive."]
    TrunkYawDeg = "trunk_yaw_deg" in Degrees,
    #[doc = "Inner angle shoulder–elbow–wrist; 180 is straight."]
    ElbowDeg = "elbow_deg" in Degrees,
    #[doc = "Upper arm forward: 0 hanging, 90 level, 180 overhead."]
    ShoulderFlexionDeg = "shoulder_flexion_deg" in Degrees,
    #[doc = "Upper arm to the side: 0 hanging, 90 level, 180 overhead."]
    ShoulderAbductionDeg = "shoulder_abduction_deg" in Degrees,
    #[doc = "Height of the wrist."]
    WristHeight = "wrist_height" in Trunks,
    #[doc = "Wrist sideways: 0 the body's centre line, +1 the own shoulder, −1 the other shoulder."]
    WristLateral = "wrist_lateral" in HalfShoulders,
    #[doc = "Height of the elbow."]
    ElbowHeight = "elbow_height" in Trunks,
    #[doc = "Height of the finger tips."]
    FingertipHeight = "fingertip_height" in Trunks,
    #[doc = "Distance between the wrists."]
    WristGapSw = "wrist_gap_sw" in ShoulderWidths,
    #[doc = "The hand is open."]
    OpenHand = "open_hand" in Flag,
    #[doc = "Distance of the hand from the body, in widths of a hand's blade."]
    GapHandblades = "gap_handblades" in HandBlades,
    #[doc = "Tilt of the hand against the forearm."]
    HandTiltDeg = "hand_tilt_deg" in Degrees,
    #[doc = "Angle of the forearm to the floor."]
    ForearmTiltDeg = "forearm_tilt_deg" in Degrees,
    #[doc = "How far the low arm points forward from the side."]
    LowArmForwardDeg = "low_arm_forward_deg" in Degrees,
    #[doc = "Height of the fist over its own elbow."]
    FistAboveElbow = "fist_above_elbow" in Trunks,
    #[doc = "Height of the fist over the thigh."]
    FistAboveThighFists = "fist_above_thigh_fists" in Fists,
    #[doc = "Height of the open hand over the thigh."]
    HandAboveThighFists = "hand_above_thigh_fists" in Fists,
    #[doc = "Distance between the fists."]
    FistGapFists = "fist_gap_fists" in Fists,
    #[doc = "Distance of the fists from the belly."]
    FistToBellyFists = "fist_to_belly_fists" in Fists,
    #[doc = "Distance of the fist from the leg."]
    FistToLegFists = "fist_to_leg_fists" in Fists,
    #[doc = "Distance of the forearm from the trunk."]
    GapToTrunkFists = "gap_to_trunk_fists" in Fists,
    #[doc = "Distance of the wrist from the forehead."]
    WristToForeheadFists = "wrist_to_forehead_fists" in Fists,
    #[doc = "How alike both arms are; 1 is mirror-equal."]
    Symmetry = "symmetry" in Share,
    #[doc = "Inner angle hip–knee–ankle; 180 is straight."]
    KneeDeg = "knee_deg" in Degrees,
    #[doc = "The same of the left knee."]
    KneeLDeg = "knee_l_deg" in Degrees,
    #[doc = "The same of the right knee."]
    KneeRDeg = "knee_r_deg" in Degrees,
    #[doc = "The same of the front knee."]
    FrontKneeDeg = "front_knee_deg" in Degrees,
    #[doc = "The same of the rear knee."]
    RearKneeDeg = "rear_knee_deg" in Degrees,
    #[doc = "The same of the supporting knee."]
    SupportKneeDeg = "support_knee_deg" in Degrees,
    #[doc = "The same of the lifted knee."]
    LiftedKneeDeg = "lifted_knee_deg" in Degrees,
    #[doc = "The same of the kicking knee when it is folded most."]
    ChamberKneeDeg = "chamber_knee_deg" in Degrees,
    #[doc = "Thigh forward: 0 hanging, 90 level."]
    HipFlexionDeg = "hip_flexion_deg" in Degrees,
    #[doc = "Thigh to the side: 0 hanging, 90 level."]
    HipAbductionDeg = "hip_abduction_deg" in Degrees,
    #[doc = "Height of the ankle."]
    AnkleHeight = "ankle_height" in Trunks,
    #[doc = "Height of the ankle in the first of two kicks."]
    FirstAnkleHeight = "first_ankle_height" in Trunks,
    #[doc = "Height of the ankle in the second of two kicks."]
    SecondAnkleHeight = "second_ankle_height" in Trunks,
    #[doc = "Greatest height of the ankle."]
    PeakAnkleHeight = "peak_ankle_height" in Trunks,
    #[doc = "Height of the lifted ankle, in heights of the supporting knee."]
    LiftedAnkleHeightKnee = "lifted_ankle_height_knee" in Knees,
    #[doc = "Distance between the ankles."]
    AnkleDistanceSw = "ankle_distance_sw" in ShoulderWidths,
    #[doc = "The instep is stretched and the toes are pulled back."]
    AnklePlantarToesBack = "ankle_plantar_toes_back" in Flag,
    #[doc = "Free floor between the inner edges of the feet."]
    FootGapFeet = "foot_gap_feet" in Feet,
    #[doc = "Free floor between the rear toe and the front heel."]
    ToeHeelGapFeet = "toe_heel_gap_feet" in Feet,
    #[doc = "Distance between the toes."]
    ToeToToeFeet = "toe_to_toe_feet" in Feet,
    #[doc = "From the rear end to the front end of the stance."]
    OverallLengthFeet = "overall_length_feet" in Feet,
    #[doc = "Width between the inner edges of the feet."]
    WidthFists = "width_fists" in Fists,
    #[doc = "How far the feet are turned out."]
    FootOutDeg = "foot_out_deg" in Degrees,
    #[doc = "How far the front foot is turned out."]
    FrontFootOutDeg = "front_foot_out_deg" in Degrees,
    #[doc = "How far the rear foot is turned out."]
    RearFootOutDeg = "rear_foot_out_deg" in Degrees,
    #[doc = "Angle between the feet."]
    FeetAngleDeg = "feet_angle_deg" in Degrees,
    #[doc = "How far the supporting foot is turned away from the target."]
    SupportFootTurnDeg = "support_foot_turn_deg" in Degrees,
    #[doc = "The front heel is off the floor."]
    FrontHeelRaised = "front_heel_raised" in Flag,
    #[doc = "The rear heel is off the floor."]
    RearHeelRaised = "rear_heel_raised" in Flag,
    #[doc = "Tilt of the front shin from the vertical."]
    FrontShinTiltDeg = "front_shin_tilt_deg" in Degrees,
    #[doc = "Front knee minus toe tip along the facing direction; negative is behind the toe."]
    KneePastToe = "knee_past_toe" in Feet,
    #[doc = "Share of the weight on the front foot."]
    WeightFront = "weight_front" in Share,
    #[doc = "Turn of the kick's plane from the facing direction."]
    KickPlaneYawDeg = "kick_plane_yaw_deg" in Degrees,
    #[doc = "Turn of the body during the technique."]
    BodyTurnDeg = "body_turn_deg" in Degrees,
    #[doc = "Angle shoulder–hip–heel; 180 is one line."]
    ShoulderHipHeelLineDeg = "shoulder_hip_heel_line_deg" in Degrees,
    #[doc = "Distance of the foot from the palm it strikes."]
    FootToPalmSw = "foot_to_palm_sw" in ShoulderWidths,
    #[doc = "Both feet are off the floor."]
    Airborne = "airborne" in Flag,
    #[doc = "Kicks during one jump."]
    KicksInAir = "kicks_in_air" in Count,
    #[doc = "How long the posture is held."]
    HoldS = "hold_s" in Seconds,
}

/// A quantity of a limb, as a key of a technique's geometry names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Measure {
    /// Of which limb.
    pub limb: Limb,
    /// What.
    pub quantity: Quantity,
}

impl Measure {
    /// The measure that a file's key names, such as `act_elbow_deg`.
    pub fn from_key(key: &str) -> Option<Self> {
        let (limb, name) = match (key.strip_prefix("act_"), key.strip_prefix("aux_")) {
            (Some(name), _) => (Limb::Acting, name),
            (_, Some(name)) => (Limb::Other, name),
            _ => (Limb::Both, key),
        };
        let quantity = *Quantity::ALL.iter().find(|quantity| quantity.name() == name)?;
        Some(Self { limb, quantity })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.limb {
            Limb::Acting => "act_",
            Limb::Other => "aux_",
            Limb::Both => "",
        };
        write!(f, "{prefix}{}", self.quantity.name())
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::from_key(&key).ok_or_else(|| de::Error::custom(format!("nothing is measured by the name {key:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_limb_and_quantity_and_is_written_back_alike() {
        let measure = Measure::from_key("act_wrist_height").unwrap();
        assert_eq!(measure, Measure { limb: Limb::Acting, quantity: Quantity::WristHeight });
        assert_eq!(measure.quantity.unit(), Unit::Trunks);
        assert_eq!(measure.to_string(), "act_wrist_height");
        assert_eq!(Measure::from_key("foot_gap_feet").unwrap().limb, Limb::Both);
        assert_eq!(Measure::from_key("act_wings"), None);
    }

    #[test]
    fn a_name_ends_with_its_unit_where_it_has_one() {
        for quantity in Quantity::ALL {
            let (name, unit) = (quantity.name(), quantity.unit());
            assert_eq!(name.ends_with("_deg"), unit == Unit::Degrees, "{name}");
            assert_eq!(name.ends_with("_sw"), unit == Unit::ShoulderWidths, "{name}");
            assert_eq!(name.ends_with("_fists"), unit == Unit::Fists, "{name}");
        }
    }
}
