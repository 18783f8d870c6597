//! The end of TLS certificates, read from their files, or its absence: the feature `certificates`
//! swaps the whole part.

#[cfg(not(feature = "certificates"))]
mod disabled;
#[cfg(feature = "certificates")]
mod enabled;

#[cfg(not(feature = "certificates"))]
pub(crate) use disabled::Certificates;
#[cfg(feature = "certificates")]
pub(crate) use enabled::Certificates;
