//! Which joint and which of its numbers a column of somebody's table holds.
//!
//! Read are, in any case and with `_`, `.`, `-` or blanks between the words: `nose_x`, `x_nose`, `NOSE.x`; `x1`, `x_12`,
//! `landmark_12_x`, `kp12.y`, numbered from 0 or 1, 33 of them being BlazePose's and 17 MoveNet's or PoseNet's; `v`,
//! `vis`, `visibility`, `score`, `conf` and `confidence` for the visibility; and `left_mouth` for `mouth_left`.

use std::collections::HashMap;

use kihap_vision::Skeleton;

/// One of a joint's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Number {
    X,
    Y,
    Z,
    Visibility,
    Presence,
    WorldX,
    WorldY,
    WorldZ,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Joint {
    Named(String),
    Numbered(usize),
}

/// Words before a joint's name or number that say nothing.
const FILLERS: [&str; 9] = ["landmark", "landmarks", "lm", "keypoint", "kp", "joint", "point", "pose", "kpt"];

/// The column of each number of each joint.
pub(super) struct JointColumns {
    /// The skeleton whose joints are all there.
    pub(super) skeleton: Skeleton,
    places: Vec<HashMap<Number, usize>>,
}

impl JointColumns {
    /// Reads a header in lower case; `None` where a skeleton's joints are not all there with x and y.
    pub(super) fn of(header: &[String]) -> Option<JointColumns> {
        let mut columns: HashMap<Joint, HashMap<Number, usize>> = HashMap::new();
        for (column, name) in header.iter().enumerate() {
            if let Some((joint, number)) = parse(name) {
                columns.entry(joint).or_default().entry(number).or_insert(column);
            }
        }
        let complete =
            |numbers: &HashMap<Number, usize>| numbers.contains_key(&Number::X) && numbers.contains_key(&Number::Y);
        columns.retain(|_, numbers| complete(numbers));
        let named = |skeleton: Skeleton| {
            let joint = |name: &&str| columns.get(&Joint::Named(plain(name))).cloned();
            Some(JointColumns { skeleton, places: skeleton.names().iter().map(joint).collect::<Option<_>>()? })
        };
        let count = columns.keys().filter(|joint| matches!(joint, Joint::Numbered(_))).count();
        let numbered = |skeleton: Skeleton| {
            let first = usize::from(!columns.contains_key(&Joint::Numbered(0)));
            let joint = |place: usize| columns.get(&Joint::Numbered(place + first)).cloned();
            (count == skeleton.names().len())
                .then(|| Some(JointColumns { skeleton, places: (0..count).map(joint).collect::<Option<_>>()? }))?
        };
        let by_number = [Skeleton::Blazepose33, Skeleton::Coco17];
        Skeleton::ALL.into_iter().find_map(named).or_else(|| by_number.into_iter().find_map(numbered))
    }

    /// For each joint in the skeleton's order, where its numbers stand.
    pub(super) fn joints(&self) -> impl Iterator<Item = impl Fn(Number) -> Option<usize>> {
        self.places.iter().map(|numbers| |number| numbers.get(&number).copied())
    }
}

/// A name without the order of its words and the numbers that Kaggle's tables put behind BlazePose's fingers
/// (`left_pinky_1`).
fn plain(name: &str) -> String {
    let mut words: Vec<&str> = name.split('_').filter(|word| !matches!(*word, "1" | "2")).collect();
    words.sort_unstable();
    words.join("_")
}

fn number(word: &str) -> Option<Number> {
    Some(match word {
        "x" => Number::X,
        "y" => Number::Y,
        "z" => Number::Z,
        "v" | "vis" | "visibility" | "score" | "conf" | "confidence" => Number::Visibility,
        "presence" => Number::Presence,
        _ => return None,
    })
}

