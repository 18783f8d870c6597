//! Tokens by the prefixes that vendors give them.

use super::pattern::{is_base64_url, is_word, run};

/// A token has more characters than so many from its first sign on: what stands before that is shorter
/// than [`SHORTEST_RUN`](super::pattern::SHORTEST_RUN), or found by its length, and the id of a key of
/// AWS has 20.
pub(super) const SHORTEST_TAIL: usize = 4;

/// The shortest token that its vendor's prefix tells: five characters, and ten that follow.
pub(crate) const SHORTEST_TOKEN: usize = 15;

/// Whether `word`, which a sign ends, could be the start of a token.
#[inline]
pub(super) fn begins_token(word: &[u8]) -> bool {
    let is_known = word.first_chunk().is_some_and(|[first, second]: &[u8; 2]| {
        BEGINNINGS[usize::from(*first)].0 & BEGINNINGS[usize::from(*second)].1 != 0
    });
    is_known && begins_prefix(word)
}

#[cold]
fn begins_prefix(word: &[u8]) -> bool {
    let mut prefixes = VENDOR_TOKENS.iter().map(|(prefix, _)| prefix.as_bytes());
    word.starts_with(b"eyJ")
        || prefixes.any(|prefix| {
            let sign = prefix.iter().position(|b| !is_word(*b));
            sign.map_or(word.starts_with(prefix), |sign| word == &prefix[..sign])
        })
}

/// What the prefixes below and the header of a JSON Web Token begin with: two letters that have a bit in
/// common, the one as the first, the other as the second. To compare one after the other would be to
/// guess where that ends.
static BEGINNINGS: [(u16, u16); 256] = {
    let mut letters = [(0, 0); 256];
    // Each row has a bit.
    let rows: [(&[u8], &[u8]); 13] = [
        (b"A", b"GIKS"),
        (b"G", b"O"),
        (b"N", b"R"),
        (b"S", b"G"),
        (b"d", b"co"),
        (b"ep", b"y"),
        (b"g", b"hil"),
        (b"h", b"fov"),
        (b"n", b"p"),
        (b"rs", b"k"),
        (b"sw", b"h"),
        (b"x", b"ao"),
        (b"y", b"a"),
    ];
    let mut row = 0;
    while row < rows.len() {
        let (mut firsts, mut seconds) = rows[row];
        while let [first, rest @ ..] = firsts {
            letters[*first as usize].0 |= 1 << row;
            firsts = rest;
        }
        while let [second, rest @ ..] = seconds {
            letters[*second as usize].1 |= 1 << row;
            seconds = rest;
        }
        row += 1;
    }
    letters
};

/// Prefixes by which vendors mark their tokens, with the fewest characters that follow, as their
/// secret-scanning documentation gives them.
const VENDOR_TOKENS: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 35),
    ("AGE-SECRET-KEY-", 50),
    ("GOCSPX-", 20),
    ("NRAK-", 20),
    ("SG.", 40),
    ("dckr_pat_", 20),
    ("dop_v1_", 40),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 20),
    ("gldt-", 16),
    ("glpat-", 16),
    ("glrt-", 16),
    ("glsa_", 30),
    ("hf_", 30),
    ("hooks.slack.com/services/", 30),
    ("hvs.", 20),
    ("npm_", 30),
    ("pypi-", 30),
    ("rk_live_", 16),
    ("rk_test_", 16),
    ("shpat_", 30),
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("whsec_", 24),
    ("xapp-", 10),
    ("xoxa-", 10),
    ("xoxb-", 10),
    ("xoxe-", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("ya29.", 20),
];

/// The end of the token that begins there.
pub(super) fn vendor_token(bytes: &[u8], at: usize) -> Option<usize> {
    VENDOR_TOKENS.iter().find_map(|(prefix, shortest)| {
        // What ends a prefix goes on in the token: `SG.a.b`, `/services/T0/B0/x`.
        let end = prefix.as_bytes()[prefix.len() - 1];
        let is_tail = |b: u8| is_base64_url(b) || (b == end && matches!(end, b'.' | b'/'));
        let tail = at + prefix.len();
        let length = if bytes[at..].starts_with(prefix.as_bytes()) {
            run(bytes, tail, is_tail)
        } else {
            0
        };
        (length >= *shortest).then_some(tail + length)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{glance, holds_secret, is_short_name};
    use super::*;

    /// Neither the letters that prefixes begin with nor the lengths may fall behind the list.
    #[test]
    fn every_token_is_seen_at_a_glance_wherever_its_hyphens_stand() {
        for (prefix, shortest) in VENDOR_TOKENS {
            for hyphen in 0..=*shortest {
                let mut tail = vec![b'a'; *shortest];
                tail[hyphen..].iter_mut().take(1).for_each(|b| *b = b'-');
                let token = (*prefix).to_owned() + &String::from_utf8_lossy(&tail);
                assert!(token.len() >= SHORTEST_TOKEN && holds_secret(&token));
                assert!(!is_short_name(&token), "{token}");
                for before in 0..=70 {
                    let text = " ".repeat(before) + &token;
                    assert!(glance(&text).may_hold_secret, "{text}");
                }
            }
        }
    }
}
