//! A posed body as solids in skin and dobok, and how every spot of them is coloured.

use glam::{Mat3, Vec3};

use super::look::Look;
use super::solid::{Solid, Stuff};
use crate::kinematics::{Body, Joints, at};

/// Everything there is to see of a person.
pub(super) struct Person {
    pub(super) solids: Vec<Solid>,
    body: Body,
    look: Look,
    joints: Joints,
}

impl Person {
    pub(super) fn new(body: Body, look: Look, joints: Joints) -> Self {
        let mut solids = Vec::with_capacity(48);
        head(&mut solids, &body, &look, &joints);
        trunk(&mut solids, &body, &look, &joints);
        for limb in 0..2 {
            arm(&mut solids, &body, &look, &joints, limb);
            leg(&mut solids, &body, &look, &joints, limb);
        }
        Self { solids, body, look, joints }
    }

    pub(super) fn points(&self) -> &[Vec3; 33] {
        &self.joints.points
    }

    /// The colour of a spot, and how much its normal is pushed about by folds.
    pub(super) fn paint(&self, stuff: Stuff, spot: Vec3) -> (Vec3, f32) {
        let look = &self.look;
        match stuff {
            Stuff::Skin => (look.skin, 0.0),
            Stuff::Hair => (look.hair, 0.25),
            Stuff::Head => (self.face(spot), 0.0),
            Stuff::Jacket => self.jacket(spot),
            Stuff::Sleeve | Stuff::Skirt => (look.dobok, 0.8),
            Stuff::Trousers => (look.dobok * 0.985, 0.9),
            Stuff::Belt => (look.belt, 0.15),
        }
    }

    /// Eyes, brows and mouth, in half heads from the head's centre.
    fn face(&self, spot: Vec3) -> Vec3 {
        let (body, look) = (&self.body, &self.look);
        let p = self.joints.head.transpose() * (spot - self.joints.head_centre) / body.head;
        let x = p.x.abs();
        let hairline = 0.60 - 0.10 * x;
        if p.y > hairline && p.z > -0.1 || p.z < 0.05 && p.y > -0.1 {
            return look.hair;
        }
        if p.z <= 0.0 {
            return look.skin;
        }
        let inside = |cx: f32, cy: f32, rx: f32, ry: f32| {
            let (u, v) = ((x - cx) / rx, (p.y - cy) / ry);
            u * u + v * v
        };
        if inside(0.27, 0.11, 0.060, 0.065) < 1.0 {
            return Vec3::splat(0.06);
        }
        if inside(0.27, 0.11, 0.125, 0.070) < 1.0 {
            return Vec3::splat(0.90);
        }
        if inside(0.27, 0.125, 0.150, 0.098) < 1.0 {
            return look.skin * 0.55;
        }
        if inside(0.28, 0.295 + 0.06 * (0.28 - x), 0.17, 0.040) < 1.0 {
            return look.hair * 0.9 + look.skin * 0.1;
        }
        if inside(0.0, -0.455, 0.20, 0.022) < 1.0 {
            return look.skin * Vec3::new(0.45, 0.28, 0.28);
        }
        if inside(0.0, -0.46, 0.215, 0.075) < 1.0 {
            return look.skin * Vec3::new(0.86, 0.60, 0.58);
        }
        let cheek = (1.0 - inside(0.42, -0.2, 0.28, 0.25)).max(0.0);
        look.skin * (Vec3::ONE - Vec3::new(0.0, 0.06, 0.05) * cheek)
    }

    /// The jacket: an opening at the neck, its collar, and the edge where one side lies over the other.
    fn jacket(&self, spot: Vec3) -> (Vec3, f32) {
        let (body, look) = (&self.body, &self.look);
        let p = self.joints.chest.transpose() * (spot - self.joints.shoulder_centre) / body.stature;
        let trunk = body.trunk / body.stature;
        if p.z > 0.0 {
            let depth = (-p.y / (0.42 * trunk)).clamp(-0.12, 1.0);
            let half_width = 0.046 * (1.0 - depth);
            let x = p.x.abs();
            if x < half_width {
                return (look.skin * 0.97, 0.0);
            }
            if x < half_width + 0.014 && depth < 0.999 {
                return (look.collar, 0.0);
            }
            let edge = -0.020 * (depth - 0.9).max(0.0);
            if depth >= 0.999 && (p.x - edge + 0.05 * (p.y + 0.42 * trunk)).abs() < 0.003 {
                return (look.dobok * 0.72, 0.3);
            }
        }
        (look.dobok, 0.8)
    }
}