fn parse(column: &str) -> Option<(Joint, Number)> {
    let mut words: Vec<&str> = column.split(['_', '.', '-', ' ', '/']).filter(|word| !word.is_empty()).collect();
    // `x12`: a letter and its joint in one word
    if let [one] = words.as_slice() {
        let split = one.find(|c: char| c.is_ascii_digit())?;
        let (letter, joint) = one.split_at(split);
        return Some((Joint::Numbered(joint.parse().ok()?), number(letter)?));
    }
    let found = match (number(words.last()?), number(words.first()?)) {
        (Some(found), _) => {
            words.pop();
            found
        }
        (None, Some(found)) => {
            words.remove(0);
            found
        }
        (None, None) => return None,
    };
    let world = words.iter().position(|word| *word == "world");
    let found = match (world, found) {
        (None, found) => found,
        (Some(at), found) => {
            words.remove(at);
            match found {
                Number::X => Number::WorldX,
                Number::Y => Number::WorldY,
                Number::Z => Number::WorldZ,
                _ => return None,
            }
        }
    };
    while words.len() > 1 && FILLERS.contains(words.first()?) {
        words.remove(0);
    }
    let [first, rest @ ..] = words.as_slice() else { return None };
    if rest.is_empty() {
        let digits = FILLERS.iter().find_map(|filler| first.strip_prefix(filler)).unwrap_or(first);
        if let Ok(place) = digits.parse() {
            return Some((Joint::Numbered(place), found));
        }
    }
    Some((Joint::Named(plain(&words.join("_"))), found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: impl Iterator<Item = String>) -> Vec<String> {
        names.map(|name| name.to_lowercase()).collect()
    }

    #[test]
    fn tables_of_others_are_understood() {
        let joints = Skeleton::Blazepose33.names();
        type Form<'a> = &'a dyn Fn(usize, &str) -> String;
        let forms: [Form<'_>; 8] = [
            &|i, axis| format!("{}_{axis}", joints[i]),
            &|i, axis| format!("{axis}_{}", joints[i]),
            &|i, axis| format!("{}.{axis}", joints[i].to_uppercase()),
            &|i, axis| format!("{axis}{}", i + 1),
            &|i, axis| format!("{axis}{i}"),
            &|i, axis| format!("landmark_{i}_{axis}"),
            &|i, axis| format!("kp{i}.{axis}"),
            &|i, axis| format!("{} {axis}", joints[i].replace('_', " ").replace("mouth left", "left mouth")),
        ];
        for (form, make) in forms.iter().enumerate() {
            let names = (0..33).flat_map(|i| ["x", "y", "z", "v"].map(|axis| make(i, axis)));
            let header = header(std::iter::once("class".to_owned()).chain(names));
            let found = JointColumns::of(&header).unwrap_or_else(|| panic!("form {form}"));
            assert_eq!(found.skeleton, Skeleton::Blazepose33);
            let of: Vec<_> = found.joints().map(|at| [at(Number::X), at(Number::Visibility)]).collect();
            assert_eq!((of[0], of[32]), ([Some(1), Some(4)], [Some(129), Some(132)]), "form {form}");
        }
    }

    #[test]
    fn movenets_tables_have_seventeen_and_scores() {
        let joints = Skeleton::Coco17.names();
        let named = joints.iter().flat_map(|name| ["x", "y", "score"].map(|axis| format!("{name}_{axis}")));
        let found = JointColumns::of(&header(named.chain(["class_no".into(), "score".into()]))).unwrap();
        assert_eq!((found.skeleton, found.joints().count()), (Skeleton::Coco17, 17));
        assert_eq!(found.joints().nth(1).unwrap()(Number::Visibility), Some(5));
        let numbered = (0..17).flat_map(|i| ["y", "x"].map(|axis| format!("{axis}_{i}")));
        let found = JointColumns::of(&header(numbered)).unwrap();
        assert_eq!((found.skeleton, found.joints().next().unwrap()(Number::X)), (Skeleton::Coco17, Some(1)));
    }

    #[test]
    fn other_tables_are_none() {
        let some = (0..20).flat_map(|i| ["x", "y"].map(|axis| format!("{axis}{i}")));
        assert!(JointColumns::of(&header(some)).is_none());
        let only_x = (0..33).map(|i| format!("x{i}"));
        assert!(JointColumns::of(&header(only_x)).is_none());
        for names in [vec!["x", "y", "class"], vec!["", "_", "x_", "_x", "world_x", "x99999999999999999999999"]] {
            assert!(JointColumns::of(&header(names.into_iter().map(str::to_owned))).is_none());
        }
    }
}
