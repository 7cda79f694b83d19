//! The networks that can be trained, each described once.

mod fusion_mlp;
mod head;
mod landmark_mlp;
mod landmark_softmax;
mod photo_mlp;
mod photo_softmax;

pub use fusion_mlp::fusion_mlp;
pub use head::Head;
pub use landmark_mlp::landmark_mlp;
pub use landmark_softmax::landmark_softmax;
pub use photo_mlp::photo_mlp;
pub use photo_softmax::photo_softmax;

use crate::error::LearnError;

/// Every head, in the order they are listed to users.
pub fn heads() -> Vec<Head> {
    vec![landmark_softmax(), landmark_mlp(), photo_softmax(), photo_mlp(), fusion_mlp()]
}

/// The head called `name`.
///
/// # Errors
/// [`LearnError::UnknownHead`], which lists the names there are.
pub fn head(name: &str) -> Result<Head, LearnError> {
    heads().into_iter().find(|head| head.name == name).ok_or_else(|| LearnError::UnknownHead {
        name: name.to_owned(),
        known: heads().iter().map(|head| head.name.as_str()).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_command_line() {
        let names: Vec<String> = heads().into_iter().map(|head| head.name).collect();
        assert_eq!(names, ["landmark-softmax", "landmark-mlp", "photo-softmax", "photo-mlp", "fusion-mlp"]);
        let unknown = head("landmark-mpl").unwrap_err().to_string();
        assert!(unknown.contains("landmark-mpl") && unknown.contains("fusion-mlp"), "{unknown}");
    }
}
