//! The end of the certificates in a PEM file, from its bytes.

use std::iter;
use std::time::SystemTime;

use x509_cert::Certificate;
use x509_cert::der::DecodePem;

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";
/// The digits in a line of a strict file.
const LINE: usize = 64;

/// When the first certificate of a file ends: with an intermediate one, its chain is broken. `None`
/// when there is no certificate, or one that cannot be read. What else is in the file, such as a
/// key, is passed over.
pub(super) fn earliest_end(mut file: &[u8]) -> Option<SystemTime> {
    let mut earliest: Option<SystemTime> = None;
    while let Some(begin) = find(file, BEGIN) {
        let inner = &file[begin + BEGIN.len()..];
        let length = find(inner, END)?;
        let end = end(&inner[..length])?;
        earliest = Some(earliest.map_or(end, |earliest| earliest.min(end)));
        file = &inner[length + END.len()..];
    }
    earliest
}

/// The end of one certificate, from the digits between its marks. What reads it wants lines of 64 and no
/// space, while the libraries that serve TLS take any (RFC 7468, section 2).
fn end(digits: &[u8]) -> Option<SystemTime> {
    let digits = digits
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace());
    let digits: Vec<u8> = digits.collect();
    let lines = digits.chunks(LINE);
    let lines: Vec<&[u8]> = iter::once(BEGIN).chain(lines).chain([END]).collect();
    let certificate = Certificate::from_pem(lines.join(&b'\n')).ok()?;
    let validity = certificate.tbs_certificate().validity();
    Some(validity.not_after.to_system_time())
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LEAF: &str = include_str!("testdata/leaf.pem");
    const CHAIN: &str = include_str!("testdata/chain.pem");
    const FAR: &str = include_str!("testdata/far.pem");

    /// Compares the end, in seconds since 1970 as openssl tells it.
    fn check(file: &str, expected: Option<u64>) {
        let expected = expected.map(|end| SystemTime::UNIX_EPOCH + Duration::from_secs(end));
        assert_eq!(earliest_end(file.as_bytes()), expected);
    }

    #[test]
    fn a_certificate_ends_when_it_says() {
        check(LEAF, Some(1_925_089_445));
    }

    #[test]
    fn a_date_after_2050_has_another_form() {
        check(FAR, Some(2_556_241_445));
    }

    #[test]
    fn the_first_of_a_chain_to_end_counts() {
        check(CHAIN, Some(1_907_050_150));
    }

    #[test]
    fn text_and_keys_around_a_certificate_do_not_matter() {
        let key = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        check(
            &format!("subject=CN = rra\n{key}{LEAF}{key}"),
            Some(1_925_089_445),
        );
    }

    #[test]
    fn line_ends_of_windows_do_not_matter() {
        check(&LEAF.replace('\n', "\r\n"), Some(1_925_089_445));
    }

    /// A certificate in lines of so many characters, with something at the end of each.
    fn check_lines(width: usize, line_end: &str) {
        let digits: String = LEAF
            .lines()
            .filter(|line| !line.starts_with("--"))
            .collect();
        let mut file = String::from_utf8_lossy(BEGIN).into_owned();
        for line in digits.as_bytes().chunks(width) {
            file += line_end;
            file += &String::from_utf8_lossy(line);
        }
        file += line_end;
        check(&(file + &String::from_utf8_lossy(END)), Some(1_925_089_445));
    }

    #[test]
    fn the_length_of_lines_and_space_around_them_do_not_matter() {
        check_lines(64, "\n");
        check_lines(76, "\n");
        check_lines(100_000, "\n");
        check_lines(100_000, "");
        check_lines(64, " \n\n\t");
        check_lines(64, "\r\n\r\n");
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        check("", None);
        check("-----BEGIN CERTIFICATE-----\n", None);
        check("-----BEGIN CERTIFICATE-----END CERTIFICATE-----", None);
        check("-----BEGIN CERTIFICATE----------END CERTIFICATE-----", None);
        check(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            None,
        );
    }

    #[test]
    fn one_broken_certificate_makes_the_end_of_all_unknown() {
        check(&format!("{LEAF}{}", LEAF.replace("MII", "MIJ")), None);
        check(&LEAF[..LEAF.len() / 2], None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, at in 0..LEAF.len(), byte: u8) {
            earliest_end(&bytes);
            let mut broken = LEAF.as_bytes().to_vec();
            broken[at] = byte;
            earliest_end(&broken);
        }
    }
}
