//! The chain over rotation, restart and repair, judged by the verifier.

use std::io::Write;
use std::sync::mpsc;

use flate2::write::GzEncoder;

use super::*;
use crate::archive::Archive;
use crate::chain::LineDigest;
use crate::rotation::Rotation;
use crate::verify::{Verdict, verify};

impl Bench {
    fn chained(&self) -> Result<FileSink, Error> {
        Self::open_as(self.chained_config())
    }

    fn chained_config(&self) -> FileConfig {
        FileConfig {
            chain: true,
            ..FileConfig::new(self.path())
        }
    }

    /// Every file of the log, in no order.
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.to_str().unwrap().contains("/security.log"))
            .collect()
    }

    /// The chain is whole, from its beginning, over so many lines.
    #[track_caller]
    fn check_intact(&self, lines: u64) {
        let found = verify(&self.files(), &[]);
        assert!(matches!(found.verdict, Verdict::Intact), "{found}");
        assert_eq!(found.chained_lines, lines, "{found}");
        assert_eq!(found.begins_after, Some(LineDigest::START));
    }

    /// A whole run of the service.
    fn run(&self, texts: &[&str]) {
        let journal = start(self.chained().unwrap());
        for text in texts {
            flushed(&journal, text);
        }
        assert!(end(&journal).is_complete());
    }
}

const ONE: &str = "{\"n\":1}";
const TWO: &str = "{\"n\":2}";

#[test]
fn a_chain_that_holds_its_lines_once_more_takes_half_as_many_at_a_time() {
    let bench = Bench::new();
    let plain = bench.open().unwrap().settings();
    let chained = bench.chained().unwrap().settings();
    assert_eq!(2 * chained.max_batch_bytes, plain.max_batch_bytes);
}

#[test]
fn each_line_carries_the_digest_of_the_one_before() {
    let bench = Bench::new();
    bench.run(&[ONE, TWO]);
    let first = format!("{{\"n\":1,\"prev\":\"{}\"}}", LineDigest::START);
    let digest = LineDigest::of(first.as_bytes());
    assert_eq!(
        bench.text(),
        format!("{first}\n{{\"n\":2,\"prev\":\"{digest}\"}}\n")
    );
    bench.check_intact(2);
}

#[test]
fn the_chain_goes_on_after_a_restart() {
    let bench = Bench::new();
    bench.run(&[ONE, TWO]);
    bench.run(&[ONE]);
    bench.check_intact(3);
}

#[test]
fn the_chain_goes_on_behind_a_torn_line() {
    let bench = Bench::new();
    bench.run(&[ONE, TWO]);
    let mut file = File::options().append(true).open(bench.path()).unwrap();
    file.write_all(b"{\"n\":3,\"pre").unwrap();
    bench.run(&[TWO]);
    bench.check_intact(3);
}

#[test]
fn the_chain_goes_on_in_a_new_file_and_after_a_restart_with_an_empty_one() {
    let bench = Bench::new();
    bench.run(&[ONE]);
    fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
    bench.run(&[TWO]);
    fs::rename(bench.path(), bench.other("security.log-20251220")).unwrap();
    File::create(bench.path()).unwrap();
    bench.run(&[ONE]);
    bench.check_intact(3);
}

#[test]
fn the_chain_goes_on_after_a_compressed_file() {
    let bench = Bench::new();
    bench.run(&[ONE]);
    let file = File::create(bench.other("security.log.1.gz")).unwrap();
    let mut encoder = GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(&fs::read(bench.path()).unwrap()).unwrap();
    encoder.finish().unwrap();
    fs::remove_file(bench.path()).unwrap();
    // Not a log, and newer than one.
    fs::write(bench.other("security.log.offset"), "17\n").unwrap();
    bench.run(&[TWO]);
    fs::remove_file(bench.other("security.log.offset")).unwrap();
    bench.check_intact(2);
}

#[test]
fn the_chain_goes_on_beside_a_file_whose_compression_was_cut() {
    for half_name in ["security.log.1.gz", "security.log.1.gz.tmp"] {
        let bench = Bench::new();
        bench.run(&[ONE, TWO]);
        // Its first line, and no newline of the second.
        let first = bench.text().find('\n').unwrap() + 5;
        let file = File::create(bench.other(half_name)).unwrap();
        let mut encoder = GzEncoder::new(file, flate2::Compression::fast());
        encoder
            .write_all(&bench.text().as_bytes()[..first])
            .unwrap();
        encoder.finish().unwrap();
        fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
        bench.run(&[ONE]);
        fs::remove_file(bench.other(half_name)).unwrap();
        bench.check_intact(3);
    }
}

#[test]
fn the_chain_goes_on_over_rotations_by_the_sink_and_by_others() {
    let bench = Bench::new();
    let rotation = Rotation {
        max_bytes: Some(200),
        compress: false,
        ..Rotation::default()
    };
    let config = FileConfig {
        rotation: Some(rotation.clone()),
        ..bench.chained_config()
    };
    let journal = start(Bench::open_as(config).unwrap());
    for number in 0..20 {
        flushed(&journal, ONE);
        if number % 7 == 3 {
            fs::rename(bench.path(), bench.other(&format!("security.log.{number}"))).unwrap();
        }
    }
    end(&journal);
    assert!(bench.files().len() > 5);
    bench.check_intact(20);

    let archive = Archive {
        place: Place::new(&bench.path()).unwrap(),
        rotation: Rotation {
            compress: true,
            ..rotation
        },
        clock: Clock::system(),
        stop: Arc::default(),
    };
    archive.look().unwrap();
    bench.check_intact(20);
}

#[test]
fn a_log_without_a_chain_begins_one_after_its_last_line() {
    let bench = Bench::new();
    fs::write(bench.path(), "{\"old\":1}\n").unwrap();
    bench.run(&[ONE]);
    let found = verify(&bench.files(), &[]);
    assert!(matches!(found.verdict, Verdict::Intact), "{found}");
    assert_eq!((found.chained_lines, found.unchained_lines), (1, 1));
}

#[test]
fn a_second_writer_of_a_chain_is_refused_until_the_first_is_gone() {
    let bench = Bench::new();
    let first = bench.chained().unwrap();
    fs::rename(bench.path(), bench.other("security.log.1")).unwrap();
    let error = bench.chained().unwrap_err().to_string();
    assert!(error.contains("a hash chain has one writer"), "{error}");
    drop(first);
    bench.chained().unwrap();
}

#[test]
fn checkpoints_are_anchors_of_the_log() {
    let bench = Bench::new();
    let (told, notes) = mpsc::channel();
    let sink = bench.chained().unwrap();
    let journal = start(sink.on_note(move |note| told.send(note).unwrap()));
    for _ in 0..2_500 {
        append(&journal, ONE);
        journal.flush(LONG).unwrap();
    }
    end(&journal);
    let checkpoints: Vec<_> = notes
        .try_iter()
        .filter_map(|note| match note {
            Note::Checkpoint { head, count } => Some((head, count)),
            _ => None,
        })
        .collect();
    let counts: Vec<_> = checkpoints.iter().map(|(_, count)| *count).collect();
    assert_eq!(counts, [1_000, 2_000]);
    let anchors: Vec<_> = checkpoints.iter().map(|(head, _)| *head).collect();
    assert_eq!(verify(&bench.files(), &anchors).verdict.exit_code(), 0);
}
