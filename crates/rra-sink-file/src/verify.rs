//! Checks the hash chain of log files. Reads them as they stream by, holds a few digests of each
//! file, changes nothing.

mod path;
mod segment;

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::chain::LineDigest;
use path::Links;
use segment::Segment;

/// What [`verify`] found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verification {
    /// The judgement.
    pub verdict: Verdict,
    /// Lines that carry the digest of the line before them.
    pub chained_lines: u64,
    /// Lines before the chain begins, which nothing protects but for the last of them.
    pub unchained_lines: u64,
    /// The line before the first of the chain: [`LineDigest::START`] when nothing was before it,
    /// `None` when there is no chain.
    pub begins_after: Option<LineDigest>,
}

/// Whether the log is what was written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// Every line follows the line before it, and every anchor was found.
    Intact,
    /// The log was changed.
    Altered(Alteration),
    /// Something is missing.
    Incomplete(Missing),
    /// A file cannot be judged, and nothing else is wrong.
    Unchecked {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: Uncheckable,
    },
}

/// The first place where a line does not follow the line before it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Alteration {
    /// What is wrong there.
    pub kind: AlterationKind,
    /// The file.
    pub file: PathBuf,
    /// The number of the line in the file, from 1.
    pub line: u64,
    /// Where the line begins, in bytes of the uncompressed file, from 0.
    pub offset: u64,
    /// The `event_id` of the line, if it still has one.
    pub event_id: Option<String>,
}

/// In which way a log was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlterationKind {
    /// The line carries the digest of another line than the one before it: one of both was
    /// changed, or lines between them were removed, inserted or moved.
    Link,
    /// The line carries no digest although the line before it does.
    Unlinked,
    /// Another file has a different line in the same place of the chain.
    Fork,
    /// The compressed file is damaged from here on.
    Compression,
}

/// What is missing.
#[derive(Debug)]
#[non_exhaustive]
pub enum Missing {
    /// The line before the first line of this file is in no file.
    Before(PathBuf),
    /// The last line of the chain, in this file, is cut.
    End(PathBuf),
    /// No line has the digest of this anchor: the log was cut before it, or rewritten from some
    /// line before it.
    Anchor(LineDigest),
}

/// Why a file cannot be judged.
#[derive(Debug)]
#[non_exhaustive]
pub enum Uncheckable {
    /// It cannot be read.
    Read(io::Error),
    /// It is no regular file.
    NotAFile,
    /// It is compressed, and not with gzip.
    Packed,
    /// None of its lines is part of a chain.
    NoChain,
}

impl Verdict {
    /// The exit code of a program that reports this: 0 intact, 1 altered, 2 incomplete, 3
    /// unchecked.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Intact => 0,
            Self::Altered(_) => 1,
            Self::Incomplete(_) => 2,
            Self::Unchecked { .. } => 3,
        }
    }
}

/// Checks the chain over these files, in whatever order they are named, compressed with gzip or not.
/// What zstd, xz or bzip2 compressed is unchecked until it is unpacked.
///
/// Without an anchor it cannot be found that whole lines were cut off the end or the beginning (which
/// retention does too), or that everything from some line to the end was rewritten. An anchor is the
/// digest of a line that was kept elsewhere, such as that of a
/// [`Note::Checkpoint`](crate::Note::Checkpoint): this line and those before it, as far as the files
/// reach back, are then beyond doubt. [`LineDigest::START`] asks for the beginning itself.
///
/// Lines that stand in two files are fine when they are the same lines in the same order: a crash
/// while a file is compressed, and `copytruncate`, can leave that behind. A cut last line is fine
/// when the chain goes on in another file. Altered goes before unchecked, and that before
/// incomplete.
///
/// ```
/// use rra_sink_file::{LineDigest, Verdict, verify};
///
/// # let directory = tempfile::tempdir()?;
/// # let log = directory.path().join("security.log");
/// let line = format!("{{\"a\":1,\"prev\":\"{}\"}}\n", LineDigest::START);
/// std::fs::write(&log, &line)?;
/// assert!(matches!(verify(&[&log], &[]).verdict, Verdict::Intact));
/// // The end that somebody cut off shows when a digest of it was kept elsewhere.
/// let anchor = LineDigest::of(b"{\"a\":2}");
/// assert_eq!(verify(&[&log], &[anchor]).verdict.exit_code(), 2);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn verify<P: AsRef<Path>>(files: &[P], anchors: &[LineDigest]) -> Verification {
    let files: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
    let mut wanted: HashSet<LineDigest> = anchors.iter().copied().collect();
    wanted.extend(files.iter().filter_map(|file| segment::first_prev(file)));
    let (mut segments, mut unread) = read(&files, &wanted);
    let heads = Links::new(&segments).heads_to_find();
    if !heads.is_empty() {
        wanted.extend(heads);
        (segments, unread) = read(&files, &wanted);
    }
    let joined = Links::new(&segments);
    let unchained_lines = segments.iter().map(|segment| segment.unchained).sum();
    let lines: u64 = segments.iter().map(|segment| segment.lines).sum();
    Verification {
        verdict: judge(&joined, unread, anchors),
        chained_lines: lines - unchained_lines,
        unchained_lines,
        begins_after: joined.start(),
    }
}

