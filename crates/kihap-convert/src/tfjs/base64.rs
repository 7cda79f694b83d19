//! Texts in graph models are Base64 (RFC 4648, section 4).

/// The bytes, or `None` if a character does not belong there.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn texts_of_every_length_decode() {
        assert_eq!(decode("TkhXQw==").unwrap(), b"NHWC");
        assert_eq!(decode("Qmlhc0FkZA==").unwrap(), b"BiasAdd");
        assert_eq!(decode("UmVsdTY=").unwrap(), b"Relu6");
        assert_eq!(decode("").unwrap(), b"");
        assert_eq!(decode("a b"), None);
    }
}
