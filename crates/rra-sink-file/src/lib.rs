//! Writes security events as JSON lines into a file that survives logrotate, crashes and full
//! disks.
//!
//! ```
//! use std::time::Duration;
//! use rra_schema::Severity;
//! use rra_sink::{Journal, Level};
//! use rra_sink_file::{FileConfig, FileSink};
//!
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("logs/security.log");
//! let sink = FileSink::open(FileConfig::new(&path))?;
//! let journal = Journal::builder().sink(sink).start()?;
//! let receipt = journal.append_with_receipt(Severity::Error, Level::Durable, |_, line| {
//!     line.extend_from_slice(b"{\"event_type\":\"suspicious.brute_force\"}\n");
//! })?;
//! receipt.wait(Duration::from_secs(5))?;
//! assert_eq!(std::fs::read(&path)?, b"{\"event_type\":\"suspicious.brute_force\"}\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is written, and when
//!
//! Every event of the journal, in order, as the line it was accepted as. A lane writes what has
//! come together, up to 512 KiB of a ring, with one write(2); with a hash chain, which holds the lines
//! once more, up to 256 KiB. A busy log is written about every 10 ms, and an event that nobody keeps
//! company waits for 50 ms at most; a receipt or a flush waits for neither. The file is created with
//! mode 0640, whatever the umask, missing directories with 0750; what exists keeps its mode.
//!
//! Behind the end of a log that grows by 128 KiB and more at a time, up to 1 MiB of the disk is reserved
//! for what comes next: `du` counts it, the length of the file does not. An old log keeps none of it.
//!
//! # Durability
//!
//! Written means that write(2) returned: the line survives the end of the process. Durable means
//! that fdatasync(2) returned too, and that the directory was synced after the file appeared in it.
//! One fdatasync answers every receipt that waits (group commit). After a failed fdatasync the
//! descriptor is never used again, because the kernel may have dropped the data and report success
//! the next time: the file is put aside as `<file>.unsynced-<unix milliseconds>`, and everything
//! since the last sync that worked is written again to a new one. If that cannot be synced either,
//! the receipts that waited are broken; of the files that this leaves behind, those whose lines were
//! all written again are removed.
//!
//! A last line that a crash cut is moved to `<file>.torn-<unix milliseconds>` at the next open, so
//! that a new line never joins an old fragment; [`FileSink::torn`] reports it. That is not done
//! while another process has the file open with this library: then the line that joined a fragment
//! is written once more, whole.
//!
//! # Rotation
//!
//! Before each batch the path is compared with the open file by device and inode. After a
//! logrotate `create` (with or without a signal) or a removal, the next batch goes to a new file. A
//! file that was renamed is written for half a second more if its successor is not there yet,
//! because logrotate fails when somebody else creates it first. A program that compresses the old
//! file at once may miss its last lines: they are written again if it did. With a hash chain use
//! `delaycompress`: lines that are written again behind newer ones would look altered.
//!
//! With `copytruncate`, lines that were written between logrotate's copy and its truncation are in
//! neither file. The sink sees by its length, or by where a write landed, that the file was
//! shortened; it finds the copy among the files beside the log, and writes again exactly what the
//! copy lacks, from the journal ([`Note::Rewritten`]). A copy that is in another directory, or
//! compressed otherwise than with gzip, cannot be found: then everything that the journal still holds is written
//! again, and some lines are doubled, under the same `event_id`. What the journal does not hold any
//! more is told as [`Note::Lost`]. A process that ends after the copy was made and before it saw the
//! truncation, killed or not, loses what it wrote in between: `create` has no such moment.
//!
//! With [`FileConfig::rotation`] the sink rotates by itself, by size and by time, and compresses and
//! removes old files on a thread of its own ([`Rotation`]). It touches only files that bear the names
//! it gives, so logrotate may rotate the same log. Several processes may share a log: an old file is
//! compressed when none of them has it open any more.
//!
//! # The hash chain
//!
//! With [`FileConfig::chain`] each line ends with `,"prev":"<digest>"}`: the SHA-256, in lower-case
//! hexadecimal digits, of the line before it as it stands in the file, without its newline. The first
//! line of all carries 64 zeros. The chain goes on over rotations and restarts. Three lines that
//! carry `{"a":1}`, `{}` and `{"b":"é"}`:
//!
//! ```text
//! {"a":1,"prev":"0000000000000000000000000000000000000000000000000000000000000000"}
//! {"prev":"377e001479caf256112dd83b12144e8c782371b3b8fd00555725ed20c0550048"}
//! {"b":"é","prev":"9a91e8dc690a0e5ed9793a4600087801268c572632343dfe983de515298a6a27"}
//! ```
//!
//! [`verify()`] checks files in any order, compressed or not, and says what it cannot find without an
//! anchor; [`Note::Checkpoint`] is one. Only one process may write a chain: a second one is refused
//! with [`Error::Locked`]. A line that is no JSON object cannot carry a digest and is reported.
//!
//! # What happens on failure
//!
//! At [`FileSink::open`], anything wrong is an [`Error`] that says how to mend it. Later, a full or
//! read-only disk or a removed directory makes the sink unhealthy; the journal keeps what fits in
//! its bound, the lane tries again within a second, and delivery resumes by itself. A line that
//! was cut by a full disk is finished first.
//!
//! # How to see trouble
//!
//! [`rra_sink::Journal::health`] has the state and the last error text,
//! [`rra_sink::Journal::report`] the account.

mod archive;
mod chain;
mod clock;
mod complaint;
mod config;
mod error;
mod lines;
mod marks;
mod place;
mod rotation;
mod sink;
mod tail;
mod verify;
mod wire;

pub use chain::LineDigest;
pub use config::FileConfig;
pub use error::Error;
pub use rotation::{Every, Rotation};
pub use sink::{FileSink, Note, Torn};
pub use verify::{Alteration, AlterationKind, Missing, Uncheckable, Verdict, Verification, verify};
