//! How the person looks: colours, hair and build.

use glam::Vec3;

use crate::chance::Chance;

/// Colours as linear-looking RGB in 0..=1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
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

impl Look {
    /// The looks of the person of a seed.
    pub(super) fn of(person_seed: u64) -> Self {
        let mut chance = Chance::new("look", &[person_seed]);
        let tint = |chance: &mut Chance, colour: [f32; 3]| Vec3::from(colour) * chance.between(0.92, 1.06);
        let skin = chance.one_of(&SKINS);
        let hair = chance.one_of(&HAIRS);
        let belt = chance.one_of(&BELTS);
        let collar = chance.one_of(&[[0.90, 0.90, 0.89], [0.08, 0.08, 0.09], [0.62, 0.08, 0.10], [0.08, 0.08, 0.09]]);
        Self {
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
