//! Who the person is: lengths, widths and colours.

use glam::Vec3;

use super::chance::Chance;

/// Lengths in metres, colours as linear-looking RGB in 0..=1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    /// Height of the body.
    pub(super) stature: f32,
    /// Distance of the shoulder joints from the middle.
    pub(super) half_shoulders: f32,
    /// Distance of the hip joints from the middle.
    pub(super) half_hips: f32,
    /// Hip centre to shoulder centre.
    pub(super) trunk: f32,
    pub(super) upper_arm: f32,
    pub(super) forearm: f32,
    pub(super) thigh: f32,
    pub(super) shin: f32,
    /// Height of the ankle over the floor.
    pub(super) ankle: f32,
    pub(super) foot: f32,
    /// Half the height of the head.
    pub(super) head: f32,
    /// How stout: 1 is slim, 1.4 is heavy.
    pub(super) girth: f32,
    pub(super) skin: Vec3,
    pub(super) hair: Vec3,
    pub(super) belt: Vec3,
    /// Collar of the jacket: white, black, or half red half black as poom holders wear it.
    pub(super) collar: Vec3,
    pub(super) dobok: Vec3,
    pub(super) long_hair: bool,
}

const SKINS: [[f32; 3]; 7] = [
    [0.94, 0.77, 0.65],
    [0.90, 0.71, 0.57],
    [0.85, 0.65, 0.50],
    [0.78, 0.57, 0.42],
    [0.64, 0.45, 0.32],
    [0.50, 0.34, 0.24],
    [0.38, 0.26, 0.19],
];
const HAIRS: [[f32; 3]; 5] =
    [[0.07, 0.06, 0.06], [0.10, 0.08, 0.07], [0.20, 0.13, 0.09], [0.33, 0.22, 0.13], [0.55, 0.42, 0.26]];
const BELTS: [[f32; 3]; 6] = [
    [0.08, 0.08, 0.09],
    [0.70, 0.10, 0.12],
    [0.12, 0.20, 0.55],
    [0.10, 0.42, 0.20],
    [0.90, 0.75, 0.15],
    [0.88, 0.87, 0.83],
];

impl Body {
    /// The person of a seed: from a child of 1.30 m to a man of 1.92 m.
    ///
    /// Lengths follow standard segment proportions (shares of stature after Drillis and Contini), each varied by a few
    /// per cent.
    pub(super) fn of(person_seed: u64) -> Self {
        let mut chance = Chance::new("person", &[person_seed]);
        let stature = chance.between(1.30, 1.92);
        // Children have larger heads and narrower shoulders.
        let child = ((1.60 - stature) / 0.30).clamp(0.0, 1.0);
        let mut share = |of: f32| stature * of * (1.0 + chance.around(0.035));
        let half_shoulders = share(0.104 - 0.006 * child);
        let half_hips = share(0.060);
        let trunk = share(0.288);
        let upper_arm = share(0.172);
        let forearm = share(0.150);
        let thigh = share(0.242);
        let shin = share(0.246);
        let foot = share(0.148);
        let head = share(0.068 + 0.008 * child);
        let tint = |chance: &mut Chance, colour: [f32; 3]| Vec3::from(colour) * chance.between(0.92, 1.06);
        let skin = chance.one_of(&SKINS);
        let hair = chance.one_of(&HAIRS);
        let belt = chance.one_of(&BELTS);
        let collar = chance.one_of(&[[0.90, 0.90, 0.89], [0.08, 0.08, 0.09], [0.62, 0.08, 0.10], [0.08, 0.08, 0.09]]);
        Self {
            stature,
            half_shoulders,
            half_hips,
            trunk,
            upper_arm,
            forearm,
            thigh,
            shin,
            ankle: 0.042 * stature,
            foot,
            head,
            girth: chance.between(0.96, 1.28),
            skin: tint(&mut chance, skin),
            hair: tint(&mut chance, hair),
            belt: tint(&mut chance, belt),
            collar: Vec3::from(collar),
            dobok: Vec3::new(0.93, 0.93, 0.94) * chance.between(0.93, 1.0),
            long_hair: chance.often(0.35),
        }
    }
}