fn head(solids: &mut Vec<Solid>, body: &Body, look: &Look, joints: &Joints) {
    let (frame, centre, size) = (joints.head, joints.head_centre, body.head);
    let place = |x: f32, y: f32, z: f32| centre + frame * (Vec3::new(x, y, z) * size);
    solids.push(Solid::limb(
        joints.shoulder_centre + joints.chest.z_axis * (size * 0.05),
        place(0.0, -0.45, -0.1),
        size * 0.50,
        size * 0.45,
        Stuff::Skin,
    ));
    solids.push(Solid::ball(centre, frame, Vec3::new(0.70, 1.0, 0.84) * size, Stuff::Head));
    // Jaw and chin.
    solids.push(Solid::ball(place(0.0, -0.40, 0.20), frame, Vec3::new(0.50, 0.56, 0.58) * size, Stuff::Head));
    solids.push(Solid::ball(place(0.0, 0.16, -0.13), frame, Vec3::new(0.76, 0.94, 0.86) * size, Stuff::Hair));
    if look.long_hair {
        let tail = place(0.0, -0.95, -0.86);
        solids.push(Solid::limb(place(0.0, 0.2, -0.85), tail, size * 0.33, size * 0.24, Stuff::Hair));
    }
    solids.push(Solid::limb(place(0.0, 0.06, 0.80), place(0.0, -0.17, 0.90), size * 0.055, size * 0.10, Stuff::Skin));
    for side in [1.0, -1.0] {
        solids.push(Solid::ball(
            place(0.70 * side, -0.05, -0.04),
            frame,
            Vec3::new(0.09, 0.20, 0.13) * size,
            Stuff::Skin,
        ));
    }
}

fn trunk(solids: &mut Vec<Solid>, body: &Body, look: &Look, joints: &Joints) {
    let h = body.stature;
    let up = (joints.shoulder_centre - joints.hip_centre).normalize_or(Vec3::Y);
    let spine = |share: f32| joints.hip_centre.lerp(joints.shoulder_centre, share);
    let waist = body.half_hips * 1.62 * look.girth;
    let chest = (body.half_shoulders * 1.02).max(waist);
    let flat = Vec3::new(1.0, 0.55, 0.66);
    solids.push(Solid::squeezed(spine(0.26), spine(0.76), waist, chest, joints.chest, flat, Stuff::Jacket));
    // Shoulders: from the neck down to the joints.
    let neck = joints.shoulder_centre + up * (h * 0.018) - joints.chest.z_axis * (h * 0.004);
    for shoulder in at::SHOULDERS {
        let joint = joints.points[shoulder] - joints.chest.y_axis * (h * 0.004);
        solids.push(Solid::limb(neck, joint, h * 0.033, h * 0.036 * look.girth, Stuff::Jacket));
    }
    // Hips, and the jacket's skirt over them.
    let hips = body.half_hips * 1.66 * look.girth;
    solids.push(Solid::squeezed(spine(0.25), spine(-0.10), waist * 1.02, hips, joints.pelvis, flat, Stuff::Trousers));
    solids.push(Solid::squeezed(
        spine(0.25),
        spine(-0.20) + joints.pelvis.z_axis * (h * 0.004),
        waist * 1.04,
        hips * 1.13,
        joints.pelvis,
        Vec3::new(1.0, 0.40, 0.70),
        Stuff::Skirt,
    ));
    let belt = Vec3::new(1.0, 0.10, 0.69);
    solids.push(Solid::squeezed(
        spine(0.21),
        spine(0.29),
        waist * 1.10,
        waist * 1.10,
        joints.pelvis,
        belt,
        Stuff::Belt,
    ));
    let knot = spine(0.24) + joints.pelvis.z_axis * (waist * 0.76);
    solids.push(Solid::ball(knot, joints.pelvis, Vec3::new(0.018, 0.016, 0.013) * h, Stuff::Belt));
    for side in [1.0, -1.0] {
        let end = knot + joints.pelvis.x_axis * (side * h * 0.030) - Vec3::Y * (h * 0.125)
            + joints.pelvis.z_axis * (h * 0.022);
        solids.push(Solid::limb(knot, end, h * 0.009, h * 0.011, Stuff::Belt));
    }
}

