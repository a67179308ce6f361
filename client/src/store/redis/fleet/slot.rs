//! The hash slot of a key in a cluster.

/// The number of slots of a cluster.
const SLOTS: u16 = 16_384;

/// Returns the slot of all keys with this hash tag: its CRC-16, as of XMODEM.
pub(super) fn of(tag: &str) -> u16 {
    let crc = tag.bytes().fold(0_u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 {
                shifted
            } else {
                shifted ^ 0x1021
            }
        })
    });
    crc % SLOTS
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_tag_has_the_slot_that_redis_gives_it() {
        // The first is the example in the specification of Redis Cluster. The others are answers of
        // `CLUSTER KEYSLOT`.
        assert_eq!(super::of("123456789"), 0x31c3);
        assert_eq!(super::of("foo"), 12182);
        assert_eq!(super::of("stable_token-wx1234567890abcdef"), 4587);
    }
}
