//! Camera and brush: solids and room become pixels.

use glam::{Mat3, Vec2, Vec3};
use image::{Rgb, RgbImage};
use kihap_vision::Pose;

use super::dress::Person;
use super::light::Light;
use super::room::Room;
use super::solid::Solid;
use crate::camera::Camera;
use crate::chance::Chance;

/// Samples along each edge of a pixel of the figure.
const FINE: usize = 2;

/// The person, put into the world by a turn and a place on the floor.
pub(super) struct Placed<'a> {
    pub(super) person: &'a Person,
    pub(super) turn: Mat3,
    pub(super) place: Vec3,
}

impl Placed<'_> {
    /// The true skeleton in the picture of a camera.
    pub(super) fn seen_by(&self, camera: &Camera) -> Pose {
        camera.sees(&self.person.points().map(|point| self.to_world(point)))
    }

    pub(super) fn to_world(&self, point: Vec3) -> Vec3 {
        self.turn * point + self.place
    }

    fn to_body(&self, point: Vec3) -> Vec3 {
        self.turn.transpose() * (point - self.place)
    }
}

/// One fine sample of the figure.
#[derive(Clone, Copy)]
struct Sample {
    depth: f32,
    colour: Vec3,
}

const EMPTY: Sample = Sample { depth: f32::MAX, colour: Vec3::ZERO };

/// Paints the picture.
pub(super) fn paint(
    camera: &Camera,
    room: &Room,
    light: &Light,
    placed: Option<&Placed<'_>>,
    chance: &mut Chance,
) -> RgbImage {
    let figure = placed.map(|placed| Figure::draw(camera, light, placed));
    let shadow = placed.map(|placed| Shadow::of(placed, light));
    let strength = chance.between(0.007, 0.028);
    let mut grain = Grain(chance.bits() | 1);
    let gain = chance.between(0.92, 1.05);
    let mut picture = RgbImage::new(camera.width, camera.height);
    let floor_light = light.on(Vec3::Y);
    let wall_light = light.on(Vec3::Z);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (mut colour, covered) = figure.as_ref().map_or((Vec3::ZERO, 0.0), |figure| figure.at(x, y));
        if covered < 1.0 {
            let (seen, floor) = room.seen(camera.place, camera.ray(x as f32 + 0.5, y as f32 + 0.5));
            let lit = match (floor, &shadow) {
                (Some(spot), Some(shadow)) => seen * floor_light * shadow.at(spot),
                (Some(_), None) => seen * floor_light,
                (None, _) => seen * wall_light,
            };
            colour += lit * (1.0 - covered);
        }
        let value = ((colour * gain + grain.next() * strength) * 255.0).clamp(Vec3::ZERO, Vec3::splat(255.0));
        *pixel = Rgb([value.x as u8, value.y as u8, value.z as u8]);
    }
    picture
}

/// The sensor's noise: a xorshift generator, since a million good random numbers a picture cost more than the figure.
struct Grain(u64);

impl Grain {
    /// Each channel from −0.5 to 0.5.
    fn next(&mut self) -> Vec3 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let channel = |shift: u32| f32::from((self.0 >> shift) as u16) / 65535.0 - 0.5;
        Vec3::new(channel(0), channel(20), channel(40))
    }
}

/// The figure's own pixels, finer than the picture's, over the part of the picture it covers.
struct Figure {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    samples: Vec<Sample>,
}

impl Figure {
    fn draw(camera: &Camera, light: &Light, placed: &Placed<'_>) -> Self {
        let boxes: Vec<_> = placed.person.solids.iter().map(|solid| covered(camera, placed, solid)).collect();
        let bounds = boxes.iter().fold([usize::MAX, usize::MAX, 0, 0], |all, b| {
            [all[0].min(b[0]), all[1].min(b[1]), all[2].max(b[2]), all[3].max(b[3])]
        });
        let [left, top, right, bottom] = bounds;
        let (width, height) = (right.saturating_sub(left), bottom.saturating_sub(top));
        let mut figure = Self { left, top, width, height, samples: vec![EMPTY; width * height] };
        let eye = placed.to_body(camera.place);
        let into_body = placed.turn.transpose();
        for (solid, [x0, y0, x1, y1]) in placed.person.solids.iter().zip(boxes) {
            for y in y0..y1 {
                for x in x0..x1 {
                    let at = |fine: usize| (fine as f32 + 0.5) / FINE as f32;
                    let direction = into_body * camera.ray(at(x), at(y));
                    let Some(hit) = solid.hit(eye, direction) else { continue };
                    let sample = &mut figure.samples[(y - top) * width + x - left];
                    if hit.distance < sample.depth {
                        let spot = eye + direction * hit.distance;
                        let (colour, folds) = placed.person.paint(solid.stuff, spot);
                        let normal = placed.turn * (hit.normal + wrinkles(spot, hit.along, folds)).normalize();
                        *sample = Sample { depth: hit.distance, colour: colour * light.on(normal) };
                    }
                }
            }
        }
        figure.shade_edges(camera);
        figure
    }

