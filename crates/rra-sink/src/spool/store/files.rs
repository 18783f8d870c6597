//! The files of a spool in a private directory, which a lock keeps for this process.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::{CURSOR_BYTES, CURSOR_SLOTS, Name, Store};

/// Owner only, as the rings.
const FILE_MODE: u32 = 0o600;
const EXTENSION: &str = "records";
const ASIDE: &str = "damaged";
pub(crate) const CURSOR: &str = "cursor";
/// Most files open at once: one to write and one to read for each severity.
const OPEN_MAX: usize = 10;

/// Files in a directory that nobody else uses.
#[derive(Debug)]
pub(crate) struct Files {
    directory: PathBuf,
    /// Files in use, the latest last.
    open: Vec<(Name, File)>,
    cursor: Option<File>,
}

impl Files {
    /// The files in this directory, which is there.
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            open: Vec::new(),
            cursor: None,
        }
    }

    fn path(&self, name: Name) -> PathBuf {
        let Name { first, severity } = name;
        let name = format!("{first:020}-{severity}.{EXTENSION}");
        self.directory.join(name)
    }

    fn file(&mut self, name: Name) -> io::Result<&File> {
        if let Some(at) = self.open.iter().position(|(open, _)| *open == name) {
            let used = self.open.remove(at);
            self.open.push(used);
        } else {
            let file = open_file(&self.path(name))?;
            if self.open.len() == OPEN_MAX {
                self.open.remove(0);
            }
            self.open.push((name, file));
        }
        let newest = self.open.last().map(|(_, file)| file);
        newest.ok_or(io::ErrorKind::NotFound.into())
    }

    fn close(&mut self, name: Name) {
        self.open.retain(|(open, _)| *open != name);
    }

    fn cursor(&mut self) -> io::Result<&File> {
        match &mut self.cursor {
            Some(file) => Ok(file),
            empty => Ok(empty.insert(open_file(&self.directory.join(CURSOR))?)),
        }
    }
}

impl Store for Files {
    fn names(&mut self) -> io::Result<Vec<Name>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            names.extend(name_of(&entry?.path()));
        }
        Ok(names)
    }

    fn read_all(&mut self, name: Name) -> io::Result<Vec<u8>> {
        let file = self.file(name)?;
        let length = file.metadata()?.len();
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?];
        file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }

    fn read(&mut self, name: Name, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file(name)?.read_exact_at(buffer, at)
    }

    fn write(&mut self, name: Name, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.file(name)?.write_all_at(bytes, at)
    }

    fn cut(&mut self, name: Name, length: u64) -> io::Result<()> {
        self.file(name)?.set_len(length)
    }

    fn remove(&mut self, name: Name) -> io::Result<()> {
        self.close(name);
        fs::remove_file(self.path(name))
    }

    fn put_aside(&mut self, name: Name) -> io::Result<()> {
        self.close(name);
        let path = self.path(name);
        fs::rename(&path, path.with_extension(ASIDE))
    }

    fn read_cursor(&mut self) -> io::Result<[[u8; CURSOR_BYTES]; CURSOR_SLOTS]> {
        let file = self.cursor()?;
        let mut slots = [[0; CURSOR_BYTES]; CURSOR_SLOTS];
        for (slot, bytes) in slots.iter_mut().enumerate() {
            match file.read_exact_at(bytes, (slot * CURSOR_BYTES) as u64) {
                // The file ends before: that slot was not written yet, or not whole.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    *bytes = Default::default();
                }
                other => other?,
            }
        }
        Ok(slots)
    }

    fn write_cursor(&mut self, slot: usize, bytes: [u8; CURSOR_BYTES]) -> io::Result<()> {
        let at = (slot * CURSOR_BYTES) as u64;
        self.cursor()?.write_all_at(&bytes, at)
    }
}

fn name_of(path: &Path) -> Option<Name> {
    if path.extension()? != EXTENSION {
        return None;
    }
    let (first, severity) = path.file_stem()?.to_str()?.split_once('-')?;
    Some(Name {
        first: first.parse().ok()?,
        severity: severity.parse().ok()?,
    })
}

fn open_file(path: &Path) -> io::Result<File> {
    // Never through a symbolic link, and never waiting for the other end of a pipe.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    options
        .mode(FILE_MODE)
        .custom_flags(flags.bits().cast_signed());
    options.open(path)
}
