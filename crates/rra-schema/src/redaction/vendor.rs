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
    let mut prefixes = VENDOR_TOKENS.iter().map(|vendor| vendor.prefix.as_bytes());
    word.starts_with(b"eyJ")
        || prefixes.any(|prefix| {
            let sign = prefix.iter().position(|b| !is_word(*b));
            sign.map_or(word.starts_with(prefix), |sign| word == &prefix[..sign])
        })
}

/// What the prefixes below and the header of a JSON Web Token begin with: two letters that have a bit in
/// common, the one as the first, the other as the second. To compare one after the other would be to
/// guess where that ends.
static BEGINNINGS: [(u8, u8); 256] = {
    let mut letters = [(0, 0); 256];
    // Each row has a bit.
    let rows: [(&[u8], &[u8]); 7] = [
        (b"A", b"IKS"),
        (b"S", b"G"),
        (b"ep", b"y"),
        (b"g", b"hil"),
        (b"n", b"p"),
        (b"rs", b"k"),
        (b"x", b"o"),
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

struct VendorToken {
    prefix: &'static str,
    tail: usize,
}

/// Prefixes by which vendors mark their tokens, with the fewest characters that follow, as their
/// secret-scanning documentation gives them.
const VENDOR_TOKENS: &[VendorToken] = &[
    VendorToken {
        prefix: "AKIA",
        tail: 16,
    },
    VendorToken {
        prefix: "ASIA",
        tail: 16,
    },
    VendorToken {
        prefix: "ghp_",
        tail: 30,
    },
    VendorToken {
        prefix: "gho_",
        tail: 30,
    },
    VendorToken {
        prefix: "ghu_",
        tail: 30,
    },
    VendorToken {
        prefix: "ghs_",
        tail: 30,
    },
    VendorToken {
        prefix: "ghr_",
        tail: 30,
    },
    VendorToken {
        prefix: "github_pat_",
        tail: 20,
    },
    VendorToken {
        prefix: "glpat-",
        tail: 16,
    },
    VendorToken {
        prefix: "sk_live_",
        tail: 16,
    },
    VendorToken {
        prefix: "sk_test_",
        tail: 16,
    },
    VendorToken {
        prefix: "rk_live_",
        tail: 16,
    },
    VendorToken {
        prefix: "sk-",
        tail: 20,
    },
    VendorToken {
        prefix: "xoxb-",
        tail: 10,
    },
    VendorToken {
        prefix: "xoxp-",
        tail: 10,
    },
    VendorToken {
        prefix: "xoxa-",
        tail: 10,
    },
    VendorToken {
        prefix: "xoxs-",
        tail: 10,
    },
    VendorToken {
        prefix: "AIza",
        tail: 35,
    },
    VendorToken {
        prefix: "SG.",
        tail: 40,
    },
    VendorToken {
        prefix: "npm_",
        tail: 30,
    },
    VendorToken {
        prefix: "pypi-",
        tail: 30,
    },
];

/// The end of the token that begins there.
pub(super) fn vendor_token(bytes: &[u8], at: usize) -> Option<usize> {
    VENDOR_TOKENS.iter().find_map(|vendor| {
        let is_tail = |b: u8| is_base64_url(b) || (vendor.prefix.ends_with('.') && b == b'.');
        let tail = at + vendor.prefix.len();
        let length = if bytes[at..].starts_with(vendor.prefix.as_bytes()) {
            run(bytes, tail, is_tail)
        } else {
            0
        };
        (length >= vendor.tail).then_some(tail + length)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{glance, holds_secret, is_short_name};
    use super::*;

    /// Neither the letters that prefixes begin with nor the lengths may fall behind the list.
    #[test]
    fn every_token_is_seen_at_a_glance_wherever_its_hyphens_stand() {
        for vendor in VENDOR_TOKENS {
            for hyphen in 0..=vendor.tail {
                let mut tail = vec![b'a'; vendor.tail];
                tail[hyphen..].iter_mut().take(1).for_each(|b| *b = b'-');
                let token = vendor.prefix.to_owned() + &String::from_utf8_lossy(&tail);
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
