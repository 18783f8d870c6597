//! The next value of any type a field can have, from the examples or from the dice.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rra_schema::events::attack::AttackType;
use rra_schema::events::audit::{GapReason, StopReason};
use rra_schema::events::auth::{AuthFailureReason, AuthMethod, TokenType};
use rra_schema::events::rate_limit::RateLimitScope;
use rra_schema::events::suspicious::BruteForceTarget;
use rra_schema::events::webhook::SignatureFault;
use rra_schema::{
    ChainId, CleanUrl, Decimal, Name, Origin, Ratio, Severity, Sha256, Text, Timestamp, TokenId,
    TransactionHash,
};

use super::{Fill, origin, pool};

/// 2025-12-20T10:30:00Z, the moment of the guide's sample.
const GUIDE_MILLIS: i64 = 1_766_226_600_000;

/// Where values come from.
pub(super) struct Source {
    origin: Origin,
    /// The state of the dice; none for the fixed examples.
    dice: Option<Cell<u64>>,
    seq: Cell<u64>,
    /// Texts to draw from; none for the fixed examples.
    texts: Vec<String>,
    /// Names to draw from.
    names: Vec<String>,
}

/// The wish for a value of a field, fulfilled by the type the field has.
#[derive(Clone, Copy)]
pub(super) struct Pick<'a> {
    source: &'a Source,
    field: &'static str,
}

impl Source {
    pub(super) fn of_examples() -> Self {
        Self::new(None, Vec::new(), Vec::new())
    }

    pub(super) fn of_dice(seed: u64) -> Self {
        let texts = pool::hostile();
        Self::new(Some(seed), texts.clone(), texts)
    }

    pub(super) fn of_longest() -> Self {
        Self::new(None, vec![pool::longest_text()], vec![pool::longest_name()])
    }

    fn new(seed: Option<u64>, texts: Vec<String>, names: Vec<String>) -> Self {
        Self {
            origin: origin(),
            dice: seed.map(Cell::new),
            seq: Cell::new(0),
            texts,
            names,
        }
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) fn pick(&self, field: &'static str) -> Pick<'_> {
        Pick {
            source: self,
            field,
        }
    }

    /// Whether the next optional thing is there.
    pub(super) fn wants(&self, fill: Fill) -> bool {
        match fill {
            Fill::Least => false,
            Fill::Most | Fill::Longest => true,
            Fill::Random => self.below(2) == 0,
        }
    }

    pub(super) fn seq(&self) -> u64 {
        self.seq.replace(self.seq.get() + 1)
    }

    pub(super) fn millis(&self) -> i64 {
        GUIDE_MILLIS + i64::try_from(self.below(1_000_000_000)).unwrap_or(0)
    }

    pub(super) fn text(&self, field: &str) -> &str {
        self.drawn(&self.texts, field)
    }

    pub(super) fn name(&self, field: &str) -> &str {
        self.drawn(&self.names, field)
    }

    fn drawn<'a>(&self, pool: &'a [String], field: &str) -> &'a str {
        match pool.len() {
            0 => pool::example(field),
            count => &pool[self.below(count)],
        }
    }

    pub(super) fn address(&self) -> IpAddr {
        let host = u8::try_from(self.below(255)).unwrap_or(0);
        if self.below(4) == 3 {
            IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(host)))
        } else {
            IpAddr::V4(Ipv4Addr::new(192, 0, 2, host.max(1)))
        }
    }

    pub(super) fn severity(&self) -> Severity {
        self.one_of(&Severity::ALL)
    }

    fn one_of<T: Copy>(&self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    fn below(&self, end: usize) -> usize {
        let wide = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.roll() % wide).unwrap_or(0)
    }

    /// The next number of `SplitMix64` (Steele, Lea, Flood 2014); always 0 for the examples.
    fn roll(&self) -> u64 {
        let Some(dice) = &self.dice else { return 0 };
        dice.set(dice.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut mixed = dice.get();
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl<'a, const MAX: usize> From<Pick<'a>> for Name<'a, MAX> {
    fn from(pick: Pick<'a>) -> Self {
        Self::from(pick.source.name(pick.field))
    }
}

impl<'a, const MAX: usize> From<Pick<'a>> for Text<'a, MAX> {
    fn from(pick: Pick<'a>) -> Self {
        Self::from(pick.source.text(pick.field))
    }
}

impl<'a> From<Pick<'a>> for CleanUrl<'a> {
    fn from(pick: Pick<'a>) -> Self {
        Self::from(pick.source.text(pick.field))
    }
}

impl From<Pick<'_>> for u64 {
    fn from(pick: Pick<'_>) -> Self {
        let any = [
            30,
            1,
            0,
            60,
            4_294_967_296,
            rra_schema::limits::INTEGER_MAX,
            Self::MAX,
        ];
        pick.source.one_of(&any)
    }
}

impl From<Pick<'_>> for IpAddr {
    fn from(pick: Pick<'_>) -> Self {
        pick.source.address()
    }
}

impl From<Pick<'_>> for Ratio {
    fn from(pick: Pick<'_>) -> Self {
        let share = pick.source.one_of(&[0.75, 0.0, 1.0, 0.1, 1e-7]);
        Self::new(share).expect("all five lie between 0 and 1")
    }
}

impl From<Pick<'_>> for Timestamp {
    fn from(pick: Pick<'_>) -> Self {
        Self::from_unix_millis(pick.source.millis())
    }
}

impl From<Pick<'_>> for Sha256 {
    fn from(pick: Pick<'_>) -> Self {
        let byte = u8::try_from(pick.source.below(256)).unwrap_or(0);
        Self::from([byte; 32])
    }
}

/// Checked text: one of a few that fit.
macro_rules! checked {
    ($($name:ident: $($text:literal),+;)+) => {
        $(impl<'a> From<Pick<'a>> for $name<'a> {
            fn from(pick: Pick<'a>) -> Self {
                let text = pick.source.one_of(&[$($text),+]);
                Self::new(text).expect("the texts of this table fit")
            }
        })+
    };
}

checked! {
    ChainId: "eip155:1", "eip155:137", "cosmos:cosmoshub-4", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
    Decimal: "12.50", "0", "0.000001", "115792089237316195423570985008687907853269984665";
    TokenId: "42", "0", "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    TransactionHash:
        "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
        "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnb";
}

/// Words of the catalogue.
macro_rules! words {
    ($($name:ident)+) => {
        $(impl From<Pick<'_>> for $name {
            fn from(pick: Pick<'_>) -> Self {
                pick.source.one_of(Self::ALL)
            }
        })+
    };
}

words! {
    AttackType AuthFailureReason AuthMethod BruteForceTarget GapReason RateLimitScope
    SignatureFault StopReason TokenType
}
