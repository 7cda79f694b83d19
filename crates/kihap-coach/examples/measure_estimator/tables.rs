//! The tables: errors by joint, bone, view and edge.

use std::fmt::Write as _;

use glam::{Vec2, Vec3};
use kihap_coach::degrade::hidden::hidden;
use kihap_vision::Pose;

/// What is true and what was found.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) truth: Pose,
    pub(crate) found: Option<Pose>,
}

const VIEWS: [&str; 5] = ["front", "oblique", "side", "oblique from behind", "back"];
const JOINTS: [(&str, &[usize]); 9] = [
    ("face", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("shoulder", &[11, 12]),
    ("elbow", &[13, 14]),
    ("wrist", &[15, 16]),
    ("hand", &[17, 18, 19, 20, 21, 22]),
    ("hip", &[23, 24]),
    ("knee", &[25, 26]),
    ("ankle", &[27, 28]),
    ("foot", &[29, 30, 31, 32]),
];
const BONES: [(&str, [[usize; 2]; 2]); 6] = [
    ("upper arm", [[11, 13], [12, 14]]),
    ("forearm", [[13, 15], [14, 16]]),
    ("thigh", [[23, 25], [24, 26]]),
    ("shin", [[25, 27], [26, 28]]),
    ("foot", [[27, 31], [28, 32]]),
    ("shoulders", [[11, 12], [11, 12]]),
];

/// A pair in trunk lengths.
struct Seen {
    view: usize,
    hidden: [f32; 33],
    beyond: [f32; 33],
    truth: [Vec2; 33],
    found: [Vec2; 33],
    true_world: [Vec3; 33],
    world: [Vec3; 33],
    visibility: [f32; 33],
    trunk_m: f32,
}

fn points(pose: &Pose) -> [Vec3; 33] {
    std::array::from_fn(|joint| Vec3::from(pose.world[joint]))
}

fn middle(points: &[Vec3; 33], a: usize, b: usize) -> Vec3 {
    (points[a] + points[b]) * 0.5
}

fn trunk(points: &[Vec3; 33]) -> f32 {
    middle(points, 11, 12).distance(middle(points, 23, 24)).max(1e-3)
}

fn places(pose: &Pose) -> [Vec2; 33] {
    std::array::from_fn(|joint| Vec2::new(pose.landmarks[joint].x, pose.landmarks[joint].y))
}

impl Seen {
    fn of(truth: &Pose, found: &Pose) -> Option<Self> {
        let (true_world, world) = (points(truth), points(found));
        let (long, given) = (trunk(&true_world), trunk(&world));
        let flat = places(truth);
        let mean = |values: &dyn Fn(usize) -> Vec2| (0..33).map(values).sum::<Vec2>() / 33.0;
        let (centre, world_centre) = (mean(&|j| flat[j]), mean(&|j| true_world[j].truncate()));
        let (mut dot, mut square) = (0.0, 0.0);
        for joint in 0..33 {
            let away = true_world[joint].truncate() - world_centre;
            dot += (flat[joint] - centre).dot(away);
            square += away.length_squared();
        }
        let pixels = dot / square * long;
        let line = true_world[11] - true_world[12] + true_world[23] - true_world[24];
        let turned = line.z.abs().atan2(line.x).to_degrees();
        let view = [30.0, 60.0, 120.0, 150.0].iter().filter(|limit| turned >= **limit).count();
        let size = Vec2::new(truth.width as f32, truth.height as f32);
        Some(Self {
            view,
            hidden: hidden(&truth.world),
            beyond: flat.map(|place| place.distance(place.clamp(Vec2::ZERO, size)) / pixels),
            truth: flat.map(|place| place / pixels),
            found: places(found).map(|place| place / pixels),
            true_world: true_world.map(|point| point / long),
            world: world.map(|point| point / given),
            visibility: std::array::from_fn(|joint| found.landmarks.get(joint).map_or(0.0, |l| l.visibility)),
            trunk_m: given,
        })
    }

    fn off(&self, joint: usize) -> Vec2 {
        self.found[joint] - self.truth[joint]
    }

    fn in_view(&self, joint: usize) -> bool {
        self.beyond[joint] == 0.0
    }

    /// A limb's mean error with its own side and with the other one's truth.
    fn limb(&self, middle: [usize; 2], end: [usize; 2], limb: usize) -> [f32; 2] {
        [limb, 1 - limb].map(|of| {
            let off = |pair: [usize; 2]| self.found[pair[limb]].distance(self.truth[pair[of]]);
            (off(middle) + off(end)) * 0.5
        })
    }
}

fn median(values: impl IntoIterator<Item = f32>) -> f32 {
    quantile(values, 0.5)
}

fn quantile(values: impl IntoIterator<Item = f32>, share: f32) -> f32 {
    let mut values: Vec<f32> = values.into_iter().collect();
    values.sort_by(f32::total_cmp);
    values.get((values.len() as f32 * share) as usize).copied().unwrap_or(f32::NAN)
}

fn mean(values: impl IntoIterator<Item = f32>) -> f32 {
    let (sum, count) = values.into_iter().fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / count as f32
}

fn share(values: impl IntoIterator<Item = bool>) -> f32 {
    mean(values.into_iter().map(|value| if value { 1.0 } else { 0.0 }))
}

/// All tables as text.
pub(crate) fn of(pairs: &[Pair]) -> String {
    let seen: Vec<Seen> = pairs.iter().filter_map(|pair| Seen::of(&pair.truth, pair.found.as_ref()?)).collect();
    let mut text = String::new();
    let whole = |pair: &&Pair| pair.truth.landmarks.iter().all(|landmark| landmark.visibility > 0.5);
    let missing = |pairs: Vec<&Pair>| (pairs.iter().filter(|pair| pair.found.is_none()).count(), pairs.len());
    let _ = writeln!(text, "nobody found: whole body in view {:?}", missing(pairs.iter().filter(whole).collect()));
    let cut: Vec<&Pair> = pairs.iter().filter(|pair| !whole(pair)).collect();
    let _ = writeln!(text, "              cut off {:?}", missing(cut));
    let sizes = || seen.iter().map(|s| s.trunk_m);
    let (low, size, high) = (quantile(sizes(), 0.16), median(sizes()), quantile(sizes(), 0.84));
    let _ = writeln!(text, "trunk in world coordinates: {size:.3} m, 68 % within {low:.3} to {high:.3}");
    joints(&mut text, &seen);
    bones(&mut text, &seen);
    limbs(&mut text, &seen);
    lines(&mut text, &seen);
    edges(&mut text, &seen);
    text
}

fn joints(text: &mut String, seen: &[Seen]) {
    let _ = writeln!(text, "joint     where     n   1.48·median x, y (t)  p90 |off|  lower   off>0.3  visibility");
    for (name, joints) in JOINTS {
        for hides in [false, true] {
            let all: Vec<(&Seen, usize)> = seen
                .iter()
                .flat_map(|s| joints.iter().map(move |joint| (s, *joint)))
                .filter(|(s, joint)| {
                    s.in_view(*joint) && if hides { s.hidden[*joint] > 0.7 } else { s.hidden[*joint] < 0.3 }
                })
                .collect();
            if all.len() < 12 {
                continue;
            }
            let off = |axis: usize| median(all.iter().map(|(s, j)| s.off(*j)[axis].abs())) * 1.48;
            let _ = writeln!(
                text,
                "{name:9} {:6} {:5}   {:.3} {:.3}            {:.3}      {:+.3}  {:.3}    {:.2}",
                if hides { "hidden" } else { "seen" },
                all.len(),
                off(0),
                off(1),
                quantile(all.iter().map(|(s, j)| s.off(*j).length()), 0.9),
                median(all.iter().map(|(s, j)| s.off(*j).y)),
                share(all.iter().map(|(s, j)| s.off(*j).length() > 0.3)),
                mean(all.iter().map(|(s, j)| s.visibility[*j])),
            );
        }
    }
}

fn bones(text: &mut String, seen: &[Seen]) {
    let _ = writeln!(text, "bone       n  length (in plane) give or take  depth share  depth bias  depth noise");
    for (name, limbs) in BONES {
        let mut both = Vec::new();
        for s in seen {
            for [a, b] in limbs {
                if [a, b].iter().all(|joint| s.in_view(*joint) && s.off(*joint).length() < 0.2) {
                    both.push((s.true_world[b] - s.true_world[a], s.world[b] - s.world[a]));
                }
            }
        }
        let ratio = |(t, e): &(Vec3, Vec3)| e.length() / t.length().max(1e-3);
        let flat = |(t, _): &&(Vec3, Vec3)| t.z.abs() < 0.25 * t.length();
        let length = median(both.iter().filter(flat).map(ratio));
        let spread = 1.48 * median(both.iter().filter(flat).map(|pair| (ratio(pair) - length).abs()));
        let n = both.len() as f32;
        let sum = |f: &dyn Fn(&(Vec3, Vec3)) -> f32| both.iter().map(f).sum::<f32>() / n;
        let (tz, ez) = (sum(&|(t, _)| t.z), sum(&|(_, e)| e.z));
        let slope = sum(&|(t, e)| (t.z - tz) * (e.z - ez)) / sum(&|(t, _)| (t.z - tz).powi(2)).max(1e-6);
        let rest: Vec<f32> = both.iter().map(|(t, e)| e.z - slope * t.z).collect();
        let bias = median(rest.iter().copied());
        let noise = 1.48 * median(rest.iter().map(|r| (r - bias).abs()));
        let _ = writeln!(
            text,
            "{name:9} {:4}  {length:.2}              {spread:.2}           {slope:.2}         {bias:+.3}      {noise:.3}",
            both.len()
        );
    }
}

fn limbs(text: &mut String, seen: &[Seen]) {
    let _ =
        writeln!(text, "view: share of arms lost (seen, hidden), legs lost (seen, hidden), arms swapped, legs swapped");
    for (view, name) in VIEWS.iter().enumerate() {
        let of_view: Vec<&Seen> = seen.iter().filter(|s| s.view == view).collect();
        let mut line = format!("{name:20}");
        for (middle, end) in [([13, 14], [15, 16]), ([25, 26], [27, 28])] {
            for hides in [false, true] {
                let limbs = of_view.iter().flat_map(|s| [0, 1].map(|limb| (*s, limb))).filter(|(s, limb)| {
                    let deep = s.hidden[middle[*limb]].max(s.hidden[end[*limb]]) > 0.5;
                    deep == hides && s.in_view(middle[*limb]) && s.in_view(end[*limb])
                });
                let lost: Vec<bool> = limbs
                    .map(|(s, limb)| {
                        let [own, other] = s.limb(middle, end, limb);
                        own >= 0.25 && !(other < 0.25 && other < 0.5 * own)
                    })
                    .collect();
                let _ = write!(line, " {:.3} ({:3})", share(lost.iter().copied()), lost.len());
            }
        }
        for (middle, end) in [([13, 14], [15, 16]), ([25, 26], [27, 28])] {
            let swapped = of_view.iter().map(|s| {
                (0..2).all(|limb| {
                    let [own, other] = s.limb(middle, end, limb);
                    own >= 0.25 && other < 0.25 && other < 0.5 * own
                })
            });
            let _ = write!(line, " {:.3}", share(swapped));
        }
        let _ = writeln!(text, "{line}");
    }
}

fn lines(text: &mut String, seen: &[Seen]) {
    let _ =
        writeln!(text, "view: turn of shoulder line, hip line off by (1.48·median, degrees); trunk's tilt likewise");
    let yaw = |points: &[Vec3; 33], [a, b]: [usize; 2]| {
        let line = points[a] - points[b];
        (-line.z).atan2(line.x).to_degrees()
    };
    let tilt = |points: &[Vec3; 33]| {
        let up = middle(points, 11, 12) - middle(points, 23, 24);
        up.z.atan2(-up.y).to_degrees()
    };
    let short = |degrees: f32| ((degrees + 180.0).rem_euclid(360.0) - 180.0).abs();
    for (view, name) in VIEWS.iter().enumerate() {
        let of_view: Vec<&Seen> = seen.iter().filter(|s| s.view == view).collect();
        let off = |pair: [usize; 2]| {
            1.48 * median(of_view.iter().map(|s| short(yaw(&s.world, pair) - yaw(&s.true_world, pair))))
        };
        let tilted = 1.48 * median(of_view.iter().map(|s| (tilt(&s.world) - tilt(&s.true_world)).abs()));
        let _ = writeln!(text, "{name:20} {:5.1} {:5.1} {tilted:5.1}", off([11, 12]), off([23, 24]));
    }
}

fn edges(text: &mut String, seen: &[Seen]) {
    let _ =
        writeln!(text, "beyond the edge (t): n, median |off|, p90, visibility, of wrists, hands, knees, ankles, feet");
    for [low, high] in [[0.0, 0.001], [0.001, 0.2], [0.2, 0.5], [0.5, 1.0], [1.0, 2.0]] {
        let all: Vec<(&Seen, usize)> = seen
            .iter()
            .flat_map(|s| (15..33).filter(|j| !(23..=24).contains(j)).map(move |joint| (s, joint)))
            .filter(|(s, joint)| (low..high).contains(&s.beyond[*joint]) && s.hidden[*joint] < 0.3)
            .collect();
        let off = || all.iter().map(|(s, joint)| s.off(*joint).length());
        let visibility = mean(all.iter().map(|(s, joint)| s.visibility[*joint]));
        let (middle, most) = (median(off()), quantile(off(), 0.9));
        let _ = writeln!(text, "{low:.1}–{high:.1}  {:5}  {middle:.3} {most:.3}  {visibility:.2}", all.len());
    }
}