    /// Darkens what lies close behind something: where an arm passes the trunk, light is missing.
    fn shade_edges(&mut self, camera: &Camera) {
        let reach = (camera.focal * 0.012 * FINE as f32 / 3.0).clamp(2.0, 14.0) as isize;
        let around = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)];
        let depths: Vec<f32> = self.samples.iter().map(|sample| sample.depth).collect();
        let depth_at = |x: isize, y: isize| {
            let inside = x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height;
            if inside { depths[y as usize * self.width + x as usize] } else { f32::MAX }
        };
        for y in 0..self.height {
            for x in 0..self.width {
                let sample = &mut self.samples[y * self.width + x];
                if sample.depth == f32::MAX {
                    continue;
                }
                let mut hidden = 0.0;
                for (dx, dy) in around {
                    for ring in [1, 2] {
                        let near = depth_at(x as isize + dx * reach * ring, y as isize + dy * reach * ring);
                        let step = sample.depth - near;
                        if step > 0.02 {
                            hidden += (1.0 - step / 0.6).max(0.15) / ring as f32;
                        }
                    }
                }
                sample.colour *= 1.0 - 0.055 * f32::min(hidden, 7.0);
            }
        }
    }

    /// Colour of a pixel, already weighted, and the share of it that the figure covers.
    fn at(&self, x: u32, y: u32) -> (Vec3, f32) {
        let (mut colour, mut covered) = (Vec3::ZERO, 0.0);
        let share = 1.0 / (FINE * FINE) as f32;
        for fine in 0..FINE * FINE {
            let (fx, fy) = (x as usize * FINE + fine % FINE, y as usize * FINE + fine / FINE);
            let inside =
                fx >= self.left && fy >= self.top && fx < self.left + self.width && fy < self.top + self.height;
            if !inside {
                continue;
            }
            let sample = self.samples[(fy - self.top) * self.width + fx - self.left];
            if sample.depth < f32::MAX {
                colour += sample.colour * share;
                covered += share;
            }
        }
        (colour, covered)
    }
}

/// The fine pixels a solid may cover: left, top, right, bottom.
fn covered(camera: &Camera, placed: &Placed<'_>, solid: &Solid) -> [usize; 4] {
    let (mut low, mut high) = (Vec2::MAX, Vec2::MIN);
    for corner in 0..8 {
        let pick = |bit: usize, low: f32, high: f32| if corner >> bit & 1 == 0 { low } else { high };
        let corner = Vec3::new(
            pick(0, solid.low.x, solid.high.x),
            pick(1, solid.low.y, solid.high.y),
            pick(2, solid.low.z, solid.high.z),
        );
        let (pixel, _) = camera.project(placed.to_world(corner));
        (low, high) = (low.min(pixel), high.max(pixel));
    }
    let limit = |value: f32, most: u32| (value.max(0.0) * FINE as f32).min((most as usize * FINE) as f32) as usize;
    [
        limit(low.x - 1.0, camera.width),
        limit(low.y - 1.0, camera.height),
        limit(high.x + 1.0, camera.width),
        limit(high.y + 1.0, camera.height),
    ]
}

/// Folds of cloth: waves over the body's space, finer along a limb.
fn wrinkles(spot: Vec3, along: f32, strength: f32) -> Vec3 {
    if strength == 0.0 {
        return Vec3::ZERO;
    }
    let a = (spot.x * 31.0 + spot.y * 47.0 + along * 9.0).sin();
    let b = (spot.y * 63.0 - spot.z * 39.0 + spot.x * 11.0).sin();
    let c = (spot.z * 53.0 + spot.y * 23.0 - along * 13.0).sin();
    Vec3::new(a * b, b * c, c * a) * (0.17 * strength)
}

/// What the floor lacks of light: soft blots under the body and along the lamp's shadow.
struct Shadow {
    /// Place, size, strength.
    blots: Vec<(Vec3, f32, f32)>,
    /// Outside of this box no blot is felt: most of the floor.
    low: Vec3,
    high: Vec3,
}

impl Shadow {
    fn of(placed: &Placed<'_>, light: &Light) -> Self {
        let mut blots = Vec::new();
        for point in &placed.person.points()[11..] {
            let point = placed.to_world(*point);
            let cast = point - light.direction * (point.y / light.direction.y);
            blots.push((cast, 0.05 + 0.06 * point.y, 0.07));
            blots.push((point.with_y(0.0), 0.05 + 0.12 * point.y, if point.y < 0.15 { 0.16 } else { 0.05 }));
        }
        let reach = |size: f32| Vec3::new(3.0 * size, f32::MAX, 3.0 * size);
        let low = blots.iter().fold(Vec3::MAX, |low, (place, size, _)| low.min(*place - reach(*size)));
        let high = blots.iter().fold(Vec3::MIN, |high, (place, size, _)| high.max(*place + reach(*size)));
        Self { blots, low, high }
    }

    fn at(&self, spot: Vec3) -> f32 {
        if spot.x < self.low.x || spot.x > self.high.x || spot.z < self.low.z || spot.z > self.high.z {
            return 1.0;
        }
        let dark: f32 = self
            .blots
            .iter()
            .map(|(centre, size, strength)| {
                let r = (spot - *centre).with_y(0.0).length_squared() / (size * size);
                if r < 9.0 { strength * (-0.5 * r).exp() } else { 0.0 }
            })
            .sum();
        1.0 - dark.min(0.6)
    }
}
