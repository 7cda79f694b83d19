//! The one shape the body is made of: the hull of two balls, in a space that may be squeezed.

use glam::{Mat3, Vec3};

/// What a solid is made of; the dress says how each looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stuff {
    Skin,
    Head,
    Hair,
    Jacket,
    Sleeve,
    Skirt,
    Trousers,
    Belt,
}

/// Two balls (centres `a` and `b`, radii `ra` and `rb`) and all between them. `squeeze` maps the world into the space where
/// they are round; its inverse brings normals back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Solid {
    a: Vec3,
    axis: Vec3,
    ra: f32,
    growth: f32,
    squeeze: Mat3,
    pub(super) stuff: Stuff,
    /// World corners of a box around it.
    pub(super) low: Vec3,
    pub(super) high: Vec3,
}

/// Where a ray meets a solid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// In lengths of the ray's direction.
    pub(super) distance: f32,
    /// Outward, length 1.
    pub(super) normal: Vec3,
    /// Along the axis, 0 at `a`, 1 at `b`.
    pub(super) along: f32,
}

impl Solid {
    /// A limb: round, from `a` to `b`.
    pub(super) fn limb(a: Vec3, b: Vec3, ra: f32, rb: f32, stuff: Stuff) -> Self {
        Self::squeezed(a, b, ra, rb, Mat3::IDENTITY, Vec3::ONE, stuff)
    }

    /// A ball stretched along the columns of `frame`.
    pub(super) fn ball(centre: Vec3, frame: Mat3, radii: Vec3, stuff: Stuff) -> Self {
        Self::squeezed(centre, centre, 1.0, 1.0, frame, radii, stuff)
    }

    /// A limb whose cross-section is stretched: radii count in lengths of `stretch` along the columns of `frame`.
    pub(super) fn squeezed(a: Vec3, b: Vec3, ra: f32, rb: f32, frame: Mat3, stretch: Vec3, stuff: Stuff) -> Self {
        let squeeze = Mat3::from_diagonal(stretch.recip()) * frame.transpose();
        let loose = frame * Mat3::from_diagonal(stretch);
        // Half extents of the stretched unit ball along the world's axes: lengths of the rows of `loose`.
        let rows = loose.transpose();
        let extent = Vec3::new(rows.x_axis.length(), rows.y_axis.length(), rows.z_axis.length());
        let low = (a - extent * ra).min(b - extent * rb);
        let high = (a + extent * ra).max(b + extent * rb);
        let (a, b) = (squeeze * a, squeeze * b);
        Self { a, axis: b - a, ra, growth: rb - ra, squeeze, stuff, low, high }
    }

    /// The first point in front of `origin` where the ray enters.
    pub(super) fn hit(&self, origin: Vec3, direction: Vec3) -> Option<Hit> {
        let o = self.squeeze * origin - self.a;
        let d = self.squeeze * direction;
        // The body is convex: a ray that enters through the cone cannot have entered through a ball before.
        let (distance, along) = self.hull(o, d).or_else(|| self.nearer_ball(o, d))?;
        let outward = o + d * distance - self.axis * along;
        let normal = (self.squeeze.transpose() * outward).normalize_or(-direction);
        Some(Hit { distance, normal, along })
    }

    fn nearer_ball(&self, o: Vec3, d: Vec3) -> Option<(f32, f32)> {
        let ball = |along: f32| {
            let w = o - self.axis * along;
            let radius = self.ra + self.growth * along;
            let distance = nearest_root(d.length_squared(), w.dot(d), w.length_squared() - radius * radius)?;
            Some((distance, along))
        };
        if self.axis == Vec3::ZERO {
            return ball(0.0);
        }
        match (ball(0.0), ball(1.0)) {
            (Some(first), Some(second)) => Some(if first.0 <= second.0 { first } else { second }),
            (first, second) => first.or(second),
        }
    }

    /// The cone between the balls.
    ///
    /// A point P (from `a`) lies on the envelope of the balls with centre t·axis and radius ra + t·growth where
    /// F(t) = |P − t·axis|² − (ra + t·growth)² and its derivative by t both vanish. The derivative gives
    /// t = (P·axis + ra·growth) / (|axis|² − growth²); put into F that leaves a quadratic in the ray's length.
    fn hull(&self, o: Vec3, d: Vec3) -> Option<(f32, f32)> {
        let q = self.axis.length_squared() - self.growth * self.growth;
        if q <= 1e-9 {
            return None; // One ball holds the other.
        }
        let start = o.dot(self.axis) + self.ra * self.growth;
        let rate = d.dot(self.axis);
        let a = d.length_squared() - rate * rate / q;
        let b = o.dot(d) - start * rate / q;
        let c = o.length_squared() - self.ra * self.ra - start * start / q;
        let distance = nearest_root(a, b, c)?;
        let along = (start + distance * rate) / q;
        (0.0..=1.0).contains(&along).then_some((distance, along))
    }
}

/// The smaller root of a·x² + 2b·x + c = 0, if it is positive.
fn nearest_root(a: f32, b: f32, c: f32) -> Option<f32> {
    let discriminant = b * b - a * c;
    if discriminant < 0.0 || a <= 1e-12 {
        return None;
    }
    let root = (-b - discriminant.sqrt()) / a;
    (root > 0.0).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_meets_a_ball_at_its_near_side() {
        let ball = Solid::ball(Vec3::new(0.0, 0.0, 5.0), Mat3::IDENTITY, Vec3::splat(2.0), Stuff::Skin);
        let hit = ball.hit(Vec3::ZERO, Vec3::Z).unwrap();
        assert!((hit.distance - 3.0).abs() < 1e-5);
        assert!((hit.normal + Vec3::Z).length() < 1e-5);
        assert!(ball.hit(Vec3::ZERO, Vec3::NEG_Z).is_none());
    }

    #[test]
    fn every_point_met_lies_on_the_hull_of_the_two_balls() {
        let (a, b, ra, rb) = (Vec3::new(-1.0, 0.2, 4.0), Vec3::new(1.0, -0.3, 5.0), 0.5, 0.2);
        let limb = Solid::limb(a, b, ra, rb, Stuff::Sleeve);
        let mut met = 0;
        for i in -20..=20 {
            for j in -10..=10 {
                let direction = Vec3::new(i as f32 * 0.02, j as f32 * 0.02, 1.0);
                let Some(hit) = limb.hit(Vec3::ZERO, direction) else { continue };
                met += 1;
                let point = direction * hit.distance;
                // Distance to the hull: the least of all balls on the axis.
                let gap = (0..=1000)
                    .map(|k| k as f32 / 1000.0)
                    .map(|t| (point - a.lerp(b, t)).length() - (ra + (rb - ra) * t));
                assert!(gap.fold(f32::MAX, f32::min).abs() < 2e-3);
            }
        }
        assert!(met > 100, "{met}");
    }

    #[test]
    fn a_squeezed_ball_is_as_flat_as_asked_and_its_box_holds_it() {
        let ball = Solid::ball(Vec3::ZERO, Mat3::IDENTITY, Vec3::new(1.0, 2.0, 0.5), Stuff::Skin);
        let hit = ball.hit(Vec3::new(0.0, 0.0, -3.0), Vec3::Z).unwrap();
        assert!((hit.distance - 2.5).abs() < 1e-5);
        assert_eq!((ball.low, ball.high), (Vec3::new(-1.0, -2.0, -0.5), Vec3::new(1.0, 2.0, 0.5)));
    }
}
