//! The zoo: one file a network.

mod alexnet;
mod catdog_cnn;
mod dcgan;
mod efficientnet_lite0;
mod entry;
mod gan;
mod googlenet;
mod heads;
mod landmark_gan;
mod mobilenet_v1;
mod mobilenet_v2;
mod mobilenet_v3;
mod nasnet_mobile;
mod picture;
mod pose_lifter;
mod recurrent;
mod relation_network;
mod resnet50;
mod st_gcn;
mod tcn;
mod teachable_machine;
mod transformer;

pub use dcgan::{DCGAN_SIDE, dcgan};
pub use entry::{Entry, InputKind, Published, Settings};
pub use gan::{GanGraphs, GanSettings};
pub use heads::FILM_MLP;
pub use landmark_gan::landmark_gan;
pub use pose_lifter::pose_lifter;

use crate::error::ZooError;

/// Every network, in the order they are listed to users.
pub const ALL: &[Entry] = &[
    heads::LANDMARK_SOFTMAX,
    heads::LANDMARK_MLP,
    heads::PHOTO_SOFTMAX,
    heads::PHOTO_MLP,
    heads::FUSION_MLP,
    teachable_machine::TEACHABLE_MACHINE_IMAGE,
    teachable_machine::TEACHABLE_MACHINE_POSE,
    catdog_cnn::CATDOG_CNN,
    alexnet::ALEXNET,
    googlenet::GOOGLENET,
    resnet50::RESNET50,
    nasnet_mobile::NASNET_MOBILE,
    mobilenet_v1::MOBILENET_V1,
    mobilenet_v2::MOBILENET_V2,
    mobilenet_v3::MOBILENET_V3_SMALL,
    mobilenet_v3::MOBILENET_V3_LARGE,
    efficientnet_lite0::EFFICIENTNET_LITE0,
    relation_network::RELATION_NETWORK,
    recurrent::RNN,
    recurrent::GRU,
    recurrent::LSTM,
    transformer::TRANSFORMER,
    tcn::TCN,
    st_gcn::ST_GCN,
];

/// The network called `name`.
///
/// # Errors
/// [`ZooError::UnknownNetwork`], which lists the names there are.
pub fn find(name: &str) -> Result<&'static Entry, ZooError> {
    ALL.iter().find(|entry| entry.name == name).ok_or_else(|| ZooError::UnknownNetwork {
        name: name.to_owned(),
        known: ALL.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_wrong_ones_are_answered_with_the_list() {
        let mut names: Vec<&str> = ALL.iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        let unknown = find("landmark-mpl").unwrap_err().to_string();
        assert!(unknown.contains("landmark-mpl") && unknown.contains("fusion-mlp"), "{unknown}");
    }
}
