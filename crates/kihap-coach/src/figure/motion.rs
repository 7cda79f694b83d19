//! What the figure can do: the 13 basic motions, standing about, and not being there.

use kihap_syllabus::{NOBODY, OTHER, Side};

/// A motion the figure can be drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Motion {
    /// An empty room.
    Nobody,
    /// Something that is no technique: standing, waving, hands on the hips, arms crossed, stretching …
    Other,
    /// 기본준비서기.
    BasicReady,
    /// 주춤서기 몸통지르기.
    HorseTrunkPunch,
    /// 앞굽이 아래막기.
    FrontLowBlock,
    /// 앞굽이 몸통안막기.
    FrontInwardBlock,
    /// 앞굽이 얼굴막기.
    FrontFaceBlock,
    /// 앞차기.
    FrontKick,
    /// 뒷굽이 몸통바깥막기.
    BackOutwardBlock,
    /// 뒷굽이 손날거들어막기.
    BackKnifehandBlock,
    /// 앞굽이 손날목치기.
    FrontKnifehandNeckStrike,
    /// 앞굽이 등주먹앞치기.
    FrontBackFistStrike,
    /// 옆차기.
    SideKick,
    /// 돌려차기.
    RoundhouseKick,
    /// 뒤차기.
    BackKick,
}

impl Motion {
    /// Every motion with the id it has in the syllabus's course `basics`.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Nobody, NOBODY),
        (Self::Other, OTHER),
        (Self::BasicReady, "basic_ready"),
        (Self::HorseTrunkPunch, "horse_trunk_punch"),
        (Self::FrontLowBlock, "front_low_block"),
        (Self::FrontInwardBlock, "front_inward_block"),
        (Self::FrontFaceBlock, "front_face_block"),
        (Self::FrontKick, "front_kick"),
        (Self::BackOutwardBlock, "back_outward_block"),
        (Self::BackKnifehandBlock, "back_knifehand_block"),
        (Self::FrontKnifehandNeckStrike, "front_knifehand_neck_strike"),
        (Self::FrontBackFistStrike, "front_back_fist_strike"),
        (Self::SideKick, "side_kick"),
        (Self::RoundhouseKick, "roundhouse_kick"),
        (Self::BackKick, "back_kick"),
    ];

    /// The id without a side, as in the syllabus's course `basics`.
    pub fn id(self) -> &'static str {
        Self::ALL.iter().find(|(motion, _)| *motion == self).map_or("", |(_, id)| id)
    }

    /// The motion and side of a class of the course `basics`, such as `front_low_block_left`. `None` for a class the figure
    /// cannot do, and for a sided motion without its side.
    pub fn from_class(class: &str) -> Option<(Self, Option<Side>)> {
        let sides = Side::BOTH.map(Some).into_iter().chain([None]);
        let mut cases = sides.flat_map(|side| Self::ALL.map(|(motion, _)| (motion, side)));
        cases.find(|(motion, side)| motion.is_sided() == side.is_some() && motion.class(*side) == class)
    }

    /// The class id: the motion's id and, for a motion that has sides, the side (left where none is given).
    pub fn class(self, side: Option<Side>) -> String {
        if !self.is_sided() {
            return self.id().to_owned();
        }
        format!("{}_{}", self.id(), side.unwrap_or(Side::Left).id())
    }

    /// Whether left and right are two.
    pub fn is_sided(self) -> bool {
        !matches!(self, Self::Nobody | Self::Other | Self::BasicReady)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kihap_syllabus::Syllabus;

    #[test]
    fn the_figure_can_do_every_class_of_the_course_basics() {
        let classes = Syllabus::embedded().unwrap().course("basics").unwrap();
        for class in &classes {
            let (motion, side) = Motion::from_class(&class.id).unwrap_or_else(|| panic!("{}", class.id));
            assert_eq!(motion.class(side), class.id);
            assert_eq!(side, class.side);
        }
        assert_eq!(classes.len(), 27);
        assert_eq!(Motion::from_class("front_low_block"), None);
        assert_eq!(Motion::from_class("moonwalk_left"), None);
    }
}
