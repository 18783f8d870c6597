//! What the command line may say. Everything else comes from the environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use lexopt::Arg::Long;
use lexopt::ValueExt;

use crate::rate_limit;

/// Where to listen and what to replay.
#[derive(Debug)]
pub(crate) struct Options {
    /// Where the API listens.
    pub(crate) listen: SocketAddr,
    /// A log to replay before serving.
    pub(crate) input: Option<PathBuf>,
    /// Requests an agent may make at once.
    pub(crate) burst: u32,
    /// Whether the service runs unobserved, to be measured against the observed one.
    pub(crate) is_bare: bool,
}

impl Options {
    /// Reads `--listen ADDRESS`, `--input FILE`, `--burst REQUESTS` and `--bare`.
    pub(crate) fn parse() -> Result<Self, lexopt::Error> {
        let mut options = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            input: None,
            burst: rate_limit::BURST,
            is_bare: false,
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("listen") => options.listen = arguments.value()?.parse()?,
                Long("burst") => options.burst = arguments.value()?.parse()?,
                Long("bare") => options.is_bare = true,
                Long("input") => options.input = Some(arguments.value()?.into()),
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }
}
