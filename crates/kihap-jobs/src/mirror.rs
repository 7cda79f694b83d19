//! Which class a mirrored picture belongs to.

use kihap_dataset::Class as DatasetClass;
use kihap_learn::Class;

const SIDES: [(&str, &str); 3] = [("left", "right"), ("왼", "오른"), ("좌", "우")];

/// The classes of `names` as learning wants them, with their mirror classes: what the dataset says; else the class of
/// the same name with the side exchanged, where there is one; a name without a side is its own mirror; a name with a
/// side but without a partner is never mirrored.
pub fn learn_classes(classes: &[DatasetClass], names: &[String]) -> Vec<Class> {
    names
        .iter()
        .map(|name| {
            let said = classes.iter().find(|c| c.name == *name).and_then(|c| c.mirror.clone());
            let mirror = said.filter(|m| names.contains(m)).or_else(|| guess(name, names));
            Class { name: name.clone(), mirror }
        })
        .collect()
}

fn guess(name: &str, names: &[String]) -> Option<String> {
    let lower = name.to_lowercase();
    let mut sided = false;
    for (a, b) in SIDES {
        for (from, to) in [(a, b), (b, a)] {
            if lower.contains(from) {
                sided = true;
                let partner = lower.replace(from, to);
                if let Some(found) = names.iter().find(|n| n.to_lowercase() == partner) {
                    return Some(found.clone());
                }
            }
        }
    }
    (!sided).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_find_their_partners() {
        let names: Vec<String> = ["Midblock_Left", "Midblock_Right", "ready", "left_kick", "왼 막기", "오른 막기"]
            .map(String::from)
            .to_vec();
        let mirrors: Vec<Option<String>> = learn_classes(&[], &names).into_iter().map(|c| c.mirror).collect();
        let expected = ["Midblock_Right", "Midblock_Left", "ready", "", "오른 막기", "왼 막기"];
        for (mirror, expected) in mirrors.iter().zip(expected) {
            assert_eq!(mirror.as_deref().unwrap_or_default(), expected);
        }
    }

    #[test]
    fn the_datasets_own_word_comes_first() {
        let mut class = DatasetClass::named("a");
        class.mirror = Some("b".into());
        let names = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(learn_classes(&[class], &names)[0].mirror.as_deref(), Some("b"));
    }
}
