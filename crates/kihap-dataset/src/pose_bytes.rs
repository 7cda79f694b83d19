//! Poses as bytes: every field exactly, in little endian, for the database.

use kihap_vision::{Landmark, Pose, Skeleton};

/// First byte of the encoding; raised when the layout changes.
const LAYOUT: u8 = 1;

/// Encodes any number of poses.
pub(crate) fn encode(poses: &[Pose]) -> Vec<u8> {
    let floats: usize = poses.iter().map(|p| 1 + p.landmarks.len() * 5 + p.world.len() * 3).sum();
    let mut bytes = Vec::with_capacity(5 + poses.len() * 17 + floats * 4);
    bytes.push(LAYOUT);
    push_u32(&mut bytes, poses.len() as u32);
    for pose in poses {
        bytes.push(match pose.skeleton {
            Skeleton::Blazepose33 => 0,
            Skeleton::Coco17 => 1,
            Skeleton::Kinect20 => 2,
        });
        for number in [pose.width, pose.height, pose.landmarks.len() as u32, pose.world.len() as u32] {
            push_u32(&mut bytes, number);
        }
        let landmarks = pose.landmarks.iter().flat_map(|l| [l.x, l.y, l.z, l.visibility, l.presence]);
        for value in std::iter::once(pose.score).chain(landmarks).chain(pose.world.iter().flatten().copied()) {
            bytes.extend(value.to_le_bytes());
        }
    }
    bytes
}

/// Decodes what [`encode`] wrote; `None` when the bytes are anything else.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<Pose>> {
    let mut reader = Reader(bytes);
    if reader.take(1)? != [LAYOUT] {
        return None;
    }
    let count = reader.u32()?;
    let mut poses = Vec::new();
    for _ in 0..count {
        let skeleton = match reader.take(1)? {
            [0] => Skeleton::Blazepose33,
            [1] => Skeleton::Coco17,
            [2] => Skeleton::Kinect20,
            _ => return None,
        };
        let (width, height, joints, world) = (reader.u32()?, reader.u32()?, reader.u32()?, reader.u32()?);
        let score = reader.f32()?;
        let landmarks = (0..joints)
            .map(|_| {
                let [x, y, z, visibility, presence] = reader.floats()?;
                Some(Landmark { x, y, z, visibility, presence })
            })
            .collect::<Option<_>>()?;
        let world = (0..world).map(|_| reader.floats()).collect::<Option<_>>()?;
        poses.push(Pose { skeleton, width, height, score, landmarks, world });
    }
    reader.0.is_empty().then_some(poses)
}

/// Encodes a feature vector.
pub(crate) fn encode_floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// Decodes what [`encode_floats`] wrote; `None` when the length is not that of whole numbers.
pub(crate) fn decode_floats(bytes: &[u8]) -> Option<Vec<f32>> {
    let (values, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| values.iter().map(|v| f32::from_le_bytes(*v)).collect())
}

fn push_u32(bytes: &mut Vec<u8>, value: u32) {
    bytes.extend(value.to_le_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn f32(&mut self) -> Option<f32> {
        Some(f32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn floats<const N: usize>(&mut self) -> Option<[f32; N]> {
        let mut values = [0.0; N];
        for value in &mut values {
            *value = self.f32()?;
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pose(skeleton: Skeleton, world: usize) -> Pose {
        let joints = skeleton.names().len();
        Pose {
            skeleton,
            width: 640,
            height: 481,
            score: 0.123_456_79,
            landmarks: (0..joints)
                .map(|i| Landmark {
                    x: i as f32 / 3.0,
                    y: -1.5,
                    z: f32::MIN_POSITIVE,
                    visibility: 0.1 + 0.2,
                    presence: 1.0,
                })
                .collect(),
            world: (0..world).map(|i| [i as f32 * 0.1, -0.0, 1e-20]).collect(),
        }
    }

    #[test]
    fn every_field_comes_back_exactly() {
        for poses in [vec![], Skeleton::ALL.map(|s| pose(s, s.names().len())).to_vec(), vec![pose(Skeleton::Coco17, 0)]]
        {
            assert_eq!(decode(&encode(&poses)).unwrap(), poses);
        }
    }

    #[test]
    fn cut_or_foreign_bytes_are_refused() {
        let bytes = encode(&[pose(Skeleton::Coco17, 0)]);
        assert!(decode(&bytes[..bytes.len() - 1]).is_none());
        assert!(decode(&[bytes.clone(), vec![0]].concat()).is_none());
        assert!(decode(b"{}").is_none());
        assert!(decode(&[]).is_none());
        assert!(decode(&[1, 255, 255, 255, 255]).is_none());
    }

    #[test]
    fn floats_come_back_exactly() {
        let values = [0.1, -3.5, f32::MAX];
        assert_eq!(decode_floats(&encode_floats(&values)).unwrap(), values);
        assert!(decode_floats(&[0, 1, 2]).is_none());
    }
}