type Unread = Option<(PathBuf, Uncheckable)>;

/// What is in the files, and the first file that cannot be read.
fn read(files: &[&Path], wanted: &HashSet<LineDigest>) -> (Vec<Segment>, Unread) {
    let mut segments = Vec::new();
    let mut unread = None;
    for file in files {
        match Segment::read(file, wanted) {
            Ok(segment) if segment.is_empty() => {}
            Ok(segment) => segments.push(segment),
            Err(cause) => {
                unread.get_or_insert((file.to_path_buf(), cause));
            }
        }
    }
    (segments, unread)
}

fn judge(links: &Links<'_>, unread: Unread, anchors: &[LineDigest]) -> Verdict {
    if let Some(alteration) = links.alteration() {
        return Verdict::Altered(alteration);
    }
    if let Some((file, cause)) = unread {
        return Verdict::Unchecked { file, cause };
    }
    if let Some(file) = links.without_chain() {
        let (file, cause) = (file.to_owned(), Uncheckable::NoChain);
        return Verdict::Unchecked { file, cause };
    }
    match links.missing(anchors) {
        Some(missing) => Verdict::Incomplete(missing),
        None => Verdict::Intact,
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}; {} lines in the chain",
            self.verdict, self.chained_lines
        )?;
        if self.unchained_lines > 0 {
            write!(f, ", {} before it begins", self.unchained_lines)?;
        }
        match self.begins_after {
            None => Ok(()),
            Some(LineDigest::START) => f.write_str(", from its beginning"),
            Some(digest) => write!(f, ", from after the line {digest}"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intact => f.write_str("intact"),
            Self::Altered(alteration) => write!(f, "altered: {alteration}"),
            Self::Incomplete(missing) => write!(f, "incomplete: {missing}"),
            Self::Unchecked { file, cause } => {
                write!(f, "unchecked: {} {cause}", file.display())
            }
        }
    }
}

impl fmt::Display for Alteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            AlterationKind::Link => "does not follow the line before it",
            AlterationKind::Unlinked => "carries no digest of the line before it",
            AlterationKind::Fork => "stands where another file has a different line",
            AlterationKind::Compression => "is where the compressed data is damaged",
        };
        let (file, line, offset) = (self.file.display(), self.line, self.offset);
        write!(f, "line {line} of {file}, at byte {offset}, {what}")?;
        match &self.event_id {
            Some(id) => write!(f, " (event {id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(file) => write!(
                f,
                "the line before the first of {} is in no file",
                file.display()
            ),
            Self::End(file) => write!(f, "the last line of {} is cut", file.display()),
            Self::Anchor(digest) => write!(f, "no line has the digest {digest}"),
        }
    }
}

impl fmt::Display for Uncheckable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "cannot be read: {error}"),
            Self::NotAFile => f.write_str("is no regular file"),
            Self::Packed => f.write_str("is compressed, and not with gzip: unpack it first"),
            Self::NoChain => f.write_str("has no line of a chain"),
        }
    }
}
