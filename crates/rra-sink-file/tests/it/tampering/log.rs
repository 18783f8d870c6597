//! Logs with a chain, made by the definition of the chain and not by the sink, and what an
//! attacker does to them.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use rra_sink_file::LineDigest;

use super::Tampering;

/// A log in several files, oldest first.
pub(super) struct Log {
    files: Vec<Vec<Vec<u8>>>,
    original: Vec<Vec<u8>>,
    original_files: Vec<Vec<Vec<u8>>>,
    random: Random,
}

/// Lines of a chain from its beginning.
pub(super) fn chain(lines: usize) -> Vec<Vec<u8>> {
    chain_after(LineDigest::START, lines)
}

/// Lines of a chain that goes on after that digest.
pub(super) fn chain_after(before: LineDigest, lines: usize) -> Vec<Vec<u8>> {
    let mut made = Vec::new();
    let mut prev = before;
    for number in 1..=lines {
        let text = format!("{{\"n\":{number},\"event_id\":\"00000000000000aa-{number}\"}}\n");
        made.push(linked(text.as_bytes(), prev));
        prev = LineDigest::of(&made[number - 1]);
    }
    made
}

/// The lines with one changed, and everything after it linked anew, as an attacker would.
pub(super) fn rewritten(lines: &[Vec<u8>], from: usize) -> Vec<Vec<u8>> {
    let mut made = lines[..from].to_vec();
    let mut prev = from
        .checked_sub(1)
        .map_or(LineDigest::START, |before| LineDigest::of(&lines[before]));
    for (number, line) in lines.iter().enumerate().skip(from) {
        let text = if number == from {
            &b"{\"forged\":true}\n"[..]
        } else {
            line
        };
        made.push(linked(&unlinked(text), prev));
        prev = LineDigest::of(&made[number]);
    }
    made
}

/// The content as gzip.
pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn linked(line: &[u8], prev: LineDigest) -> Vec<u8> {
    let body = line.strip_suffix(b"}\n").unwrap();
    [body, format!(",\"prev\":\"{prev}\"}}\n").as_bytes()].concat()
}

fn unlinked(line: &[u8]) -> Vec<u8> {
    let end = line.windows(9).position(|at| at == b",\"prev\":\"");
    end.map_or_else(|| line.to_vec(), |at| [&line[..at], b"}\n"].concat())
}

impl Log {
    pub(super) fn random(seed: u64) -> Self {
        let mut random = Random(seed);
        let original = chain(8 + random.below(24));
        let mut files = vec![Vec::new()];
        for line in &original {
            if random.below(6) == 0 {
                files.push(Vec::new());
            }
            files.last_mut().unwrap().push(line.clone());
        }
        files.retain(|file| !file.is_empty());
        Self {
            original_files: sorted(&files),
            files,
            original,
            random,
        }
    }

    pub(super) fn head(&self) -> LineDigest {
        LineDigest::of(self.original.last().unwrap())
    }

    /// Does it; whether the files are others than before, in whatever order.
    pub(super) fn tamper(&mut self, tampering: Tampering) -> bool {
        let lines = self.lines();
        let at = self.random.below(lines.len());
        match tampering {
            Tampering::None => {}
            Tampering::ReorderFiles => self.shuffle(),
            Tampering::FlipBit => self.flip(at),
            Tampering::DeleteLine => self.edit(|lines| drop(lines.remove(at))),
            Tampering::InsertLine => {
                self.edit(|lines| lines.insert(at, b"{\"forged\":true}\n".to_vec()));
            }
            Tampering::SwapLines => self.swap(),
            Tampering::RewriteToTheEnd => self.edit(|lines| *lines = rewritten(lines, at)),
            Tampering::CutEnd => self.edit(|lines| lines.truncate(at)),
            Tampering::CutBeginning => self.edit(|lines| drop(lines.drain(..at.max(1)))),
            Tampering::RemoveFile => self.remove_file(),
            Tampering::Splice => self.splice(),
            Tampering::ReplayInside => self.edit(|lines| lines.extend_from_within(at..)),
            Tampering::ReplayInsteadOfTheNewest => self.replay(),
        }
        sorted(&self.files) != self.original_files
    }

    /// The files in a directory of their own, some compressed, named so that no order shows.
    pub(super) fn write(&mut self, directory: &Path) -> Vec<PathBuf> {
        fs::create_dir(directory).unwrap();
        let mut paths = Vec::new();
        for (number, lines) in self.files.iter().enumerate() {
            let path = directory.join(format!("log.{number}"));
            let content = lines.concat();
            let compressed = self.random.below(3) == 0;
            fs::write(&path, if compressed { gzip(&content) } else { content }).unwrap();
            paths.push(path);
        }
        paths
    }

    /// The lines, each once, are some of the original ones, in their order, without a hole.
    pub(super) fn is_a_run_of_the_original(&self) -> bool {
        let mut lines = self.lines();
        let mut seen = HashSet::new();
        lines.retain(|line| seen.insert(line.clone()));
        lines.is_empty() || self.original.windows(lines.len()).any(|run| run == lines)
    }

    pub(super) fn is_changed_only_in_its_last_line(&self) -> bool {
        let lines = self.lines();
        let last = self.original.len() - 1;
        lines.len() == self.original.len()
            && lines[..last] == self.original[..last]
            && link(&lines[last]) == link(&self.original[last])
    }

    fn lines(&self) -> Vec<Vec<u8>> {
        self.files.concat()
    }

    /// Changes the lines of all files together; each file keeps its share of them.
    fn edit(&mut self, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
        let mut lines = self.lines();
        change(&mut lines);
        let mut rest = lines.into_iter();
        for file in &mut self.files {
            *file = rest.by_ref().take(file.len()).collect();
        }
        self.files.last_mut().unwrap().extend(rest);
        self.files.retain(|file| !file.is_empty());
    }

    /// Flips a bit of one line, but none that makes or takes a newline: that is another kind.
    fn flip(&mut self, at: usize) {
        let (byte, bit) = (self.random.below(1 << 16), self.random.below(7));
        self.edit(|lines| {
            let line = &mut lines[at];
            let byte = byte % (line.len() - 1);
            line[byte] ^= 1 << bit;
            if line[byte] == b'\n' {
                line[byte] = b'\r';
            }
        });
    }

    fn swap(&mut self) {
        let last = self.lines().len() - 1;
        let at = self.random.below(last);
        self.edit(|lines| lines.swap(at, at + 1));
    }

    fn shuffle(&mut self) {
        for at in 1..self.files.len() {
            let other = self.random.below(at + 1);
            self.files.swap(at, other);
        }
    }

    fn remove_file(&mut self) {
        if self.files.len() > 1 {
            let at = self.random.below(self.files.len());
            self.files.remove(at);
        }
    }

    /// Puts lines of another log, with a chain of its own, where some of this one were.
    fn splice(&mut self) {
        let at = 1 + self.random.below(self.lines().len() - 1);
        let other = chain_after(LineDigest::of(b"another log"), 5);
        self.edit(|lines| {
            lines.truncate(at);
            lines.extend(other);
        });
    }

    fn replay(&mut self) {
        let oldest = self.files[0].clone();
        if self.files.len() > 1 {
            *self.files.last_mut().unwrap() = oldest;
        }
    }
}

/// The link at the end of a line, with the newline.
fn link(line: &[u8]) -> &[u8] {
    &line[line.len().saturating_sub(76)..]
}

fn sorted(files: &[Vec<Vec<u8>>]) -> Vec<Vec<Vec<u8>>> {
    let mut files = files.to_vec();
    files.sort();
    files
}

/// Numbers that look random and come again with the same seed (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}
