//! What classes of a dataset are to the built-in models, by their names.

use kihap_syllabus::Syllabus;

use super::recognise::split;

/// For each class the places among `known` names of what it means: the name itself, the technique and side that a course of the
/// syllabus gives it, or both sides of a technique named without one. Empty for a class that the syllabus does not know.
pub(super) fn meanings(syllabus: &Syllabus, known: &[String], classes: &[String]) -> Vec<Vec<usize>> {
    let of = |class: &String| {
        let meant = meaning(syllabus, class);
        let is = |name: &String| name == class || Some(name) == meant.as_ref();
        let exact = known.iter().any(is);
        (0..known.len()).filter(|at| is(&known[*at]) || !exact && split(&known[*at]).0 == class.as_str()).collect()
    };
    classes.iter().map(of).collect()
}

/// The name by technique and side of a class that some course of the syllabus has.
fn meaning(syllabus: &Syllabus, class: &str) -> Option<String> {
    let courses = syllabus.courses();
    let mut all = courses.iter().filter_map(|course| syllabus.course(course).ok()).flatten();
    let found = all.find(|known| known.id == class)?;
    let [technique] = &found.techniques[..] else { return None };
    Some(found.side.map_or_else(|| technique.clone(), |side| format!("{technique}_{}", side.id())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_known_by_name_by_course_or_by_technique() {
        let syllabus = Syllabus::embedded().unwrap();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let known = names(&["low_block_left", "low_block_right", "other"]);
        let classes = names(&["front_low_block_left", "low_block_right", "low_block", "other", "moonwalk"]);
        assert_eq!(meanings(&syllabus, &known, &classes), [vec![0], vec![1], vec![0, 1], vec![2], vec![]]);
    }
}
