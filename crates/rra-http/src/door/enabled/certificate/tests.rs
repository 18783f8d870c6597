//! Files that fit, files that do not, and files that are renewed.

use std::fs::File;
use std::process::Command;

use tempfile::TempDir;

use super::*;

/// A folder with a certificate and its key.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        folder.renew(0);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a new pair there, written so many seconds after 1970.
    fn renew(&self, second: u64) {
        let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a pair");
        self.write("cert.pem", &pair.cert.pem(), second);
        self.write("key.pem", &pair.signing_key.serialize_pem(), second);
    }

    fn write(&self, name: &str, text: &str, second: u64) {
        fs::write(self.path(name), text).expect("room");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        let file = File::options().write(true).open(self.path(name));
        file.and_then(|file| file.set_modified(time))
            .expect("a file");
    }

    fn read(&self) -> Result<Certificate, Error> {
        Certificate::read(self.path("cert.pem"), self.path("key.pem"))
    }
}

#[track_caller]
fn check_refused(change: impl Fn(&Folder), expected: &str) {
    let folder = Folder::new();
    change(&folder);
    let error = folder.read().expect_err("refused").to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_does_not_fit_is_refused_with_the_file_to_blame() {
    check_refused(
        |folder| fs::remove_file(folder.path("cert.pem")).expect("a file"),
        "cert.pem: I/O error",
    );
    check_refused(
        |folder| folder.write("cert.pem", "", 0),
        "cert.pem: there is no certificate in it",
    );
    check_refused(|folder| folder.write("key.pem", "nonsense", 0), "key.pem: ");
    check_refused(
        |folder| {
            let other = rcgen::generate_simple_self_signed(["x".to_owned()]).expect("a pair");
            folder.write("key.pem", &other.signing_key.serialize_pem(), 0);
        },
        "key.pem: it is not the key of the certificate",
    );
}

#[test]
fn a_key_never_shows_in_an_error() {
    let folder = Folder::new();
    folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n", 0);
    let error = folder.read().expect_err("refused");
    assert!(!format!("{error} {error:?}").contains("c2VjcmV0"));
}

/// The certificate that is shown so many seconds after the start.
fn shown(certificate: &Certificate, start: Instant, seconds: u64) -> Vec<u8> {
    let current = certificate.current(start + Duration::from_secs(seconds));
    current.cert[0].to_vec()
}

#[test]
fn a_renewed_certificate_is_shown_within_a_minute() {
    let folder = Folder::new();
    let certificate = folder.read().expect("a pair");
    let start = Instant::now() + Duration::from_secs(1);
    let first = shown(&certificate, start, 0);
    folder.renew(1);
    assert_eq!(shown(&certificate, start, 30), first);
    let second = shown(&certificate, start, 60);
    assert_ne!(second, first);
    assert_eq!(shown(&certificate, start, 600), second);
}

#[test]
fn while_certificate_and_key_do_not_fit_the_last_pair_is_shown() {
    let folder = Folder::new();
    let certificate = folder.read().expect("a pair");
    let start = Instant::now();
    let first = shown(&certificate, start, 0);
    folder.write("cert.pem", "half of a", 1);
    assert_eq!(shown(&certificate, start, 100), first);
    folder.renew(2);
    assert_ne!(shown(&certificate, start, 200), first);
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    let folder = Folder::new();
    let certificate = folder.read().expect("a pair");
    let first = shown(&certificate, Instant::now(), 0);
    fs::remove_file(folder.path("key.pem")).expect("a file");
    let made = Command::new("mkfifo").arg(folder.path("key.pem")).status();
    assert!(made.expect("mkfifo").success());
    assert_eq!(shown(&certificate, Instant::now(), 100), first);
}
