use jumpqr_core::preflight::{is_public, special_range};

#[test]
fn an_address_that_is_not_on_the_public_internet_is_named_by_its_range() {
    for (range, addresses) in [
        ("unspecified", &["0.0.0.0", "0.1.2.3", "::"][..]),
        (
            "private",
            &[
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "fc00::1",
                "fd12:3456::1",
                "fd00:ec2::254",
            ],
        ),
        ("loopback", &["127.0.0.1", "127.255.255.255", "::1"]),
        (
            "cloud metadata",
            &["169.254.169.254", "100.100.100.200", "168.63.129.16"],
        ),
        ("link-local", &["169.254.0.1", "fe80::1", "febf::1"]),
        ("carrier-grade NAT", &["100.64.0.1", "100.127.255.255"]),
        ("IETF protocols", &["192.0.0.192", "2001:20::1"]),
        (
            "documentation",
            &[
                "192.0.2.1",
                "198.51.100.1",
                "203.0.113.1",
                "2001:db8::1",
                "3fff::1",
            ],
        ),
        ("6to4 relay", &["192.88.99.1"]),
        (
            "benchmarking",
            &["198.18.0.1", "198.19.255.255", "2001:2::1"],
        ),
        ("multicast", &["224.0.0.1", "239.255.255.255", "ff02::1"]),
        ("broadcast", &["255.255.255.255"]),
        ("reserved", &["240.0.0.1", "100::1", "4000::1", "5f00::1"]),
        ("IPv4-mapped", &["::ffff:127.0.0.1", "::ffff:1.2.4.8"]),
        ("IPv4-compatible", &["::127.0.0.1", "::1.2.4.8"]),
        ("local NAT64", &["64:ff9b:1::1"]),
        ("site-local", &["fec0::1"]),
    ] {
        for address in addresses {
            let found = special_range(address.parse().unwrap());
            assert_eq!(found, Some(range), "{address}");
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}

#[test]
fn an_address_that_leads_to_a_private_one_is_refused() {
    for (address, range) in [
        ("64:ff9b::127.0.0.1", "loopback"),
        ("64:ff9b::169.254.169.254", "cloud metadata"),
        ("2002:7f00:1::1", "loopback"),
        ("2002:a00:1::1", "private"),
        // Teredo: a private server, and the inverted bits of the client 10.0.0.1.
        ("2001:0:a00:1::", "private"),
        ("2001:0:102:408:0:0:f5ff:fffe", "private"),
    ] {
        assert_eq!(
            special_range(address.parse().unwrap()),
            Some(range),
            "{address}"
        );
    }
}

#[test]
fn a_public_address_is_looked_at() {
    for address in [
        "1.2.4.8",
        "9.255.255.255",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.255.255",
        "198.20.0.1",
        "223.5.5.5",
        "2400:3200::1",
        "2001:200::1",
        "64:ff9b::1.2.4.8",
        "2002:102:408::1",
    ] {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
}
