//! What the command line may say.

use std::net::SocketAddr;
use std::path::PathBuf;

use lexopt::Arg::Long;
use lexopt::ValueExt;

use crate::Problem;

/// Where to listen, what to write and where to send spans.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) listen: SocketAddr,
    pub(crate) log: PathBuf,
    /// Requests an agent may make at once.
    pub(crate) burst: u32,
    /// Where spans go, if they go anywhere, and the share that is kept.
    pub(crate) traces: Option<(String, f64)>,
}

impl Options {
    /// Reads `--listen ADDRESS`, `--log FILE`, `--burst REQUESTS`, and `--spans-to URL` with
    /// `--kept SHARE`.
    pub(crate) fn parse() -> Result<Self, Problem> {
        let (mut listen, mut log, mut spans_to) = (None, None, None);
        let (mut burst, mut kept) = (u32::MAX, 1.0);
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("listen") => listen = Some(arguments.value()?.parse()?),
                Long("log") => log = Some(arguments.value()?.into()),
                Long("burst") => burst = arguments.value()?.parse()?,
                Long("spans-to") => spans_to = Some(arguments.value()?.string()?),
                Long("kept") => kept = arguments.value()?.parse()?,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self {
            listen: listen.ok_or("--listen ADDRESS is missing")?,
            log: log.ok_or("--log FILE is missing")?,
            burst,
            traces: spans_to.map(|url| (url, kept)),
        })
    }
}
