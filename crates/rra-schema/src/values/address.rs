//! Network addresses.

use std::net::IpAddr;

use super::{DetailValue, Scalar};
use crate::spec::FieldKind;
use crate::writer::Member;

impl DetailValue for IpAddr {
    const KIND: FieldKind = FieldKind::IpAddress;

    fn write(&self, member: &mut Member<'_, '_, '_>) {
        member.address(*self);
    }

    /// An address is never a label, so only whether it is one of the two families is told.
    fn scalar(&self) -> Scalar<'_> {
        Scalar::Text(if self.is_ipv4() { "ipv4" } else { "ipv6" })
    }
}