fn arm(solids: &mut Vec<Solid>, body: &Body, look: &Look, joints: &Joints, limb: usize) {
    let h = body.stature;
    let [shoulder, elbow, wrist] = [at::SHOULDERS, at::ELBOWS, at::WRISTS].map(|pair| joints.points[pair[limb]]);
    let [index, pinky, thumb] = [at::INDEXES, at::PINKIES, at::THUMBS].map(|pair| joints.points[pair[limb]]);
    let stout = look.girth.sqrt();
    solids.push(Solid::limb(shoulder, elbow, h * 0.037 * stout, h * 0.031 * stout, Stuff::Sleeve));
    solids.push(Solid::limb(elbow, elbow.lerp(wrist, 0.80), h * 0.031 * stout, h * 0.029, Stuff::Sleeve));
    solids.push(Solid::limb(elbow.lerp(wrist, 0.5), wrist, h * 0.022, h * 0.0165, Stuff::Skin));
    let knuckles = (index + pinky) * 0.5;
    let along = (knuckles - wrist).normalize_or(Vec3::NEG_Y);
    let across = (index - pinky).normalize_or(Vec3::X);
    let frame = Mat3::from_cols(across, along, across.cross(along).normalize_or(Vec3::Z));
    let middle = wrist.lerp(knuckles, 0.55);
    if joints.open_hands[limb] {
        solids.push(Solid::ball(middle, frame, Vec3::new(0.023, 0.036, 0.012) * h, Stuff::Skin));
        for finger in [index, index.lerp(pinky, 0.33), index.lerp(pinky, 0.67), pinky] {
            solids.push(Solid::limb(
                wrist.lerp(finger, 0.6),
                finger + along * (h * 0.008),
                h * 0.0065,
                h * 0.0055,
                Stuff::Skin,
            ));
        }
    } else {
        solids.push(Solid::ball(middle + along * (h * 0.008), frame, Vec3::new(0.026, 0.030, 0.022) * h, Stuff::Skin));
    }
    solids.push(Solid::limb(wrist.lerp(thumb, 0.3), thumb, h * 0.010, h * 0.0075, Stuff::Skin));
}

fn leg(solids: &mut Vec<Solid>, body: &Body, look: &Look, joints: &Joints, limb: usize) {
    let h = body.stature;
    let [hip, knee, ankle] = [at::HIPS, at::KNEES, at::ANKLES].map(|pair| joints.points[pair[limb]]);
    let [heel, toes] = [at::HEELS, at::TOES].map(|pair| joints.points[pair[limb]]);
    let stout = look.girth.sqrt();
    solids.push(Solid::limb(hip, knee, h * 0.057 * look.girth, h * 0.041 * stout, Stuff::Trousers));
    solids.push(Solid::limb(knee, knee.lerp(ankle, 0.86), h * 0.041 * stout, h * 0.036, Stuff::Trousers));
    solids.push(Solid::limb(knee.lerp(ankle, 0.6), ankle, h * 0.024, h * 0.021, Stuff::Skin));
    let sole = (ankle - (heel + toes) * 0.5).normalize_or(Vec3::Y);
    let along = (toes - heel).normalize_or(Vec3::Z);
    let frame = Mat3::from_cols(sole.cross(along).normalize_or(Vec3::X), sole, along);
    let flat = Vec3::new(1.0, 0.72, 1.0);
    let back = heel + along * (h * 0.018);
    solids.push(Solid::limb(ankle, back, h * 0.021, h * 0.019, Stuff::Skin));
    solids.push(Solid::limb(ankle, heel.lerp(toes, 0.62), h * 0.020, h * 0.016, Stuff::Skin));
    solids.push(Solid::squeezed(back, toes - along * (h * 0.012), h * 0.019, h * 0.023, frame, flat, Stuff::Skin));
}
